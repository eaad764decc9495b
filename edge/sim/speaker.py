"""A sound card with a loudspeaker: it plays at the speed of time, and drops what it holds when it is let go."""

from __future__ import annotations

from dataclasses import dataclass

from edge.codec.pcm import OCTETS_PER_S, SAMPLE_OCTETS, is_audible
from edge.sim.model import Bench

BUFFER_OCTETS = OCTETS_PER_S // 2
"""Half a second: what player and card hold together."""
HEARD_MAX = 60 * OCTETS_PER_S
"""A minute is remembered."""
GAP_S = 0.05
"""A silence of the card, not of a note, between two sounds."""


@dataclass
class Heard:
    """One stretch of sound without a gap. `cut_mono`: when it was cut with more to come; None: never."""

    begun_mono: float
    pcm: bytearray
    ended_mono: float
    cut_mono: float | None = None

    @property
    def seconds(self) -> float:
        return len(self.pcm) / OCTETS_PER_S

    def octets_before(self, mono: float) -> int:
        """How much of it was played before that moment."""
        samples = max(0, round((mono - self.begun_mono) * OCTETS_PER_S / SAMPLE_OCTETS))
        return min(samples * SAMPLE_OCTETS, len(self.pcm))


class SpeakerModel:
    """Takes PCM, as codec/pcm.py has it, into a small buffer, and plays it out in real time."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.played = 0
        """Octets since it was made."""
        self._tape = bytearray()
        self._queue = bytearray()
        self._now = 0.0
        self._owed = 0.0

    def receive(self, octets: bytes) -> None:
        if not self._queue:
            self._owed = 0.0
        self._queue += octets

    def transmit(self) -> bytes:
        return b""

    def room(self) -> int:
        return max(0, BUFFER_OCTETS - len(self._queue))

    def advance(self, now_mono: float) -> None:
        before, self._now = self._now, now_mono
        self._owed = min(self._owed + (now_mono - before) * OCTETS_PER_S, float(len(self._queue)))
        due = int(self._owed) // SAMPLE_OCTETS * SAMPLE_OCTETS
        if due:
            self._owed -= due
            self._play(bytes(self._queue[:due]), before)
            del self._queue[:due]

    def hang_up(self) -> None:
        """Whoever held the card let go of it: what was not played yet is dropped."""
        if self._queue and self.heard:
            self.heard[-1].cut_mono = self._now
        self._queue.clear()

    @property
    def is_sounding(self) -> bool:
        """Whether something audible is played at this moment."""
        return is_audible(bytes(self._queue))

    def played_since(self, position: int) -> tuple[int, bytes]:
        """What was played since `position`, a value of `played`; what is forgotten by now is left out."""
        missing = min(self.played - position, len(self._tape))
        return self.played, bytes(self._tape[len(self._tape) - missing :]) if missing > 0 else b""

    def _play(self, pcm: bytes, since: float) -> None:
        until = since + len(pcm) / OCTETS_PER_S
        if not self.heard or since - self.heard[-1].ended_mono > GAP_S or self.heard[-1].cut_mono is not None:
            self.heard.append(Heard(since, bytearray(), since))
        self.heard[-1].pcm += pcm
        self.heard[-1].ended_mono = until
        self.played += len(pcm)
        self._tape += pcm
        del self._tape[: max(0, len(self._tape) - HEARD_MAX)]
        kept = 0
        for n in range(len(self.heard) - 1, -1, -1):
            kept += len(self.heard[n].pcm)
            if kept > HEARD_MAX:
                del self.heard[:n]
                break


MODELS = {"speaker": Bench(SpeakerModel, {"voice": "tone"})}
