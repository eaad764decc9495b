"""A form with a file in it, as a browser sends one without any script (RFC 7578), read piece by piece.

--BOUNDARY CRLF
Content-Disposition: form-data; name="…"; filename="…" CRLF … CRLF CRLF
content CRLF
--BOUNDARY--
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from edge.errors import CodecError

MAX_HEAD_OCTETS = 2_048
MAX_PARTS = 16
MAX_BOUNDARY = 70
_END = b"\r\n"
_TYPE = re.compile(r"multipart/form-data\b.*?;\s*boundary=(?:\"([^\"\r\n]+)\"|([^\s;\"]+))", re.IGNORECASE)
_NAME = re.compile(rb'^content-disposition:\s*form-data\b[^\r\n]*?;\s*name="([^"\r\n]*)"', re.IGNORECASE | re.MULTILINE)
_FILE = re.compile(rb"^content-disposition:[^\r\n]*;\s*filename", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """What follows is the content of this field; `is_file`: a file's."""

    name: str
    is_file: bool


class _At(Enum):
    CONTENT = auto()
    LINE_END = auto()
    HEAD = auto()
    OVER = auto()


def boundary_of(content_type: str) -> bytes | None:
    """None: this is no such form."""
    found = _TYPE.match(content_type)
    text = (found[1] or found[2]) if found is not None else ""
    return text.encode("latin-1", "replace") if 0 < len(text) <= MAX_BOUNDARY else None


class Multipart:
    """`feed` as it comes: parts and pieces of their content, in order. Keeps no more than a head, or a boundary."""

    def __init__(self, boundary: bytes) -> None:
        self._mark = _END + b"--" + boundary
        self._waiting = bytearray(_END)
        self._at = _At.CONTENT
        self._is_inside = False
        self._parts = 0

    @property
    def is_over(self) -> bool:
        return self._at is _At.OVER

    def feed(self, octets: bytes) -> Iterator[Part | bytes]:
        """Raises CodecError."""
        self._waiting += octets
        while True:
            match self._at:
                case _At.CONTENT:
                    piece, is_end = self._content()
                    if piece and self._is_inside:
                        yield piece
                    if not is_end:
                        return
                case _At.LINE_END:
                    if not self._line_end():
                        return
                case _At.HEAD:
                    part = self._head()
                    if part is None:
                        return
                    yield part
                case _At.OVER:
                    self._waiting.clear()
                    return

    def _content(self) -> tuple[bytes, bool]:
        """What is certainly content, and whether it ends there."""
        found = self._waiting.find(self._mark)
        if found >= 0:
            piece = bytes(self._waiting[:found])
            del self._waiting[: found + len(self._mark)]
            self._at = _At.LINE_END
            return piece, True
        sure = max(0, len(self._waiting) - len(self._mark) + 1)
        piece = bytes(self._waiting[:sure])
        del self._waiting[:sure]
        return piece, False

    def _line_end(self) -> bool:
        if len(self._waiting) < len(_END):
            return False
        end = bytes(self._waiting[:2])
        del self._waiting[:2]
        if end not in (_END, b"--"):
            raise CodecError("a boundary that goes on", where="a form with a file")
        self._at = _At.HEAD if end == _END else _At.OVER
        return True

    def _head(self) -> Part | None:
        found = self._waiting.find(_END + _END)
        if found > MAX_HEAD_OCTETS or (found < 0 and len(self._waiting) > MAX_HEAD_OCTETS):
            raise CodecError("a part's head without end", where="a form with a file")
        if found < 0:
            return None
        head = bytes(self._waiting[:found])
        del self._waiting[: found + 2 * len(_END)]
        self._parts += 1
        name = _NAME.search(head)
        if name is None or self._parts > MAX_PARTS:
            raise CodecError("a part without a name, or too many of them", where="a form with a file")
        self._at, self._is_inside = _At.CONTENT, True
        return Part(name[1].decode("utf-8", "replace"), _FILE.search(head) is not None)
