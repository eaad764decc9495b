"""What is going on at the counter, for pages that show it live (product rows 106 and 107).

The dispatcher writes and goes on at once; nothing is drawn before somebody looks. One browser more costs the counter
nothing: the dispatcher wakes the web server once, however many look.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

KEPT = 200
"""Newest happenings. A viewer who was away for longer sees the page anew."""
MAX_VIEWERS = 20


@dataclass(frozen=True, slots=True)
class Happening:
    """`kind` names the part of the page that shows it; `n` counts from 1, without a gap."""

    n: int
    kind: str
    what: object


class Feed:
    """`note` is the dispatcher's; the rest belongs to the web server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: deque[Happening] = deque(maxlen=KEPT)
        self._n = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._woken = False
        self._bells: set[asyncio.Event] = set()

    def note(self, kind: str, what: object) -> None:
        with self._lock:
            self._n += 1
            self._newest.append(Happening(self._n, kind, what))
            if self._loop is None or self._woken:
                return
            self._woken = True
            loop = self._loop
        try:
            loop.call_soon_threadsafe(self._ring)
        except RuntimeError:  # the web server ends: nobody is left who looks
            with self._lock:
                self._loop = None

    def since(self, n: int) -> Sequence[Happening]:
        """What came after number `n`, oldest first, as far as it is kept."""
        with self._lock:
            return [one for one in self._newest if one.n > n]

    @property
    def n(self) -> int:
        with self._lock:
            return self._n

    @property
    def is_full(self) -> bool:
        return len(self._bells) >= MAX_VIEWERS

    def enter(self) -> asyncio.Event:
        """A bell that rings when something happened; whoever gets one calls `leave`."""
        bell = asyncio.Event()
        self._bells.add(bell)
        with self._lock:
            self._loop = asyncio.get_running_loop()
        return bell

    def leave(self, bell: asyncio.Event) -> None:
        self._bells.discard(bell)
        if not self._bells:
            with self._lock:
                self._loop = None

    def _ring(self) -> None:
        with self._lock:
            self._woken = False
        for bell in self._bells:
            bell.set()
