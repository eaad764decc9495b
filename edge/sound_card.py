"""A sound card as a byte channel: PCM goes in by ALSA's own player, and stops at once when the channel is closed.

`alsa://NAME` is an ALSA device such as `default` or `plughw:0`. aplay is killed, not asked, to fall silent: what it and
the card hold back is then dropped.
"""

from __future__ import annotations

import os
import re
import select
import subprocess
from pathlib import Path
from urllib.parse import unquote

from edge.clock import SystemClock
from edge.codec.pcm import SAMPLE_RATE
from edge.errors import DeviceError, DeviceInUse

SCHEME = "alsa://"
PLAYER = "aplay"
OPEN_TIMEOUT_S = 2.0
"""A card answers in 10 ms; one that is busy elsewhere never."""
PERIOD_US, BUFFER_US = 20_000, 200_000
MAX_WORDS = 2_000
"""Octets of what aplay complains."""

CARDS = Path("/proc/asound/cards")
"""The kernel's list; it is not there without a sound driver, and begins with dashes without a card."""
_OF_A_CARD = re.compile(r"(plug)?hw:|(sys)?default\b|front:|plug:|dmix")
"""Names that mean nothing without a card. Looked at first: a player that fails once a second costs 2 % of a core."""
_OPENED = b"Playing"
"""aplay says so once the card is open."""
_BUSY = "resource busy"
_PLAIN = (
    ("annot find card", "no sound card is plugged in", "Plug one in. The names: aplay -L"),
    ("annot get card index", "there is no sound card of this number", "The names: aplay -L"),
    ("Unknown PCM", "there is no sound card of this name", "The names: aplay -L"),
    (_BUSY, "another program holds the sound card", "Stop that program, or share the card: alsa://plug:dmix"),
    ("Permission denied", "the sound card may not be used", "Add the terminal's user to the group audio."),
    ("No such device", "the sound card was pulled out", "Plug it in again."),
)
"""(what aplay says, what it means, what to do)."""


class SoundCardPort:
    """An `edge.ports.Port` that never has anything to read."""

    def __init__(self, url: str) -> None:
        self._url = url
        device = unquote(url.removeprefix(SCHEME)) or "default"
        if _OF_A_CARD.match(device) and not _has_card():
            raise DeviceError("no sound card is plugged in", where=url, cure="Plug one in. Its names: aplay -L")
        command = [PLAYER, "-D", device, "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(SAMPLE_RATE)]
        # Without a start delay the card waits for a full buffer: a short tone would not be heard before the next one.
        command += ["--period-time", str(PERIOD_US), "--buffer-time", str(BUFFER_US), "--start-delay", "1"]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                env={**os.environ, "LC_ALL": "C"},
            )  # fmt: skip
        except OSError as error:
            cure = "Type: sudo apt-get install alsa-utils"
            raise DeviceError(f"{PLAYER} cannot be started: {error.strerror}", where=url, cure=cure) from error
        assert self._process.stdin is not None and self._process.stderr is not None
        self._sound, self._words = self._process.stdin.fileno(), self._process.stderr.fileno()
        os.set_blocking(self._sound, False)
        os.set_blocking(self._words, False)
        self._wait_until_open()

    def read(self, n: int, timeout_s: float) -> bytes:
        """Nothing, ever. Raises DeviceError once the player has ended: the card is gone."""
        said = self._hear()
        if self._process.poll() is not None:
            raise _complaint(self._url, said)
        return b""

    def write(self, octets: bytes, timeout_s: float) -> None:
        view, clock = memoryview(octets), SystemClock()
        deadline = clock.mono() + timeout_s
        while view:
            _, ready, _ = select.select([], [self._sound], [], max(0.0, deadline - clock.mono()))
            if not ready:
                raise DeviceError("the sound card takes no sound", where=self._url, got=f"{len(view)} octets left")
            try:
                view = view[os.write(self._sound, view) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise _complaint(self._url, self._hear()) from error

    def close(self) -> None:
        """Silence, now."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stderr):
            if pipe is not None and not pipe.closed:
                pipe.close()

    def _wait_until_open(self) -> None:
        clock, said = SystemClock(), b""
        deadline = clock.mono() + OPEN_TIMEOUT_S
        while _OPENED not in said:
            left = deadline - clock.mono()
            ready, _, _ = select.select([self._words], [], [], max(0.0, left))
            heard = self._hear()
            said += heard
            if not ready or not heard:  # time is up, or the player has ended
                self.close()
                raise _complaint(self._url, said)

    def _hear(self) -> bytes:
        try:
            return os.read(self._words, MAX_WORDS)
        except BlockingIOError:
            return b""


def _has_card() -> bool:
    try:
        return re.search(r"^ *[0-9]+ \[", CARDS.read_text("utf-8", "replace"), re.MULTILINE) is not None
    except OSError:
        return False


def _complaint(url: str, said: bytes) -> DeviceError:
    """What aplay says, for a person who does not know ALSA."""
    text = said.decode("utf-8", "replace")
    for words, meaning, cure in _PLAIN:
        if words in text:
            kind = DeviceInUse if words == _BUSY else DeviceError
            return kind(meaning, where=url, cure=cure)
    last = text.strip().splitlines()[-1:]
    return DeviceError("the sound card cannot be used", where=url, got=last[0] if last else "no word")
