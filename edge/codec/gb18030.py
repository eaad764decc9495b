"""Chinese on devices: GB18030 bytes after `1C 26`, measured in cells: one cell a byte, 1 for ASCII, 2 for all else.

Printers and displays know the two-byte part of GB18030 (that is, GBK and a few signs); four-byte characters print as
garbage. So every text passes `printable` first. Rules: devices 5.4.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from edge.errors import CodecError

PLACEHOLDER = "□"
"""What a character becomes that no printer of ours has: emoji, rare ideographs."""

CELLS_MAX = 2
"""Of one character."""

CHARACTERS_KEPT = 8192
"""Looked-up characters that are remembered: more than a shop's catalogue uses, under 1 MB."""

_SAME_SIGN = {"¥": "￥", "⁄": "/", "−": "-"}
_BLANK = "\t\n\r\v\f\x85\u2028\u2029"
_NEVER_FIRST = frozenset("，。、；：！？）》”’】」』〉…·％,.;:!?)%")
_NEVER_LAST = frozenset("（《“‘【「『〈(￥")
_MOVED_MAX = 4
"""Characters that may move down for a forbidden line start; more would tear a hole into the line."""
_UNIT = re.compile(r"[!-~]+| +|.", re.DOTALL)


def printable(text: str) -> str:
    """The nearest text that a printer has: one line, two bytes a character at most, no control characters.

    ¥ becomes ￥; a letter with an accent that is missing loses it; the rest becomes a placeholder.
    """
    return "".join(map(_printed, text))


def encode(text: str) -> bytes:
    """Bytes for a device in Chinese mode; `len` of them is the width in cells."""
    return printable(text).encode("gb18030")


def cells(text: str) -> int:
    return len(encode(text))


def clip(text: str, columns: int) -> str:
    """As much of the text as fits into `columns` cells; never half a character."""
    kept = _fitting(printable(text), columns)
    return kept.rstrip()


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most `columns` cells, at least one; a line break in the text starts a new one.

    Breaks between Chinese characters or at blanks, inside a word only where it is longer than a line; closing
    punctuation never starts a line, opening never ends one. Raises CodecError for less than one Chinese character.
    """
    if columns < CELLS_MAX:
        raise CodecError("too narrow for Chinese", expected=f"at least {CELLS_MAX} columns", got=str(columns))
    paragraphs = text.replace("\r\n", "\n").split("\n")
    return [line for paragraph in paragraphs for line in _wrapped(printable(paragraph), columns)]


def pad(text: str, columns: int) -> str:
    """Clipped and filled with blanks to exactly `columns` cells."""
    kept = clip(text, columns)
    return kept + " " * (columns - cells(kept))


def row(left: str, right: str, columns: int) -> list[str]:
    """`left` and `right` at the two edges of one line; a `left` that is too long wraps.

    `right` then stands at the end of the last line, or alone on the next where it does not fit beside it.
    """
    lines = wrap(left, columns)
    *above, last = wrap(right, columns)
    if above or cells(lines[-1]) + 1 + cells(last) > columns:
        return [*lines, *(_flush_right(line, columns) for line in (*above, last))]
    lines[-1] += " " * (columns - cells(lines[-1]) - cells(last)) + last
    return lines


def _flush_right(text: str, columns: int) -> str:
    return " " * (columns - cells(text)) + text


@lru_cache(maxsize=CHARACTERS_KEPT)
def _printed(char: str) -> str:
    char = _SAME_SIGN.get(char, char)
    if char in _BLANK:
        return " "
    kind = unicodedata.category(char)
    if kind in {"Cc", "Cf"} or "\ufe00" <= char <= "\ufe0f":  # an ESC in a goods name must not reach the drawer
        return ""
    if kind not in {"Co", "Cn", "Cs"} and _is_known(char):
        return char
    plain = [part for part in unicodedata.normalize("NFKD", char) if unicodedata.category(part) != "Mn"]
    known = all(_is_known(_SAME_SIGN.get(part, part)) for part in plain)
    if known and kind not in {"Co", "Cn", "Cs"}:
        return "".join(_SAME_SIGN.get(part, part) for part in plain)
    return PLACEHOLDER


def _is_known(char: str) -> bool:
    try:
        return len(char.encode("gb18030")) <= CELLS_MAX
    except UnicodeEncodeError:  # half a surrogate pair
        return False


def _fitting(text: str, columns: int) -> str:
    """The longest beginning of a printable text that fits."""
    width = 0
    for index, char in enumerate(text):
        width += 1 if char.isascii() else CELLS_MAX
        if width > columns:
            return text[:index]
    return text


def _wrapped(text: str, columns: int) -> list[str]:
    """Lines of one printable paragraph."""
    lines = []
    while len(text.encode("gb18030")) > columns:
        cut = _break(text, columns)
        lines.append(text[:cut].rstrip())
        text = text[cut:].lstrip(" ")
    lines.append(text)
    return lines


def _break(text: str, columns: int) -> int:
    """Where the first line of `text` ends: an index of at least 1."""
    room = len(_fitting(text, columns))
    cut = _between_words(text, room)
    for back in range(cut, max(cut - _MOVED_MAX, 0), -1):
        rest = text[back:].lstrip(" ")
        if rest[:1] not in _NEVER_FIRST and text[back - 1] not in _NEVER_LAST:
            return _between_words(text, back)
    return cut


def _between_words(text: str, room: int) -> int:
    """The last index up to `room` that splits no Latin word; `room` itself when one word fills the line."""
    end = 0
    for unit in _UNIT.finditer(text):
        if unit.end() > room:
            return room if unit.group()[0] == " " else unit.start() or room
        end = unit.end()
    return end
