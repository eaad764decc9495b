"""What customers owe, and how it came to that: a row a customer, and a row for each time it changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from edge.clock import iso_ms
from edge.model.money import Fen
from edge.model.records import SaleRefunded, SaleVoided
from edge.model.sale import Method
from edge.model.tab import Movement, Tab, TabMove
from edge.model.tab_records import TabCharged, TabEnrolled, TabRepaid

Run = Callable[..., Any]


class TabTable:
    def __init__(self, read: Run, write: Run, at: str) -> None:
        self._read = read
        self._write = write
        self._at = at

    def enrol(self, record: TabEnrolled) -> None:
        """Projection of `tab.enrolled`."""
        self._write(
            "INSERT INTO tab VALUES (?1, ?2, 0) ON CONFLICT(customer) DO UPDATE SET cap = ?2",
            (record.customer, record.limit),
        )

    def charge(self, record: TabCharged) -> None:
        """Projection of `tab.charged`."""
        self._move(record.customer, TabMove.CHARGED, record.sale, record.amount)

    def repay(self, record: TabRepaid) -> None:
        """Projection of `tab.repaid`."""
        self._move(record.customer, TabMove.REPAID, record.sale, record.amount)

    def give_back(self, record: SaleRefunded | SaleVoided) -> None:
        """Projection of `sale.refunded` and `sale.voided`: what stood on the tab comes off it."""
        for tender in record.money:
            if tender.method is Method.TAB:
                self._move(tender.reference, TabMove.RETURNED, record.refund.of, tender.applied)

    def find(self, customer: str) -> Tab | None:
        now = self._now(customer)
        row = self._read("SELECT customer, cap, balance FROM tab WHERE customer = ?", (now,)).fetchone()
        return Tab(row[0], Fen(row[1]), Fen(row[2])) if row else None

    def rename(self, former: str, customer: str) -> None:
        """Papers and sales of before go on naming `former`: they find the same tab."""
        self._write("UPDATE tab SET customer = ?2 WHERE customer = ?1", (former, customer))
        self._write("UPDATE tab_move SET customer = ?2 WHERE customer = ?1", (former, customer))
        self._write("UPDATE tab_alias SET customer = ?2 WHERE customer = ?1", (former, customer))
        self._write("INSERT OR REPLACE INTO tab_alias VALUES (?, ?, ?)", (former, customer, self._at))

    def numbers(self) -> Sequence[str]:
        return [customer for (customer,) in self._read("SELECT customer FROM tab WHERE length(customer) < 16")]

    def forget_aliases(self, before: datetime) -> int:
        return int(self._write("DELETE FROM tab_alias WHERE at < ?", (iso_ms(before),)).rowcount)

    def newest(self, customer: str, limit: int) -> Sequence[Movement]:
        found = self._read(
            "SELECT at, kind, sale, amount, balance FROM tab_move WHERE customer = ? ORDER BY no DESC LIMIT ?",
            (self._now(customer), limit),
        )
        return [_movement(row) for row in found][::-1]

    def of_sale(self, sale_id: str) -> Sequence[Movement]:
        found = self._read(
            "SELECT at, kind, sale, amount, balance FROM tab_move WHERE sale = ? ORDER BY no", (sale_id,)
        )
        return [_movement(row) for row in found]

    def _now(self, customer: str) -> str:
        """What whoever was once called so is called now."""
        row = self._read("SELECT customer FROM tab_alias WHERE former = ?", (customer,)).fetchone()
        return str(row[0]) if row else customer

    def _move(self, customer: str, kind: TabMove, sale: str, amount: Fen) -> None:
        customer, change = self._now(customer), amount if kind is TabMove.CHARGED else -amount
        self._write(
            "INSERT INTO tab VALUES (?1, 0, ?2) ON CONFLICT(customer) DO UPDATE SET balance = balance + ?2",
            (customer, change),
        )
        self._write(
            "INSERT INTO tab_move(customer, at, kind, sale, amount, balance)"
            " VALUES (?1, ?2, ?3, ?4, ?5, (SELECT balance FROM tab WHERE customer = ?1))",
            (customer, self._at, kind, sale, amount),
        )


def _movement(row: tuple[Any, ...]) -> Movement:
    at, kind, sale, amount, balance = row
    return Movement(at, TabMove(kind), sale, Fen(amount), Fen(balance))
