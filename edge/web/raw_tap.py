"""What scanners send, byte by byte, while somebody looks: how a scanner is set is seen there, and nowhere else.

It lives in memory only. Whatever is cut short in the text of a scan is so here: of a code that opens or pays, what
stands around it is shown, and its own characters are stars.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from edge.codec.teach_in import shown_keys

LOOKS_S = 600.0
"""After the last look at a page of it."""
GAP_S = 0.3
"""Silence between two scans; a scanner sends one within 50 ms, at 1200 baud within 250."""
MOST = 512
SHOWN = 96
"""Of one scan: bytes that are kept, and that are shown."""
STAR = "**"


@dataclass(slots=True)
class _Burst:
    at_mono: float = float("-inf")
    heard: list[int] = field(default_factory=list)
    told: int = 0
    """So many of them were told with a scan."""


class RawTap:
    """`hear` is called by the drivers' threads, `told` by the dispatcher, the rest by the page's."""

    def __init__(self, mono: Callable[[], float]) -> None:
        self._mono = mono
        self._until_mono = float("-inf")
        self._lock = threading.Lock()
        self._bursts: dict[str, _Burst] = {}

    def look(self) -> None:
        """Somebody looks: from now on it listens."""
        self._until_mono = self._mono() + LOOKS_S

    def hear(self, device: str, numbers: Sequence[int]) -> None:
        if (now := self._mono()) > self._until_mono:
            return
        with self._lock:
            burst = self._bursts.setdefault(device, _Burst())
            if now - burst.at_mono > GAP_S:
                burst.heard, burst.told = [], 0
            burst.at_mono = now
            burst.heard += numbers[: MOST - len(burst.heard)]

    def last(self, device: str) -> tuple[int, ...]:
        """The last scan of this one, whole."""
        with self._lock:
            burst = self._bursts.get(device)
            return tuple(burst.heard) if burst is not None else ()

    def told(self, device: str, *, is_keys: bool, is_hidden: bool) -> str:
        """What came since the last time that this was asked: hexadecimal, or the codes of keys."""
        with self._lock:
            burst = self._bursts.get(device)
            if burst is None or self._mono() > self._until_mono:
                return ""
            heard, burst.told = burst.heard[burst.told :][:SHOWN], len(burst.heard)
        if is_keys:
            return " ".join(str(key) if not is_hidden or key in _OPEN_KEYS else STAR for key in shown_keys(heard))
        return " ".join(f"{one:02X}" if not is_hidden or not _is_character(one) else STAR for one in heard)


def _is_character(octet: int) -> bool:
    """Of a code: what may stand in one, with a parity bit or without."""
    return 0x21 <= octet & 0x7F < 0x7F


_OPEN_KEYS = frozenset((15, 28, 29, 42, 54, 56, 96, 97, 100))
"""Tab, Enter, Ctrl, Shift, Alt: what no code is made of (linux/input-event-codes.h)."""
