"""Prices that must be asked for, told, learnt or confirmed: look-up, unknown goods, goods without a barcode."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import (
    BAG,
    COLA,
    NEW_TEA,
    NOODLES,
    OLD_MILK,
    SHELF,
    STRANGE,
    STRANGE_NAME,
    CounterBench,
    Goods,
    Habits,
)

from edge.codec.command_card import card_code
from edge.messages import Show, Tone, View
from edge.model.item import Gtin14, Item
from edge.model.money import Fen
from edge.services.checkout import CheckoutRules

CHECK, PRICE_IT = "ZZ1090", card_code(113)


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def total(shop: CounterBench) -> int:
    return sum(fen for _, fen in shop.lines)


def test_price_check_says_and_shows_the_price_and_sells_nothing(shop: CounterBench) -> None:
    shop.card(CHECK)
    shop.scan(COLA)
    assert shop.last_words == "查价：可乐，三元"
    assert (shop.shown[-1].name, shop.shown[-1].price) == ("可乐", 300)
    assert shop.sale is None
    shop.scan(COLA)
    assert total(shop) == 300


def test_price_check_ends_after_ten_seconds(shop: CounterBench) -> None:
    shop.card(CHECK)
    shop.pass_s(10.1)
    shop.scan(COLA)
    assert total(shop) == 300


def test_price_check_of_strange_goods_tells_what_the_till_learnt_or_that_it_knows_nothing(shop: CounterBench) -> None:
    shop.card(CHECK)
    shop.scan(STRANGE)
    assert shop.last_words == "查不到价格"
    shop.scan(STRANGE)
    shop.keys("2.5E")
    shop.card(CHECK)
    shop.scan(STRANGE)
    assert shop.last_words.endswith("两元五角")
    assert total(shop) == 250


def test_an_unknown_barcode_asks_for_its_price_sells_reports_and_is_remembered(shop: CounterBench) -> None:
    shop.scan(STRANGE)
    assert shop.last_words == "没有这个货，输价格按确认"
    assert shop.sale is None
    shop.keys("8.8E")
    assert shop.lines == [(STRANGE_NAME, 880)]
    assert shop.last_words == "新商品9996，八元八角"
    shop.scan(STRANGE)
    assert total(shop) == 1760, "once for the basket, too"
    shop.card("ZZ1021")
    assert [row["data"] for row in shop.records("item.unknown")] == [{"barcode": STRANGE, "price": 880}]
    shop.restart()
    shop.scan(STRANGE)
    assert total(shop) == 880
    shop.card("ZZ1021")
    assert len(shop.records("item.unknown")) == 1


@pytest.mark.parametrize("slip", ["undo", "minus", "cancelled", "practised"])
def test_a_price_that_was_never_paid_is_not_learnt(shop: CounterBench, slip: str) -> None:
    if slip == "practised":
        shop.card(card_code(187))
    shop.scan(STRANGE)
    shop.keys("35E")
    match slip:
        case "undo":
            shop.card("ZZ1052")
        case "minus":
            shop.keys("-")
        case "cancelled":
            shop.card("ZZ1069", "ZZ1069")
        case "practised":
            shop.card("ZZ1021", card_code(187))
    shop.scan(STRANGE)
    assert shop.prompts[-1] == "item.unknown"
    shop.keys("3.5E")
    shop.card("ZZ1021")
    assert [sale["total"] for sale in shop.sales()] == [350]
    assert [row["data"]["price"] for row in shop.records("item.unknown")] == [350]


def test_the_shelf_price_card_sets_a_price_and_zero_gives_it_up(shop: CounterBench) -> None:
    shop.card(PRICE_IT)
    assert shop.last_words == "请扫要定价的商品"
    shop.scan(COLA)
    assert shop.last_words == "可乐，三元，输新价格"
    shop.keys("3.5E")
    assert shop.last_words == "可乐，定价三元五角"
    shop.sell(COLA)
    shop.card(PRICE_IT)
    shop.scan(COLA)
    shop.keys("0E")
    assert shop.last_words == "可乐，用原来的价"
    shop.sell(COLA)
    assert [sale["total"] for sale in shop.sales()] == [350, 300]


def test_a_price_that_was_learnt_wrong_is_put_right_by_the_card(shop: CounterBench) -> None:
    shop.scan(STRANGE)
    shop.keys("20E")
    shop.card("ZZ1021", PRICE_IT)
    shop.scan(STRANGE)
    assert shop.last_words == "新商品9996，二十元，输新价格"
    shop.keys("18E")
    shop.sell(STRANGE)
    assert shop.sales()[-1]["total"] == 1_800


def test_a_shelf_price_far_below_needs_the_owner(shop: CounterBench) -> None:
    shop.card(PRICE_IT)
    shop.scan(COLA)
    shop.keys("1E")
    assert shop.prompts[-1] == "owner.first"
    shop.as_owner()
    shop.keys("1E")
    assert shop.last_words == "可乐，定价一元"


def test_a_catalogue_does_not_overwrite_the_shops_price(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.scan(STRANGE)
    shop.keys("5E")
    shop.card("ZZ1021")
    shop.catalogue.switch(Goods([*SHELF, Item(sku=STRANGE, gtin=Gtin14(f"0{STRANGE}"), name="海苔", price=Fen(800))]))
    shop.scan(STRANGE)
    assert shop.lines == [("海苔", 500)]


def test_enter_without_a_price_repeats_the_question(shop: CounterBench) -> None:
    shop.scan(STRANGE)
    shop.hush()
    shop.keys("E")
    assert shop.last_words == "没有这个货，输价格按确认"
    shop.keys("5E")
    assert total(shop) == 500


def test_the_question_for_a_price_outlives_a_power_cut(shop: CounterBench) -> None:
    shop.scan(STRANGE)
    shop.hush()
    shop.restart()
    assert shop.last_words == "没有这个货，输价格按确认"
    assert shop.shown[-1] == Show(View.TEXT, name=STRANGE)
    shop.keys("5E")
    assert shop.lines == [(STRANGE_NAME, 500)]


def test_an_empty_sale_does_not_end_while_a_price_is_asked_for(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("-")
    shop.pass_s(27)
    shop.scan(STRANGE)
    shop.pass_s(40)
    shop.keys("5E")
    assert shop.lines == [(STRANGE_NAME, 500)]


def test_goods_without_a_price_are_never_sold_silently(shop: CounterBench) -> None:
    shop.scan(NEW_TEA)
    assert shop.last_words == "没有价格，输价格按确认"
    shop.keys("12E")
    assert shop.lines == [("新茶", 1200)]
    assert shop.records("item.unknown") == []
    shop.scan(NEW_TEA)
    assert total(shop) == 2400


def test_a_free_gift_is_sold_for_nothing(shop: CounterBench) -> None:
    shop.scan(BAG)
    assert shop.lines == [("赠品袋", 0)]


def test_blocked_goods_are_refused(shop: CounterBench) -> None:
    shop.scan(OLD_MILK)
    assert shop.last_words == "这个商品不能卖"
    assert shop.sale is None


def test_an_open_price_is_read_back_and_above_the_limit_needs_a_second_enter(shop: CounterBench) -> None:
    shop.keys("2.5+")
    assert shop.last_words == "无码商品，两元五角"
    shop.keys("500.01+")
    assert shop.prompts[-1] == "price.confirm"
    assert total(shop) == 250
    shop.keys("E")
    assert total(shop) == 50_251


def test_an_open_price_that_waits_for_its_enter_is_asked_again_by_the_next_scan(shop: CounterBench) -> None:
    shop.keys("900+")
    asked = shop.last_words
    shop.scan(COLA)
    assert (shop.lines, shop.last_words) == ([], asked)
    shop.keys("-")
    shop.scan(COLA)
    assert shop.lines == [("可乐", 300)]


@pytest.mark.parametrize("drop", ["-", "undo"])
def test_minus_or_undo_leaves_out_what_has_no_price_and_nothing_else(shop: CounterBench, drop: str) -> None:
    shop.scan(COLA, STRANGE)
    if drop == "undo":
        shop.card(card_code(105))
    else:
        shop.keys(drop)
    assert (shop.lines, shop.last_words) == ([("可乐", 300)], "这件不要了")
    shop.keys("5E")
    assert shop.sales()[0]["total"] == 300, "a number is cash again"


@pytest.mark.parametrize("act", ["next goods", "×3", "+", "price check", "cancel", "pay code"])
def test_nothing_slips_past_goods_whose_price_is_asked(shop: CounterBench, act: str) -> None:
    shop.scan(COLA, STRANGE)
    match act:
        case "next goods":
            shop.scan(NOODLES)
        case "×3":
            shop.card(card_code(122))
        case "+":
            shop.keys("+")
        case "price check":
            shop.card(card_code(109))
        case "cancel":
            shop.card(card_code(106))
        case "pay code":
            shop.scan("288888888888888888")
    assert shop.spoken[-1].tone is Tone.ERROR and shop.prompts[-1] in ("price.first", "item.unknown")
    shop.keys("2.5E")
    assert shop.lines == [("可乐", 300), (STRANGE_NAME, 250)], "the price goes to what it was asked for"


@pytest.mark.parametrize("typed", ["150*", "5000+"])
def test_minus_drops_what_is_to_be_confirmed(shop: CounterBench, typed: str) -> None:
    shop.scan(COLA)
    shop.keys(typed + "-")
    assert (shop.lines, shop.last_words) == ([("可乐", 300)], "好的，不做了")
    shop.pass_s(1)
    shop.keys("E")
    assert shop.last_words == "一共三元"


def test_a_keyed_price_above_the_limit_needs_a_second_enter_too(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(checkout=CheckoutRules(open_price_limit=Fen(1000))))
    shop.scan(STRANGE)
    shop.keys("20E")
    assert shop.sale is None
    shop.keys("E")
    assert shop.lines == [(STRANGE_NAME, 2000)]


@pytest.mark.parametrize("typed", ["600E", "600+"])
def test_a_price_above_the_limit_is_asked_for_again_after_a_power_cut(shop: CounterBench, typed: str) -> None:
    """The goods lie on the counter and are in no bill."""
    is_known_by_code = typed.endswith("E")
    if is_known_by_code:
        shop.scan(STRANGE)
    shop.keys(typed)
    assert shop.prompts[-1] == "price.confirm"
    shop.restart()
    assert ("item.unknown" if is_known_by_code else "price.confirm") in shop.prompts[-2:]
    shop.scan(COLA)
    assert shop.lines == [], "first the price"
    if is_known_by_code:
        shop.keys("600E")
    shop.pass_s(1)
    shop.keys("E")
    assert [price for _, price in shop.lines] == [60_000]


def test_a_mark_down_of_one_line_is_not_learnt_as_the_shops_price(shop: CounterBench) -> None:
    shop.scan(STRANGE)
    shop.keys("10E")
    shop.scan(card_code(129))
    shop.keys("9E")
    shop.scan(STRANGE)
    assert shop.lines[-1] == (STRANGE_NAME, 1_000), "the next piece costs what was keyed first"
    shop.card("ZZ1021")
    shop.scan(STRANGE)
    assert shop.lines == [(STRANGE_NAME, 1_000)]


def test_after_digits_the_card_of_the_total_is_enter_for_a_price_too(shop: CounterBench) -> None:
    shop.scan(STRANGE)
    shop.keys("2")
    shop.card("ZZ1014")
    assert shop.lines == [(STRANGE_NAME, 200)]
