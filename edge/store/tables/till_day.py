"""The open shift, the last Z report, and what was taken since: kept beside each record that adds to it.

tally holds one row for each thing summed, by shift and by the Z report that will have it. A shift can go on while the
day turns, and a day can have several shifts; what neither an open shift nor the next report needs is removed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from edge.model.day_records import DayClosed, ShiftClosed, ShiftOpened
from edge.model.ledger_rows import ClosedDay, OpenShift
from edge.model.money import Fen
from edge.model.records import Record
from edge.model.takings import REFUND, SALE, TAB_REPAID, VOID, Takings, added
from edge.model.tally import tally

Run = Callable[..., Any]

_NEXT_Z = "(SELECT coalesce(max(no), 0) + 1 FROM z_report)"


class TillDayTable:
    def __init__(self, read: Run, write: Run, at: str) -> None:
        self._read = read
        self._write = write
        self._at = at

    def book(self, record: Record) -> None:
        """Projection of every record that `tally` knows."""
        for what, times, fen in tally(record):
            self._write(
                f"INSERT INTO tally VALUES ({_NEXT_Z}, coalesce((SELECT id FROM shift), ''), ?1, ?2, ?3)"
                " ON CONFLICT DO UPDATE SET times = times + ?2, fen = fen + ?3",
                (what, times, fen),
            )

    def open(self, record: ShiftOpened) -> None:
        """Projection of `shift.opened`."""
        day = record.business_day.isoformat()
        self._write(
            "INSERT INTO shift VALUES (?, ?, ?, ?, ?, ?)",
            (record.shift, self._at, day, record.till, int(record.by_itself), record.float),
        )

    def close(self, record: ShiftClosed) -> None:
        """Projection of `shift.closed`."""
        self._write("DELETE FROM shift WHERE id = ?", (record.shift,))
        self._sweep()

    def close_day(self, record: DayClosed) -> None:
        """Projection of `report.z`. One in which nothing was sold goes on from the one before it."""
        last = int(record.last.rpartition("-")[2]) if record.last else 0
        self._write(
            "INSERT INTO z_report VALUES (?1, ?2, max(?3,"
            " coalesce((SELECT max(last_no) FROM z_report WHERE bday = ?2), 0)))",
            (record.no, record.business_day.isoformat(), last),
        )
        self._sweep()

    def shift(self) -> OpenShift | None:
        row = self._read("SELECT id, at, bday, till, float, by_itself FROM shift").fetchone()
        if row is None:
            return None
        shift_id, at, bday, till, counted, by_itself = row
        return OpenShift(shift_id, at, date.fromisoformat(bday), till, Fen(counted), by_itself=bool(by_itself))

    def takings(self, shift: str | None = None) -> Takings:
        if shift is None:
            return added(self._read(f"SELECT what, times, fen FROM tally WHERE z = {_NEXT_Z}"))
        return added(self._read("SELECT what, times, fen FROM tally WHERE shift = ?", (shift,)))

    def has_receipts(self) -> bool:
        numbered = (SALE, TAB_REPAID, REFUND, VOID)
        return bool(self._read(f"SELECT 1 FROM tally WHERE z = {_NEXT_Z} AND what IN (?, ?, ?, ?) LIMIT 1", numbered))

    def last_z(self) -> ClosedDay | None:
        row = self._read("SELECT no, bday, last_no FROM z_report ORDER BY no DESC LIMIT 1").fetchone()
        return ClosedDay(row[0], date.fromisoformat(row[1]), row[2]) if row else None

    def receipts(self, business_day: date, till: str) -> tuple[str, str] | None:
        last = self.last_z()
        before = last.last_no if last is not None and last.business_day == business_day else 0
        found = self._read(
            "SELECT receipt FROM sale WHERE bday = ?1 AND till = ?2 AND no IN ("
            " (SELECT min(no) FROM sale WHERE bday = ?1 AND till = ?2 AND no > ?3),"
            " (SELECT max(no) FROM sale WHERE bday = ?1 AND till = ?2 AND no > ?3)) ORDER BY no",
            (business_day.isoformat(), till, before),
        ).fetchall()
        return (found[0][0], found[-1][0]) if found else None

    def _sweep(self) -> None:
        self._write(f"DELETE FROM tally WHERE z < {_NEXT_Z} AND shift NOT IN (SELECT id FROM shift)")
