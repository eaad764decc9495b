"""Amounts, counts and digits as a shop says them: every row of product C4, and laws for all other numbers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.speech import (
    amount_en,
    amount_point_zh,
    amount_zh,
    count_zh,
    digits_en,
    digits_zh,
    number_en,
    number_zh,
    quantity_en,
    quantity_zh,
    time_of_day_en,
    time_of_day_zh,
)
from edge.errors import CodecError
from edge.model.money import Fen, Milli

C4 = [
    (1, "一分", "零点零一元", "one fen"),
    (10, "一角", "零点一元", "ten fen"),
    (20, "两角", "零点二元", "twenty fen"),
    (99, "九角九分", "零点九九元", "ninety-nine fen"),
    (200, "两元", "两元", "two yuan"),
    (205, "两元零五分", "二点零五元", "two yuan oh five"),
    (250, "两元五角", "二点五元", "two yuan fifty"),
    (1000, "十元", "十元", "ten yuan"),
    (1250, "十二元五角", "十二点五元", "twelve yuan fifty"),
    (10005, "一百元零五分", "一百点零五元", "one hundred yuan oh five"),
    (10100, "一百零一元", "一百零一元", "one hundred and one yuan"),
    (20000, "二百元", "二百元", "two hundred yuan"),
    (28800, "二百八十八元", "二百八十八元", "two hundred eighty-eight yuan"),
    (100200, "一千零二元", "一千零二元", "one thousand and two yuan"),
    (200000, "两千元", "两千元", "two thousand yuan"),
    (2000000, "两万元", "两万元", "twenty thousand yuan"),
    (10050000, "十万零五百元", "十万零五百元", "one hundred thousand five hundred yuan"),
]
FURTHER: list[tuple[int, str, str, str | None]] = [
    (0, "零元", "零元", "zero yuan"),
    (2, "两分", "零点零二元", "two fen"),
    (22, "两角二分", "零点二二元", "twenty-two fen"),
    (110, "一元一角", "一点一元", "one yuan ten"),
    (11000, "一百一十元", "一百一十元", "one hundred ten yuan"),
    (1000200, "一万零二元", "一万零二元", "ten thousand and two yuan"),
    (2222222, "两万两千二百二十二元两角二分", "两万两千二百二十二点二二元", None),
    (10000000, "十万元", "十万元", "one hundred thousand yuan"),
    (100000000, "一百万元", "一百万元", "one million yuan"),
    (2000100, "两万零一元", "两万零一元", "twenty thousand and one yuan"),
    (1001000, "一万零一十元", "一万零一十元", "ten thousand ten yuan"),
    (10_000_000_000, "一亿元", "一亿元", "one hundred million yuan"),
    (10_000_000_001, "一亿元零一分", "一亿点零一元", "one hundred million yuan oh one"),
    (10_001_000_000, "一亿零一万元", "一亿零一万元", "one hundred million ten thousand yuan"),
    (11_000_000_000, "一亿一千万元", "一亿一千万元", "one hundred ten million yuan"),
    (22_000_200_020, "两亿两千万两千元两角", "两亿两千万两千点二元", None),
]
FENS = st.integers(1, 10**8).map(Fen)
VALUES = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
UNITS = {"十": 10, "百": 100, "千": 1000}


@pytest.mark.parametrize(("fen", "zh", "point", "en"), [*C4, *FURTHER])
def test_amount_is_spoken_as_product_c4_says(fen: int, zh: str, point: str, en: str | None) -> None:
    assert amount_zh(Fen(fen)) == zh
    assert amount_point_zh(Fen(fen)) == point
    assert en is None or amount_en(Fen(fen)) == en


@given(FENS)
def test_no_amount_raises_or_says_zero_twice(fen: Fen) -> None:
    spoken = amount_zh(fen)
    assert "零零" not in spoken
    assert "零元" not in spoken
    assert not re.search("零[十百千万角]|一一|两两", spoken)
    assert amount_point_zh(fen).endswith("元")
    assert "  " not in amount_en(fen)
    assert amount_en(fen).strip() == amount_en(fen)


@given(FENS)
def test_amount_that_was_heard_is_the_amount_that_was_meant(fen: Fen) -> None:
    heard = re.fullmatch("(?:(.+)元)?零?(?:(.)角)?(?:(.)分)?", amount_zh(fen))
    assert heard is not None
    yuan, jiao, odd = heard.groups()
    assert listen(yuan or "零") * 100 + VALUES[jiao or "零"] * 10 + VALUES[odd or "零"] == fen
    yuan, _, part = amount_point_zh(fen).removesuffix("元").partition("点")
    assert listen(yuan) * 100 + int("".join(str(VALUES[sign]) for sign in part).ljust(2, "0") or 0) == fen


@given(st.lists(FENS, min_size=2, max_size=2, unique=True))
def test_two_amounts_never_sound_the_same_in_english(two: list[Fen]) -> None:
    assert amount_en(two[0]) != amount_en(two[1])


@pytest.mark.parametrize("fen", [-1, 10**13])
def test_amount_that_no_shop_says_is_refused(fen: int) -> None:
    for speak in (amount_zh, amount_point_zh, amount_en):
        with pytest.raises(CodecError, match="never spoken"):
            speak(Fen(fen))


def test_two_is_said_as_a_count_or_as_a_number() -> None:
    assert (count_zh(2), number_zh(2), number_zh(12), number_zh(2000)) == ("两", "二", "十二", "两千")


def test_english_says_and_before_a_last_digit_only() -> None:
    assert number_en(12) == "twelve"
    assert number_en(1_000_001) == "one million and one"
    assert number_en(912_345) == "nine hundred twelve thousand three hundred forty-five"


@pytest.mark.parametrize(
    ("qty", "zh", "en"),
    [
        (2000, "两", "two"),
        (12000, "十二", "twelve"),
        (735, "零点七三五", "zero point seven three five"),
        (2500, "二点五", "two point five"),
    ],
)
def test_quantity_is_a_count_or_a_decimal(qty: int, zh: str, en: str) -> None:
    assert (quantity_zh(Milli(qty)), quantity_en(Milli(qty))) == (zh, en)


def test_codes_phones_and_shelves_are_read_digit_by_digit() -> None:
    assert digits_zh("13800138000") == "一三八，零零一三，八零零零"
    assert digits_zh("138-0013-8000", yao=True) == "幺三八，零零幺三，八零零零"
    assert digits_zh("A-3-12") == "A，三，一二"
    assert digits_en("A-3-12") == "A, three, one two"


@pytest.mark.parametrize(
    ("hour", "minute", "zh", "en"),
    [
        (15, 5, "下午三点零五分", "three oh five p.m."),
        (0, 30, "凌晨零点三十分", "twelve thirty a.m."),
        (9, 0, "上午九点", "nine a.m."),
        (12, 15, "中午十二点十五分", "twelve fifteen p.m."),
        (14, 0, "下午两点", "two p.m."),
        (23, 59, "晚上十一点五十九分", "eleven fifty-nine p.m."),
    ],
)
def test_time_of_day_is_spoken_by_the_part_of_the_day(hour: int, minute: int, zh: str, en: str) -> None:
    assert (time_of_day_zh(hour, minute), time_of_day_en(hour, minute)) == (zh, en)


def listen(spoken: str) -> int:
    """What a Chinese number means, by rules of its own."""
    if "万" in spoken:
        high, _, low = spoken.partition("万")
        return listen(high) * 10_000 + listen(low or "零")
    total, digit = 0, 0
    for sign in spoken:
        if sign in UNITS:
            total, digit = total + (digit or 1) * UNITS[sign], 0
        else:
            digit = VALUES[sign]
    return total + digit
