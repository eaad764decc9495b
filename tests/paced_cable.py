"""An RS-485 cable at its true speed: bytes take their time in both directions, and bits may fall over on the way."""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path
from random import Random
from typing import Self

from edge.clock import SystemClock
from edge.sim.locker import LockerModel
from edge.sim.wiring import _PtyWire, _TcpWire

TICK_S = 0.0005
BITS = 10
"""Of a byte on the line: a start bit, eight, a stop bit."""


class PacedCable:
    """A wall of lockers at the path `link`, or at `url` without one. Plugged in by `with`.

    `lock` is held while the wall works.
    """

    def __init__(self, model: LockerModel, baud: int, link: Path | None = None) -> None:
        self.model = model
        self.lock = threading.RLock()
        self._byte_s = BITS / baud
        self._wire = _PtyWire(link) if link is not None else _TcpWire(0)
        self.url = str(link) if link is not None else f"tcp://127.0.0.1:{self._wire.port}"  # type: ignore[union-attr]
        self._coming: deque[tuple[float, int]] = deque()
        self._chance = Random(3)
        self._spoilt = 0
        self._clock = SystemClock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._wire.close()

    def spoil(self, requests: int) -> None:
        """In so many of the next questions and orders a bit falls over."""
        with self.lock:
            self._spoilt = requests

    def _run(self) -> None:
        while not self._stop.is_set():
            octets = self._wire.take(256, TICK_S) or b""
            with self.lock:
                answer = self._turn(octets, self._clock.mono())
            if answer:
                self._wire.give(answer)

    def _turn(self, octets: bytes, now: float) -> bytes:
        if octets:
            begins = max(now, self._coming[-1][0] if self._coming else now)
            coming = self._fallen(octets)
            self._coming.extend((begins + at * self._byte_s, octet) for at, octet in enumerate(coming, 1))
        while self._coming and self._coming[0][0] <= now:
            due, octet = self._coming.popleft()
            self.model.advance(due)
            self.model.receive(bytes((octet,)))
        self.model.advance(now)
        return self.model.transmit()

    def _fallen(self, octets: bytes) -> bytes:
        if not self._spoilt:
            return octets
        self._spoilt -= 1
        spoilt = bytearray(octets)
        spoilt[self._chance.randrange(len(spoilt))] ^= 1 << self._chance.randrange(8)
        return bytes(spoilt)
