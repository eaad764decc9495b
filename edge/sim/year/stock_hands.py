"""Work at the shelves between two customers: goods that came, a count while the shop sells on, what is written off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator

from edge.codec.command_card import card_code
from edge.messages import Key
from edge.model.counter import Waiting
from edge.sim.year.send_hands import SendHands

RECEIVE, COUNT, WRITE_OFF, CANCEL = (card_code(number) for number in (171, 172, 176, 106))
TRADES = ((RECEIVE, Waiting.RECEIVE), (COUNT, Waiting.COUNT), (WRITE_OFF, Waiting.WRITE_OFF))
AT_THE_SHELVES = 0.3
"""How often that is what is done between two customers."""
GOODS_MAX, PIECES_MAX, REASONS = 4, 48, 4
KEYED, CALLED_AWAY, NOT_AFTER_ALL, WRONG_SCAN = 0.5, 0.1, 0.07, 0.1
ENTERS_MAX = 3
"""All scanned, counted again, yes."""


class StockHands(SendHands):
    """What was scanned is what must be booked, unless something went wrong meanwhile or was left over from before."""

    def _errand(self) -> Iterator[float]:
        if self._chance.random() < AT_THE_SHELVES and not self.bill.entries:
            yield from self._at_the_shelves(*self._chance.choice(TRADES))
            yield from self._until_nothing_is_asked()
        else:
            yield from super()._errand()

    def _at_the_shelves(self, card: str, waiting: Waiting) -> Iterator[float]:
        marks, was = self._marks(), self._scanned_before(waiting)
        yield from self._gesture(self._scan(card), [])
        if not self._is_asked(waiting):
            return
        pieces = Counter[str]()
        for _ in range(self._chance.randint(1, GOODS_MAX)):
            yield from self._scan_pieces(waiting, pieces)
        roll = self._chance.random()
        if roll < CALLED_AWAY or not self._is_asked(waiting):
            return  # what was scanned stays, and is booked another time
        if roll < CALLED_AWAY + NOT_AFTER_ALL:
            yield from self._drop_all(waiting)
            return
        before = self._witness.books.stock.newest
        yield from self._say_that_is_all(waiting)
        why, booked = self._witness.books.stock.newest
        is_sure = marks == self._marks() and not was and not self._is_asked(waiting)
        sign = -1 if waiting is Waiting.WRITE_OFF else 1
        wanted = {sku: sign * 1000 * count for sku, count in pieces.items()}
        if is_sure and (booked is before[1] or booked != wanted):
            self._complain(f"{wanted} were scanned for {waiting.value}, {booked} were booked as {why}")

    def _scan_pieces(self, waiting: Waiting, pieces: Counter[str]) -> Iterator[float]:
        """One scan, and how many where it is keyed; some scans were a mistake."""
        chance = self._chance
        sku = chance.choice(self._codes())
        if not (yield from self._scan_one(sku, waiting)):
            return
        count = 1
        if chance.random() < KEYED:
            count = chance.randint(1, PIECES_MAX)
            yield from self._gesture(self._keys(str(count), Key.ENTER), [], single=False)
        if chance.random() < WRONG_SCAN and self._is_asked(waiting):
            yield from self._gesture(self._keys("", Key.MINUS), [])
            count = 0
        if count:
            pieces[sku] += count

    def _scan_one(self, sku: str, waiting: Waiting) -> Generator[float, None, bool]:
        """Whether it is among what was scanned here."""
        if not self._is_asked(waiting):
            return False
        marks = self._marks()
        yield from self._gesture(self._scan(sku), self.bill.added(sku, self._price(sku) or 0), may_refuse=True)
        if self.bill.entries and marks == self._marks():
            self._complain(f"{sku} was scanned for {waiting.value}, and is in the bill")
        return self._is_asked(waiting)

    def _say_that_is_all(self, waiting: Waiting) -> Iterator[float]:
        """Enter, and Enter again; of what is written off the reason. A count that is far from the books asks twice."""
        for _ in range(ENTERS_MAX):
            if not self._is_asked(waiting):
                return
            is_reason = waiting is Waiting.WRITE_OFF and self._box.counter.verb is not None
            number = str(self._chance.randint(1, REASONS)) if is_reason else ""
            yield from self._gesture(self._keys(number, Key.ENTER), [], single=not number)

    def _drop_all(self, waiting: Waiting) -> Iterator[float]:
        for _ in range(2):
            if self._is_asked(waiting):
                yield from self._gesture(self._scan(CANCEL), [])

    def _scanned_before(self, waiting: Waiting) -> bool:
        """Whether something lies there from before that is not booked yet."""
        return bool(self._witness.rows("SELECT 1 FROM stock_act WHERE desk = ? LIMIT 1", waiting.value))
