"""Patterns of waybill numbers, as platform files write them: regular expressions that cannot run away.

    SF[A-Z0-9][0-9]{12}      SF, one letter or digit, 12 digits
    ^^ ^^^^^^^^ ^^^^^^^^     literals, and sets of capitals and digits, each with {n}, at most one of all with {n,m}

No groups, alternatives, dots, stars: several shapes are several patterns. So a match costs at most NUMBER_MAX attempts
at each of NUMBER_MAX characters, and which texts two patterns share can be computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from edge.errors import CodecError

NUMBER_MIN = 8
"""Characters; what a person keys is shorter: prices, pick-up codes of 6 digits."""
NUMBER_MAX = 24
"""Characters; the longest number of any carrier known here has 15."""
PATTERN_MAX = 80
"""Characters of a pattern: 24 sets are no carrier's numbers."""

EXPECTED = "capitals, digits and sets such as [A-Z0-9], each with {n} behind it or nothing, such as SF[A-Z0-9][0-9]{12}"

_PART = re.compile(r"(?P<one>[A-Z0-9])|\[(?P<set>[A-Z0-9-]+)\]")
_TIMES = re.compile(r"\{(?P<least>[0-9]{1,2})(?:,(?P<most>[0-9]{1,2}))?\}")
_RANGE = re.compile(r"(?P<low>[A-Z0-9])-(?P<high>[A-Z0-9])|(?P<one>[A-Z0-9])")

Shape = tuple[frozenset[str], ...]
"""The characters that may stand at each place of a number."""


@dataclass(frozen=True, slots=True)
class NumberPattern:
    """`shapes` has one entry for each length that the pattern takes."""

    text: str
    regex: re.Pattern[str]
    shapes: tuple[Shape, ...]

    def shares(self, other: NumberPattern) -> bool:
        """Whether there is a number that both take."""
        return any(
            len(mine) == len(theirs) and all(a & b for a, b in zip(mine, theirs, strict=True))
            for mine in self.shapes
            for theirs in other.shapes
        )


@dataclass(frozen=True, slots=True)
class _Part:
    chars: frozenset[str]
    least: int
    most: int


def read_pattern(text: str, *, longest: int = NUMBER_MAX) -> NumberPattern:
    """Raises CodecError for one that is not of the form above, or for numbers shorter or longer than they may be."""
    if len(text) > PATTERN_MAX:
        raise CodecError("this pattern is too long", expected=f"at most {PATTERN_MAX} characters", got=str(len(text)))
    parts = tuple(_parts(text))
    if sum(part.least != part.most for part in parts) > 1:
        expected = "{n,m} once at most; write several patterns"
        raise CodecError("this pattern has more than one part of varying length", expected=expected)
    least, most = sum(part.least for part in parts), sum(part.most for part in parts)
    if not NUMBER_MIN <= least <= most <= longest:
        got = f"{least}" if least == most else f"{least} to {most}"
        raise CodecError(
            "this pattern takes numbers of a wrong length", expected=f"{NUMBER_MIN} to {longest} characters", got=got
        )
    return NumberPattern(text, re.compile(text), tuple(_shape(parts, spare) for spare in range(most - least + 1)))


def meant_for_others(pattern: NumberPattern) -> str | None:
    """What else has the shape of its numbers and would be taken for a parcel; None: nothing."""
    return next((what for what, other in _OTHERS if pattern.shares(other)), None)


def _parts(text: str) -> Iterator[_Part]:
    at = 0
    while at < len(text):
        found = _PART.match(text, at)
        if found is None:
            got = f"{text[at]!r} at character {at + 1}"
            raise CodecError("this pattern cannot be read", expected=EXPECTED, got=got)
        chars = frozenset(found["one"]) if found["one"] else _set(found["set"])
        at = found.end()
        times = _TIMES.match(text, at)
        least = int(times["least"]) if times else 1
        most = int(times["most"]) if times and times["most"] else least
        if not 1 <= least <= most:
            raise CodecError("this pattern cannot be read", expected="{n} or {n,m} from 1 on", got=text[at:][:8])
        at = times.end() if times else at
        yield _Part(chars, least, most)


def _set(content: str) -> frozenset[str]:
    """ "3-68" → 3 4 5 6 8."""
    chars: set[str] = set()
    at = 0
    while at < len(content):
        found = _RANGE.match(content, at)
        if found is None or (found["low"] and not _is_range(found["low"], found["high"])):
            raise CodecError("this set cannot be read", expected="such as [0-9] or [A-Z0-9]", got=f"[{content[:20]}]")
        first, last = (found["one"],) * 2 if found["one"] else found.group("low", "high")
        chars |= {chr(code) for code in range(ord(first), ord(last) + 1)}
        at = found.end()
    return frozenset(chars)


def _is_range(low: str, high: str) -> bool:
    return low.isdigit() == high.isdigit() and low <= high


def _shape(parts: tuple[_Part, ...], spare: int) -> Shape:
    """With `spare` more than the least of the one part that varies."""
    return tuple(
        part.chars for part in parts for _ in range(part.least + (spare if part.least != part.most else 0))
    )  # fmt: skip


_OTHERS: tuple[tuple[str, NumberPattern], ...] = tuple(
    (what, read_pattern(text))
    for what, text in (
        ("the barcode of goods (13 digits from 69 on)", "69[0-9]{11}"),
        ("the barcode of goods (8 digits from 69 on)", "69[0-9]{6}"),
        ("the barcode of goods (14 digits from 069 on)", "069[0-9]{11}"),
        ("a receipt of this terminal (R and 13 digits)", "R[0-9]{13}"),
        ("a slip of this terminal (H or V and digits)", "[HV][0-9]{7,17}"),
        ("a member card (M and 9 to 13 digits)", "M[0-9]{9,13}"),
    )
)
"""Taken for a waybill wherever one is awaited, or everywhere if it begins with a letter (product 0.2)."""
