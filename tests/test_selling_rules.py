"""What may not be sold, or not to everybody: goods past their date, and goods for adults."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, STRANGE, HandClock
from weighing_bench import BEER_CODE, CIGARETTES_CODE, STOP, WeighingBench

from edge.model.counter import Waiting

EXACT, HOLD, CHECK, UNDO, CANCEL = "ZZ1021", "ZZ1076", "ZZ1090", "ZZ1052", "ZZ1069"


@pytest.fixture
def shop(tmp_path: Path) -> WeighingBench:
    return WeighingBench(tmp_path)


# --- dates: the bench stands on 23 November 2026 ---


@pytest.mark.parametrize(
    ("dates", "is_sold"),
    [("17261122", False), ("17261123", True), ("17261200", True), ("15261122", False), ("15261124", True),
     ("1726112415261122", False), ("11261101", True)],
)  # fmt: skip
def test_goods_past_their_date_are_refused(shop: WeighingBench, dates: str, *, is_sold: bool) -> None:
    shop.scan(f"]d2010{COLA}{dates}10LOT7")
    if is_sold:
        assert shop.lines == [("可乐", 300)]
    else:
        assert shop.lines == []
        assert shop.last_words == "这个过期了，不能卖"


def test_a_digital_link_tells_its_date_too(shop: WeighingBench) -> None:
    shop.scan(f"https://example.com/01/0{COLA}/10/LOT?17=261122")
    assert shop.last_words == "这个过期了，不能卖"


def test_goods_that_nobody_knows_are_refused_past_their_date_as_well(shop: WeighingBench) -> None:
    shop.scan(f"]C1010{STRANGE}17261122")
    assert shop.prompts[-1] == "item.expired"
    assert shop.lines == []


def test_an_untrusted_clock_refuses_nothing(tmp_path: Path) -> None:
    shop = WeighingBench(tmp_path, clock=HandClock(disciplined=False))
    shop.scan(f"]d2010{COLA}17201122")
    assert shop.lines == [("可乐", 300)]


def test_the_day_of_a_shop_that_is_open_at_night_is_the_business_day(tmp_path: Path) -> None:
    clock = HandClock()
    clock.pass_s(14 * 3600)  # two in the morning of the 24th: still the 23rd, until four
    shop = WeighingBench(tmp_path, clock=clock)
    shop.scan(f"]d2010{COLA}17261123")
    assert shop.lines == [("可乐", 300)]
    clock.pass_s(3 * 3600)
    shop.scan(f"]d2010{COLA}17261123")
    assert shop.prompts[-1] == "item.expired"


def test_the_price_of_goods_past_their_date_is_told_and_they_can_be_taken_out(shop: WeighingBench) -> None:
    shop.scan(COLA)
    shop.card(CHECK)
    shop.scan(f"]d2010{COLA}17261122")
    assert shop.last_words == "查价：可乐，三元"
    shop.card("ZZ1045")
    shop.scan(f"]d2010{COLA}17261122")
    assert shop.lines == []


# --- age ---


def test_the_first_goods_for_adults_ask_and_enter_says_yes_once_for_the_basket(shop: WeighingBench) -> None:
    shop.scan(BEER_CODE)
    assert shop.last_words == "未成年人不能买，请确认"
    assert shop.lines == [("啤酒", 500)]
    shop.keys("E")
    assert shop.prompts[-1] == "age.ok"
    shop.scan(CIGARETTES_CODE)
    assert shop.prompts[-1] == "item.added"
    shop.keys("E")
    assert shop.prompts[-1] == "sale.total"
    shop.card(EXACT)
    assert shop.sales()[0]["age_ok"] is True


def test_a_sale_without_such_goods_says_nothing_of_age(shop: WeighingBench) -> None:
    shop.sell(COLA)
    assert "age_ok" not in shop.sales()[0]


def test_minus_takes_the_goods_out_though_others_were_scanned_behind_them(shop: WeighingBench) -> None:
    shop.scan(BEER_CODE, COLA)
    assert shop.waits_for() is Waiting.AGE, "the question is still open"
    shop.keys("-")
    assert shop.lines == [("可乐", 300)]
    assert shop.waits_for() is Waiting.NOTHING
    shop.card(EXACT)
    assert "age_ok" not in shop.sales()[0]


@pytest.mark.parametrize("gesture", ["card", "keys", "stop", "price check", "hold"])
def test_it_is_not_paid_nor_held_before_the_answer(shop: WeighingBench, gesture: str) -> None:
    shop.scan(BEER_CODE)
    match gesture:
        case "card":
            shop.card(EXACT)
        case "keys":
            shop.keys("20E")
        case "stop":
            shop.card(STOP, EXACT)
        case "price check":
            shop.card(CHECK, EXACT)
        case "hold":
            shop.card(HOLD)
    assert shop.sales() == []
    assert shop.lines == [("啤酒", 500)]
    shop.pass_s(40)
    assert "item.age" in shop.prompts[-2:]
    assert shop.waits_for() is Waiting.AGE


def test_one_more_and_one_less_of_them_still_asks(shop: WeighingBench) -> None:
    shop.scan(BEER_CODE)
    shop.keys("+-")
    shop.card(EXACT)
    assert (shop.sales(), shop.prompts[-1]) == ([], "item.age")


def test_cash_that_is_put_in_between_does_not_answer_it(shop: WeighingBench) -> None:
    shop.scan(BEER_CODE, "ZZ1649")
    shop.keys("5EEEE")
    assert len(shop.sales()) == 1 and shop.sales()[0]["age_ok"] is True, "yes, the total, the cash"
    shop.scan(BEER_CODE, "ZZ1649")
    shop.keys("5E")
    shop.card(EXACT)
    assert len(shop.sales()) == 1


def test_the_question_outlives_a_power_cut_and_is_asked_again(shop: WeighingBench) -> None:
    shop.scan(BEER_CODE)
    shop.restart()
    assert shop.prompts[-1] == "item.age"
    shop.keys("E")
    shop.restart()
    shop.card(EXACT)
    assert shop.sales()[0]["age_ok"] is True


def test_undo_of_the_removal_asks_again(shop: WeighingBench) -> None:
    shop.scan(COLA, BEER_CODE)
    shop.keys("-")
    shop.card(UNDO)
    assert shop.waits_for() is Waiting.AGE


def test_the_whole_sale_can_be_cancelled_instead(shop: WeighingBench) -> None:
    shop.scan(BEER_CODE)
    shop.card(CANCEL, CANCEL)
    assert shop.sale is None
    assert shop.waits_for() is Waiting.NOTHING


def test_silence_is_answered_with_the_question(shop: WeighingBench) -> None:
    shop.scan(BEER_CODE)
    shop.hush()
    shop.pass_s(8.1)
    assert shop.prompts == ["item.age"]
