"""Completed sales by receipt; filled from `sale.completed`, read back from its journal row."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from edge.codec.basket import completed_sale
from edge.model.records import SaleCompleted
from edge.ports import CompletedSale

Run = Callable[..., Any]

_SELECT = "SELECT s.id, s.n, s.receipt, s.bday, s.till, j.at, j.body FROM sale s JOIN journal j ON j.n = s.n"


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
        return read_sale(self._read(f"{_SELECT} WHERE s.receipt = ?", (receipt,)).fetchone())

    def by_id(self, sale_id: str) -> CompletedSale | None:
        return read_sale(self._read(f"{_SELECT} WHERE s.id = ?", (sale_id,)).fetchone())

    def last(self) -> CompletedSale | None:
        return read_sale(self._read(f"{_SELECT} ORDER BY s.bday DESC, s.no DESC LIMIT 1").fetchone())

    def next_receipt_no(self, business_day: date, till: str) -> int:
        (last,) = self._read(
            "SELECT coalesce(max(no), 0) FROM sale WHERE bday = ? AND till = ?", (business_day.isoformat(), till)
        ).fetchone()
        return max(int(last), self._salvaged_floor(business_day)) + 1

    def last_business_day(self) -> date | None:
        (last,) = self._read("SELECT max(bday) FROM sale").fetchone()
        return date.fromisoformat(last) if last else None

    def _salvaged_floor(self, business_day: date) -> int:
        """After a damaged ledger was set aside, numbers of that day go on above the last known one."""
        row = self._read("SELECT v FROM meta WHERE k = 'receipt_floor'").fetchone()
        until, _, number = row[0].partition(":") if row else ("", "", "0")
        return int(number) if business_day.isoformat() <= until else 0


def read_sale(row: tuple[Any, ...] | None) -> CompletedSale | None:
    """A row of `sale` joined with its journal row; None stays None."""
    if row is None:
        return None
    sale_id, n, receipt, bday, till, at, body = row
    return CompletedSale(
        n=n, receipt=receipt, business_day=date.fromisoformat(bday), till=till, at=at,
        sale=completed_sale(sale_id, json.loads(body)),
    )  # fmt: skip
