"""Completed sales by receipt; filled from `sale.completed`, read back from its journal row."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from edge.clock import iso_ms
from edge.codec.basket import completed_sale
from edge.model.ledger_rows import CompletedSale
from edge.model.money import Fen
from edge.model.records import SaleCompleted

Run = Callable[..., Any]

_COLUMNS = (
    "SELECT s.id, s.n, s.receipt, s.bday, s.till, j.at, j.body,"
    " (SELECT m.balance FROM tab_move m WHERE m.sale = s.id ORDER BY m.no LIMIT 1)"
)
_SELECT = f"{_COLUMNS} FROM sale s JOIN journal j ON j.n = s.n"
_RECENT = (
    f"{_COLUMNS} FROM journal j CROSS JOIN sale s ON s.id = j.id"
    " WHERE j.n > (SELECT max(n) FROM journal) - ? AND j.type = 'sale.completed' AND j.at >= ? ORDER BY j.n DESC"
)
MAX_RECENT_ROWS = 1_000
"""Of the journal: a busy till writes a tenth of that in the minutes that are asked about."""

MAX_DAMAGED_DAYS = 8
"""Days that a damaged page made of others, passed over one by one."""
_AFTER_ALL_DAYS = "~"


class SalesTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def book(self, record: SaleCompleted, n: int) -> None:
        """Projection of `sale.completed`."""
        number = int(record.receipt.rsplit("-", 1)[1])
        self._write(
            "INSERT INTO sale VALUES (?, ?, ?, ?, ?, ?)",
            (record.sale.id, n, record.receipt, record.business_day.isoformat(), record.till, number),
        )

    def by_receipt(self, receipt: str) -> CompletedSale | None:
        return _completed(self._read(f"{_SELECT} WHERE s.receipt = ?", (receipt,)).fetchone())

    def by_id(self, sale_id: str) -> CompletedSale | None:
        return _completed(self._read(f"{_SELECT} WHERE s.id = ?", (sale_id,)).fetchone())

    def day_of(self, sale_id: str) -> date | None:
        """Its business day; None: there is no such sale, or its day cannot be read."""
        row = self._read("SELECT bday FROM sale WHERE id = ?", (sale_id,)).fetchone()
        return date.fromisoformat(row[0]) if row and is_day(row[0]) else None

    def last(self) -> CompletedSale | None:
        """The newest one: of its last day only, which the index finds without reading all others."""
        newest = "s.bday = ? ORDER BY s.no DESC LIMIT 1"
        return _completed(self._read(f"{_SELECT} WHERE {newest}", (self._last_sold_day(),)).fetchone())

    def since(self, moment: datetime) -> Sequence[CompletedSale]:
        rows = self._read(_RECENT, (MAX_RECENT_ROWS, iso_ms(moment)))
        return [found for found in map(_completed, rows) if found is not None]

    def next_receipt_no(self, business_day: date, till: str) -> int:
        """Sales and refunds share the numbers of a day."""
        day = (business_day.isoformat(), till)
        (sold,) = self._read("SELECT coalesce(max(no), 0) FROM sale WHERE bday = ? AND till = ?", day).fetchone()
        (back,) = self._read("SELECT coalesce(max(no), 0) FROM refund WHERE bday = ? AND till = ?", day).fetchone()
        return max(int(sold), int(back), self._printed(business_day, till), self._salvaged_floor(business_day)) + 1

    def last_business_day(self) -> date | None:
        (back,) = self._read("SELECT max(bday) FROM refund").fetchone()
        last = max(self._last_sold_day(), self._floor()[3], back if is_day(back) else "")
        return date.fromisoformat(last) if last else None

    def _last_sold_day(self) -> str:
        """An empty text when there is none. What is no day is passed over: it would fail every sale from now on."""
        before = _AFTER_ALL_DAYS
        for _ in range(MAX_DAMAGED_DAYS):
            (found,) = self._read("SELECT max(bday) FROM sale WHERE bday < ?", (before,)).fetchone()
            if found is None or is_day(found):
                return str(found or "")
            before = found
        return ""

    def _printed(self, business_day: date, till: str) -> int:
        """The same by the receipts' own index: two numbers alike would fail, and with them every sale of that day."""
        (receipt,) = self._read(
            "SELECT max(receipt) FROM sale WHERE receipt BETWEEN ?1 || '0' AND ?1 || '9999'",
            (f"{business_day:%y%m%d}-{till}-",),
        ).fetchone()
        number = str(receipt or "").rpartition("-")[2]
        return int(number) if number.isdecimal() else 0

    def _salvaged_floor(self, business_day: date) -> int:
        """After a damaged ledger was set aside, numbers of that day go on above the last known one."""
        until, number, carried, _ = self._floor()
        day = business_day.isoformat()
        (first,) = self._read("SELECT min(bday) FROM sale WHERE n > ?", (carried,)).fetchone()
        # The second half is for a box whose clock was wrong when its ledger was replaced.
        return number if day <= until or (until and (first is None or first >= day)) else 0

    def _floor(self) -> tuple[str, int, int, str]:
        """(until, number, rows carried, last business day) as `store.salvage` left it."""
        row = self._read("SELECT v FROM meta WHERE k = 'receipt_floor'").fetchone()
        until, number, carried, last = row[0].split(":") if row else ("", "0", "0", "")
        return until, int(number), int(carried), last


def is_day(text: object) -> bool:
    """Whether it is a day as `sale.bday` holds it, YYYY-MM-DD."""
    try:
        return date.fromisoformat(str(text)).isoformat() == text
    except ValueError:
        return False


def _completed(row: tuple[Any, ...] | None) -> CompletedSale | None:
    """A row of `sale` joined with its journal row; None stays None."""
    if row is None:
        return None
    sale_id, n, receipt, bday, till, at, body, owes = row
    return CompletedSale(
        n=n, receipt=receipt, business_day=date.fromisoformat(bday), till=till, at=at,
        sale=completed_sale(sale_id, json.loads(body)), owes=None if owes is None else Fen(owes),
    )  # fmt: skip
