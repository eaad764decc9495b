"""One identity, two boxes: a copied card, a stolen key (contract C, row 12).

A box's own clock since its start, and its positions in an epoch, never go back. One that was restored from a copy goes
back once, and begins a new epoch. Two that take turns go back again and again, within minutes: each takes the other's
place at the broker as soon as it connects.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from edge.clock import Clock, iso_ms
from edge.codec.wire_up import Hello
from edge.reference_cloud.rows import Rows

WITHIN = timedelta(hours=1)
TIMES = 2
"""So often within that time; once is a box that was restored."""

_log = logging.getLogger("edge.reference_cloud")


class Twins:
    """Writes within the store's open transaction."""

    def __init__(self, store: Rows, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def look(self, before: Hello | None, hello: Hello) -> None:
        """Two hellos of one terminal, as they came."""
        if before is None or not goes_back(before, hello):
            return
        now = self._clock.wall()
        times = (_recent(self._store, hello.tid, now) or 0) + 1
        self._store.run(
            "INSERT INTO twin(tid, times, at) VALUES(?1, ?2, ?3) ON CONFLICT(tid) DO UPDATE SET times = ?2, at = ?3",
            (hello.tid, times, iso_ms(now)),
        )
        if times == TIMES:
            _log.error("%s: two boxes use one identity", hello.tid)


def goes_back(before: Hello, hello: Hello) -> bool:
    """An older hello that comes late, or the same one again, is no other box's."""
    if hello.sess < before.sess or hello.nonce == before.nonce:
        return False
    if hello.boot < before.boot or (hello.boot == before.boot and _up(hello, before) < _up(before, hello)):
        return True
    if hello.epoch != before.epoch:
        return False
    return any(
        place.head < before.streams[name].head for name, place in hello.streams.items() if name in before.streams
    )


def _up(hello: Hello, other: Hello) -> int:
    """Milliseconds since the box's start; where one of the two told no clock, nothing is to compare."""
    return hello.clock.up if hello.clock and other.clock else 0


def _recent(store: Rows, tid: str, now: datetime) -> int | None:
    found = store.rows("SELECT times FROM twin WHERE tid = ? AND at >= ?", (tid, iso_ms(now - WITHIN)))
    return int(found[0][0]) if found else None
