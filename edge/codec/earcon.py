"""The five earcons, from numbers: one sound, one meaning (row 96). They differ in contour and rhythm.

ok          ▁        one short tick, high
attention   ▃ ▆      two notes that rise, as a question does
error       ▅ ▂▂     high, then low and long: down
money_in    ▁▃▅█     a chord run up, the last note rings
alarm       █▁█▁█▁   a siren: six notes up and down, louder, without a pause
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from edge.codec.pcm import SAMPLE_RATE, silence
from edge.messages import Tone

PAUSE_S = 0.06
"""Between an earcon and its sentence."""
_RISE_S = 0.008
"""A note that begins at once clicks."""
_OVERTONES = ((1, 1.0), (2, 0.35), (3, 0.15))
"""(multiple, share): a small loudspeaker swallows a pure low tone."""
_FULL = 32_767


@dataclass(frozen=True, slots=True)
class Note:
    """`hz` 0 is a rest. A note that `rings` dies away like a bell; another one is held."""

    hz: int
    ms: int
    amplitude: float = 0.5
    rings: bool = False


NOTES: Mapping[Tone, tuple[Note, ...]] = MappingProxyType(
    {
        Tone.OK: (Note(1568, 70, rings=True),),
        Tone.ATTENTION: (Note(784, 110), Note(0, 50), Note(1175, 150)),
        Tone.ERROR: (Note(523, 130), Note(0, 40), Note(262, 330)),
        Tone.MONEY_IN: (Note(1047, 80), Note(1319, 80), Note(1568, 80), Note(2093, 320, rings=True)),
        Tone.ALARM: (Note(1480, 130, 0.8), Note(740, 130, 0.8)) * 3,
    }
)


def earcon(tone: Tone) -> bytes:
    """Its sound, as codec/pcm.py has it."""
    return b"".join(_sound(note) for note in NOTES[tone])


def _sound(note: Note) -> bytes:
    if not note.hz:
        return silence(note.ms / 1000)
    count, edge = SAMPLE_RATE * note.ms // 1000, round(_RISE_S * SAMPLE_RATE)
    shares = sum(share for _, share in _OVERTONES)
    scale = _FULL * note.amplitude / shares
    turn = 2 * math.pi * note.hz / SAMPLE_RATE
    samples = array("h")
    for n in range(count):
        swing = sum(share * math.sin(multiple * turn * n) for multiple, share in _OVERTONES)
        envelope = min(1.0, n / edge, (count - n) / edge)
        fading = math.exp(-4.0 * n / count) if note.rings else 1.0
        samples.append(round(scale * swing * envelope * fading))
    return samples.tobytes()
