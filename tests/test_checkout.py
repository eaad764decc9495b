"""At the counter: what the scanner and the keys do to the basket, and what the shopkeeper hears."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from counter_bench import (
    COLA,
    NEW_TEA,
    NOODLES,
    STRANGE,
    STRANGE_NAME,
    CounterBench,
    Habits,
    ean,
    goods,
)

from edge.messages import View
from edge.model.money import quantity_text
from edge.model.sale import MAX_LINES, State

REMOVE, UNDO, CANCEL, CHECK, STOP = "ZZ1045", "ZZ1052", "ZZ1069", "ZZ1090", "ZZ1908"
TIMES_2, TIMES_24 = "ZZ1212", "ZZ1274"


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def total(shop: CounterBench) -> int:
    return shop.sale.total if shop.sale else 0


def test_the_first_scan_opens_a_sale_and_shows_name_price_and_total(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    assert shop.lines == [("可乐", 300), ("方便面", 450)]
    shown = shop.shown[-1]
    assert (shown.view, shown.name, shown.price, shown.amount) == (View.ITEM, "方便面", 450, 750)
    assert shop.last_words == "方便面，四元五角"


def test_goods_are_shown_only_after_they_are_committed(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.restart()
    assert shop.lines == [("可乐", 300)]
    assert shop.shown[-1].name == "可乐"
    assert "断电恢复" in shop.last_words


def test_times_changes_the_last_line_at_once(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("3*")
    assert shop.lines == [("可乐", 900)]
    assert shop.last_words == "可乐，三件，九元"


def test_times_with_an_empty_basket_waits_for_the_scan(shop: CounterBench) -> None:
    shop.keys("3*")
    assert shop.sale is None
    shop.scan(COLA)
    assert (shop.lines, shop.last_words) == ([("可乐", 900)], "可乐，三件，九元")
    shop.scan(COLA)
    assert shop.lines == [("可乐", 900), ("可乐", 300)]


def test_a_shop_that_keys_the_quantity_first_has_it_wait_for_the_next_scan(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(pieces_before_scan=True))
    shop.scan(COLA)
    shop.keys("3*")
    assert shop.lines == [("可乐", 300)]
    shop.scan(NOODLES)
    assert shop.lines == [("可乐", 300), ("方便面", 1350)]
    shop.card(TIMES_2)
    assert shop.lines[-1] == ("方便面", 900)


def test_a_quantity_keyed_first_counts_for_goods_that_must_be_priced_too(shop: CounterBench) -> None:
    shop.keys("3*")
    shop.scan(STRANGE)
    shop.keys("2E")
    assert shop.lines == [(STRANGE_NAME, 600)]


def test_a_quantity_keyed_first_counts_for_goods_without_a_barcode_too(shop: CounterBench) -> None:
    shop.keys("3*2.5+")
    assert shop.lines == [("无码商品", 750)]


@pytest.mark.parametrize("first", [(), (COLA,)])
def test_more_than_99_pieces_are_asked_about_before_or_after_a_scan(shop: CounterBench, first: tuple[str, ...]) -> None:
    shop.scan(*first)
    shop.keys("120*")
    assert shop.prompts[-1] == "qty.confirm"
    assert total(shop) in (0, 300)
    shop.keys("E")
    shop.scan(*(() if first else (COLA,)))
    assert shop.lines == [("可乐", 36_000)]


@pytest.mark.parametrize("typed", ["0*", "1000*", "1.5*"])
def test_no_pieces_and_more_than_999_and_halves_are_refused(shop: CounterBench, typed: str) -> None:
    shop.scan(COLA)
    shop.keys(typed)
    assert shop.prompts[-1] in ("err.generic", "err.amount")
    assert shop.lines == [("可乐", 300)]


def test_quantity_cards_always_mean_the_last_line(shop: CounterBench) -> None:
    shop.card(TIMES_2)
    assert shop.prompts[-1] == "sale.empty"
    shop.scan(COLA, NOODLES)
    shop.card(TIMES_24)
    assert shop.lines == [("可乐", 300), ("方便面", 10_800)]


def test_plus_alone_adds_one_more_of_the_last_line(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("++")
    assert total(shop) == 900
    assert len(shop.lines) == 3


def test_minus_removes_the_last_line_and_says_what_and_keeps_both_lines(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("-")
    assert shop.last_words == "已删除方便面"
    assert shop.lines == [("可乐", 300)]
    shop.card("ZZ1021")
    lines = shop.sales()[-1]["lines"]
    assert [(line["kind"], line["qty"], line.get("voids")) for line in lines] == [
        ("item", "1", None), ("item", "1", None), ("void", "-1", 2)
    ]  # fmt: skip


def test_the_remove_card_takes_back_the_newest_line_of_what_is_scanned_next(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES, COLA)
    shop.keys("2*")
    shop.card(REMOVE)
    assert shop.last_words == "请扫要删除的商品"
    shop.scan(COLA)
    assert shop.lines == [("可乐", 300), ("方便面", 450)]
    shop.scan(COLA)
    assert total(shop) == 1050


def test_removing_what_is_not_there_says_so_and_waits_for_the_right_goods(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card(REMOVE)
    shop.scan(NOODLES)
    assert (shop.last_words, total(shop)) == ("这一单没有方便面", 300), "nor is it sold now, which nobody would notice"
    shop.scan(COLA)
    assert total(shop) == 0


def test_removing_is_forgotten_after_half_a_minute(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card(REMOVE)
    shop.pass_s(29)
    shop.scan(NOODLES)
    shop.pass_s(31)
    shop.scan(NOODLES)
    assert total(shop) == 750


def test_undo_goes_back_ten_steps_and_no_further(shop: CounterBench) -> None:
    for _ in range(6):
        shop.scan(COLA)
        shop.keys("2*")
    for _ in range(10):
        shop.card(UNDO)
    assert shop.lines == [("可乐", 600)]
    shop.card(UNDO)
    assert shop.prompts[-1] == "undo.none"


def test_the_quantity_that_a_line_has_already_is_no_step_to_undo(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("3*")
    shop.keys("3*")
    shop.card(UNDO)
    assert shop.lines == [("可乐", 300)]


def test_undo_brings_a_removed_line_back_as_it_was(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("3*-")
    shop.card(UNDO)
    assert shop.last_words == "已恢复：方便面"
    assert shop.lines == [("可乐", 300), ("方便面", 1350)]
    shop.card(UNDO, UNDO)
    assert shop.lines == [("可乐", 300)]


def test_cancel_needs_the_same_card_within_five_seconds(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card(CANCEL)
    assert shop.last_words == "取消三元整单？再扫一次"
    shop.pass_s(6)
    shop.card(CANCEL)
    assert shop.lines == [("可乐", 300)]
    shop.card(CANCEL)
    assert shop.sale is None
    assert shop.last_words == "已取消"
    assert [row["data"]["why"] for row in shop.records("sale.cancelled")] == ["cancelled"]
    assert shop.kicked == []


def test_enter_confirms_a_cancel_and_a_scan_forgets_it(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card(CANCEL)
    shop.scan(COLA)
    shop.keys("E")
    assert shop.sale is not None
    assert shop.sale.state is State.SUBTOTAL
    shop.card(CANCEL)
    shop.keys("E")
    assert shop.sale is None


def test_an_emptied_sale_is_cancelled_after_30_seconds(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("-")
    shop.pass_s(29)
    assert shop.records("sale.cancelled") == []
    shop.pass_s(2)
    assert shop.sale is None
    assert [row["data"]["why"] for row in shop.records("sale.cancelled")] == ["empty"]


def test_a_price_check_in_between_does_not_keep_an_emptied_sale_open(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("-")
    shop.card(CHECK)
    shop.pass_s(31)
    assert shop.sale is None


def test_a_power_cut_does_not_keep_an_emptied_sale_open(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("-")
    shop.restart()
    shop.pass_s(31)
    assert shop.sale is None


def test_a_hundred_lines_are_a_sale_and_the_next_scan_asks_to_pay_first(shop: CounterBench) -> None:
    for _ in range(MAX_LINES):
        shop.keys("+" if shop.sale else "1+")
    shop.hush()
    shop.scan(COLA)
    assert shop.last_words == "满一百行了，请先结账"
    shop.scan(STRANGE)
    shop.keys("3E")
    assert shop.records("item.unknown") == []
    shop.card("ZZ1021")
    assert len(shop.sales()[-1]["lines"]) == MAX_LINES


def test_a_full_sale_from_which_everything_is_removed_again_can_still_be_paid_or_cancelled(tmp_path: Path) -> None:
    """Each removal is a line of its own: unbounded, the sale would fit no record and the counter would be stuck."""
    fat = goods(COLA, "特别长的商品名字" * 9, 350, unit="大箱装特大箱装")
    shop = CounterBench(tmp_path / "shop", items=[fat, goods(NOODLES, "面", 100)])
    for _ in range(MAX_LINES):
        shop.scan(COLA)
    for _ in range(MAX_LINES):
        shop.keys("-")
    shop.restart()
    shop.card(CANCEL, CANCEL)
    assert shop.sale is None
    assert len(shop.records("sale.cancelled")) == 1
    shop.sell(NOODLES)
    assert shop.sales()[-1]["total"] == 100


def test_goods_with_monstrous_keys_fill_a_sale_before_it_fits_no_record(tmp_path: Path) -> None:
    fat = replace(goods(COLA, "名" * 80, 350, unit="箱" * 8), sku="货" * 32)
    shop = CounterBench(tmp_path / "shop", items=[fat])
    for _ in range(MAX_LINES + 5):
        shop.scan(COLA)
    assert shop.prompts[-1] == "sale.no_room"
    shop.card("ZZ1021")
    assert len(shop.sales()) == 1


def test_stop_leaves_whatever_was_begun_and_keeps_the_basket(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card(CHECK)
    shop.card(STOP)
    shop.scan(NOODLES)
    assert total(shop) == 750


def test_help_says_what_can_be_done_now(shop: CounterBench) -> None:
    shop.keys("/")
    assert shop.prompts[-1] == "sys.help_idle"
    shop.scan(COLA)
    shop.keys("/")
    assert shop.prompts[-1] == "help.open"
    shop.keys("E/")
    assert shop.prompts[-1] == "help.subtotal"
    shop.scan(ean("690999999998"))
    shop.keys("/")
    assert shop.prompts[-1] == "item.unknown"


SCRIPT = ("scan", COLA), ("keys", "2*"), ("scan", STRANGE), ("keys", "4.5E"), ("scan", NOODLES), ("keys", "-"), (
    "scan", UNDO), ("keys", "1.2+"), ("keys", "E"), ("scan", COLA), ("scan", REMOVE), ("scan", COLA), ("scan", UNDO), (
    "scan", NEW_TEA), ("keys", "9E"), ("keys", "E"), ("keys", "50E")  # fmt: skip


def test_the_basket_survives_a_power_cut_at_every_beep(tmp_path: Path) -> None:
    """The same script with a cut after each step ends in the same sale. A question open for seconds is not kept."""
    steady = CounterBench(tmp_path / "steady")
    shaky = CounterBench(tmp_path / "shaky")
    for how, what in SCRIPT:
        for shop in (steady, shaky):
            (shop.scan if how == "scan" else shop.keys)(what)
        if what != REMOVE:
            shaky.restart()
        assert shaky.lines == steady.lines
    assert steady.sale is None
    assert _bought(shaky) == _bought(steady)
    assert len(shaky.sales()) == 1
    assert shaky.verdict() == ""


def _bought(shop: CounterBench) -> object:
    sale = shop.sales()[-1]
    return [(line["sku"], line["qty"], line["amt"]) for line in sale["lines"]], sale["total"], sale["pay"]


def test_quantities_are_told_as_the_shortest_decimal(shop: CounterBench) -> None:
    shop.scan(COLA)
    assert shop.sale is not None
    assert quantity_text(shop.sale.lines[0].qty) == "1"


@pytest.mark.parametrize("drop", ["-", UNDO])
def test_pieces_that_wait_for_goods_are_dropped_by_minus_and_undo(shop: CounterBench, drop: str) -> None:
    shop.keys("12*")
    shop.keys("-") if drop == "-" else shop.card(drop)
    assert shop.last_words == "好的，不做了"
    shop.scan(COLA)
    assert shop.lines == [("可乐", 300)]


def test_a_price_above_the_limit_is_that_of_all_pieces(shop: CounterBench) -> None:
    shop.keys("99*6+")
    assert (shop.last_words, shop.lines) == ("六元，对吗？按确认", [])
    shop.keys("E")
    assert shop.lines == [("无码商品", 59_400)]
