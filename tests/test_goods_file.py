"""A table of goods as people and other boxes write it, held against what the shop has; hostile ones change nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.codec.goods_file import MAX_LINES, GoodsFile, wrong_barcode
from edge.codec.shop_tables import GOODS, HEADS, goods_row
from edge.model.goods_plan import WRONG, GoodsLine, GoodsPlan, KnownGoods, Put, Wrong, plan_goods
from edge.model.goods_row import GoodsRow
from edge.model.money import Fen

COLA, TEA, WRONG_COLA = "6901234567892", "6909999999996", "6901234567893"
HEAD = "编码,商品,售价\r\n"


def blocks(octets: bytes, size: int = 7) -> Iterator[bytes]:
    yield from (octets[at : at + size] for at in range(0, len(octets), size))


def file_of(text: str | bytes, size: int = 16_384) -> GoodsFile:
    octets = text if isinstance(text, bytes) else text.encode()
    return GoodsFile(lambda: blocks(octets, size))


def lines(text: str | bytes, size: int = 16_384) -> list[GoodsLine | Wrong]:
    return list(file_of(text, size).lines())


def only(text: str | bytes) -> GoodsLine | Wrong:
    (one,) = lines(text)
    return one


def wrong(text: str | bytes) -> tuple[int, str, str]:
    one = only(text)
    assert isinstance(one, Wrong) and one.what in WRONG
    return one.line, one.column, one.what


def planned(text: str | bytes, *known: KnownGoods, is_managed: bool = False) -> GoodsPlan:
    def find(skus: Sequence[str], gtins: Sequence[str], plus: Sequence[str]) -> Sequence[KnownGoods]:
        return [one for one in known if one.sku in skus or one.gtin in gtins or one.plu in plus]

    return plan_goods(
        file_of(text).lines(), find, wrong_barcode=wrong_barcode, limit_percent=20, is_managed=is_managed
    )  # fmt: skip


def here(sku: str = COLA, price: int | None = 300, **more: Any) -> KnownGoods:
    return KnownGoods(**({"sku": sku, "name": "可乐", "gtin": f"0{COLA}", "plu": None,
                          "price": None if price is None else Fen(price), "listed": True} | more))  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("size", [1, 2, 16_384])
def test_what_any_spreadsheet_writes_is_read(encoding: str, delimiter: str, end: str, size: int) -> None:
    rows = [("编码", "商品名称", "售价（元）", "单位"), (COLA, "可乐 330ml", "3.50", "罐"), (TEA, "茶", "８", "")]
    text = "".join(delimiter.join(row) + end for row in rows)
    cola, tea = lines(text.encode(encoding), size)
    assert cola == GoodsLine(2, COLA, f"0{COLA}", "可乐 330ml", Fen(350), {"unit": "罐"})
    assert tea == GoodsLine(3, TEA, f"0{TEA}", "茶", Fen(800), {})
    file = file_of(text.encode(encoding))
    assert (file.encoding, len(list(file.lines())), file.encoding) == ("", 2, encoding.removesuffix("-sig"))


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_one_box_exports_another_one_reads(language: str) -> None:
    rows = (
        GoodsRow("A-17", '=cmd|"x",\nb', Fen(350), Fen(300), None, weighed=True, barcode=f"0{COLA}", unit="罐",
                 plu="17", age=18),
        GoodsRow("-5", "+C 水", None, None, None, weighed=False),
    )  # fmt: skip
    text = StringIO("\ufeff", newline="")
    text.seek(0, 2)
    csv.writer(text).writerows([HEADS[language][GOODS], *map(goods_row, rows)])
    file = file_of(text.getvalue())
    strange, water = file.lines()
    assert isinstance(strange, Wrong) and strange.what == "text", "a name that cannot be printed"
    assert water == GoodsLine(4, "-5", None, "+C 水", None, {})
    assert file.ignored == HEADS[language][GOODS][3:5]
    (plain,) = lines(text.getvalue().replace(",\n", "").rsplit("'-5", 1)[0])
    assert plain == GoodsLine(2, "A-17", f"0{COLA}", '=cmd|"x"b', Fen(300),
                              {"unit": "罐", "weighed": True, "plu": "17", "age": 18})  # fmt: skip
    csv.writer(text).writerows(
        goods_row(GoodsRow(code, "", None, Fen(800), None, weighed=False)) for code in (TEA, WRONG_COLA)
    )
    plan = planned(text.getvalue().replace(",\nb", ""))
    assert (plan.nameless, plan.new, plan.wrong) == (2, 2, []), "what was only learnt at the counter has no name"


@pytest.mark.parametrize(("line", "column", "what"), [
    (f"{COLA},可乐,三块", "price", "price"), (f"{COLA},可乐,3.505", "price", "price"),
    (f"{COLA},可乐,-3", "price", "price"),
    (f"{COLA},可乐,0", "price", "bounds"), (f"{COLA},可乐,100000.01", "price", "bounds"),
    (",可乐,3", "code", "missing"),
    (f"{COLA},可\x00乐,3", "name", "text"), ("\x00,可乐,3", "code", "text"),
    ("6.90123E+12,可乐,3", "code", "shortened"),
    (f"{'9' * 33},可乐,3", "code", "text"), (f"{COLA},可乐,3,4", "", "cells"), (f'{COLA},"可"乐,3', "", "quote"),
    (f"{COLA},{'长' * 5_000},3", "", "long"),
])  # fmt: skip
def test_what_is_wrong_with_a_line_is_told_with_its_place(line: str, column: str, what: str) -> None:
    assert wrong(f"{HEAD}\r\n{line}\r\n") == (3, column, what)


@pytest.mark.parametrize(("text", "what"), [
    (b"", "empty"), (b"\r\n \r\n", "empty"), (b"\xff\xfe\x01\x00", "encoding"), (b"PK\x03\x04\xff\xff", "encoding"),
    ("商品,售价\n".encode(), "head"), ("编码,商品\n".encode(), "head"), ("编码,code,售价\n".encode(), "column_twice"),
    (b"\x00" * 9_000, "long"), (b"x" * 1_000_000, "long"),
])  # fmt: skip
def test_what_is_no_table_of_goods_is_told_in_one_line(text: bytes, what: str) -> None:
    assert lines(text)[0] in [Wrong(1, "", what), Wrong(1, "code", what), Wrong(1, "", what, expected="4096")]
    assert len(lines(text)) <= 2


def test_a_line_of_a_megabyte_costs_itself_and_no_other() -> None:
    found = lines(f"{HEAD}{'x' * 1_000_000}\r\n{COLA},可乐,3\r\n")
    assert [type(one) for one in found] == [Wrong, GoodsLine]
    assert [one.line for one in found] == [2, 3]


def test_a_quotation_mark_that_is_never_closed_ends_the_file_where_it_stands() -> None:
    found = lines(HEAD + f'{COLA},"可乐,3\r\n' + f"{TEA},茶,3\r\n" * 20_000)
    assert [(one.line, one.what) for one in found if isinstance(one, Wrong)] == [(2, "quote")]


def test_more_lines_than_a_shop_has_are_not_read_to_their_end() -> None:
    found = lines(HEAD + f"{COLA},可乐,3\r\n" * (MAX_LINES + 10))
    assert len(found) == MAX_LINES + 1 and isinstance(found[-1], Wrong) and found[-1].what == "many"


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "@SUM(1)", "+1", "＝1"])
def test_what_looks_like_a_formula_is_a_text_and_nothing_else(cell: str) -> None:
    for written in (cell, f"'{cell}"):
        one = only(f"{HEAD}A1,{written},3\r\n")
        assert isinstance(one, GoodsLine) and one.name == cell
    kept = only(f'{HEAD}"=""{COLA}""",可乐,3\r\n')
    assert isinstance(kept, GoodsLine) and kept.code == COLA, "how people keep a barcode from being a number"


@given(st.binary(max_size=300), st.integers(1, 50))
def test_garbage_is_told_and_never_raises(octets: bytes, size: int) -> None:
    for text in (octets, HEAD.encode() + octets):
        assert all(isinstance(one, GoodsLine | Wrong) for one in lines(text, size))
        assert lines(text, size) == lines(text, 1)


# --- held against the shop ------------------------------------------------------------------------------------------


def test_new_goods_other_prices_and_what_stays_are_counted() -> None:
    plan = planned(f"{HEAD}{COLA},可乐,3.50\r\n{TEA},茶,8\r\n", here())
    assert plan.prices == [(COLA, 350)] and plan.puts == [Put(TEA, {"name": "茶", "price": 800, "gtin": f"0{TEA}"})]
    assert (plan.new, plan.named, plan.same, plan.far, plan.wrong_lines) == (1, 0, 0, 0, 0)
    assert planned(f"{HEAD}{COLA},可乐,3\r\n", here()).same == 1
    assert planned(f"{HEAD}{COLA},,\r\n", here()).same == 1, "an empty price changes nothing"


def test_goods_are_known_by_their_barcode_too_and_keep_their_code() -> None:
    assert planned(f"{HEAD}{COLA},可乐,3.50\r\n", here("A-17")).prices == [("A-17", 350)]


def test_a_name_is_changed_where_the_catalogue_is_the_shops_own() -> None:
    assert planned(f"{HEAD}{COLA},可口可乐,3\r\n", here()).puts == [Put(COLA, {"name": "可口可乐"})]
    managed = planned(f"{HEAD}{COLA},可口可乐,3.50\r\n{TEA},茶,8\r\n", here(), is_managed=True)
    assert (managed.puts, managed.prices, managed.left_out, managed.named) == ([], [(COLA, 350)], 2, 0)


HEAD_ALL = "编码,条码,商品,售价,单位,称重,plu,年龄\r\n"


def test_what_else_the_table_says_of_known_goods_is_put_where_the_catalogue_is_the_shops_own() -> None:
    cola = here(unit="罐", plu="7")
    table = f"{HEAD_ALL}{COLA},0{TEA},可乐,3,瓶,是,8,18\r\n"
    plan = planned(table, cola)
    told = {"gtin": f"0{TEA}", "unit": "瓶", "weighed": True, "plu": "8", "age": 18}
    assert plan.puts == [Put(COLA, told)] and (plan.altered, plan.named, plan.same) == (1, 0, 0)
    managed = planned(table, cola, is_managed=True)
    assert (managed.puts, managed.altered, managed.left_out, managed.same) == ([], 0, 1, 0)
    same = planned(f"{HEAD_ALL}{COLA},{COLA},,3,罐,,007,\r\n", cola)
    assert (same.puts, same.same) == ([], 1), "an empty cell changes nothing, and a code is no other barcode"
    assert planned(f"{HEAD_ALL}{COLA},,可乐,3,,,,\r\n", here(gtin=None)).same == 1


@pytest.mark.parametrize("listed", [True, False])
def test_known_goods_get_no_number_that_others_have(listed: bool) -> None:
    known = here("A", gtin=None, name="甲" if listed else "", listed=listed), here(TEA, gtin=f"0{TEA}", plu="8")
    for row, column in (("A,,甲,3,,,8,", "plu"), (f"A,{TEA},甲,3,,,,", "barcode")):
        (one,) = planned(f"{HEAD_ALL}{row}\r\n", *known).wrong
        assert (one.column, one.what, one.expected) == (column, "taken", TEA)
        assert planned(f"{HEAD_ALL}{row}\r\n", *known, is_managed=True).wrong_lines == 0
    (one,) = planned(f"{HEAD_ALL}A,,甲,3,,,9,\r\nB,,乙,3,,,9,\r\n", *known).wrong
    assert (one.line, one.column, one.what) == (3, "plu", "twice")


def test_goods_that_no_catalogue_names_get_their_name_and_number() -> None:
    learnt = here("A", 300, name="", gtin=None, listed=False)
    assert planned(f"{HEAD_ALL}A,{TEA},甲,3,,,9,\r\n", learnt).puts == [
        Put("A", {"name": "甲", "gtin": f"0{TEA}", "plu": "9"})
    ]
    plan = planned(f"{HEAD_ALL}A,,,4,,,9,\r\n", learnt)
    assert (plan.puts, plan.prices, plan.nameless) == ([], [("A", 400)], 0)


def test_far_cheaper_prices_are_counted_for_the_owner() -> None:
    plan = planned(f"{HEAD}{COLA},可乐,2.39\r\n{TEA},茶,2.40\r\n", here(), here(TEA, gtin=None))
    assert (plan.far, len(plan.prices)) == (1, 2)


@pytest.mark.parametrize(("rows", "found"), [
    (f"{COLA},可乐,3\r\n{COLA},可乐,4", (3, "code", "twice", "2")),
    (f"{WRONG_COLA},可乐,3", (2, "code", "check", "2")),
    ("svc:1,修,3", (2, "code", "text", "")),
])  # fmt: skip
def test_what_two_lines_say_of_one_and_a_bad_check_digit_are_told(rows: str, found: tuple[int, str, str, str]) -> None:
    (one,) = planned(f"{HEAD}{rows}\r\n").wrong
    assert (one.line, one.column, one.what, one.expected) == found


def test_a_code_that_the_shop_has_may_look_like_a_wrong_barcode() -> None:
    assert planned(f"{HEAD}{WRONG_COLA},可乐,4\r\n", here(WRONG_COLA, gtin=None)).prices == [(WRONG_COLA, 400)]


def test_a_barcode_and_a_number_of_the_scale_are_one_goods_each() -> None:
    head = "编码,条码,商品,售价,plu\r\n"
    plan = planned(
        f"{head}A,{COLA},甲,3,7\r\nB,{COLA},乙,3,\r\nC,,丙,3,007\r\nD,,丁,3,8\r\n", here("X", gtin=None, plu="8")
    )
    assert [(one.line, one.column, one.what) for one in plan.wrong] == [
        (3, "barcode", "twice"), (4, "plu", "twice"), (5, "plu", "taken"),
    ]  # fmt: skip


def test_of_many_wrong_lines_twenty_are_told_and_all_are_counted() -> None:
    plan = planned(HEAD + "".join(f"A{n},货,x\r\n" for n in range(100)))
    assert (len(plan.wrong), plan.wrong_lines, plan.wrong[-1].line) == (20, 100, 21)


def test_lines_are_looked_up_in_parts() -> None:
    asked: list[int] = []

    def known(skus: Sequence[str], gtins: Sequence[str], plus: Sequence[str]) -> Sequence[KnownGoods]:
        asked.append(len(skus))
        return []

    text = HEAD + "".join(f"A{n},货,1\r\n" for n in range(1_200))
    plan = plan_goods(file_of(text).lines(), known, wrong_barcode=wrong_barcode, limit_percent=20, is_managed=False)
    assert asked == [500, 500, 200] and plan.new == 1_200
