"""Scans that arrive as bytes on a serial line or a virtual COM port.

    6901234567892 <CR>                    one frame a scan, ended by the suffix set in the scanner
    010690123456789210ABC <GS> 21X <CR>   GS (1D) belongs to the text

A scanner without a suffix is framed by silence: the driver calls `flush` after the idle time.
"""

from __future__ import annotations

from collections.abc import Collection

from edge.errors import CodecError

CR, LF, TAB = b"\r", b"\n", b"\t"

SUFFIXES = {"cr": CR, "lf": LF, "crlf": CR + LF, "tab": TAB, "none": b""}
"""Names of suffixes as in the settings. `crlf` ends a frame at either byte; the codec emits the empty one between."""

MAX_SCAN = 4096
"""As for keyboards: more is a flood or the wrong baud rate (devices 1.5)."""

ALLOWED_CONTROLS = frozenset("\x04\t\n\r\x1c\x1d\x1e\x1f")
"""EOT, separators and line ends occur inside real codes (ISO/IEC 15434); other control characters are line noise."""


class ScanFramer:
    """Cuts a byte stream into scans. Each byte of `suffix` ends a frame; b"" means that only `flush` does.

    `overlong` counts frames over `max_length`, discarded whole up to their suffix (or the flush).
    """

    def __init__(self, suffix: bytes = CR + LF, *, max_length: int = MAX_SCAN) -> None:
        self.overlong = 0
        self._suffix = suffix
        self._max_length = max_length
        self._frame = bytearray()
        self._discarding = False

    @property
    def waiting(self) -> int:
        """Bytes of the scan under construction; a driver starts its idle timer by it."""
        return len(self._frame) + self._discarding

    def feed(self, received: bytes) -> list[bytes]:
        """All frames that are complete now, without suffix; empty ones too."""
        frames = []
        start = 0
        for at in _positions(received, self._suffix):
            self._add(received[start:at])
            start = at + 1
            frames += self._take()
        self._add(received[start:])
        return frames

    def flush(self) -> list[bytes]:
        """Silence ended the frame: what is there is a scan (scanners without suffix), if anything is."""
        return [frame for frame in self._take() if frame]

    def drop(self) -> int:
        """Silence before the suffix: forget the partial scan; returns how many bytes it had."""
        length = len(self._frame)
        self._take()
        return length

    def _add(self, piece: bytes) -> None:
        if self._discarding:
            return
        if len(self._frame) + len(piece) > self._max_length:
            self.overlong += 1
            self._frame.clear()
            self._discarding = True
            return
        self._frame += piece

    def _take(self) -> list[bytes]:
        frames = [] if self._discarding else [bytes(self._frame)]
        self._frame.clear()
        self._discarding = False
        return frames


def scan_text(frame: bytes) -> str:
    """UTF-8, else GB18030. Raises CodecError (a garbled scan) for other bytes and for control characters of noise."""
    text = _decoded(frame)
    for character in text:
        if (character < " " or character == "\x7f") and character not in ALLOWED_CONTROLS:
            raise CodecError(
                "this scan is garbled",
                expected="text",
                got=f"control character {ord(character):02X}",
                cure="Scan it again; if it stays so, check the scanner's baud rate",
            )
    return text


def _decoded(frame: bytes) -> str:
    try:
        return frame.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return frame.decode("gb18030")
        except UnicodeDecodeError as err:
            raise CodecError(
                "this scan is garbled",
                where=f"byte {err.start + 1} of {len(frame)}",
                expected="UTF-8 or GB18030",
                got=f"{frame[err.start]:02X}",
                cure="Scan it again; if it stays so, check the scanner's baud rate",
            ) from err


def _positions(received: bytes, suffix: Collection[int]) -> list[int]:
    return [at for at, byte in enumerate(received) if byte in suffix]
