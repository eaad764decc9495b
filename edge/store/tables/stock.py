"""What is on hand by sku: unknown until counted, negative when the shop sold what it had not received."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.model.item import is_goods
from edge.model.money import Milli
from edge.model.records import SaleCompleted, SaleRefunded, SaleVoided

Run = Callable[..., Any]


class StockTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def book_sale(self, record: SaleCompleted, n: int) -> None:
        """Projection of `sale.completed`: voided lines cancel out, goods without a barcode are not counted."""
        moves: dict[str, int] = {}
        for line in record.sale.lines:
            if is_goods(line.sku):
                moves[line.sku] = moves.get(line.sku, 0) - line.qty
        self.sold([(sku, Milli(qty)) for sku, qty in moves.items() if qty])

    def book_refund(self, record: SaleRefunded | SaleVoided, n: int) -> None:
        """Projection of `sale.refunded` and `sale.voided`: the goods are on the shelf again."""
        moves: dict[str, int] = {}
        for line in record.refund.lines:
            if is_goods(line.sku):
                moves[line.sku] = moves.get(line.sku, 0) + line.qty
        self.sold([(sku, Milli(qty)) for sku, qty in moves.items()])

    def on_hand(self, sku: str) -> Milli | None:
        row = self._read("SELECT on_hand FROM stock WHERE sku = ?", (sku,)).fetchone()
        return Milli(row[0]) if row and row[0] is not None else None

    def wrong(self, *, limit: int) -> Sequence[tuple[str, Milli]]:
        rows = self._read(
            "SELECT sku, on_hand FROM stock WHERE on_hand < 0 OR on_hand % 1000 <> 0 ORDER BY sku LIMIT ?", (limit,)
        )
        return [(sku, Milli(on_hand)) for sku, on_hand in rows]

    def sold(self, moves: Sequence[tuple[str, Milli]]) -> None:
        for sku, qty in moves:
            self._write(
                "INSERT INTO stock(sku, on_hand, sold) VALUES (?1, NULL, -?2)"
                " ON CONFLICT(sku) DO UPDATE SET sold = sold - ?2, on_hand = on_hand + ?2",
                (sku, qty),
            )
