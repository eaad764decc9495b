"""Sound as the speaker gets it: 16 bit, one channel, little endian, SAMPLE_RATE a second; and WAV files of it."""

from __future__ import annotations

import math
import struct
from array import array
from collections.abc import Iterator

from edge.errors import CodecError
from edge.model.manner import LOUDEST

SAMPLE_RATE = 22_050
"""What espeak-ng makes; recordings of another rate are brought to it."""
SAMPLE_OCTETS = 2
OCTETS_PER_S = SAMPLE_RATE * SAMPLE_OCTETS

MAX_WAV_S = 20
"""A prompt takes 3 s; a longer recording is another file, given by mistake."""
STEP_DB = 2.5
"""Of volume: clearly heard; ten of them span 22 dB, from a bedroom to a market."""

_PCM = 1
"""The only coding of a WAV file that is plain samples."""
_RIFF, _CHUNK, _FORM = struct.Struct("<4sI4s"), struct.Struct("<4sI"), struct.Struct("<HHIIHH")
_RATES = range(8_000, 48_001)
_LOUDEST_SAMPLE, _QUIETEST_SAMPLE = 32_767, -32_768
_AUDIBLE = 300
"""A sample beyond 1 % of full scale."""


def silence(seconds: float) -> bytes:
    return bytes(round(seconds * SAMPLE_RATE) * SAMPLE_OCTETS)


def with_volume(pcm: bytes, volume: int) -> bytes:
    """`volume` 1 to LOUDEST; the loudest is the sound as it is."""
    gain = round(65_536 * math.pow(10, (volume - LOUDEST) * STEP_DB / 20))
    if gain >= 65_536:
        return pcm
    return array("h", [sample * gain >> 16 for sample in array("h", pcm)]).tobytes()


def resampled(pcm: bytes, rate: int, wanted: int = SAMPLE_RATE) -> bytes:
    """By straight lines between samples: enough for speech."""
    samples = array("h", pcm)
    if rate == wanted or not samples:
        return pcm
    count, last = len(samples) * wanted // rate, len(samples) - 1
    out = array("h")
    for n in range(count):
        at, part = divmod(n * rate, wanted)
        low, high = samples[at], samples[min(at + 1, last)]
        out.append(low + (high - low) * part // wanted)
    return out.tobytes()


def trimmed(pcm: bytes, *, keep_s: float = 0.05) -> bytes:
    """Without the silence around it, but for `keep_s` at either end."""
    samples, keep = array("h", pcm), round(keep_s * SAMPLE_RATE)
    loud = [n for n, sample in enumerate(samples) if abs(sample) > _AUDIBLE]
    return samples[max(0, loud[0] - keep) : loud[-1] + keep].tobytes() if loud else b""


def is_audible(pcm: bytes) -> bool:
    return any(abs(sample) > _AUDIBLE for sample in array("h", pcm))


def wav_file(pcm: bytes, rate: int = SAMPLE_RATE) -> bytes:
    """RIFF, "fmt " with 16 octets, "data"."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, _PCM, 1, rate, rate * SAMPLE_OCTETS, SAMPLE_OCTETS, 16)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(pcm)) + pcm
    return struct.pack("<4sI", b"RIFF", len(body)) + body


def read_wav(octets: bytes, where: str) -> bytes:
    """The sound of a recording, at SAMPLE_RATE. Raises CodecError with what is wrong with the file `where`."""
    pcm, rate = _samples(octets, where)
    return resampled(pcm, rate)


def check_wav(octets: bytes, where: str) -> None:
    """Whether `read_wav` can read it; raises CodecError as that does."""
    _samples(octets, where)


def _samples(octets: bytes, where: str) -> tuple[bytes, int]:
    chunks = dict(_chunks(octets))
    form, pcm = chunks.get(b"fmt ", b""), chunks.get(b"data")
    if len(form) < _FORM.size or pcm is None:
        raise CodecError("this is not a WAV file", where=where, expected="RIFF with fmt and data")
    coding, channels, rate, _, _, bits = _FORM.unpack_from(form)
    if (coding, channels, bits) != (_PCM, 1, 16) or rate not in _RATES:
        raise CodecError(
            "not a recording that can be played", where=where, expected="PCM, 16 bit, 1 channel, 8000 to 48000 Hz",
            got=f"coding {coding}, {bits} bit, {channels} channels, {rate} Hz",
        )  # fmt: skip
    seconds = len(pcm) // (rate * SAMPLE_OCTETS)
    if seconds > MAX_WAV_S:
        raise CodecError("too long a recording", where=where, expected=f"{MAX_WAV_S} s at most", got=f"{seconds} s")
    return pcm[: len(pcm) // SAMPLE_OCTETS * SAMPLE_OCTETS], rate


def _chunks(octets: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, content); the last may be cut short."""
    at = _RIFF.size if octets[:4] == b"RIFF" and octets[8:12] == b"WAVE" else len(octets)
    while at + _CHUNK.size <= len(octets):
        name, size = _CHUNK.unpack_from(octets, at)
        at += _CHUNK.size
        yield name, octets[at : at + size]
        at += size + size % 2
