"""A sale from which everything was taken out ends by itself, once nobody does anything with it (product B1)."""

from __future__ import annotations

from dataclasses import dataclass

from edge.bus import Bus
from edge.messages import KeyPressed, ScanData, Show, View
from edge.model.counter import Waiting
from edge.model.sale import Sale
from edge.ports import Transaction
from edge.services.basket import end_emptied

EMPTY_SALE_S = 30.0
TOUCHED_S = 5.0
"""A key or a scan this short a while ago: somebody is at it, perhaps between two keys of a price."""


@dataclass(frozen=True, slots=True)
class EmptyOver:
    """A timer: has this sale been empty since `serial` times ago?"""

    serial: int


class EmptySale:
    """`watch` is told of each change of the basket."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._serial = 0
        self._touched_mono = float("-inf")
        bus.on(EmptyOver, self._over)
        bus.on(KeyPressed, self._touch)
        bus.on(ScanData, self._touch)

    def watch(self, sale: Sale | None) -> None:
        if sale is not None and not sale.standing:
            self._serial += 1
            self._bus.after(EMPTY_SALE_S, EmptyOver(self._serial))

    def _touch(self, touch: KeyPressed | ScanData, tx: Transaction) -> None:
        self._touched_mono = touch.at_mono

    def _over(self, over: EmptyOver, tx: Transaction) -> None:
        counter = tx.counter
        sale = counter.sale
        if over.serial != self._serial or sale is None or sale.standing:
            return
        if counter.waiting is not Waiting.NOTHING or tx.stamp.mono - self._touched_mono < TOUCHED_S:
            self.watch(sale)  # a question stands, whose answer would be taken for something else
            return
        end_emptied(tx)
        tx.after_commit(Show(View.IDLE))
