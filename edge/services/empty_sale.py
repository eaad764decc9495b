"""A sale from which everything was taken out ends by itself (product B1)."""

from __future__ import annotations

from dataclasses import dataclass

from edge.bus import Bus
from edge.messages import Show, View
from edge.model.counter import Counter
from edge.model.records import EMPTY, SaleCancelled
from edge.model.sale import Event, Sale, moved
from edge.ports import Transaction

EMPTY_SALE_S = 30.0


@dataclass(frozen=True, slots=True)
class EmptyOver:
    """A timer: has this sale been empty since `serial` times ago?"""

    serial: int


class EmptySale:
    """`watch` is told of each change of the basket."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._serial = 0
        bus.on(EmptyOver, self._over)

    def watch(self, sale: Sale | None) -> None:
        if sale is not None and not sale.standing:
            self._serial += 1
            self._bus.after(EMPTY_SALE_S, EmptyOver(self._serial))

    def _over(self, over: EmptyOver, tx: Transaction) -> None:
        sale = tx.counter.sale
        if over.serial == self._serial and sale is not None and not sale.standing:
            tx.append(SaleCancelled(moved(sale, Event.CANCEL), why=EMPTY), id=sale.id)
            tx.keep(Counter())
            tx.after_commit(Show(View.IDLE))
