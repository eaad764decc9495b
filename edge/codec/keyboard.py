"""Key events of a scanner that behaves as a keyboard → scans. One decoder per device (devices 1.3 to 1.5).

    (42,1) (21,1) (21,0) (42,0)                    Shift + y                 → Y
    (29,1) (27,1) (27,0) (29,0)                    Ctrl + ]                  → GS
    (56,1) (80,1) (80,0) … (56,0)                  Alt + keypad 2 0 0 1 3    → 中
    (28,1)                                         Enter                     → the scan is complete

US layout by Linux key codes. CapsLock and NumLock are not looked at: evdev delivers positions, not characters.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Literal

MAX_SCAN = 4096
"""A QR code holds 4,296 alphanumerics at most; longer input is a stuck key or a flood (devices 1.5)."""

MAX_ALT_DIGITS = 7
"""1114111, the last Unicode code point; more digits are nonsense."""

GBK_FLOOR = 33088
"""8140h, the lowest GBK pair: in mode auto a smaller value is Unicode."""

UNREADABLE = "\ufffd"
"""Stands for an Alt code that is no character, so that the scan is not taken for a shorter, valid one."""

PRESS = 1
RELEASE = 0

SHIFT = frozenset({42, 54})
CTRL = frozenset({29, 97})
ALT = frozenset({56, 100})

AltMode = Literal["auto", "gbk", "unicode", "bytes"]
"""What the number typed with Alt means: a setting per scanner, since the ranges overlap (devices 1.4)."""


class Terminator(StrEnum):
    ENTER = "ENTER"
    TAB = "TAB"


Scan = tuple[str, Terminator]

TERMINATORS = {28: Terminator.ENTER, 96: Terminator.ENTER, 15: Terminator.TAB}
_CONTROL_TERMINATORS = {"\r": Terminator.ENTER, "\n": Terminator.ENTER, "\t": Terminator.TAB}


def _row(first: int, characters: str) -> dict[int, str]:
    return dict(enumerate(characters, first))


KEYPAD_DIGITS = {**_row(71, "789"), **_row(75, "456"), **_row(79, "123"), 82: "0"}
_KEYPAD_SIGNS = {83: ".", 74: "-", 78: "+", 55: "*", 98: "/"}
PLAIN = {
    **_row(2, "1234567890-="), **_row(16, "qwertyuiop[]"), **_row(30, "asdfghjkl;'`"), 43: "\\",
    **_row(44, "zxcvbnm,./"), 57: " ", 86: "<", **KEYPAD_DIGITS, **_KEYPAD_SIGNS,
}  # fmt: skip
SHIFTED = {
    **_row(2, "!@#$%^&*()_+"), **_row(16, "QWERTYUIOP{}"), **_row(30, 'ASDFGHJKL:"~'), 43: "|",
    **_row(44, "ZXCVBNM<>?"), 57: " ", 86: ">", **KEYPAD_DIGITS, **_KEYPAD_SIGNS,
}  # fmt: skip
CONTROLS = {
    **{code: chr(ord(letter) & 0x1F) for code, letter in PLAIN.items() if letter.isalpha()},
    26: "\x1b", 43: "\x1c", 27: "\x1d", 7: "\x1e", 12: "\x1f",
}  # fmt: skip
"""With Ctrl: letters as letter & 1Fh, `[` ESC, `\\` FS, `]` GS, `6` RS, `-` US."""

NUMERIC_PAD = {
    **KEYPAD_DIGITS, **_KEYPAD_SIGNS, **_row(2, "1234567890"), 52: ".", 12: "-", 53: "/",
    96: "ENTER", 28: "ENTER", 14: "BACKSPACE",
}  # fmt: skip
"""Key code → symbol of a numeric pad at the counter; some pads send the codes of the main block."""


class KeyDecoder:
    """Collects keys until a terminator. Holds the modifiers, one scan under construction, and what it discarded.

    `gs_keys`: further key codes that mean GS (108, 66 on some scanners). `invert_case` swaps the case of letters.
    `overlong` counts scans over MAX_SCAN, discarded whole up to their terminator.
    """

    def __init__(self, *, alt_mode: AltMode = "auto", gs_keys: Collection[int] = (), invert_case: bool = False) -> None:
        self.overlong = 0
        self._alt_mode: AltMode = alt_mode
        self._gs_keys = frozenset(gs_keys)
        self._invert_case = invert_case
        self._held: set[int] = set()
        self._alt_digits = ""
        self._characters: list[str] = []
        self._pending = bytearray()
        self._discarding = False

    @property
    def partial(self) -> str:
        """The scan under construction; empty while one is being discarded."""
        return "".join(self._characters) + _decoded(self._pending)

    def feed(self, event: tuple[int, int]) -> list[Scan]:
        """Take (key code, value) of one EV_KEY event; releases count for modifiers only, value 2 never.

        Returns the scan that it completed, which may be an empty text, or nothing.
        """
        code, value = event
        if code in SHIFT or code in CTRL or code in ALT:
            return self._turn(code, value)
        if value != PRESS:
            return []
        if code in TERMINATORS:
            return self._finish(TERMINATORS[code])
        return self._type(code)

    def drop(self) -> None:
        """Idle timeout: forget the scan under construction. What comes next is a new scan."""
        self._clear()
        self._discarding = False

    def resynchronise(self) -> None:
        """SYN_DROPPED: keys were lost, so that the rest up to the next terminator (or `drop`) is discarded as well."""
        self._clear()
        self._held.clear()
        self._discarding = True

    def _turn(self, code: int, value: int) -> list[Scan]:
        if value == PRESS:
            self._held.add(code)
        elif value == RELEASE:
            self._held.discard(code)
            if code in ALT and self._held.isdisjoint(ALT):
                return self._end_alt()
        return []

    def _type(self, code: int) -> list[Scan]:
        if code in self._gs_keys:
            self._add("\x1d")
        elif not self._held.isdisjoint(ALT):
            if len(self._alt_digits) <= MAX_ALT_DIGITS:
                self._alt_digits += KEYPAD_DIGITS.get(code, "")
        elif not self._held.isdisjoint(CTRL):
            return self._add_or_finish(CONTROLS.get(code, ""))
        else:
            shifted = not self._held.isdisjoint(SHIFT)
            character = (SHIFTED if shifted else PLAIN).get(code, "")
            self._add(character.swapcase() if self._invert_case else character)
        return []

    def _end_alt(self) -> list[Scan]:
        digits, self._alt_digits = self._alt_digits, ""
        if not digits:
            return []
        value = int(digits)
        if self._is_byte(value):
            self._add_byte(value)
            return []
        return self._add_or_finish(_alt_character(value, self._alt_mode))

    def _add_or_finish(self, text: str) -> list[Scan]:
        if text in _CONTROL_TERMINATORS:
            return self._finish(_CONTROL_TERMINATORS[text])
        self._add(text)
        return []

    def _is_byte(self, value: int) -> bool:
        return 0x80 <= value < 0x100 and self._alt_mode != "unicode"

    def _add_byte(self, value: int) -> None:
        if not self._discarding:
            self._pending.append(value)
            self._check_length()

    def _add(self, text: str) -> None:
        if self._discarding or not text:
            return
        if self._pending:
            self._characters.append(_decoded(self._pending))
            self._pending.clear()
        self._characters.append(text)
        self._check_length()

    def _check_length(self) -> None:
        if len(self._characters) + len(self._pending) > MAX_SCAN:
            self.overlong += 1
            self._clear()
            self._discarding = True

    def _finish(self, terminator: Terminator) -> list[Scan]:
        """The scan that the terminator completes; none when it ends what was being discarded."""
        text, discarded = self.partial, self._discarding
        self.drop()
        return [] if discarded else [(text, terminator)]

    def _clear(self) -> None:
        self._characters.clear()
        self._pending.clear()
        self._alt_digits = ""


def _alt_character(value: int, mode: AltMode) -> str:
    if mode == "gbk" or (mode == "auto" and value >= GBK_FLOOR):
        pair = _gbk_character(value)
        if pair is not None:
            return pair
    beyond_ascii = value >= 0x80 and mode in ("gbk", "bytes")
    if beyond_ascii or value > 0x10FFFF or 0xD800 <= value < 0xE000:
        return UNREADABLE
    return chr(value)


def _gbk_character(value: int) -> str | None:
    lead, trail = divmod(value, 0x100)
    if not (0x81 <= lead <= 0xFE and 0x40 <= trail <= 0xFE and trail != 0x7F):
        return None
    try:
        return bytes((lead, trail)).decode("gbk")
    except UnicodeDecodeError:
        return None


def _decoded(raw: bytearray) -> str:
    """Bytes typed one by one: UTF-8, else GB18030, what neither knows as UNREADABLE."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")
