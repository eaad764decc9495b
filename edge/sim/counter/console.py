"""What the demo says on the console: numbered steps with seconds, the terminal's own lines, plain sentences."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TextIO

from edge.clock import Clock


class Console:
    """Lines from several threads, whole."""

    def __init__(self, out: TextIO, clock: Clock) -> None:
        self._out = out
        self._clock = clock
        self._lock = threading.Lock()
        self._started = clock.mono()

    def say(self, text: str = "") -> None:
        with self._lock:
            print(text, file=self._out, flush=True)

    def tell(self, text: str) -> None:
        """A sentence of a story, with the seconds since it began."""
        self.say(f"{self._clock.mono() - self._started:6.1f} s  {text}")

    def begin_story(self) -> None:
        self._started = self._clock.mono()

    def step(self, number: int, count: int, name: str, act: Callable[[], str]) -> None:
        """`1/6 broker    mosquitto on port 41233   0.4 s`"""
        started = self._clock.mono()
        outcome = act()
        self.say(f"{number}/{count} {name:<9} {outcome:<72} {self._clock.mono() - started:4.1f} s")
