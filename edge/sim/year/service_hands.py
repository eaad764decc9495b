"""Customers who want a service: into the bill at once or by its slip, for longer than it is good, or not any more."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from datetime import datetime
from typing import NamedTuple

from edge.codec.command_card import OwnSlip, SlipKind, card_code, slip_code
from edge.messages import Key
from edge.model.counter import Verb, Waiting
from edge.sim.year.bill import SERVICE, Entry, services_in
from edge.sim.year.paying import SECOND_ENTER_S
from edge.sim.year.post_hands import PostHands
from edge.sim.year.wares import WARES, Ware, plan_of

GIVE_BACK = card_code(152)
QUOTED_S, QUOTE_LOOK_S = 16.0, 0.8
"""By then the box has a price, or says that nobody answers."""
ENDED_S, END_LOOK_S = 45.0, 3.0
"""So long a customer who has paid waits for the word of the provider."""
AT_ONCE, DAWDLES, CHANGES_MIND = 0.75, 0.04, 0.25
"""How often it goes into the bill at once; lies there until its price is good no more; is not wanted in the end."""
BACK = frozenset(ware.kind for ware in WARES if ware.can_go_back)
DAWDLE_S = (600.0, 2400.0)
SLIPS = 12
"""So many newest slips are about."""
REFUSALS = ("svc.", "lic.", "store.", "ask.", "sale.", "train.", "pay.")
"""How the prompts begin that say why a service does not go into the bill."""


class Slip(NamedTuple):
    """An order whose slip somebody has, as the ledger has it."""

    soid: str
    kind: str
    number: str
    price: int
    state: str
    until: str

    @property
    def code(self) -> str:
        return slip_code(OwnSlip(SlipKind.SERVICE, self.number))


class ServiceHands(PostHands):
    """`_want_service` is what a customer wants; `_see_services_through` what becomes of it after the money."""

    disturb: Callable[[], None]
    """Called as somebody begins to pay for a service."""

    def _want_service(self) -> Iterator[float]:
        roll = self._chance.random()
        if roll < 0.7:
            yield from self._order_service(self._chance.choice(WARES))
        elif roll < 0.88:
            yield from self._show_slip()
        else:
            yield from self._give_service_back()
        yield from self._until_nothing_is_asked()

    # --- ordered ---------------------------------------------------------------------------------------------------

    def _order_service(self, ware: Ware) -> Iterator[float]:
        asked = yield from self._ask_for(ware)
        slip = yield from self._quoted()
        if slip is None:
            return
        self._witness.deeds["services quoted"] += 1
        if asked and asked != slip.price:
            self._complain(f"{asked} fen were asked for, order {slip.soid} costs {slip.price}")
        if self._chance.random() < AT_ONCE:
            yield from self._into_bill(self._keys("", Key.ENTER), slip)
            if self._chance.random() < DAWDLES and services_in(self.bill.entries):
                self._witness.deeds["dawdled"] += 1
                yield self._chance.uniform(*DAWDLE_S)
                yield from self._nothing(None)
        else:
            yield from self._gesture(self._keys("", Key.MINUS), self.bill.entries)

    def _ask_for(self, ware: Ware) -> Generator[float, None, int]:
        """Card, number, amount: the fen that were asked for, 0 where the provider says how much it is."""
        chance, same = self._chance, self.bill.entries
        yield from self._gesture(self._scan(ware.card), same)
        if not self._is_asked(ware.waiting):
            return 0
        number = ware.number(chance, plan_of(chance))
        if chance.random() < ware.scanned:
            yield from self._gesture(self._scan(number), same)
        else:
            yield from self._gesture(self._keys(number, Key.ENTER), same, single=False)
        if self._is_step(Verb.PIECES):
            yield from self._gesture(self._keys("", Key.ENTER), same)
        if not ware.amounts or not self._is_step(Verb.TOP_UP_AMOUNT):
            return 0
        card, fen = chance.choice(ware.amounts)
        yield from self._gesture(self._scan(card), same)
        if not self._is_step(Verb.TOP_UP_AMOUNT):
            return 0
        yield from self._gesture(self._keys("", Key.ENTER), same)
        return fen

    def _quoted(self) -> Generator[float, None, Slip | None]:
        """The provider's price, or that there is none."""
        until = self._clock.mono_s + QUOTED_S
        while self._is_step(Verb.SERVICE_QUOTE) and self._clock.mono_s < until:
            self._busy()
            yield QUOTE_LOOK_S
        if self._is_step(Verb.ORDER_SLOT):
            yield from self._gesture(self._keys("", Key.ENTER), self.bill.entries)
        soid = self._box.counter.barcode
        if not self._is_step(Verb.SERVICE_OFFER) or soid is None:
            return None
        return next(iter(self._slips("id = ?", soid)), None)

    def _is_step(self, verb: Verb) -> bool:
        counter = self._box.counter
        return counter.waiting in (Waiting.SERVICE, Waiting.ORDER) and counter.verb is verb

    # --- by its slip -----------------------------------------------------------------------------------------------

    def _show_slip(self) -> Iterator[float]:
        """Any that lies about: to be paid, paid long ago, run out, or in the bill already."""
        slips = self._slips(f"1 ORDER BY at DESC LIMIT {SLIPS}")
        if not slips:
            return
        slip = self._chance.choice(slips)
        self._witness.deeds["service slips shown"] += 1
        yield from self._into_bill(self._scan(slip.code), slip)
        if self._box.counter.verb is Verb.SERVICE_BACK and self._is_asked(Waiting.CONFIRM):
            self._witness.deeds["cash by a service slip"] += 1
            yield SECOND_ENTER_S
            yield from self._gesture(self._keys("", Key.ENTER), self.bill.entries)
            self._box.ware.drawer.shut()

    def _into_bill(self, act: Iterator[float], slip: Slip) -> Iterator[float]:
        """Into the bill, if it can be paid there; what cannot be is said, and stays out of it."""
        before, said, marks = self.bill.entries, self._box.said, self._marks()
        is_payable = slip.state == "quoted" and slip.soid not in services_in(before) and not self._is_over(slip.soid)
        wanted = self.bill.added(SERVICE + slip.soid, slip.price) if is_payable else before
        yield from self._gesture(act, wanted, may_refuse=True)
        is_in = slip.soid in services_in(self.bill.entries)
        if is_payable and not is_in and marks == self._marks() and not self._was_said(said, REFUSALS):
            self._complain(f"order {slip.soid} is not in the bill, and nobody says why: {self._since(said)}")

    def _slips(self, where: str, *values: object) -> list[Slip]:
        columns = "id, kind, slip, price, state, until"
        found = self._witness.rows(f"SELECT {columns} FROM service_order WHERE {where}", *values)
        return [Slip(*row) for row in found]

    # --- not any more ----------------------------------------------------------------------------------------------

    def _give_service_back(self) -> Iterator[float]:
        """Before it is paid, after it was done, before the cut-off and after it, or again while it is asked for."""
        some = "('quoted', 'completed', 'completed', 'cancelling', 'unknown')"
        slips = self._slips(f"state IN {some} ORDER BY kind <> 'travel', at DESC LIMIT {SLIPS}")
        if slips:
            yield from self._cancel_service(self._chance.choice(slips))

    def _cancel_service(self, slip: Slip) -> Iterator[float]:
        same = self.bill.entries
        yield from self._gesture(self._scan(GIVE_BACK), same)
        if not self._is_step(Verb.CANCEL_SERVICE):
            return
        self._witness.deeds["services given back"] += 1
        yield from self._gesture(self._scan(slip.code), same)
        if self._is_asked(Waiting.CONFIRM):
            yield SECOND_ENTER_S
            yield from self._gesture(self._keys("", Key.ENTER), same)
            yield from self._until_ended("id = ? AND state = 'cancelling'", slip.soid)
            self._box.ware.drawer.shut()

    # --- after the money -------------------------------------------------------------------------------------------

    def _pay(self) -> Iterator[float]:
        """What can be paid by nothing, since the cloud is away, is left here; and who has paid waits for what comes."""
        if services_in(self.bill.entries):
            self.disturb()
        yield from super()._pay()
        if services_in(self.bill.entries) and not self._part_paid() and not self._waits():
            yield from self._until_nothing_is_asked()
            yield from self._cancel()
        yield from self._until_ended("state IN ('paid', 'submitted')")
        done = self._slips("state = 'completed' ORDER BY at DESC LIMIT 1")
        if done and done[0].kind in BACK and not self.bill.entries and self._chance.random() < CHANGES_MIND:
            yield from self._cancel_service(done[0])

    def _until_ended(self, open_ones: str, *values: object) -> Iterator[float]:
        """Whoever has paid waits for a while: most orders end in it."""
        until = self._clock.mono_s + ENDED_S
        while self._clock.mono_s < until and self._slips(open_ones, *values):
            self._busy()
            yield END_LOOK_S
            yield from self._until_light()

    def _cancel(self) -> Iterator[float]:
        raise NotImplementedError

    def _is_over(self, soid: str) -> bool:
        """Whether its price is good no more, by the box's own clock."""
        found = self._witness.rows("SELECT until FROM service_order WHERE id = ?", soid)
        return bool(found) and datetime.fromisoformat(found[0][0]) <= self._clock.wall()

    def _still(self, entries: list[Entry], seen: list[Entry]) -> list[Entry]:
        gone = {soid for soid in services_in(entries) if soid not in services_in(seen) and self._is_over(soid)}
        return [entry for entry in entries if entry[0].removeprefix(SERVICE) not in gone]
