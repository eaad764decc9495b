"""What was sold of a sku on each business day, and whether it was on the shelf: filled from sales and what comes back.

A day without a row sold nothing. Whether it counts, the row before it tells: AWAY means that the sku stayed away until
the next row. Only a count of exactly nothing is an empty shelf: one below zero is a wrong book, since what was sold
from it was there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from enum import IntEnum
from typing import Any

from edge.model.app_order_records import OrderHandedOver
from edge.model.money import Milli
from edge.model.records import SaleCompleted, SaleRefunded, SaleVoided
from edge.model.refund import RefundLine
from edge.model.reorder import DAYS
from edge.model.sale import Line

Run = Callable[..., Any]
OnHand = Callable[[str], Milli | None]
Pieces = Callable[[Iterable[Line | RefundLine]], list[tuple[str, Milli]]]
"""Of lines, by goods: as stock counts them."""

_BOOK = (
    "INSERT INTO sales_day VALUES (?1, ?2, ?3, ?4) ON CONFLICT(sku, day) DO UPDATE SET sold = sold + ?3,"
    " shelf = CASE WHEN ?4 = 2 THEN 2 ELSE min(1, max(shelf, ?4)) END"
)
_WINDOW = (
    "SELECT day, sold, shelf FROM sales_day WHERE sku = ?1 AND day <= ?3"
    " AND day >= coalesce((SELECT max(day) FROM sales_day WHERE sku = ?1 AND day < ?2), ?2) ORDER BY day"
)
_FORGET = (
    "DELETE FROM sales_day WHERE (sku, day) IN (SELECT old.sku, old.day FROM sales_day old WHERE old.day < ?1 AND"
    " EXISTS (SELECT 1 FROM sales_day next WHERE next.sku = old.sku AND next.day > old.day AND next.day < ?1) LIMIT ?2)"
)


class Shelf(IntEnum):
    """Where the sku was on a day. BACK: it was away at some time, and is here again at the day's end."""

    HERE = 0
    BACK = 1
    AWAY = 2


class SalesDaysTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def book_sale(self, record: SaleCompleted, pieces: Pieces, on_hand: OnHand) -> None:
        """Projection of `sale.completed`, after stock's."""
        for sku, qty in pieces(record.sale.standing):
            self._book(sku, record.business_day, qty, on_hand(sku))

    def book_order(self, record: OrderHandedOver, on_hand: OnHand) -> None:
        """Projection of `order.handed_over`, after stock's: it was wanted, wherever it was paid."""
        for line in record.order.lines:
            if line.picked:
                self._book(line.sku, record.business_day, Milli(1000 * line.picked), on_hand(line.sku))

    def book_back(
        self, record: SaleRefunded | SaleVoided, sold_on: date | None, pieces: Pieces, on_hand: OnHand
    ) -> None:
        """Projection of `sale.refunded` and `sale.voided`, after stock's: it was not wanted on the day of its sale.

        `sold_on` None: nobody knows the sale, so it is taken off the day on which the goods came back.
        """
        for sku, qty in pieces(record.refund.lines):
            if sold_on is None:
                self._book(sku, record.business_day, Milli(-qty), on_hand(sku))
            else:
                self._write(
                    "UPDATE sales_day SET sold = sold - ? WHERE sku = ? AND day = ?", (qty, sku, sold_on.isoformat())
                )
                self.stocked(sku, record.business_day, on_hand(sku))

    def stocked(self, sku: str, day: date, on_hand: Milli | None) -> None:
        last = self._last(sku, day)
        if (on_hand == 0) != (last == Shelf.AWAY) or (last is None and on_hand is not None):
            self._book(sku, day, Milli(0), on_hand)

    def daily(self, sku: str, day: date, days: int = DAYS) -> list[Milli | None]:
        first = day - timedelta(days=days - 1)
        rows = self._read(_WINDOW, (sku, first.isoformat(), day.isoformat()))
        known = {at: (sold, shelf) for at, sold, shelf in rows}
        is_here = bool(rows) and rows[0][0] < first.isoformat() and rows[0][2] != Shelf.AWAY
        found: list[Milli | None] = []
        for passed in range(days):
            sold, shelf = known.get((first + timedelta(days=passed)).isoformat(), (0, None))
            counts = is_here if shelf is None else shelf == Shelf.HERE
            found.append(Milli(sold) if counts else None)
            is_here = is_here if shelf is None else shelf != Shelf.AWAY
        return found

    def next_sku(self, after: str) -> str | None:
        (sku,) = self._read("SELECT min(sku) FROM sales_day WHERE sku > ?", (after,)).fetchone()
        return None if sku is None else str(sku)

    def forget(self, before: date, *, limit: int) -> int:
        """The newest of a sku's old rows stays: it says that the sku was known, and whether it was here."""
        return int(self._write(_FORGET, (before.isoformat(), limit)).rowcount)

    def _book(self, sku: str, day: date, sold: Milli, on_hand: Milli | None) -> None:
        shelf = Shelf.AWAY if on_hand == 0 else Shelf.BACK if self._last(sku, day) == Shelf.AWAY else Shelf.HERE
        self._write(_BOOK, (sku, day.isoformat(), sold, shelf))

    def _last(self, sku: str, day: date) -> int | None:
        """`shelf` of the newest row up to `day`; None: the sku was not known."""
        row = self._read(
            "SELECT shelf FROM sales_day WHERE sku = ? AND day <= ? ORDER BY day DESC LIMIT 1", (sku, day.isoformat())
        ).fetchone()
        return row[0] if row else None
