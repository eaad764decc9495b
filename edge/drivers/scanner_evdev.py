"""A barcode scanner in its factory mode, a USB keyboard: devices 1.2 to 1.6, linux/input.h.

`port` is a node under /dev/input (by-id, by-path or eventN), grabbed so that nobody else hears the scans, or any
channel that carries raw 24-byte `struct input_event`.
"""

from __future__ import annotations

import logging
import math
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from edge.codec.aim import Trust, trusted_aim
from edge.codec.input_event import EV_KEY, MAX_CODE, InputEvent
from edge.codec.keyboard import MAX_SCAN, PRESS, UNREADABLE, AltMode, KeyDecoder
from edge.codec.line_scan import scan_text
from edge.codec.teach_in import key_event
from edge.errors import CodecError, DeviceError
from edge.input_events import MAX_EVENTS, KeyEvents, OpenNode, library_node, open_events
from edge.messages import ScanData, ScanRefused, ScanTrouble
from edge.ports import DeviceContext

HALF_SCAN_S = 0.5
"""With a suffix, silence this long means that the rest will not come (devices 1.5)."""

MAX_GS_KEYS = 8
KeyCode = Annotated[int, Field(ge=1, le=MAX_CODE)]

_log = logging.getLogger(__name__)


class Settings(BaseModel):
    """`suffix`: any is Enter or Tab; none ends a scan after `idle_ms`. `alt_mode`: what a number typed with Alt means
    (devices 1.4). `gs_keys`: further key codes that stand for GS, such as 108 or 66. `aim`: as in scanner_serial.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: str = Field(min_length=1)
    suffix: Literal["any", "none"] = "any"
    idle_ms: int = Field(120, ge=20, le=2000)
    alt_mode: AltMode = "auto"
    invert_case: bool = False
    gs_keys: Annotated[tuple[KeyCode, ...], Field(strict=False, max_length=MAX_GS_KEYS)] = ()
    aim: Trust = "auto"


class KeyboardScanner:
    """Posts ScanData at the terminator, ScanRefused for what is no text. All state is this instance's."""

    def __init__(self, settings: Settings, context: DeviceContext, *, open_node: OpenNode = library_node) -> None:
        self._settings = settings
        self._context = context
        self._open_node = open_node
        self._patience_s = settings.idle_ms / 1000 if settings.suffix == "none" else HALF_SCAN_S
        self._events: KeyEvents | None = None
        self._decoder = self._new_decoder()
        self._silent_mono = math.inf
        """When the scan under construction is over, if no key follows."""

    def open(self) -> None:
        self._events = open_events(self._settings.port, self._context.open_port, self._open_node, noun="scanner")
        self._decoder = self._new_decoder()
        self._silent_mono = math.inf

    def pump(self) -> float:
        if self._events is None:
            raise DeviceError("the scanner is not open", where=self._settings.port)
        clock = self._context.clock
        until_silence_s = max(0.0, self._silent_mono - clock.mono())
        events = self._events.read(min(self._context.patience_s, until_silence_s))
        now = clock.mono()
        if events:
            self._context.heard([key_event(one.code, one.value) for one in events if one.type == EV_KEY])
        for event in events:
            self._take(event, now)
        if not events and now >= self._silent_mono:
            self._end_by_silence(now)
        if len(events) == MAX_EVENTS:
            return 0.0
        return min(self._context.idle_s, max(0.0, self._silent_mono - now))

    def close(self) -> None:
        if self._events is not None:
            self._events.close()
            self._events = None

    def _new_decoder(self) -> KeyDecoder:
        settings = self._settings
        return KeyDecoder(alt_mode=settings.alt_mode, gs_keys=settings.gs_keys, invert_case=settings.invert_case)

    def _take(self, event: InputEvent, now: float) -> None:
        if event.keys_lost:
            self._refuse(ScanTrouble.DROPPED, len(self._decoder.partial))
            self._decoder.resynchronise()
            self._silent_mono = now + self._patience_s
        elif event.type == EV_KEY:
            self._press(event, now)

    def _press(self, event: InputEvent, now: float) -> None:
        overlong = self._decoder.overlong
        scans = self._decoder.feed((event.code, event.value))
        if self._decoder.overlong > overlong:
            self._refuse(ScanTrouble.TOO_LONG, MAX_SCAN)
        for text, _ in scans:
            self._announce(text, now)
        if scans:
            self._silent_mono = math.inf
        elif event.value == PRESS:
            self._silent_mono = now + self._patience_s

    def _end_by_silence(self, now: float) -> None:
        partial = self._decoder.partial
        # A fresh decoder: a Shift whose release was lost must not spoil the next scan.
        self._decoder = self._new_decoder()
        self._silent_mono = math.inf
        if self._settings.suffix == "none":
            self._announce(partial, now)
        elif partial:
            _log.info("%s: half a scan of %d keys without its end, dropped", self._context.name, len(partial))
            self._refuse(ScanTrouble.DROPPED, len(partial))

    def _announce(self, typed: str, now: float) -> None:
        if not typed:
            return
        aim, text = trusted_aim(typed, self._settings.aim)
        if text and _is_text(typed):
            self._context.post(ScanData(self._context.name, text, now, aim))
        else:
            self._refuse(ScanTrouble.GARBLED, len(typed))

    def _refuse(self, trouble: ScanTrouble, length: int) -> None:
        self._context.post(ScanRefused(self._context.name, trouble, length))


Driver = KeyboardScanner


def _is_text(typed: str) -> bool:
    """Whether it may be announced: no lost character, no control character that codes do not have."""
    try:
        return UNREADABLE not in scan_text(typed.encode())
    except CodecError:
        return False
