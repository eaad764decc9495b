"""What Enter means: the total first, and exact cash only to somebody who heard it."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import BAG, NOODLES, CounterBench

EXACT = "ZZ1021"


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    shop = CounterBench(tmp_path / "shop")
    shop.printer_ready()
    return shop


def test_cash_that_was_taken_back_has_the_total_said_before_enter_is_cash_again(shop: CounterBench) -> None:
    shop.scan(NOODLES)
    shop.keys("E2E")
    shop.card("ZZ1052")
    shop.keys("E")
    assert (shop.last_words, shop.sales()) == ("一共四元五角", [])
    shop.keys("E")
    assert [sale["total"] for sale in shop.sales()] == [450]


def test_enter_after_a_number_that_is_wrong_is_no_exact_cash(shop: CounterBench) -> None:
    shop.scan(NOODLES)
    shop.keys("E20.123EE")
    assert (shop.last_words, shop.sales()) == ("数字不对，请重新输", [])
    shop.keys("20E")
    assert shop.last_words == "收您二十元，找您十五元五角"


def test_help_leaves_the_number_as_it_stands_on_the_display(shop: CounterBench) -> None:
    shop.scan(NOODLES)
    shop.keys("E20/")
    assert shop.last_words == "输收到的钱，再按确认"
    shop.keys("E")
    assert shop.last_words == "收您二十元，找您十五元五角"


def test_what_costs_nothing_opens_no_drawer(shop: CounterBench) -> None:
    shop.scan(BAG)
    shop.card(EXACT)
    assert (shop.last_words, shop.kicked, len(shop.sales())) == ("不用付钱，谢谢", [], 1)


def test_the_last_customers_money_is_said_in_one_sum(shop: CounterBench) -> None:
    shop.scan(NOODLES)
    shop.keys("2E2.5E")
    shop.card("ZZ1823")
    shop.card("ZZ1823")
    assert shop.last_words == "上一单一共四元五角"
