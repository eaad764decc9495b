"""What a shop day needs beside the customers: shifts opened and closed, cash in and out, reports, goods back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from edge.codec.command_card import card_code
from edge.messages import Key
from edge.model.counter import Waiting
from edge.sim.owner import OWNERS_CARD
from edge.sim.year.paying import SECOND_ENTER_S
from edge.sim.year.returns import Returns

SHIFT_OPEN, SHIFT_CLOSE, CASH_IN, CASH_OUT, X_REPORT, DAY_CLOSE = (
    card_code(number) for number in (161, 162, 164, 165, 166, 201)
)
ERRANDS = 0.18
"""How often one is done before a customer comes: about three in two days."""
COUNTED_STARTS = 0.6
FLOAT_FEN, MOVED_FEN = (0, 60_000), (10, 30_000)


class DayErrands(Returns):
    """None of them touches the basket; what was keyed is what must be booked."""

    def _errand(self) -> Iterator[float]:
        errands: tuple[tuple[int, Callable[[], Iterator[float]]], ...] = (
            (4, lambda: self._hand_over(SHIFT_CLOSE)), (3, lambda: self._hand_over(DAY_CLOSE)),
            (2, lambda: self._move(CASH_IN)), (2, lambda: self._move(CASH_OUT)), (1, self._report),
            (5, self._bring_back), (2, self._fetch_parked),
        )  # fmt: skip
        ways, weights = [way for _, way in errands], [weight for weight, _ in errands]
        yield from self._chance.choices(ways, weights)[0]()
        self._box.ware.drawer.shut()

    def _hand_over(self, card: str) -> Iterator[float]:
        """A shift ends, alone or with the day; the next one counts what it begins with, or just sells."""
        yield from self._answered(card, self._chance.randrange(*FLOAT_FEN))
        if self._chance.random() < COUNTED_STARTS:
            yield from self._answered(SHIFT_OPEN, self._chance.randrange(*FLOAT_FEN))

    def _move(self, card: str) -> Iterator[float]:
        yield from self._answered(card, self._chance.randrange(*MOVED_FEN))

    def _report(self) -> Iterator[float]:
        yield from self._gesture(self._scan(X_REPORT), self.bill.entries)

    def _answered(self, card: str, fen: int) -> Iterator[float]:
        """The card, and the amount where it asks for one: the newest amount in the journal is that."""
        if card == DAY_CLOSE:
            yield from self._gesture(self._scan(OWNERS_CARD.text), self.bill.entries)
        yield from self._gesture(self._scan(card), self.bill.entries)
        yield from self._confirmed()
        if self._box.counter.waiting is not Waiting.AMOUNT:
            return  # there is nothing to open or to close
        marks = self._marks()
        yield from self._gesture(self._keys(f"{fen / 100:.2f}", Key.ENTER), self.bill.entries, single=False)
        yield SECOND_ENTER_S
        yield from self._confirmed()  # a count is said once more
        booked = self._witness.books.day.keyed
        if marks == self._marks() and booked != fen:
            self._complain(f"{fen} fen were keyed after the card {card}, {booked} were booked")

    def _confirmed(self) -> Iterator[float]:
        if self._box.counter.waiting is Waiting.CONFIRM:
            yield from self._gesture(self._keys("", Key.ENTER), self.bill.entries)
