"""Durable print jobs: queued → sending → printed, unknown or failed (decisions 1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from edge.codec.slip_text import read_slip, write_slip
from edge.model.ids import first_id
from edge.model.ledger_rows import LAST_PAPER, EffectState, PrintJob
from edge.store.tables.effects import is_state

Run = Callable[..., Any]

DOUBTFUL_MAX = 50
"""More than a person looks through."""
_FIELDS = "id, of, copy_no, state, slip, reason"
_DOUBTFUL = (
    f"FROM print_job p WHERE {is_state(EffectState.UNKNOWN)} AND id >= ? AND of <> id AND NOT EXISTS"
    " (SELECT 1 FROM print_job o WHERE o.of = p.of AND (o.state IN ('queued', 'sending', 'printed')"
    " OR o.state = 'unknown' AND o.id > p.id))"
)


class PrintJobTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def queue(self, job: PrintJob) -> None:
        slip = write_slip(job.slip) if job.slip is not None else None
        self._write(
            "INSERT INTO print_job VALUES (?, ?, ?, ?, ?, ?)",
            (job.id, job.of, job.copy_no, job.state, slip, job.reason),
        )

    def move(self, job_id: str, state: EffectState, reason: str = "") -> None:
        # A text that will not be sent again is not kept: a set-up slip carries a PIN.
        self._write(
            "UPDATE print_job SET state = ?1, reason = ?2, slip = iif(?1 IN ('queued', 'sending')"
            " OR of = (SELECT v FROM meta WHERE k = ?4), slip, NULL) WHERE id = ?3",
            (state, reason, job_id, LAST_PAPER),
        )

    def drop(self, job_id: str) -> None:
        self._write("DELETE FROM print_job WHERE id = ? AND state = 'expired'", (job_id,))

    def forget(self, of: str) -> None:
        self._write("UPDATE print_job SET slip = NULL WHERE of = ? AND state NOT IN ('queued', 'sending')", (of,))

    def find(self, job_id: str) -> PrintJob | None:
        row = self._read(f"SELECT {_FIELDS} FROM print_job WHERE id = ?", (job_id,)).fetchone()
        return _job(row) if row else None

    def in_state(self, state: EffectState) -> Sequence[PrintJob]:
        rows = self._read(f"SELECT {_FIELDS} FROM print_job WHERE {is_state(state)} ORDER BY id").fetchall()
        return [_job(row) for row in rows]

    def doubtful(self, since: datetime) -> Sequence[PrintJob]:
        rows = self._read(f"SELECT {_FIELDS} {_DOUBTFUL} ORDER BY id LIMIT {DOUBTFUL_MAX}", (first_id(since),))
        return [_job(row) for row in rows.fetchall()]

    def count_doubtful(self, since: datetime) -> int:
        count: int = self._read(f"SELECT count(*) {_DOUBTFUL}", (first_id(since),)).fetchone()[0]
        return min(count, DOUBTFUL_MAX)

    def of(self, of: str) -> Sequence[PrintJob]:
        rows = self._read(f"SELECT {_FIELDS} FROM print_job WHERE of = ? ORDER BY copy_no", (of,)).fetchall()
        return [_job(row) for row in rows]


def _job(row: tuple[Any, ...]) -> PrintJob:
    job_id, of, copy_no, state, slip, reason = row
    return PrintJob(job_id, of, copy_no, EffectState(state), read_slip(slip) if slip else None, reason)
