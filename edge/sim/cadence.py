"""What a device sends piece by piece: a byte at a time on a serial line, a key at a time from a keyboard."""

from __future__ import annotations

from collections import deque

MAX_PIECES = 100_000
"""A flood of 5,000 keystrokes; more means that nobody lets time pass, and a model must not eat the machine."""


class Cadence:
    """Pieces wait here until they are due. A run of them starts at the first `advance` that sees it."""

    def __init__(self) -> None:
        self._pieces: deque[tuple[float, bytes]] = deque()
        self._last_mono: float | None = None
        self._sent = bytearray()

    def add(self, piece: bytes, *, after_s: float = 0.0) -> None:
        """Queue `piece`, to be sent `after_s` after the one before it, or after the start of its run."""
        if len(self._pieces) >= MAX_PIECES:
            raise OverflowError(f"{MAX_PIECES} pieces are waiting and nobody lets time pass")
        self._pieces.append((after_s, piece))

    def clear(self) -> None:
        """Forget what is still to come: the device lost its power in mid-send."""
        self._pieces.clear()
        self._sent.clear()
        self._last_mono = None

    def advance(self, now_mono: float) -> None:
        while self._pieces:
            after_s, piece = self._pieces[0]
            last_mono = now_mono if self._last_mono is None else self._last_mono
            self._last_mono = last_mono
            if last_mono + after_s > now_mono:
                return
            self._last_mono = last_mono + after_s
            self._sent += piece
            self._pieces.popleft()
        self._last_mono = None

    @property
    def empty(self) -> bool:
        """Nothing is to come, and nothing lies there."""
        return not self._pieces and not self._sent

    def take(self) -> bytes:
        """What has been sent since the last call."""
        sent = bytes(self._sent)
        self._sent.clear()
        return sent


class Talker:
    """A device that only sends: what comes down its cable it does not know, such as a NumLock light."""

    def __init__(self) -> None:
        self._cable = Cadence()

    @property
    def quiet(self) -> bool:
        """Everything that was typed or scanned has been read."""
        return self._cable.empty

    def lose_power(self) -> None:
        """The plug is pulled: what was not sent yet never will be."""
        self._cable.clear()

    def receive(self, octets: bytes) -> None:
        """Commands are optional (devices 1.9)."""

    def transmit(self) -> bytes:
        return self._cable.take()

    def advance(self, now_mono: float) -> None:
        self._cable.advance(now_mono)
