"""GS1 element strings: application identifiers (AI) and their values, one after another.

    01 06901234567892 17 251200 10 ABC <GS> 21 123
    └AI └fixed length  └fixed    └variable, ends with GS (1D) or with the text

GS1 General Specifications, section 3. The AIs of devices 2.3 are checked and read; others are kept as text, since
their structure (length of the AI, fixed or variable) follows from the first two digits.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from edge.codec.gtin import is_digits, wrong_check
from edge.errors import CodecError
from edge.model.item import Gtin14

GS = "\x1d"

MAX_TEXT = 4096
"""The longest scan that a decoder lets through; GS1 symbols hold far less."""

MAX_ELEMENTS = 64
"""More elements than any label has; bounds the work that a hostile QR can ask for."""

MAX_VARIABLE = 90
"""The longest value of any variable-length AI."""

LOST_GS = "variable-length AI runs to end"
"""The warning when a value swallows what reads as further AIs and the scanner sent no GS at all (devices 1.4)."""

DATES = {"11": "production", "12": "due", "13": "packed", "15": "best_before", "16": "sell_by", "17": "expiry"}

AI_LENGTHS = {
    **{f"{n:02d}": 2 for n in (*range(5), *range(10, 23), 30, 37, *range(90, 100))},
    **{f"{n:02d}": 3 for n in (23, 24, 25, 40, 41, 42, 71)},
    **{f"{n:02d}": 4 for n in (31, 32, 33, 34, 35, 36, 39, 43, 70, 72, 80, 81, 82)},
}
"""How many digits an AI has, by its first two."""

FIXED_LENGTHS = {
    "00": 18, "01": 14, "02": 14, "03": 14, "04": 16,
    **{f"{n}": 6 for n in range(11, 20)}, "20": 2,
    **{f"{n}": 6 for n in range(31, 37)}, "41": 13,
}  # fmt: skip
"""Length of the value by the first two digits of the AI: the predefined lengths, which need no GS."""

_LONGEST = {"10": 20, "21": 20, "22": 20, "30": 8, "37": 8, "39": 15}
_NUMERIC = frozenset({*FIXED_LENGTHS, "30", "37", "39"})
_CHECKED = {"00": "SSCC", "01": "GTIN", "02": "GTIN", "03": "GTIN"}
_SUSPECTS = frozenset({"10", "11", "15", "17", "21", "30", "31", "37", "39"})
"""AIs that follow a batch or serial on goods; a rarer one in a swallowed tail is more likely part of the value."""


@dataclass(frozen=True, slots=True)
class Elements:
    """What a label says. `raw` maps each AI to its value as printed, in the order read. None means: not on the label.

    `weight_g` is the net weight (310n) cut to whole grams; `amount` is 392n in the currency of the shop.
    """

    raw: dict[str, str]
    warning: str | None = None

    @property
    def gtin(self) -> Gtin14 | None:
        text = self.raw.get("01")
        return Gtin14(text) if text else None

    @property
    def content(self) -> Gtin14 | None:
        """The goods inside a logistic unit (AI 02)."""
        text = self.raw.get("02")
        return Gtin14(text) if text else None

    @property
    def sscc(self) -> str | None:
        return self.raw.get("00")

    @property
    def batch(self) -> str | None:
        return self.raw.get("10")

    @property
    def serial(self) -> str | None:
        return self.raw.get("21")

    @property
    def count(self) -> int | None:
        text = self.raw.get("30") or self.raw.get("37")
        return int(text) if text else None

    @property
    def expiry(self) -> date | None:
        return self.dates.get("expiry")

    @property
    def best_before(self) -> date | None:
        return self.dates.get("best_before")

    @property
    def dates(self) -> dict[str, date]:
        """The dates on the label by the names of DATES."""
        return {DATES[ai]: gs1_date(text) for ai, text in self.raw.items() if ai in DATES}

    @property
    def amount(self) -> Decimal | None:
        return self._measure("392")

    @property
    def weight_kg(self) -> Decimal | None:
        return self._measure("310")

    @property
    def weight_g(self) -> int | None:
        kilograms = self.weight_kg
        return None if kilograms is None else int(kilograms * 1000)

    def _measure(self, family: str) -> Decimal | None:
        for ai, text in self.raw.items():
            if ai[:3] == family:
                return Decimal(int(text)).scaleb(-int(ai[3]))
        return None


def parse_elements(text: str) -> Elements:
    """Read a whole element string (AIM identifier taken off, FNC1 as GS).

    Raises CodecError naming the AI: unknown, too short, too long, a wrong check digit, no such date, twice with
    different values.
    """
    if len(text) > MAX_TEXT:
        raise CodecError("this text is too long for GS1", expected=f"up to {MAX_TEXT} characters", got=str(len(text)))
    raw = _split(text)
    return Elements(raw, LOST_GS if _lost_gs(text, raw) else None)


def element(ai: str, value: str) -> str:
    """`value` when it is one that `ai` may have. Raises CodecError as parse_elements; `ai` as digits, complete."""
    family = ai[:2]
    if AI_LENGTHS.get(family) != len(ai) or not is_digits(ai):
        raise CodecError("this is no application identifier", where=f"AI {ai[:4]!r}")
    shortest, longest = _lengths(family)
    if not shortest <= len(value) <= longest:
        what = "this value is cut short" if len(value) < shortest else "this value is too long"
        raise CodecError(what, where=f"AI {ai}", expected=f"{shortest} to {longest} characters", got=str(len(value)))
    if family in _NUMERIC and not is_digits(value):
        raise CodecError("this value is not a number", where=f"AI {ai}", expected="digits", got=repr(value))
    if not value.isascii() or not value.isprintable():
        raise CodecError("this value has characters that GS1 does not have", where=f"AI {ai}", got=repr(value))
    _check_meaning(ai, value)
    return value


def gs1_date(text: str, *, where: str = "") -> date:
    """YYMMDD; day 00 is the last day of the month; 51 to 99 are 19xx (valid until 2050).

    Raises CodecError, with `where` in it, when there is no such day.
    """
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    year += 1900 if year > 50 else 2000
    if not 1 <= month <= 12:
        raise CodecError("there is no such month", where=where, expected="01 to 12", got=text[2:4])
    last = calendar.monthrange(year, month)[1]
    if day > last:
        raise CodecError("there is no such day", where=where, expected=f"00 to {last}", got=text[4:])
    return date(year, month, day or last)


def _split(text: str) -> dict[str, str]:
    raw: dict[str, str] = {}
    at = 1 if text[:1] == GS else 0
    for _ in range(MAX_ELEMENTS):
        if at >= len(text):
            break
        ai, value, at = _next(text, at)
        if raw.setdefault(ai, value) != value:
            raise CodecError("this AI is there twice", where=f"AI {ai}", expected=raw[ai], got=value)
    if at < len(text) or not raw:
        raise CodecError("this is not a GS1 element string", where=f"character {at + 1}", got=repr(text[at : at + 20]))
    return raw


def _next(text: str, at: int) -> tuple[str, str, int]:
    """The element that begins at `at`, and where the one after it begins."""
    family = text[at : at + 2]
    length = AI_LENGTHS.get(family)
    if length is None:
        raise CodecError("this is no application identifier", where=f"character {at + 1}", got=repr(family))
    ai = text[at : at + length]
    start = at + length
    fixed = FIXED_LENGTHS.get(family)
    end = text.find(GS, start) if fixed is None else start + fixed
    if end < 0:
        end = len(text)
    value = element(ai, text[start:end])
    return ai, value, end + 1 if text[end : end + 1] == GS else end


def _check_meaning(ai: str, value: str) -> None:
    if ai in _CHECKED:
        wrong = wrong_check(value, of=_CHECKED[ai])
        if wrong is not None:
            what = f"the check digit of this {wrong.of} is wrong"
            raise CodecError(what, where=f"AI {ai}", expected=wrong.expected, got=wrong.got)
    elif ai in DATES:
        gs1_date(value, where=f"AI {ai}")


def _lengths(family: str) -> tuple[int, int]:
    fixed = FIXED_LENGTHS.get(family)
    return (fixed, fixed) if fixed is not None else (1, _LONGEST.get(family, MAX_VARIABLE))


def _lost_gs(text: str, raw: dict[str, str]) -> bool:
    """Whether the last value, of variable length, holds a tail that reads as AIs not seen before, with no GS at all."""
    last = next(reversed(raw))
    if GS in text or last[:2] in _NUMERIC:
        return False
    value = raw[last]
    return any(_reads_as_new(value[at:], raw) for at in range(1, min(len(value), MAX_VARIABLE) - 2))


def _reads_as_new(tail: str, raw: dict[str, str]) -> bool:
    if tail[:2] not in _SUSPECTS:
        return False
    try:
        return raw.keys().isdisjoint(_split(tail))
    except CodecError:
        return False
