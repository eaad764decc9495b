"""What a customer sees: reads the bytes that a display is sent as its firmware does, for models and technicians.

Bytes as in `line_display`; further commands of the same displays are understood and change nothing that is seen.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod

from edge.codec.line_display import COLUMNS, LED_DIGITS, DisplayKind

COMMAND_MAX = 64
"""Bytes of a command that has not ended: more is garbage."""
LINE_COMMAND_MAX = 3 + 2 * COLUMNS + 1
"""1B 51 A, two lines of text to scroll, 0D."""
MEANINGS_MAX = 1000
"""Of one `feed`; a technician pastes lines, not files."""

_NUMBER = re.compile(rb"[0-9.\-]*")
_LAMP_NAMES = {"0": "all off", "1": "unit price lamp", "2": "total lamp", "3": "received lamp", "4": "change lamp"}
_CD5220_SETTINGS = {
    0x11: (2, "overwrite"),
    0x12: (2, "vertical scroll"),
    0x13: (2, "horizontal scroll"),
    0x2A: (3, "brightness"),
    0x5F: (3, "cursor on or off"),
    0x3D: (3, "device select"),
}
"""Second byte after 1B: (length of the command, what it sets)."""
_DMD_SETTINGS = {0x43: "cursor on or off", 0x58: "brightness"}
_TEXT = re.compile(rb"[\x20-\xff]+")


class DisplayScreen(ABC):
    """One display. `garbage` counts bytes that it did not understand."""

    def __init__(self) -> None:
        self.garbage = 0
        self._rest = b""

    def feed(self, octets: bytes) -> list[str]:
        """Show what is complete; returns what each command meant, in words."""
        self._rest += octets
        meanings: list[str] = []
        while self._rest:
            length, meaning = self._obey(self._rest)
            if length == 0 and len(self._rest) <= COMMAND_MAX:
                break
            if not meaning:
                self.garbage += length or 1
            elif len(meanings) < MEANINGS_MAX:
                meanings.append(meaning)
            self._rest = self._rest[length or 1 :]
        return meanings

    @property
    @abstractmethod
    def text(self) -> str:
        """What is to be seen, line by line."""

    @abstractmethod
    def _obey(self, stream: bytes) -> tuple[int, str]:
        """(length of the first command, its meaning); length 0: its end is missing; no meaning: garbage."""


class CharacterScreen(DisplayScreen):
    """Two lines of 20 cells; a Chinese character takes two."""

    def __init__(self) -> None:
        super().__init__()
        self._cells = bytearray(b" " * 2 * COLUMNS)
        self._cursor = 0

    @property
    def lines(self) -> tuple[str, str]:
        upper, lower = self._cells[:COLUMNS], self._cells[COLUMNS:]
        return upper.decode("gb18030", errors="replace"), lower.decode("gb18030", errors="replace")

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.lines)

    def _clear(self) -> None:
        self._cells[:] = b" " * 2 * COLUMNS
        self._cursor = 0

    def _write(self, octets: bytes) -> None:
        for octet in octets:
            self._cells[self._cursor] = octet
            self._cursor = (self._cursor + 1) % (2 * COLUMNS)

    def _put_line(self, number: int, content: bytes) -> None:
        start = number * COLUMNS
        self._cells[start : start + COLUMNS] = content[:COLUMNS].ljust(COLUMNS)

    def _move(self, column: int, line: int) -> bool:
        if not (1 <= column <= COLUMNS and 1 <= line <= 2):
            return False
        self._cursor = (line - 1) * COLUMNS + column - 1
        return True

    def _obey_simple(self, stream: bytes) -> tuple[int, str]:
        """Commands of one byte, and text."""
        if text := _TEXT.match(stream):
            self._write(text.group())
            return text.end(), "text"
        match stream[0]:
            case 0x0C:
                self._clear()
                return 1, "clear"
            case 0x0B:
                self._cursor = 0
                return 1, "home"
            case 0x18:
                self._put_line(self._cursor // COLUMNS, b"")
                return 1, "clear line"
        return 1, ""


class Cd5220Screen(CharacterScreen):
    """CD5220. After ESC Q only further ESC Q, 0C and 18 are obeyed."""

    def __init__(self) -> None:
        super().__init__()
        self._held = False

    def _obey(self, stream: bytes) -> tuple[int, str]:
        if stream[0] != 0x1B:
            if self._held and stream[0] not in (0x0C, 0x18):
                return 1, ""
            self._held = False
            return self._obey_simple(stream)
        if len(stream) < 2:
            return 0, ""
        if stream[1] == 0x51:
            return self._line_command(stream)
        length, meaning = self._escape(stream)
        return length, "" if self._held else meaning

    def _line_command(self, stream: bytes) -> tuple[int, str]:
        end = stream.find(b"\r", 0, LINE_COMMAND_MAX)
        if end < 0:
            return (0, "") if len(stream) < LINE_COMMAND_MAX else (2, "")
        names = {b"A": (0, "upper line"), b"B": (1, "lower line"), b"D": (0, "scroll upper line")}
        number, name = names.get(stream[2:3], (0, ""))
        content = stream[3:end]
        if not name or any(octet < 0x20 for octet in content):
            return 2, ""
        self._held = True
        self._put_line(number, content)
        return end + 1, name

    def _escape(self, stream: bytes) -> tuple[int, str]:
        code = stream[1]
        if code == 0x40:
            if not self._held:
                self._clear()
            return 2, "initialise"
        if code == 0x6C:
            if len(stream) < 4:
                return 0, ""
            return 4, "cursor" if self._held or self._move(stream[2], stream[3]) else ""
        if code in _CD5220_SETTINGS:
            length, name = _CD5220_SETTINGS[code]
            return (length, name) if len(stream) >= length else (0, "")
        return 2, ""


class DmdScreen(CharacterScreen):
    """Epson DM-D and what calls itself VFD220."""

    def _obey(self, stream: bytes) -> tuple[int, str]:
        first = stream[0]
        if first not in (0x1B, 0x1F):
            return self._obey_simple(stream)
        if len(stream) < 2:
            return 0, ""
        code = stream[1]
        if first == 0x1B:
            return (2, self._initialise()) if code == 0x40 else (1, "")
        if code == 0x24:
            if len(stream) < 4:
                return 0, ""
            return 4, "cursor" if self._move(stream[2], stream[3]) else ""
        if code in _DMD_SETTINGS:
            return (3, _DMD_SETTINGS[code]) if len(stream) >= 3 else (0, "")
        return (2, "self-test") if code == 0x40 else (1, "")

    def _initialise(self) -> str:
        self._clear()
        return "initialise"


class Led8Screen(DisplayScreen):
    """Eight digits and four lamps. `number` is empty when dark; `lamp` is the digit of `1B 73`, "0" for none."""

    def __init__(self) -> None:
        super().__init__()
        self.number = ""
        self.lamp = "0"

    @property
    def text(self) -> str:
        return f"{self.number} {_LAMP_NAMES[self.lamp] if self.lamp != '0' else ''}".strip()

    def _obey(self, stream: bytes) -> tuple[int, str]:
        if stream[0] == 0x0C:
            self.number = ""
            return 1, "clear"
        if stream[0] != 0x1B:
            return 1, ""
        if len(stream) < 2:
            return 0, ""
        match stream[1]:
            case 0x40:
                self.number, self.lamp = "", "0"
                return 2, "initialise"
            case 0x51:
                return self._show_number(stream)
            case 0x73:
                return self._light(stream)
            case 0x6C:
                return (3, "cursor") if len(stream) >= 3 else (0, "")
        return 1, ""

    def _show_number(self, stream: bytes) -> tuple[int, str]:
        number = _NUMBER.match(stream, 3)
        if number is None or stream[2:3] not in (b"A", b""):
            return 2, ""
        end = number.end()
        if end >= len(stream):
            return 0, ""
        digits = number.group().decode()
        if stream[end] != 0x0D or len(digits.replace(".", "")) > LED_DIGITS:
            return 2, ""
        self.number = digits
        return end + 1, digits or "no number"

    def _light(self, stream: bytes) -> tuple[int, str]:
        if len(stream) < 3:
            return 0, ""
        lamp = chr(stream[2])
        if lamp not in _LAMP_NAMES:
            return 2, ""
        self.lamp = lamp
        return 3, _LAMP_NAMES[lamp]


def screen_of(kind: DisplayKind) -> DisplayScreen:
    match kind:
        case DisplayKind.CD5220:
            return Cd5220Screen()
        case DisplayKind.DMD:
            return DmdScreen()
        case DisplayKind.LED8:
            return Led8Screen()
