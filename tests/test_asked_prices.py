"""Prices that must be asked for, told, learnt or confirmed: look-up, unknown goods, goods without a barcode."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import BAG, COLA, NEW_TEA, OLD_MILK, STRANGE, CounterBench, Habits

from edge.messages import Show, View
from edge.model.money import Fen
from edge.services.checkout import CheckoutRules

CHECK = "ZZ1090"


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
    assert shop.lines == [(STRANGE, 880)]
    assert [row["data"] for row in shop.records("item.unknown")] == [{"barcode": STRANGE, "price": 880}]
    shop.restart()
    shop.scan(STRANGE)
    assert total(shop) == 1760
    assert len(shop.records("item.unknown")) == 1


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
    assert shop.lines == [(STRANGE, 500)]


def test_an_empty_sale_does_not_end_while_a_price_is_asked_for(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("-")
    shop.pass_s(27)
    shop.scan(STRANGE)
    shop.pass_s(40)
    shop.keys("5E")
    assert shop.lines == [(STRANGE, 500)]


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
    assert shop.last_words == "这个过期了，不能卖"
    assert shop.sale is None


def test_an_open_price_is_read_back_and_above_the_limit_needs_a_second_enter(shop: CounterBench) -> None:
    shop.keys("2.5+")
    assert shop.last_words == "无码商品，两元五角"
    shop.keys("500.01+")
    assert shop.prompts[-1] == "price.confirm"
    assert total(shop) == 250
    shop.keys("E")
    assert total(shop) == 50_251


def test_an_unconfirmed_open_price_is_forgotten_by_the_next_scan(shop: CounterBench) -> None:
    shop.keys("900+")
    shop.scan(COLA)
    shop.keys("E")
    assert shop.lines == [("可乐", 300)]


def test_a_keyed_price_above_the_limit_needs_a_second_enter_too(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(checkout=CheckoutRules(open_price_limit=Fen(1000))))
    shop.scan(STRANGE)
    shop.keys("20E")
    assert shop.sale is None
    shop.keys("E")
    assert shop.lines == [(STRANGE, 2000)]
