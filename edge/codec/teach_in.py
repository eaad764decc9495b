"""What a scanner sends around a code that is known: which settings its driver needs (product row 106).

    ]C1  6901234567892  0D 0A        identifier, the code, suffix; what else stands there is to be set at the scanner

A code is known when it is this terminal's id, as the printed test has it, or a GTIN with a right check digit: anything
from the shelf will do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import repeat
from typing import Any

from edge.codec.gtin import is_gtin
from edge.codec.keyboard import PRESS, KeyDecoder

_SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "\r": ("crlf", "cr"), "\n": ("crlf", "lf"), "\r\n": ("crlf",), "\t": ("tab",), "": ("none",),
}  # fmt: skip
"""What follows the code → settings of scanner_serial that end a scan there, the one to propose first."""
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_WITH_END = re.compile(r"[^\r\n\t]+[\r\n\t]*")
"""One scan with its line end."""
_DIGITS = re.compile(r"[0-9]{13}|[0-9]{8}")
READABLE = 0.7
"""Of the characters of a text, those that are letters, digits or line ends; less is another speed of the line."""


class Lack(StrEnum):
    """Why nothing could be learned, or what only the scanner's own settings cure."""

    NOTHING = "nothing"
    SPEED = "speed"
    OTHER_CODE = "other_code"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    LAYOUT = "layout"


@dataclass(frozen=True, slots=True)
class Lesson:
    """`settings` to be changed; none: what is set is right, if nothing lacks."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    lack: Lack | None = None


def key_event(code: int, value: int) -> int:
    """An event of a keyboard as one number, as a tap hears it."""
    return code << 2 | value


def key_of(number: int) -> tuple[int, int]:
    """The reverse: (code, value)."""
    return number >> 2, number & 3


def learn_bytes(heard: Sequence[int], now: Mapping[str, Any], tid: str) -> Lesson:
    """From a serial scanner. `now`: its settings `suffix` and `aim`."""
    text = bytes(heard).decode("latin-1")
    if not text:
        return Lesson(lack=Lack.NOTHING)
    # Whoever scans twice in a moment is heard in one piece: what is learned from begins behind the last line end.
    found = next((match for match in map(_split, _WITH_END.findall(text), repeat(tid)) if match[1]), None)
    if found is None:
        fine = sum(one.isascii() and (one.isalnum() or one in "\r\n\t]") for one in text)
        return Lesson(lack=Lack.OTHER_CODE if fine >= READABLE * len(text) else Lack.SPEED)
    before, _, after = found
    aim = _AIM.fullmatch(before)
    if before and not aim:
        return Lesson(lack=Lack.PREFIX)
    if after not in _SUFFIXES:
        return Lesson(lack=Lack.SUFFIX)
    wanted = _SUFFIXES[after]
    changes = {} if now.get("suffix") in wanted else {"suffix": wanted[0]}
    if aim and now.get("aim") is False:
        changes["aim"] = "auto"
    return Lesson(changes)


def learn_keys(heard: Sequence[int], now: Mapping[str, Any], tid: str) -> Lesson:
    """From a scanner that types. `now`: its settings `suffix`, `alt_mode` and `invert_case`."""
    decoder = KeyDecoder(alt_mode=now.get("alt_mode", "auto"), invert_case=False)
    ended = [text for number in heard for text, _ in decoder.feed(key_of(number))]
    text, suffix = (ended[-1], "any") if ended and ended[-1] else (decoder.partial, "none")
    if not text:
        return Lesson(lack=Lack.NOTHING)
    changes: dict[str, Any] = {} if now.get("suffix") == suffix else {"suffix": suffix}
    aim = _AIM.match(text)
    rest = text[aim.end() :] if aim else text
    is_inverted = not _known(rest, tid) and bool(_known(rest.swapcase(), tid))
    rest = rest.swapcase() if is_inverted else rest
    code = _known(rest, tid)
    if not code:
        return Lesson(lack=Lack.OTHER_CODE if rest.isascii() and rest.isalnum() else Lack.LAYOUT)
    if not rest.startswith(code):
        return Lesson(lack=Lack.PREFIX)
    if any(map(str.isalpha, code)) and bool(now.get("invert_case")) is not is_inverted:
        changes["invert_case"] = is_inverted
    return Lesson(changes)


def shown_keys(heard: Sequence[int]) -> tuple[int, ...]:
    """The codes of the keys that were pressed."""
    return tuple(code for code, value in map(key_of, heard) if value == PRESS)


def _split(scan: str, tid: str) -> tuple[str, str, str]:
    """What stands before the known code, the code, what follows; the code is empty where none is known."""
    aim = _AIM.match(scan)
    head = aim[0] if aim else ""
    code = _known(scan.removeprefix(head), tid)
    before, _, after = scan.removeprefix(head).partition(code) if code else ("", "", scan)
    return head + before, code, after


def _known(text: str, tid: str) -> str:
    """The code in it that is known; empty: none is."""
    if tid in text:
        return tid
    return next((one for one in _DIGITS.findall(text) if is_gtin(one)), "")
