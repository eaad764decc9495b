"""Cash against the slip of a bank's own terminal, out and in: noted, refused, begun and left again."""

from __future__ import annotations

from collections.abc import Iterator

from edge.codec.command_card import card_code
from edge.messages import Key
from edge.model.counter import Waiting
from edge.sim.year.day_errands import CASH_IN
from edge.sim.year.hands import OFFLINE
from edge.sim.year.paying import SECOND_ENTER_S
from edge.sim.year.service_hands import REFUSALS as OF_SERVICES
from edge.sim.year.service_hands import ServiceHands

WAYS = {card_code(153): "out", card_code(154): "in"}
NOTE_YUAN = (10, 20, 50, 100, 200, 300, 500, 800, 1_000, 2_000, 2_600)
"""The last is more than one note may be."""
REFUSED = ("agent.short", "agent.count", "agent.day", "agent.most")
"""A drawer that is short, or nobody counted; the limits of the bank."""
REFUSALS = (*OF_SERVICES, *REFUSED)
OFTEN_OUT, NOT_AFTER_ALL, SHOWN_TWICE, FILLS = 0.7, 0.1, 0.35, 0.6
FILLED_FEN = (100_000, 400_000)
BANK_NOTE = "bank_note"


class AgentHands(ServiceHands):
    """`_bank_note`: somebody's bank card is read by the bank's terminal; here are its slip and the cash."""

    def _bank_note(self) -> Iterator[float]:
        out, into = WAYS
        card = out if self._chance.random() < OFTEN_OUT else into
        said, cuts = self._box.said, self._box.cuts
        yield from self._note(card)
        self._box.ware.drawer.shut()
        for end, prompts in (("decline", REFUSED), ("offline", OFFLINE)):
            self._count(BANK_NOTE, end, is_so=self._was_said(said, prompts))
        self._count(BANK_NOTE, "restart", is_so=cuts != self._box.cuts)
        if self._was_said(said, REFUSED) and self._chance.random() < FILLS:
            yield from self._fill_drawer()

    def _note(self, card: str) -> Iterator[float]:
        same, chance = self.bill.entries, self._chance
        yield from self._gesture(self._scan(card), same)
        if not self._is_asked(Waiting.BANK_SLIP):
            return
        if chance.random() < NOT_AFTER_ALL:
            yield from self._gesture(self._keys("", Key.MINUS), same)
            self._count(BANK_NOTE, "cancel", is_so=self._box.counter.waiting is Waiting.NOTHING)
            return
        slip, fen, is_new = self._slip(), 100 * chance.choice(NOTE_YUAN), True
        if chance.random() < SHOWN_TWICE and (noted := [number for _, number in self._witness.books.notes.notes]):
            slip, is_new = chance.choice(noted), False
        marks = self._marks()
        yield from self._gesture(self._keys(slip, Key.ENTER), same, single=False)
        if not self._is_asked(Waiting.AMOUNT):
            return
        if not is_new and marks == self._marks():
            self._complain(f"slip {slip} was noted, and may be noted again")
        self.disturb()
        yield from self._gesture(self._keys(str(fen // 100), Key.ENTER), same, single=False)
        if not self._is_asked(Waiting.CONFIRM):
            return
        yield from self._give_or_take(slip, WAYS[card], fen, is_sure=marks == self._marks())

    def _give_or_take(self, slip: str, way: str, fen: int, *, is_sure: bool) -> Iterator[float]:
        """What is asked is what was keyed, else it is stopped: nobody nods to another amount."""
        counter, said, marks = self._box.counter, self._box.said, self._marks()
        if (counter.barcode, counter.value) != (slip, fen):
            if is_sure:
                self._complain(f"{fen} fen on slip {slip} were keyed, asked is {counter.value} on {counter.barcode}")
            return
        self._witness.services.slips[slip] = (way, fen)
        yield SECOND_ENTER_S
        yield from self._gesture(self._keys("", Key.ENTER), self.bill.entries)
        noted = [noted for (_, number), noted in self._witness.books.notes.notes.items() if number == slip]
        if marks == self._marks() and not noted and not self._was_said(said, REFUSALS):
            self._complain(f"{fen} fen {way} on slip {slip} are noted nowhere, and nobody says why")

    def _slip(self) -> str:
        """Too short for the number of a card."""
        return "".join(self._chance.choice("0123456789") for _ in range(8))

    def _fill_drawer(self) -> Iterator[float]:
        yield from self._until_nothing_is_asked()
        yield from self._answered(CASH_IN, 100 * (self._chance.randrange(*FILLED_FEN) // 100))
        self._box.ware.drawer.shut()

    def _count(self, kind: str, end: str, *, is_so: bool) -> None:
        self._witness.services.ends[kind, end] += is_so
