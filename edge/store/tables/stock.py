"""What is on hand by sku: unknown until counted, negative when the shop sold what it had not received.

Sales run up `sold`, all other moves `came`: with both a count is netted though nobody knew what was there before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from edge.model.app_order_records import OrderHandedOver
from edge.model.item import is_goods
from edge.model.money import Fen, Milli
from edge.model.records import SaleCompleted, SaleRefunded, SaleVoided, StockMoved
from edge.model.refund import RefundLine
from edge.model.sale import Line
from edge.model.stock import Lot
from edge.model.stock_records import LotNoted, StockCounted

Run = Callable[..., Any]


class StockTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def book_sale(self, record: SaleCompleted, n: int) -> None:
        """Projection of `sale.completed`: voided lines cancel out, goods without a barcode are not counted."""
        moves = self._moves(record.sale.lines, sign=-1)
        self.sold(moves)
        self._eat(moves)

    def book_order(self, record: OrderHandedOver) -> None:
        """Projection of `order.handed_over`: what was paid in an app leaves like what was paid here."""
        moves = [(line.sku, Milli(-1000 * line.picked)) for line in record.order.lines if line.picked]
        self.sold(moves)
        self._eat(moves)

    def book_refund(self, record: SaleRefunded | SaleVoided, n: int) -> None:
        """Projection of `sale.refunded` and `sale.voided`: the goods are on the shelf again."""
        self.sold(self._moves(record.refund.lines, sign=1))

    def book_moves(self, record: StockMoved) -> None:
        """Projection of `stock.moved`: goods that came, or were written off."""
        for sku, qty in record.moves:
            self._write(
                "INSERT INTO stock_came(sku, came) VALUES (?1, ?2) ON CONFLICT(sku) DO UPDATE SET came = came + ?2",
                (sku, qty),
            )
            self._write("UPDATE stock SET on_hand = on_hand + ? WHERE sku = ?", (qty, sku))
        for sku, cost in record.costs:
            self._write("UPDATE stock_came SET cost = ? WHERE sku = ?", (cost, sku))
        self._eat(record.moves)

    def book_count(self, record: StockCounted) -> None:
        """Projection of `stock.counted`. No more goods have a date than there are goods."""
        for line in record.lines:
            on_hand = Milli(line.qty + line.moved)
            self._write(
                "INSERT INTO stock(sku, on_hand) VALUES (?1, ?2) ON CONFLICT(sku) DO UPDATE SET on_hand = ?2",
                (line.sku, on_hand),
            )
            dated = sum(lot.qty for lot in self._lots_of(line.sku))
            self._eat([(line.sku, Milli(min(0, max(0, on_hand) - dated)))])

    def book_lot(self, record: LotNoted) -> None:
        """Projection of `lot.noted`."""
        self._write(
            "INSERT INTO lot VALUES (?1, ?2, ?3) ON CONFLICT(sku, until) DO UPDATE SET qty = qty + ?3",
            (record.sku, record.until.isoformat(), record.qty),
        )

    def on_hand(self, sku: str) -> Milli | None:
        row = self._read("SELECT on_hand FROM stock WHERE sku = ?", (sku,)).fetchone()
        return Milli(row[0]) if row and row[0] is not None else None

    def net(self, sku: str) -> Milli:
        row = self._read(
            "SELECT coalesce((SELECT came FROM stock_came WHERE sku = ?1), 0)"
            " - coalesce((SELECT sold FROM stock WHERE sku = ?1), 0)",
            (sku,),
        ).fetchone()
        return Milli(row[0])

    def last_cost(self, sku: str) -> Fen | None:
        row = self._read("SELECT cost FROM stock_came WHERE sku = ?", (sku,)).fetchone()
        return Fen(row[0]) if row and row[0] is not None else None

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

    def pack(self, carton: str, sku: str, each: int) -> None:
        if self.packed(carton) != (sku, each):
            self._write("INSERT OR REPLACE INTO carton VALUES (?, ?, ?)", (carton, sku, each))

    def packed(self, carton: str) -> tuple[str, int] | None:
        row = self._read("SELECT sku, each FROM carton WHERE carton = ?", (carton,)).fetchone()
        return (row[0], row[1]) if row is not None else None

    def lots_until(self, until: date, *, limit: int) -> Sequence[Lot]:
        rows = self._read(
            "SELECT sku, until, qty FROM lot WHERE until <= ? ORDER BY until, sku LIMIT ?", (until.isoformat(), limit)
        )
        return [_lot(row) for row in rows]

    def dated(self, sku: str) -> Milli:
        return Milli(sum(lot.qty for lot in self._lots_of(sku)))

    def _lots_of(self, sku: str) -> Sequence[Lot]:
        rows = self._read("SELECT sku, until, qty FROM lot WHERE sku = ? ORDER BY until", (sku,))
        return [_lot(row) for row in rows]

    def _eat(self, moves: Iterable[tuple[str, Milli]]) -> None:
        """What left was of the oldest date: so it is stacked. What came back has no date any more."""
        for sku, qty in moves:
            left = -qty
            for lot in self._lots_of(sku) if left > 0 else ():
                eaten = min(left, lot.qty)
                left -= eaten
                key = (sku, lot.until.isoformat())
                if eaten == lot.qty:
                    self._write("DELETE FROM lot WHERE sku = ? AND until = ?", key)
                elif eaten:
                    self._write("UPDATE lot SET qty = qty - ? WHERE sku = ? AND until = ?", (eaten, *key))

    def pieces(self, lines: Iterable[Line | RefundLine]) -> list[tuple[str, Milli]]:
        """What the lines are in all, by goods; a carton counts as the pieces in it."""
        return self._moves(lines, sign=1)

    def _moves(self, lines: Iterable[Line | RefundLine], *, sign: int) -> list[tuple[str, Milli]]:
        """By goods; a carton counts as the pieces in it."""
        moves: dict[str, int] = {}
        for line in lines:
            if is_goods(line.sku):
                sku, each = self.packed(line.sku) or (line.sku, 1)
                moves[sku] = moves.get(sku, 0) + sign * line.qty * each
        return [(sku, Milli(qty)) for sku, qty in moves.items() if qty]


def _lot(row: tuple[Any, ...]) -> Lot:
    return Lot(row[0], date.fromisoformat(row[1]), Milli(row[2]))
