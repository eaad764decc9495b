"""Takes a stream of ESC/POS bytes apart into commands. Knows nothing of what they do, nor of our encoder.

    text        20…FF, as far as it goes
    control     0A
    fixed       1B 64 n             prefix of two bytes, then as many parameters as COMMANDS says
    cut         1D 56 m [n]         n only from m = 41h on
    barcode     1D 6B m d…d 00      m up to 6;   1D 6B m len d…d   from 41h on
    picture     1D 76 30 m xL xH yL yH d…d      1B 2A m nL nH d…d
    extended    1D 28 x pL pH d…d   e.g. QR: x = 6B, d = 31 fn …
    real time   10 04 n   10 14 01 m t

Devices 5.1; commands that it does not list by Epson's convention, so that a stranger's stream can be read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

BARCODE_DATA_MAX = 255
"""A barcode of the older form that has no 00 by then is none."""
PICTURE_MAX = 1 << 20
"""Bytes of one picture: 80 mm of paper, over a metre of it. A header that promises more is taken for garbage."""


class Op(StrEnum):
    """What a command is, in words that a technician reads."""

    TEXT = "text"
    LINE_FEED = "line feed"
    RETURN = "carriage return"
    TAB = "tab"
    INITIALISE = "initialise"
    FEED_LINES = "feed lines"
    FEED_DOTS = "feed dots"
    LINE_SPACING = "line spacing"
    LINE_SPACING_DEFAULT = "default line spacing"
    MODE = "print mode"
    SIZE = "character size"
    CHINESE_MODE = "Chinese character mode"
    CHINESE_QUADRUPLE = "Chinese quadruple size"
    CHINESE_UNDERLINE = "Chinese underline"
    BOLD = "bold"
    DOUBLE_STRIKE = "double strike"
    UNDERLINE = "underline"
    REVERSE = "white on black"
    ALIGN = "align"
    FONT = "font"
    CODE_PAGE = "code page"
    CHINESE_ON = "Chinese on"
    CHINESE_OFF = "Chinese off"
    CUT = "cut"
    DRAWER = "drawer pulse"
    BUZZER = "buzzer"
    PICTURE = "raster picture"
    BIT_IMAGE = "bit image"
    BARCODE_HEIGHT = "barcode height"
    BARCODE_WIDTH = "barcode module width"
    BARCODE_TEXT = "barcode text position"
    BARCODE_FONT = "barcode text font"
    BARCODE = "barcode"
    EXTENDED = "extended command"
    QR = "QR code"
    ASK_STATUS = "ask real-time status"
    ASK_PAPER = "ask paper status"
    AUTO_STATUS = "automatic status"
    SETTING = "setting without effect on paper"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `octets` are all of its bytes, `args` those after its name; `at` is where it began in the stream."""

    op: Op
    octets: bytes
    args: bytes
    at: int


COMMANDS: dict[bytes, tuple[Op, int]] = {
    b"\x1b@": (Op.INITIALISE, 0),
    b"\x1bd": (Op.FEED_LINES, 1),
    b"\x1bJ": (Op.FEED_DOTS, 1),
    b"\x1b3": (Op.LINE_SPACING, 1),
    b"\x1b2": (Op.LINE_SPACING_DEFAULT, 0),
    b"\x1b!": (Op.MODE, 1),
    b"\x1d!": (Op.SIZE, 1),
    b"\x1c!": (Op.CHINESE_MODE, 1),
    b"\x1cW": (Op.CHINESE_QUADRUPLE, 1),
    b"\x1c-": (Op.CHINESE_UNDERLINE, 1),
    b"\x1bE": (Op.BOLD, 1),
    b"\x1bG": (Op.DOUBLE_STRIKE, 1),
    b"\x1b-": (Op.UNDERLINE, 1),
    b"\x1dB": (Op.REVERSE, 1),
    b"\x1ba": (Op.ALIGN, 1),
    b"\x1bM": (Op.FONT, 1),
    b"\x1bt": (Op.CODE_PAGE, 1),
    b"\x1c&": (Op.CHINESE_ON, 0),
    b"\x1c.": (Op.CHINESE_OFF, 0),
    b"\x1bi": (Op.CUT, 0),
    b"\x1bm": (Op.CUT, 0),
    b"\x1bp": (Op.DRAWER, 3),
    b"\x1bB": (Op.BUZZER, 2),
    b"\x1dh": (Op.BARCODE_HEIGHT, 1),
    b"\x1dw": (Op.BARCODE_WIDTH, 1),
    b"\x1dH": (Op.BARCODE_TEXT, 1),
    b"\x1df": (Op.BARCODE_FONT, 1),
    b"\x10\x04": (Op.ASK_STATUS, 1),
    b"\x1dr": (Op.ASK_PAPER, 1),
    b"\x1bv": (Op.ASK_PAPER, 0),
    b"\x1da": (Op.AUTO_STATUS, 1),
    b"\x1b=": (Op.SETTING, 1),
    b"\x1b ": (Op.SETTING, 1),
    b"\x1bR": (Op.SETTING, 1),
    b"\x1b{": (Op.SETTING, 1),
    b"\x1bc": (Op.SETTING, 2),
    b"\x1cS": (Op.SETTING, 2),
    b"\x1dP": (Op.SETTING, 2),
    b"\x1dL": (Op.SETTING, 2),
    b"\x1dW": (Op.SETTING, 2),
    b"\x1b$": (Op.SETTING, 2),
    b"\x1b\\": (Op.SETTING, 2),
}
"""Fixed-length commands: what they are, and how many parameter bytes follow."""

_CONTROLS = {0x0A: Op.LINE_FEED, 0x0D: Op.RETURN, 0x09: Op.TAB}
_LEADS = b"\x10\x1b\x1c\x1d"
_TEXT = re.compile(rb"[\x20-\xff]+")
_QR = b"\x1d(k"
_QR_SYMBOL = b"1"
_BARCODE = b"\x1dk"


class CommandStream:
    """Feed it bytes as they come; `unfinished` is the beginning of a command that still waits for its end."""

    def __init__(self) -> None:
        self.unfinished = b""
        self._at = 0

    def feed(self, octets: bytes) -> list[Command]:
        """The commands that are complete now. Text comes in as many pieces as it was fed in."""
        stream = self.unfinished + octets
        commands: list[Command] = []
        start = 0
        while start < len(stream) and (command := _command(stream, start, self._at)) is not None:
            commands.append(command)
            start += len(command.octets)
            self._at += len(command.octets)
        self.unfinished = stream[start:]
        return commands


def _command(stream: bytes, start: int, at: int) -> Command | None:
    """The command that begins at `start`; None when its end is not there yet."""
    first = stream[start]
    if text := _TEXT.match(stream, start):
        return Command(Op.TEXT, text.group(), text.group(), at)
    if first not in _LEADS:
        return Command(_CONTROLS.get(first, Op.UNKNOWN), stream[start : start + 1], b"", at)
    prefix = stream[start : start + 2]
    if len(prefix) < 2:
        return None
    op, head, length = _barcode(stream[start:]) if prefix == _BARCODE else _shape(stream[start : start + 8])
    if len(stream) - start < length:
        return None
    octets = stream[start : start + length]
    return Command(op, octets, octets[head:], at)


def _shape(head: bytes) -> tuple[Op, int, int]:
    """(what it is, length of its name, length in all) from its first 8 bytes; more than are there, to wait for them."""
    prefix = head[:2]
    if prefix in COMMANDS:
        op, count = COMMANDS[prefix]
        return op, 2, 2 + count
    size = len(head)
    match prefix:
        case b"\x1dV":
            return Op.CUT, 2, 3 if size > 2 and head[2] in b"\x00\x010\x31" else 4
        case b"\x1dv":
            octets = _word(head, 4) * _word(head, 6)
            return _bounded(Op.PICTURE, 3, 8, octets) if size < 3 or head[2:3] == b"0" else _unknown(head)
        case b"\x1b*":
            columns = 3 if size > 2 and head[2] in b"\x20\x21" else 1
            return _bounded(Op.BIT_IMAGE, 2, 5, _word(head, 3) * columns)
        case b"\x1d(":
            is_qr = head[:3] == _QR and _word(head, 3) > 0 and head[5:6] == _QR_SYMBOL
            return (Op.QR if is_qr else Op.EXTENDED), 3, 5 + _word(head, 3)
        case b"\x10\x14":
            return (Op.DRAWER, 3, 5) if size < 3 or head[2] == 1 else _unknown(head)
    return _unknown(head)


def _barcode(rest: bytes) -> tuple[Op, int, int]:
    if len(rest) < 4:
        return Op.BARCODE, 2, 4
    if rest[2] >= 0x41:
        return Op.BARCODE, 2, 4 + rest[3]
    if rest[2] > 6:
        return _unknown(rest)
    end = rest.find(b"\x00", 3, 3 + BARCODE_DATA_MAX)
    if end < 0 and len(rest) >= 3 + BARCODE_DATA_MAX:
        return _unknown(rest)
    return Op.BARCODE, 2, end + 1 or len(rest) + 1


def _unknown(head: bytes) -> tuple[Op, int, int]:
    """Two bytes, but one where the second may mean something of its own."""
    return Op.UNKNOWN, 0, 1 if head[1] < 0x20 else 2


def _bounded(op: Op, name: int, fixed: int, octets: int) -> tuple[Op, int, int]:
    return (op, name, fixed + octets) if octets <= PICTURE_MAX else (Op.UNKNOWN, 0, 2)


def _word(head: bytes, at: int) -> int:
    """A 16-bit number, low byte first; 0 as long as it is not there."""
    return int.from_bytes(head[at : at + 2], "little") if len(head) >= at + 2 else 0
