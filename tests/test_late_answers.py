"""What the owner's card let pass is confirmed while the card would still arm, and only what is asked uses it up."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, CounterBench, Habits
from tab_bench import MEMBER

from edge.codec.command_card import card_code, receipt_code
from edge.model.counter import Waiting
from edge.model.money import Fen
from edge.services.owner_gate import ARMED_S, COUNTING_S

DAY_CLOSE, POST_VOID, TAB, SHELF_PRICE, CHANGE, REFUND, EXACT, OPEN = (
    card_code(number) for number in (201, 202, 128, 113, 129, 110, 102, 161)
)
LATE = "过时了，请重扫店主卡"


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


@pytest.mark.parametrize("code", [DAY_CLOSE, POST_VOID])
def test_an_enter_after_the_owners_minute_confirms_nothing_and_says_so(shop: CounterBench, code: str) -> None:
    shop.sell()
    shop.as_owner(code)
    assert shop.begin().counter.waiting is Waiting.CONFIRM
    rows = len(shop.records())
    shop.pass_s(ARMED_S)
    shop.keys("E")
    assert shop.last_words == LATE
    assert (len(shop.records()), shop.begin().counter.waiting) == (rows, Waiting.NOTHING)
    shop.as_owner(code)
    shop.pass_s(ARMED_S - 5)
    shop.keys("E")
    assert shop.last_words != LATE, "in time"


def test_the_last_sale_is_not_taken_back_once_the_day_has_turned(shop: CounterBench) -> None:
    """Asked at 03:59:30, confirmed at 04:00:10 in Shanghai."""
    shop.sleep_s(15 * 3600 + 58 * 60)
    shop.sell()
    shop.pass_s(88.0)
    shop.as_owner(POST_VOID)
    assert shop.prompts[-1] == "void.q"
    shop.pass_s(40.0)
    assert (shop.clock.wall().hour, shop.clock.wall().minute) == (20, 0)
    shop.keys("E")
    assert shop.prompts[-1] == "void.settled"
    assert shop.records("sale.voided") == []
    assert shop.begin().counter.waiting is Waiting.NOTHING


def test_ten_minutes_are_counted_to_the_enter(shop: CounterBench) -> None:
    shop.sell()
    shop.pass_s(570.0)
    shop.as_owner(POST_VOID)
    assert shop.prompts[-1] == "void.q"
    shop.pass_s(40.0)
    shop.keys("E")
    assert shop.prompts[-1] == "void.too_late"
    assert shop.records("sale.voided") == []


def test_goods_end_a_post_void_that_came_too_late(shop: CounterBench) -> None:
    shop.sell()
    shop.as_owner(POST_VOID)
    shop.pass_s(ARMED_S)
    shop.scan(COLA)
    assert shop.last_words == LATE
    shop.scan(COLA)
    assert shop.lines == [("可乐", 300)]


def test_who_counts_a_drawer_has_time_for_it_and_not_for_ever(shop: CounterBench) -> None:
    shop.card(OPEN)
    shop.keys("100EE")
    shop.sell()
    shop.as_owner(DAY_CLOSE)
    shop.pass_s(COUNTING_S - 10)
    shop.keys("103EE")
    assert len(shop.records("report.z")) == 1
    shop.card(OPEN)
    shop.keys("103EE")
    shop.sell()
    shop.as_owner(DAY_CLOSE)
    shop.pass_s(COUNTING_S - 2)
    shop.keys("106E")
    shop.pass_s(3)
    shop.keys("E")
    assert shop.last_words == LATE
    assert len(shop.records("report.z")) == 1


@pytest.mark.parametrize("until", ["card", "amount", "enter"])
def test_a_limit_is_set_within_the_owners_minute_too(shop: CounterBench, until: str) -> None:
    shop.as_owner(TAB)
    if until != "card":
        shop.scan(MEMBER)
    if until == "enter":
        shop.keys("50E")
    shop.pass_s(ARMED_S)
    if until == "card":
        shop.scan(MEMBER)
    else:
        shop.keys("E" if until == "enter" else "50E")
    assert shop.last_words == LATE
    shop.keys("EE")
    assert shop.records("tab.enrolled") == []


def test_what_is_refused_leaves_the_owners_card_good(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.as_owner(DAY_CLOSE)
    assert shop.prompts[-1] == "sale.finish_first"
    shop.card(EXACT, DAY_CLOSE)
    assert shop.prompts[-1] == "day.close_q"
    shop.keys("E")
    assert len(shop.records("report.z")) == 1


def test_a_post_void_that_cannot_be_leaves_the_card_good_for_the_end_of_the_day(shop: CounterBench) -> None:
    shop.sell()
    shop.pass_s(700.0)
    shop.as_owner(POST_VOID)
    assert shop.prompts[-1] == "void.too_late"
    shop.card(DAY_CLOSE)
    assert shop.prompts[-1] == "day.close_q"


def test_the_owners_card_says_what_the_price_that_waits_for_it_needs(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card(CHANGE)
    shop.keys("1E")
    shop.as_owner()
    assert shop.last_words == "改为一元？请按确认"
    shop.keys("E")
    assert shop.lines == [("可乐", 100)]


def test_the_owners_card_asks_for_the_shops_price_again(shop: CounterBench) -> None:
    shop.card(SHELF_PRICE)
    shop.scan(COLA)
    shop.keys("1E")
    assert shop.last_words == "请先扫店主卡"
    shop.as_owner()
    assert shop.last_words == "店主同意了，再输新价格"
    shop.keys("1E")
    assert shop.prompts[-1] == "shelf.set"


def test_the_owners_card_asks_for_the_goods_that_came_without_a_receipt(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(no_receipt_limit=Fen(5000)))
    shop.card(REFUND)
    shop.scan(COLA)
    assert shop.prompts[-1] == "refund.owner"
    shop.as_owner()
    assert shop.last_words == "店主同意了，请再扫商品"
    shop.scan(COLA)
    assert shop.last_words == "可乐，退三元"


@pytest.mark.parametrize("again", ["receipt", "card", "other receipt", "post-void"])
@pytest.mark.parametrize("asked", [True, False])
def test_goods_that_were_chosen_to_come_back_are_not_lost(shop: CounterBench, again: str, asked: bool) -> None:
    shop.sell(COLA, NOODLES)
    shop.sell(NOODLES)
    first, other = (receipt_code(sale["receipt"]) for sale in shop.sales())
    shop.card(REFUND)
    shop.scan(first, COLA)
    if asked:
        shop.keys("E")
    match again:
        case "post-void":
            shop.as_owner(POST_VOID)
        case "card":
            shop.card(REFUND)
        case _:
            shop.scan(first if again == "receipt" else other)
    if again == "other receipt":
        assert shop.last_words == "先退完这张，或扫停"
    else:
        assert shop.last_words == ("一共退三元？按确认" if asked else "已选退三元，好了按确认")
    shop.scan(NOODLES)
    shop.keys("EE")
    assert [row["data"]["total"] for row in shop.records("sale.refunded")] == [750]


def test_more_pieces_than_were_sold_and_none_are_told_apart_from_what_came_back(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("2*")
    shop.card(EXACT, REFUND)
    shop.scan(receipt_code(shop.sales()[-1]["receipt"]), COLA)
    shop.keys("3*")
    assert shop.last_words == "最多退两件，请重新输"
    shop.keys("0*")
    assert shop.last_words == "数字不对，请重新输"
    shop.keys("2*")
    assert shop.last_words == "可乐，退六元"
