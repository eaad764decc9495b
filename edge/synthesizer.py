"""Text to sound, by espeak-ng as a child process or, where nobody need understand it, as a tone as long as the text."""

from __future__ import annotations

import os
import shutil
import subprocess
from array import array
from collections.abc import Sequence
from itertools import islice
from typing import Protocol

from edge.codec.pcm import OCTETS_PER_S, SAMPLE_RATE
from edge.codec.spoken_runs import Run
from edge.errors import DeviceError
from edge.model.manner import Pace

ENGINE = "espeak-ng"
VOICES = {"zh-CN": "cmn-latn-pinyin", "en": "en"}
"""Not `cmn`: in espeak-ng 1.51, of Debian 12, it reads each Chinese sign's Pinyin as an English word (adr/0022)."""
WORDS_A_MINUTE = {
    "zh-CN": {Pace.USUAL: 220, Pace.SLOW: 175, Pace.SLOWEST: 135},
    "en": {Pace.USUAL: 170, Pace.SLOW: 135, Pace.SLOWEST: 105},
}
"""espeak-ng's unit; at 220 a Chinese sign takes 0.22 s, as people at a counter speak."""
WAV_HEADER = 44
"""Octets that espeak-ng writes before the samples."""
MAX_SPEECH_S = 45
"""Of one sentence; what says more is cut, so that no goods name keeps the counter's voice for itself. The longest
of ours, five payments with their times, takes 40 s at the slowest pace; a scan or a key ends it.
"""

_TONE_HZ = 220
_TONE_AMPLITUDE = 6_000
_SIGN_S = {"zh-CN": 0.22, "en": 0.07}
"""How long a Chinese character and an English letter take when a person says them."""


class Synthesis(Protocol):
    """One sentence while it becomes sound."""

    def read(self, octets: int) -> bytes | None:
        """What is ready, at most so much, without waiting. Empty: not yet; None: that was all. Raises DeviceError."""
        ...

    def close(self) -> None:
        """Let go of it, finished or not."""
        ...


class EspeakSynthesis:
    """A process a run, one after the other: each takes 10 ms to its first sample."""

    def __init__(self, runs: Sequence[Run], pace: Pace) -> None:
        self._runs = list(runs)
        self._pace = pace
        self._process: subprocess.Popen[bytes] | None = None
        self._header = 0
        self._left = MAX_SPEECH_S * OCTETS_PER_S

    def read(self, octets: int) -> bytes | None:
        if self._left <= 0:
            self.close()
        if self._process is None:
            if not self._runs:
                return None
            self._process = _begin(self._runs.pop(0), self._pace)
            self._header = WAV_HEADER
        assert self._process.stdout is not None
        try:
            ready = os.read(self._process.stdout.fileno(), octets + self._header)
        except BlockingIOError:
            return b""
        if not ready:
            self._ended(self._process)
            return b""
        skipped = min(self._header, len(ready))
        self._header -= skipped
        self._left -= len(ready)
        return ready[skipped:]

    def close(self) -> None:
        self._runs.clear()
        if self._process is not None:
            self._process.kill()
            self._reap(self._process)

    def _ended(self, process: subprocess.Popen[bytes]) -> None:
        self._reap(process)
        if process.returncode != 0:
            raise DeviceError(f"{ENGINE} failed", where=ENGINE, got=f"exit {process.returncode}")

    def _reap(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        process.stdout.close()
        process.wait()
        self._process = None


class ToneSynthesis:
    """A hum of the length that a person would need."""

    def __init__(self, runs: Sequence[Run], pace: Pace) -> None:
        seconds = sum(len(run.text) * _SIGN_S[run.language] * _slower(run.language, pace) for run in runs)
        self._left = min(round(seconds * SAMPLE_RATE), MAX_SPEECH_S * SAMPLE_RATE)
        half = [_TONE_AMPLITUDE] * (SAMPLE_RATE // _TONE_HZ // 2)
        self._swing = array("h", [*half, *(-sample for sample in half)]).tobytes()

    def read(self, octets: int) -> bytes | None:
        samples = min(octets // 2, self._left)
        if samples <= 0:
            return None
        self._left -= samples
        return (self._swing * (samples * 2 // len(self._swing) + 1))[: samples * 2]

    def close(self) -> None:
        self._left = 0


def look_for_engine() -> None:
    """Raises DeviceError with the command to type where espeak-ng is not installed."""
    if shutil.which(ENGINE) is None:
        raise DeviceError(
            f"{ENGINE} is not installed, so nothing can be spoken", where=ENGINE,
            cure=f"Type: sudo apt-get install {ENGINE}",
        )  # fmt: skip


def whole(synthesis: Synthesis) -> bytes:
    """All of it at once; for files, not for a counter. Raises DeviceError."""
    pieces = iter(lambda: synthesis.read(OCTETS_PER_S), None)
    try:
        return b"".join(islice(pieces, MAX_SPEECH_S * 100_000))
    finally:
        synthesis.close()


def _slower(language: str, pace: Pace) -> float:
    """How much longer a sentence takes than at the usual pace."""
    return WORDS_A_MINUTE[language][Pace.USUAL] / WORDS_A_MINUTE[language][pace]


def _begin(run: Run, pace: Pace) -> subprocess.Popen[bytes]:
    command = [
        ENGINE,
        "-v",
        VOICES[run.language],
        "-s",
        str(WORDS_A_MINUTE[run.language][pace]),
        "-z",
        "--stdin",
        "--stdout",
    ]
    try:
        # The text goes in by a pipe: a goods name that begins with a dash is no option.
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, close_fds=True
        )
    except OSError as error:
        raise DeviceError(f"{ENGINE} cannot be started: {error.strerror}", where=ENGINE) from error
    try:
        _tell(process, run.text)
    except OSError as error:
        process.kill()
        process.communicate()  # reaps it, and lets go of its pipes
        raise DeviceError(f"{ENGINE} does not listen: {error.strerror}", where=ENGINE) from error
    return process


def _tell(process: subprocess.Popen[bytes], text: str) -> None:
    assert process.stdin is not None and process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    process.stdin.write(text.encode("utf-8", "replace"))
    process.stdin.close()
