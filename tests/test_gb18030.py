"""Chinese for printers and displays: what leaves is printable, measured in cells, and broken where a reader would."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.gb18030 import cells, clip, encode, pad, printable, row, wrap
from edge.errors import CodecError

texts = st.text(max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¥12.00", "￥12.00"),
        ("茶😀叶", "茶□叶"),
        ("👨‍👩‍👧", "□□□"),
        ("Ø 25 m² ½ µm", "□ 25 m2 1/2 μm"),
        ("crème brûlée ñandú", "crème brulée nandú"),
        ("㎡①℃×…—", "㎡①℃×…—"),
        ("a\tb\nc", "a b c"),
        ("可乐\u00a0330ml", "可乐 330ml"),
        ("\ufeff牛奶\u200b", "牛奶"),
        ("\ud800", "□"),
        ("가", "□"),
    ],
)
def test_a_text_becomes_what_a_printer_has(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_a_goods_name_cannot_kick_the_drawer() -> None:
    assert b"\x1b" not in encode("可乐\x1bp\x0022")
    assert encode("\x10\x04\x01\x1d\x1c") == b""


@given(texts)
def test_every_text_is_encodable_and_its_cells_are_its_bytes(text: str) -> None:
    octets = encode(text)
    assert all(octet >= 0x20 for octet in octets)
    assert cells(text) == len(octets) == sum(1 if char.isascii() else 2 for char in printable(text))
    assert printable(printable(text)) == printable(text)


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("", 8, [""]),
        ("农夫山泉", 8, ["农夫山泉"]),
        ("农夫山泉水", 8, ["农夫山泉", "水"]),
        ("农夫山泉水", 9, ["农夫山泉", "水"]),
        ("农夫山泉，好", 8, ["农夫山", "泉，好"]),
        ("红烧（大）面", 6, ["红烧", "（大）", "面"]),
        ("Coca-Cola Zero", 10, ["Coca-Cola", "Zero"]),
        ("矿泉水 550ml", 10, ["矿泉水", "550ml"]),
        ("supercalifragilistic", 8, ["supercal", "ifragili", "stic"]),
        ("一\n二\r\n三", 8, ["一", "二", "三"]),
        ("，，，，，，", 4, ["，，", "，，", "，，"]),
    ],
)
def test_lines_are_broken_where_a_reader_would(text: str, columns: int, lines: list[str]) -> None:
    assert wrap(text, columns) == lines


@given(texts, st.integers(min_value=2, max_value=48))
def test_no_line_is_too_wide_and_nothing_but_blanks_is_lost(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert lines
    assert all(cells(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == printable(text).replace(" ", "")


def test_a_column_too_narrow_for_chinese_is_refused() -> None:
    with pytest.raises(CodecError, match="too narrow"):
        wrap("中", 1)


def test_amounts_stand_at_the_right_edge() -> None:
    assert row("合计", "12.00", 20) == ["合计           12.00"]
    assert [cells(line) for line in row("农夫山泉", "2.00", 32)] == [32]


def test_an_amount_that_does_not_fit_beside_stands_alone_below() -> None:
    assert row("农夫山泉饮用水", "12.00", 18) == ["农夫山泉饮用水", "             12.00"]


def test_an_amount_stands_beside_the_end_of_a_long_name() -> None:
    assert row("农夫山泉饮用天然水特大瓶装", "12.00", 18) == ["农夫山泉饮用天然水", "特大瓶装     12.00"]


def test_text_is_clipped_between_characters() -> None:
    assert clip("农夫山泉", 5) == "农夫"
    assert pad("农夫山泉", 5) == "农夫 "
    assert pad("ab", 5) == "ab   "


@given(texts, texts, st.integers(min_value=2, max_value=48))
def test_rows_keep_to_the_paper(left: str, right: str, columns: int) -> None:
    assert all(cells(line) <= columns for line in row(left, right, columns))
