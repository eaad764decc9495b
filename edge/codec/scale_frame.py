"""Frames of scales out of a stream of bytes: what is cut, what is kept of it, and the numbers inside.

All protocols of devices 7 are seven-bit text between control characters, so each of them is one pattern of bytes
that cannot overlap itself. The eighth bit is the parity of a line that is set to 8N1; it is taken off, and a frame
in which it is right for one byte and wrong for another is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import reduce
from operator import xor
from typing import Generic, TypeVar

from edge.errors import CodecError
from edge.model.weight import Reading

MAX_FRAME = 64
"""Bytes; the longest frame of any scale here has 24."""
MAX_FRAME_TEXT = 48
"""Characters of a frame that go with a sale line."""

_SEVEN_BITS = bytes(octet & 0x7F for octet in range(256))

Frame = TypeVar("Frame")


class FrameDecoder(Generic[Frame]):
    """Finds the frames of one protocol, however the bytes are split and whatever stands between them.

    `read` makes a value of a match; its CodecError (a checksum) drops the frame, and the search goes on one byte
    behind its beginning. `trouble` is the newest such error, `garbage` counts bytes that belonged to no frame.
    """

    def __init__(self, pattern: re.Pattern[bytes], read: Callable[[re.Match[bytes]], Frame]) -> None:
        self.garbage = 0
        self.trouble: CodecError | None = None
        self._pattern = pattern
        self._read = read
        self._rest = b""

    def feed(self, received: bytes) -> list[Frame]:
        """All frames that are complete now, in order."""
        raw = self._rest + received
        octets = raw.translate(_SEVEN_BITS)
        frames: list[Frame] = []
        at = 0
        while (match := self._pattern.search(octets, at)) is not None:
            try:
                _insist_on_parity(raw[match.start() : match.end() - 1])
                frames.append(self._read(match))
                self.garbage += match.start() - at
                at = match.end()
            except CodecError as error:
                self.trouble = error
                self.garbage += match.start() + 1 - at
                at = match.start() + 1
        keep = max(at, len(octets) - MAX_FRAME + 1)
        self.garbage += keep - at
        self._rest = raw[keep:]
        return frames


ReadingDecoder = FrameDecoder[Reading]


def number(text: bytes, *, decimals: int = 0) -> Decimal:
    """ "  1.500" → 1.500, "002000" with two decimals → 20.00: trailing zeros are kept. Raises CodecError."""
    digits = text.replace(b" ", b"").decode("ascii")
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", digits):
        raise CodecError("this is not a weight", expected="digits and one point", got=repr(digits))
    return Decimal(digits).scaleb(-decimals)


def check_of(octets: bytes) -> int:
    """XOR of all bytes."""
    return reduce(xor, octets, 0)


def insist(expected: int, got: int) -> None:
    """Raises CodecError when a checksum is not what it should be."""
    if expected != got:
        raise CodecError("the checksum of this frame is wrong", expected=f"{expected:02X}", got=f"{got:02X}")


def _insist_on_parity(raw: bytes) -> None:
    """Raises CodecError unless the eighth bits agree: none, all, or the parity of each byte.

    `raw` is a frame without its last byte: Toledo's checksum may have eight bits of its own.
    """
    eighth = [octet >> 7 for octet in raw]
    odd = [(octet & 0x7F).bit_count() & 1 for octet in raw]
    if len(set(eighth)) > 1 and len(set(map(xor, eighth, odd))) > 1:
        raise CodecError("the parity of this frame is wrong", expected="one parity for all its bytes")


def frame_text(frame: bytes) -> str:
    """A frame as people and journals can keep it: control characters as <02>."""
    text = "".join(chr(octet) if 0x20 <= octet < 0x7F else f"<{octet:02X}>" for octet in frame)
    return text[:MAX_FRAME_TEXT]
