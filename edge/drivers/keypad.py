"""The numeric pad of the counter: a USB keypad as Linux reports it (linux/input.h; product C1, devices 1.2, 1.3).

`port` as in scanner_evdev: a node under /dev/input, grabbed, or any channel of raw 24-byte `struct input_event`.
"""

from __future__ import annotations

import math

from pydantic import BaseModel, ConfigDict, Field

from edge.codec.input_event import EV_KEY, InputEvent
from edge.codec.keyboard import NUMERIC_PAD, PRESS, RELEASE
from edge.errors import DeviceError
from edge.input_events import MAX_EVENTS, KeyEvents, OpenNode, library_node, open_events
from edge.messages import Key, KeyPressed
from edge.ports import DeviceContext

HOLD_S = 2.0
"""Backspace held this long cancels (product C1)."""

_NAMED = {"ENTER": Key.ENTER, "BACKSPACE": Key.BACKSPACE}


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    port: str = Field(min_length=1)


class Keypad:
    """Posts KeyPressed at each press, and Key.CANCEL when Backspace stays down. A key that is held repeats nothing."""

    def __init__(self, settings: Settings, context: DeviceContext, *, open_node: OpenNode = library_node) -> None:
        self._settings = settings
        self._context = context
        self._open_node = open_node
        self._events: KeyEvents | None = None
        self._cancel_mono = math.inf
        """When the Backspace that is down becomes a cancel."""

    def open(self) -> None:
        self._events = open_events(self._settings.port, self._context.open_port, self._open_node, noun="keypad")
        self._cancel_mono = math.inf

    def pump(self) -> float:
        if self._events is None:
            raise DeviceError("the keypad is not open", where=self._settings.port)
        clock = self._context.clock
        until_cancel_s = max(0.0, self._cancel_mono - clock.mono())
        events = self._events.read(min(self._context.patience_s, until_cancel_s))
        now = clock.mono()
        for event in events:
            self._take(event, now)
        if len(events) == MAX_EVENTS:
            return 0.0
        if now >= self._cancel_mono:
            self._cancel_mono = math.inf
            self._post(Key.CANCEL, now)
        return min(self._context.idle_s, max(0.0, self._cancel_mono - now))

    def close(self) -> None:
        if self._events is not None:
            self._events.close()
            self._events = None

    def _take(self, event: InputEvent, now: float) -> None:
        if event.keys_lost:
            # The release may be among the lost keys: a cancel that nobody asked for is worse than none.
            self._cancel_mono = math.inf
            return
        symbol = NUMERIC_PAD.get(event.code)
        if event.type != EV_KEY or symbol is None:
            return
        key = _NAMED.get(symbol) or Key(symbol)
        if event.value == PRESS:
            self._cancel_mono = now + HOLD_S if key is Key.BACKSPACE else math.inf
            self._post(key, now)
        elif event.value == RELEASE and key is Key.BACKSPACE:
            self._cancel_mono = math.inf

    def _post(self, key: Key, now: float) -> None:
        self._context.post(KeyPressed(self._context.name, key, now))


Driver = Keypad
