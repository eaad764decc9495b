"""Loans: how far each is. Kept with the record that tells of each move; nothing of who asked, or what it costs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from edge.model.loan import Loan, LoanState, Way
from edge.model.loan_records import LoanMoved
from edge.model.money import Fen

Run = Callable[..., Any]

_READ = "id, mark, offer, at, state, until, way, amount, ref, drawer"
OPEN_STATES = "state IN ('token_scanned', 'offered', 'accepted', 'approved', 'paying_out', 'unknown')"
DOUBT_STATES = "state IN ('paying_out', 'unknown')"
"""Word for word the indexes' conditions."""

_log = logging.getLogger("edge.store")


class LoanTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def book(self, record: LoanMoved) -> None:
        """Projection of `service.loan`."""
        loan, day = record.loan, record.business_day.isoformat() if record.business_day is not None else ""
        self._write(
            f"INSERT OR REPLACE INTO loan({_READ}, bday) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (loan.id, loan.mark, loan.offer, _text(loan.at), loan.state.value,
             _text(loan.until) if loan.until is not None else "", loan.way.value if loan.way is not None else "",
             loan.amount, loan.reference, loan.drawer, day),
        )  # fmt: skip

    def find(self, loan_id: str) -> Loan | None:
        return next(iter(self._many("id = ?", loan_id)), None)

    def by_mark(self, mark: str) -> Loan | None:
        return next(iter(self._many("mark = ? ORDER BY id DESC LIMIT 1", mark)), None)

    def open(self) -> Sequence[Loan]:
        return self._many(f"{OPEN_STATES} ORDER BY id")

    def in_doubt(self) -> Sequence[Loan]:
        return self._many(f"{DOUBT_STATES} ORDER BY id")

    def paid_on(self, offer: str, day: date) -> Fen:
        (fen,) = self._read(
            "SELECT coalesce(sum(amount), 0) FROM loan WHERE bday = ? AND bday <> '' AND offer = ?",
            (day.isoformat(), offer),
        ).fetchone()
        return Fen(fen)

    def forget(self, before_at: str, *, limit: int) -> int:
        return int(
            self._write(
                "DELETE FROM loan WHERE id IN (SELECT id FROM loan WHERE at < ?"
                f" AND NOT ({OPEN_STATES}) ORDER BY at LIMIT ?)",
                (before_at, limit),
            ).rowcount
        )

    def _many(self, where: str, *values: object) -> list[Loan]:
        rows = self._read(f"SELECT {_READ} FROM loan WHERE {where}", values)
        return [loan for row in rows if (loan := _readable(row)) is not None]


def _readable(row: tuple[Any, ...]) -> Loan | None:
    try:
        return _loan(*row)
    except (ValueError, TypeError) as error:
        _log.error("loan %s cannot be read: %s", row[0], error)
        return None


def _loan(
    id: str, mark: str, offer: str, at: str, state: str, until: str, way: str, amount: int, reference: str,
    drawer: str,
) -> Loan:  # fmt: skip
    return Loan(
        id, mark, offer, datetime.fromisoformat(at), LoanState(state),
        datetime.fromisoformat(until) if until else None, Way(way) if way else None, Fen(amount), reference, drawer,
    )  # fmt: skip


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
