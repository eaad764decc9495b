"""Goods that come back, a sale that should not have been: errands that touch no customer's basket."""

from __future__ import annotations

from collections.abc import Iterator

from edge.codec.command_card import card_code, receipt_code
from edge.messages import Key
from edge.model.counter import Waiting
from edge.model.item import is_goods
from edge.sim.owner import OWNERS_CARD
from edge.sim.year.money_books import Paid
from edge.sim.year.paying import SECOND_ENTER_S, Paying

REFUND, REFUND_ALL, POST_VOID = (card_code(number) for number in (110, 206, 202))
RECEIPTS = 30
"""Of so many newest sales a receipt lies on the counter."""
GOODS_MAX = 3


class Returns(Paying):
    """What goes back and for how much, the books of the witness judge; the clerk sees that it is booked once."""

    def _bring_back(self) -> Iterator[float]:
        """A customer with a receipt, and all of it or some goods."""
        if self.bill.entries or not (sales := list(self._witness.books.money.sales.values())[-RECEIPTS:]):
            return
        paid, marks = self._chance.choice(sales), self._marks()
        yield from self._gesture(self._scan(REFUND), [])
        if not self._is_asked(Waiting.RECEIPT):
            return
        yield from self._gesture(self._scan(receipt_code(paid.receipt)), [])
        if not self._is_asked(Waiting.REFUND):
            if marks == self._marks() and not paid.voided and not paid.is_back and not self._is_on_its_way():
                self._complain(f"nothing can come back of {paid.receipt}, {dict(paid.back)} of {paid.sold} did")
        elif self._chance.random() < 0.5:
            yield from self._gesture(self._scan(REFUND_ALL), [])
        else:
            yield from self._some_goods(paid)
        yield from self._confirm()

    def _some_goods(self, paid: Paid) -> Iterator[float]:
        skus = [sku for sku in paid.skus.values() if is_goods(sku)]
        for sku in self._chance.sample(skus, min(len(skus), GOODS_MAX)):
            yield from self._until_light()
            if not self._is_asked(Waiting.REFUND):  # a cut ends what was begun, and goods are sold again
                return
            yield from self._gesture(self._scan(sku), [])
        yield from self._gesture(self._keys("", Key.ENTER), [])

    def _take_back(self) -> Iterator[float]:
        """The last sale was a mistake, and the owner stands by."""
        yield from self._gesture(self._scan(OWNERS_CARD.text), [])
        yield from self._gesture(self._scan(POST_VOID), [])
        yield from self._confirm()

    def _confirm(self) -> Iterator[float]:
        """Enter gives the money back, once; a wallet's may take a while."""
        if self._is_asked(Waiting.CONFIRM):
            yield SECOND_ENTER_S
            before, waiting, marks = self._witness.books.money.refunds, self._is_on_its_way(), self._marks()
            yield from self._gesture(self._keys("", Key.ENTER), [])
            booked = self._witness.books.money.refunds - before
            if marks == self._marks() and not waiting and booked + self._is_on_its_way() > 1:
                self._complain(f"money went back once, {booked} refunds were booked")
        yield from self._until_nothing_is_asked()
        self._box.ware.drawer.shut()

    def _is_asked(self, what: Waiting) -> bool:
        return self._box.counter.waiting is what

    def _is_on_its_way(self) -> int:
        """Refunds whose wallet has not said yet."""
        found = self._witness.rows("SELECT count(*) FROM refund_pending")
        return int(found[0][0]) if found else 0
