"""What will happen when: deliveries, people, faults. In order of time, and of entry where the time is the same."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable, Iterator

from edge.sim.year.clock import YearClock

MAX_WAITING = 100_000
"""More means that something plans its own repetition more than once."""


class Agenda:
    """Times are seconds of `YearClock.mono_s`."""

    def __init__(self, clock: YearClock) -> None:
        self._clock = clock
        self._waiting: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    @property
    def next_mono(self) -> float:
        """Infinity when nothing is planned."""
        return self._waiting[0][0] if self._waiting else math.inf

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        if len(self._waiting) >= MAX_WAITING:
            raise OverflowError(f"{MAX_WAITING} things are planned")
        heapq.heappush(self._waiting, (self._clock.mono_s + seconds, next(self._order), act))

    def play(self, person: Iterator[float]) -> None:
        """Let a person act: each `yield` is a pause in seconds."""
        pause = next(person, None)
        if pause is not None:
            self.after(pause, lambda: self.play(person))

    def run_next(self) -> None:
        """Let the earliest thing happen; the clock stands at its time already."""
        heapq.heappop(self._waiting)[2]()
