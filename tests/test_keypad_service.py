"""Twenty keys: a number, and the key that says what the number was."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, PAD, SCANNER, STRANGE, STRANGE_NAME, CounterBench

from edge.messages import Key, KeyPressed, ScanData, View
from edge.services.keypad import NUMBER_LASTS_S


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def test_digits_are_shown_as_they_are_typed_and_said_only_when_used(shop: CounterBench) -> None:
    shop.hush()
    shop.keys("12.5")
    assert [shown.name for shown in shop.shown] == ["1", "12", "12.", "12.5"]
    assert shop.spoken == []


def test_backspace_clears_the_number(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("99B")
    assert (shop.shown[-1].view, shop.shown[-1].name) == (View.ITEM, "可乐"), "the basket is seen again"
    shop.keys("5E")
    assert shop.sales()[-1]["pay"][0]["tendered"] == 500


@pytest.mark.parametrize("typed", ["1.2.3", "1234567890"])
def test_a_second_point_and_a_tenth_digit_are_refused_and_not_taken(shop: CounterBench, typed: str) -> None:
    shop.keys(typed)
    assert "err.amount" in shop.prompts
    assert len(shop.shown[-1].name) <= 9
    assert shop.shown[-1].name.count(".") <= 1


@pytest.mark.parametrize("typed", ["1.2.3", "1..5", "1234567890"])
@pytest.mark.parametrize("key", ["+", "E", "*"])
def test_what_was_refused_while_it_was_typed_is_no_number_in_the_end(shop: CounterBench, typed: str, key: str) -> None:
    shop.scan(COLA)
    shop.keys(typed + key)
    assert (shop.prompts[-1], shop.lines, shop.sales()) == ("err.amount", [("可乐", 300)], [])
    shop.keys("5E")
    assert shop.sales()[0]["pay"][0]["tendered"] == 500


@pytest.mark.parametrize("typed", [".+", "1.234+", "1234567+", ".E"])
def test_what_is_no_amount_is_refused_and_sells_nothing(shop: CounterBench, typed: str) -> None:
    shop.scan(COLA)
    shop.keys(typed)
    assert shop.prompts[-1] == "err.amount"
    assert shop.lines == [("可乐", 300)]


@pytest.mark.parametrize(("typed", "fen"), [("2+", 200), ("2.+", 200), (".5+", 50), ("0.05+", 5), ("02.50+", 250)])
def test_amounts_are_read_as_people_type_them(shop: CounterBench, typed: str, fen: int) -> None:
    shop.keys(typed)
    assert shop.lines == [("无码商品", fen)]


@pytest.mark.parametrize("key", ["E", "+"])
def test_the_price_that_was_asked_for_can_be_ended_by_enter_or_plus(shop: CounterBench, key: str) -> None:
    shop.scan(STRANGE)
    shop.keys(f"3{key}")
    assert shop.lines == [(STRANGE_NAME, 300)]


def test_minus_help_and_cancel_forget_the_number(shop: CounterBench) -> None:
    shop.scan(COLA)
    for key in "-/C":
        shop.keys(f"7{key}")
        shop.keys("*")
    assert shop.sales() == []
    assert shop.sale is not None
    assert shop.lines == []


def test_backspace_held_is_stop(shop: CounterBench) -> None:
    shop.scan(STRANGE)
    shop.keys("C")
    assert shop.prompts[-1] == "flow.stopped"
    shop.keys("3E")
    assert shop.prompts[-1] == "sale.empty"


def test_a_power_cut_forgets_a_number_and_never_a_sale(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("99")
    shop.restart()
    shop.keys("5E")
    assert shop.sales()[-1]["pay"][0]["tendered"] == 500


def test_every_key_alone_and_in_every_order_books_nothing_without_goods(shop: CounterBench) -> None:
    for first in Key:
        for second in (Key.ENTER, Key.PLUS, Key.TIMES, Key.MINUS):
            for key in (first, second):
                shop.pass_s(1)
                shop.tell(KeyPressed(PAD, key, shop.clock.mono_s))
            if second is Key.PLUS:
                shop.card("ZZ1069", "ZZ1069")
    assert shop.sales() == []
    assert "err.generic" not in shop.prompts


def test_a_number_that_was_not_used_does_not_reach_the_next_customer(shop: CounterBench) -> None:
    """Seen: `2 0`, exact cash by card, and the next customer's `3 +` sold an open item for 203.00."""
    shop.scan(COLA)
    shop.keys("20")
    shop.card("ZZ1021")
    shop.keys("3+")
    assert shop.lines == [("无码商品", 300)]


@pytest.mark.parametrize("text", [NOODLES, "ZZ1813", "6901234567893", "ZZ9992"])
def test_every_scan_ends_the_number_and_the_display_shows_it(shop: CounterBench, text: str) -> None:
    shop.scan(COLA)
    shop.keys("20")
    shop.scan(text)
    assert shop.shown[-1].view is View.ITEM
    shop.keys("3+")
    assert ("无码商品", 300) in shop.lines


def test_a_stand_that_keeps_reading_what_lies_before_it_leaves_the_number_alone(shop: CounterBench) -> None:
    for key in (None, Key.D2, Key.D0, Key.ENTER):
        if key is not None:
            shop.tell(KeyPressed(PAD, key, shop.clock.mono_s))
        shop.pass_s(0.3)
        shop.tell(ScanData(SCANNER, COLA, shop.clock.mono_s))
    assert shop.sales()[-1]["pay"][0]["tendered"] == 2000


def test_the_end_of_a_sale_ends_the_number(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("-")
    shop.pass_s(20)
    shop.keys("20")
    shop.pass_s(15)  # the empty basket is cancelled by itself
    assert shop.sale is None
    shop.keys("3+")
    assert shop.lines == [("无码商品", 300)]


def test_an_empty_sale_does_not_end_between_two_keys_of_a_price(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("-")
    shop.pass_s(29.75)
    shop.keys("35")
    assert shop.sale is not None
    shop.keys(".1+")
    assert shop.lines == [("无码商品", 3510)]
    assert shop.records("sale.cancelled") == []


def test_a_number_from_long_ago_is_not_continued(shop: CounterBench) -> None:
    shop.keys("20")
    shop.pass_s(NUMBER_LASTS_S)
    shop.keys("3+")
    assert shop.lines == [("无码商品", 300)]


def test_a_number_from_long_ago_that_is_used_after_all_is_asked_for_again_and_pays_nothing(shop: CounterBench) -> None:
    """Enter alone would be exact cash: twenty were typed, and no change would be told."""
    shop.scan(COLA)
    shop.keys("E20")
    shop.pass_s(NUMBER_LASTS_S)
    shop.keys("E")
    assert shop.prompts[-1] == "num.old"
    assert shop.sales() == []
    shop.keys("20E")
    assert shop.sales()[-1]["pay"][0]["change"] == 1700
