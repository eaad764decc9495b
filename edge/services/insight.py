"""What the box tells for insight beside the sales themselves, and that the owner switched it off (rows 89, 94).

Events of this purpose (`model/closed_list.py`) are not journaled while it is off: the ledger sees to that.
"""

from __future__ import annotations

from edge.bus import Bus
from edge.messages import Asked, Confirmed, Started
from edge.model.closed_list import PAUSED
from edge.model.insight_records import InsightSwitched, StockOut
from edge.model.item import is_goods
from edge.model.records import SaleCompleted
from edge.ports import Transaction

_TOLD = "insight.told"
"""In `meta`: what the cloud was told of PAUSED."""


class Insight:
    """Built after whoever switches insight off and on."""

    def __init__(self, bus: Bus) -> None:
        bus.on(Started, lambda _, tx: self._tell(tx))
        bus.on(Asked, lambda _, tx: self._tell(tx))
        bus.on(Confirmed, lambda _, tx: self._tell(tx))
        bus.on(SaleCompleted, self._sold)

    def _tell(self, tx: Transaction) -> None:
        paused = tx.get(PAUSED) or ""
        if paused != (tx.get(_TOLD) or ""):
            tx.append(InsightSwitched(on=paused != "1"))
            tx.put(_TOLD, paused)

    def _sold(self, record: SaleCompleted, tx: Transaction) -> None:
        """The stock is booked already: what this sale took to nothing had been there before it."""
        sold: dict[str, int] = {}
        for line in record.sale.standing:
            if is_goods(line.sku):
                sold[line.sku] = sold.get(line.sku, 0) + line.qty
        for sku, qty in sold.items():
            left = tx.stock.on_hand(sku)
            if left is not None and left <= 0 < left + qty:
                tx.append(StockOut(sku))
