"""How long the cloud keeps what terminals told (product row 91)."""

from __future__ import annotations

from datetime import timedelta

from edge.clock import Clock, iso_ms
from edge.reference_cloud.store import CloudStore

JOURNAL = timedelta(days=5 * 365 + 1)
"""Events and what was parked, from their receipt on. What people's phones hold is theirs (`parcels.py`): a parcel may
lie longer than any time that could stand here.
"""
EVERY_S = 3_600.0
A_TURN = 2_000
"""Rows of each kind; where there were more, the next turn comes at once."""

_TABLES = ("event", "parked")
"""Each is numbered in the order of its receipt, so that the oldest are found without an index."""


class Keeping:
    def __init__(self, store: CloudStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._next_mono = float("-inf")

    def forget(self) -> int:
        """What is over went from the store, which is not committed yet; how many rows. By a clock that nobody has set
        nothing is over: one that is years ahead would take the journal with it.
        """
        if self._clock.mono() < self._next_mono or not self._clock.synced():
            return 0
        before = iso_ms(self._clock.wall() - JOURNAL)
        gone = [self._forget(table, before) for table in _TABLES]
        if max(gone) < A_TURN:
            self._next_mono = self._clock.mono() + EVERY_S
        return sum(gone)

    def _forget(self, table: str, before: str) -> int:
        oldest = self._store.rows(f"SELECT n, received_at FROM {table} ORDER BY n LIMIT {A_TURN}")
        over = [(n,) for n, at in oldest if at < before]
        return self._store.run_many(f"DELETE FROM {table} WHERE n = ?", over) if over else 0
