"""What waits to leave the box, in the ledger: papers and drawer pulses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from edge.model.ledger_rows import DrawerKick, EffectState, PrintJob
from edge.model.slip import Slip


class PrintJobs(Protocol):
    def queue(self, job: PrintJob) -> None: ...
    def move(self, job_id: str, state: EffectState, reason: str = "") -> None: ...
    def find(self, job_id: str) -> PrintJob | None: ...
    def in_state(self, state: EffectState) -> Sequence[PrintJob]:
        """Oldest first."""
        ...

    def doubtful(self, since: datetime) -> Sequence[PrintJob]:
        """Papers since then of which nobody knows, the newest of each sale or slip; none of which another came or is
        to come, and no secrets.
        """
        ...

    def count_doubtful(self, since: datetime) -> int: ...

    def of(self, of: str) -> Sequence[PrintJob]:
        """All jobs of one sale or slip, the original first."""
        ...

    def drop(self, job_id: str) -> None:
        """Of a job that was never asked for."""
        ...

    def forget(self, of: str) -> None:
        """The texts of its jobs that wait for nothing."""
        ...


class ReportPapers(Protocol):
    """By `model.day_rows.z_report` and the ids of shifts."""

    def keep(self, report: str, slip: Slip) -> None:
        """Beside the newest others; the oldest goes."""
        ...

    def find(self, report: str) -> Slip | None:
        """Raises CodecError for a text that is damaged."""
        ...

    def next_copy(self, report: str) -> int:
        """1 and up: the number of another paper that is asked for now."""
        ...


class DrawerKicks(Protocol):
    def queue(self, kick: DrawerKick) -> None: ...
    def move(self, kick_id: str, state: EffectState, reason: str = "") -> None: ...
    def in_state(self, state: EffectState) -> Sequence[DrawerKick]: ...
