"""A barcode scanner on a serial line or a virtual COM port (devices 1.1, 1.4, 1.5).

Any scanner that sends what it read as bytes and ends it by CR, LF, Tab or silence; makers' manuals call it
"USB virtual COM", "CDC-ACM" or "RS-232". It is never written to: a good-read beep is set at the scanner.
"""

from __future__ import annotations

import logging
import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from edge.codec.aim import Trust, trusted_aim
from edge.codec.line_scan import MAX_SCAN, SUFFIXES, ScanFramer, scan_text
from edge.errors import CodecError, DeviceError
from edge.messages import ScanData, ScanRefused, ScanTrouble
from edge.ports import DeviceContext, Port, SerialLine

CHUNK = 1024
"""Under MAX_SCAN, so that one read can complete several scans but refuse one at most."""

HALF_SCAN_S = 0.5
"""With a suffix, silence this long means that the rest will not come (devices 1.5)."""

SHORTEST_HALF = 2
"""A single byte is a stray line end or the noise of a plug, no scan that somebody waits for."""

_log = logging.getLogger(__name__)


class Settings(BaseModel):
    """`suffix`: crlf takes CR, LF or both. `idle_ms` ends a scan without suffix. `aim`: whether the scanner sends `]cm`
    in front; auto believes it when the identifier is a known one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: str = Field(min_length=1)
    baud: int = Field(9600, ge=300, le=1_000_000)
    bits: Literal[7, 8] = 8
    parity: Literal["N", "E", "O"] = "N"
    suffix: Literal["cr", "lf", "crlf", "tab", "none"] = "crlf"
    idle_ms: int = Field(120, ge=20, le=2000)
    aim: Trust = "auto"


class SerialScanner:
    """Posts ScanData as soon as the suffix is there, ScanRefused for what is no text."""

    def __init__(self, settings: Settings, context: DeviceContext) -> None:
        self._settings = settings
        self._context = context
        self._patience_s = settings.idle_ms / 1000 if settings.suffix == "none" else HALF_SCAN_S
        self._port: Port | None = None
        self._framer = self._new_framer()
        self._silent_mono = math.inf
        """When the scan under construction is over, if nothing more comes."""

    def open(self) -> None:
        settings = self._settings
        line = SerialLine(baud=settings.baud, bits=settings.bits, parity=settings.parity)
        self._port = self._context.open_port(settings.port, line)
        self._framer = self._new_framer()
        self._silent_mono = math.inf

    def pump(self) -> float:
        if self._port is None:
            raise DeviceError("the scanner is not open", where=self._settings.port)
        clock = self._context.clock
        until_silence_s = max(0.0, self._silent_mono - clock.mono())
        received = self._port.read(CHUNK, min(self._context.patience_s, until_silence_s))
        now = clock.mono()
        if received:
            self._context.heard(received)
            self._take(received, now)
        elif now >= self._silent_mono:
            self._end_by_silence(now)
        if len(received) == CHUNK:
            return 0.0
        return min(self._context.idle_s, max(0.0, self._silent_mono - now))

    def close(self) -> None:
        if self._port is not None:
            self._port.close()
            self._port = None

    def _new_framer(self) -> ScanFramer:
        return ScanFramer(SUFFIXES[self._settings.suffix])

    def _take(self, received: bytes, now: float) -> None:
        overlong = self._framer.overlong
        frames = self._framer.feed(received)
        if self._framer.overlong > overlong:
            self._refuse(ScanTrouble.TOO_LONG, MAX_SCAN)
        for frame in frames:
            self._announce(frame, now)
        self._silent_mono = now + self._patience_s if self._framer.waiting else math.inf

    def _end_by_silence(self, now: float) -> None:
        self._silent_mono = math.inf
        if self._settings.suffix == "none":
            for frame in self._framer.flush():
                self._announce(frame, now)
            return
        length = self._framer.drop()
        if length >= SHORTEST_HALF:
            _log.info("%s: half a scan of %d bytes without its end, dropped", self._context.name, length)
            self._refuse(ScanTrouble.DROPPED, length)

    def _announce(self, frame: bytes, now: float) -> None:
        # A scanner that ends with CR LF where one of them was set leaves the other at the edge of the next scan.
        frame = frame.strip(b"\r\n")
        if not frame:
            return
        try:
            aim, text = trusted_aim(scan_text(frame), self._settings.aim)
        except CodecError:
            self._refuse(ScanTrouble.GARBLED, len(frame))
            return
        if text:
            self._context.post(ScanData(self._context.name, text, now, aim))
        else:
            self._refuse(ScanTrouble.GARBLED, len(frame))

    def _refuse(self, trouble: ScanTrouble, length: int) -> None:
        self._context.post(ScanRefused(self._context.name, trouble, length))


Driver = SerialScanner
