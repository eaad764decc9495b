"""How many rows waited for the cloud in the last day: the most of each ten minutes, since the terminal started."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence

from edge.ports import Snapshot

KEPT = 144
"""A day of ten minutes each."""
_TEN_MINUTES = len("2026-11-23T02:1")
"""So much of a moment's text names them."""


class QueueDepth:
    """`note` is called by the dispatcher, `kept` by any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: deque[tuple[str, int]] = deque(maxlen=KEPT)

    def note(self, snapshot: Snapshot) -> None:
        with self._lock:
            if self._kept and self._kept[-1][0][:_TEN_MINUTES] == snapshot.at[:_TEN_MINUTES]:
                at, most = self._kept.pop()
                self._kept.append((at, max(most, snapshot.unsent)))
            else:
                self._kept.append((snapshot.at, snapshot.unsent))

    def kept(self) -> Sequence[tuple[str, int]]:
        """(when the ten minutes began to be noted, the most that waited then), the oldest first."""
        with self._lock:
            return tuple(self._kept)
