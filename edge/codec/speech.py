"""Numbers as a shop says them: amounts, counts, digits, times of day (product C4).

      fen   元角分 style     point style      English
      205   两元零五分       二点零五元       two yuan oh five
    10005   一百元零五分     一百点零五元     one hundred yuan oh five

元角分 is for totals and change, the point style for payments received, as wallets speak.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from edge.errors import CodecError
from edge.model.money import Fen, Milli
from edge.model.spoken_day import spoken_day

MAX_NUMBER = 999_999_999_999
"""Below a trillion; a shop's largest amount has six digits."""

PHONE_DIGITS = 11
"""A mobile number of mainland China, read in groups of 3-4-4."""

_DIGITS_ZH = "零一二三四五六七八九"
_PLACES_ZH = (("千", 1000), ("百", 100), ("十", 10), ("", 1))
_SECTIONS_ZH = (("亿", 100_000_000), ("万", 10_000), ("", 1))
_SECTION_ZH = 10_000
_DAY_ZH = ((5, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
"""(first hour after it, name) of the parts of a day."""

_SMALL_EN = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS_EN = ("zero", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SECTIONS_EN = ((" billion", 1_000_000_000), (" million", 1_000_000), (" thousand", 1000), ("", 1))


def amount_zh(fen: Fen) -> str:
    """元角分 style: 1250 → 十二元五角. Raises CodecError below zero."""
    yuan, rest = divmod(_checked(fen), 100)
    jiao, odd = divmod(rest, 10)
    spoken = f"{count_zh(yuan)}元" if yuan or not rest else ""
    if jiao:
        spoken += f"{_counted_digit(jiao)}角"
    if odd:
        gap = "零" if yuan and not jiao else ""
        spoken += f"{gap}{_DIGITS_ZH[odd] if spoken else _counted_digit(odd)}分"
    return spoken


def amount_point_zh(fen: Fen) -> str:
    """Point style: 1250 → 十二点五元; whole yuan as in amount_zh."""
    yuan, rest = divmod(_checked(fen), 100)
    if not rest:
        return f"{count_zh(yuan)}元"
    return f"{number_zh(yuan)}点{_read_out_zh(f'{rest:02d}'.rstrip('0'))}元"


def amount_en(fen: Fen) -> str:
    """1250 → twelve yuan fifty; below one yuan in fen."""
    yuan, rest = divmod(_checked(fen), 100)
    if not rest:
        return f"{number_en(yuan)} yuan"
    if not yuan:
        return f"{number_en(rest)} fen"
    return f"{number_en(yuan)} yuan {'oh ' if rest < 10 else ''}{number_en(rest)}"


def number_zh(number: int) -> str:
    """As counted off: 2 → 二, 12 → 十二, 2002 → 两千零二. For ordinals such as door numbers."""
    spoken, gap = "", False
    for unit, size in _SECTIONS_ZH:
        section = _checked(number) // size % _SECTION_ZH
        if section:
            zero = "零" if spoken and (gap or section < _SECTION_ZH // 10) else ""
            spoken += zero + ("两" if section == 2 and unit else _section_zh(section)) + unit
        gap = section == 0
    return spoken.removeprefix("一") if spoken.startswith("一十") else spoken or "零"


def count_zh(number: int) -> str:
    """Before a measure word: as number_zh, but a lone 2 is 两."""
    return "两" if number == 2 else number_zh(number)


def number_en(number: int) -> str:
    """101 → one hundred and one; "and" stands before a last digit that has no tens."""
    spoken = " ".join(_sections_en(_checked(number)))
    return spoken or "zero"


def quantity_zh(qty: Milli) -> str:
    """A count before a measure word, or a decimal: 2000 → 两, 735 → 零点七三五."""
    whole, part = divmod(_checked(qty), 1000)
    return f"{number_zh(whole)}点{_read_out_zh(f'{part:03d}'.rstrip('0'))}" if part else count_zh(whole)


def quantity_en(qty: Milli) -> str:
    """2000 → two, 735 → zero point seven three five."""
    whole, part = divmod(_checked(qty), 1000)
    return f"{number_en(whole)} point {_read_out_en(f'{part:03d}'.rstrip('0'))}" if part else number_en(whole)


def digits_zh(text: str, *, yao: bool = False) -> str:
    """A code, phone or shelf digit by digit, a pause at each dash and in a phone number. `yao` reads 1 as 幺."""
    spoken = "，".join(_read_out_zh(group) for group in _groups(text))
    return spoken.replace("一", "幺") if yao else spoken


def digits_en(text: str) -> str:
    """The same in English: 3-12 → three, one two."""
    return ", ".join(_read_out_en(group) for group in _groups(text))


def time_of_day_zh(hour: int, minute: int) -> str:
    """24-hour clock: 15, 5 → 下午三点零五分; on the hour without minutes."""
    part = next(name for end, name in _DAY_ZH if hour < end)
    spoken = f"{part}{count_zh(hour if hour <= 12 else hour - 12)}点"
    return spoken + (f"{'零' if minute < 10 else ''}{number_zh(minute)}分" if minute else "")


def time_of_day_en(hour: int, minute: int) -> str:
    """15, 5 → three oh five p.m."""
    spoken = number_en((hour - 1) % 12 + 1)
    if minute:
        spoken += f" {'oh ' if minute < 10 else ''}{number_en(minute)}"
    return f"{spoken} {'a.m.' if hour < 12 else 'p.m.'}"


def moment_spoken(when: date | datetime, today: date, language: str) -> str:
    """A day, and the time of a moment, which is local already: 11月24日上午九点三十分."""
    if not isinstance(when, datetime):
        return spoken_day(when, today, language)
    day = spoken_day(when.date(), today, language)
    if language == "en":
        return f"{day}, {time_of_day_en(when.hour, when.minute)}"
    return day + time_of_day_zh(when.hour, when.minute)


def _checked(number: int) -> int:
    if not 0 <= number <= MAX_NUMBER:
        raise CodecError("this number is never spoken", expected=f"0 to {MAX_NUMBER}", got=str(number))
    return number


def _section_zh(section: int) -> str:
    """1 to 9999. A run of zeros inside is one 零."""
    spoken, gap = "", False
    for unit, size in _PLACES_ZH:
        digit = section // size % 10
        if digit:
            zero = "零" if gap and spoken else ""
            spoken += zero + ("两" if digit == 2 and unit == "千" else _DIGITS_ZH[digit]) + unit
        gap = digit == 0
    return spoken


def _counted_digit(digit: int) -> str:
    return "两" if digit == 2 else _DIGITS_ZH[digit]


def _sections_en(number: int) -> Iterator[str]:
    started = False
    for unit, size in _SECTIONS_EN:
        section = number // size % 1000
        if section:
            joined = "and " if started and section < 10 and not unit else ""
            yield f"{joined}{_section_en(section)}{unit}"
            started = True


def _section_en(section: int) -> str:
    """1 to 999."""
    hundreds, rest = divmod(section, 100)
    if not hundreds:
        return _below_hundred_en(rest)
    spoken = f"{_SMALL_EN[hundreds]} hundred"
    if not rest:
        return spoken
    return f"{spoken} {'and ' if rest < 10 else ''}{_below_hundred_en(rest)}"


def _below_hundred_en(number: int) -> str:
    if number < len(_SMALL_EN):
        return _SMALL_EN[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS_EN[tens]}-{_SMALL_EN[ones]}" if ones else _TENS_EN[tens]


def _groups(text: str) -> list[str]:
    if len(text) == PHONE_DIGITS and text.isascii() and text.isdigit():
        return [text[:3], text[3:7], text[7:]]
    return [group for group in text.split("-") if group]


def _read_out_zh(text: str) -> str:
    return "".join(_DIGITS_ZH[int(sign)] if sign in "0123456789" else sign for sign in text)


def _read_out_en(text: str) -> str:
    return " ".join(_SMALL_EN[int(sign)] if sign in "0123456789" else sign for sign in text)
