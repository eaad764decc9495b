"""One question on a bus of lock boards, and the bytes that come behind it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from edge.lock_watch import BoardWatch
from edge.messages import PulseDoor

CHUNK = 256
SILENCE_S = 0.025
"""A pause that ends an answer; a USB adapter hands over what it has every 16 ms."""


@dataclass(slots=True)
class Exchange:
    """A question is out. `pulse` None: a look, at one lock alone where `is_one`."""

    board: BoardWatch
    asked: bytes
    asked_mono: float
    deadline_mono: float
    pulse: PulseDoor | None = None
    is_one: bool = False
    octets: bytearray = field(default_factory=bytearray)
    heard_mono: float = math.inf

    def hear(self, received: bytes, now: float) -> None:
        self.octets += received
        self.heard_mono = now
        del self.octets[:-CHUNK]

    def is_silent(self, now: float) -> bool:
        return now - self.heard_mono >= SILENCE_S or now >= self.deadline_mono

    def answer(self, *, echoes: bool | None) -> bytes:
        """What came, without the question, where an adapter hears itself in front of the answer."""
        octets = bytes(self.octets)
        is_echo = octets.startswith(self.asked) and (echoes or len(octets) > len(self.asked))
        return octets[len(self.asked) :] if is_echo else octets
