"""The order of events on a box whose clock may be wrong, and what time it was once the clock is known (devices 9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar


class Sequenced(Protocol):
    """What carries a place in the journal."""

    @property
    def boot_seq(self) -> int: ...

    @property
    def seq(self) -> int: ...


Event = TypeVar("Event", bound=Sequenced)


def chronological(events: Iterable[Event]) -> list[Event]:
    """`events` by (boot_seq, seq). Wall time is never looked at: it may stand at 1970 or step backwards."""
    return sorted(events, key=lambda event: (event.boot_seq, event.seq))


def back_dated(mono_s: float, *, sync_mono_s: float, sync_at: datetime) -> datetime:
    """When an unsynchronised event really was: W − (M − m), by monotonic seconds of the same boot.

    `sync_at` is the aware wall time at `sync_mono_s`, the moment when the clock became right.
    """
    return sync_at - timedelta(seconds=sync_mono_s - mono_s)
