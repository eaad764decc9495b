"""A customer display that can be looked at: `screen` shows what stands on it."""

from __future__ import annotations

from edge.codec.display_screen import screen_of
from edge.codec.line_display import DisplayKind
from edge.sim.model import Bench


class LineDisplayModel:
    """Takes bytes and never answers. `lost` counts writes that came sooner than `gap_s` after the one before.

    A real LED8 needs 10 ms. 0 on a real cable: there the computer that plays the display would lose some by itself.
    """

    def __init__(self, kind: DisplayKind = DisplayKind.CD5220, *, gap_s: float = 0.0) -> None:
        self.kind = kind
        self.screen = screen_of(kind)
        self.lost = 0
        self._gap_s = gap_s
        self._now = 0.0
        self._ready_mono = float("-inf")

    def receive(self, octets: bytes) -> None:
        if self._now < self._ready_mono:
            self.lost += 1
            return
        self._ready_mono = self._now + self._gap_s
        self.screen.feed(octets)

    def transmit(self) -> bytes:
        return b""

    def advance(self, now_mono: float) -> None:
        self._now = now_mono

    def lose_power(self) -> None:
        """And get it back: the display is dark."""
        self.screen = screen_of(self.kind)


MODELS = {"line_display": Bench(LineDisplayModel, {"kind": "cd5220"})}
