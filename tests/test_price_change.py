"""Card 改价: a line costs something else, with its reason and its old price; far below it the owner agrees (row 14)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, CounterBench, Habits

from edge.codec.command_card import card_code
from edge.messages import Outcome
from edge.model.money import Fen, Milli
from edge.model.repricing import needs_owner, repriced
from edge.model.sale import Sale, add_open_price
from edge.model.slip import Row

CHANGE, UNDO, EXACT, STOP = (card_code(number) for number in (129, 105, 102, 190))


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def owner_scans(shop: CounterBench) -> None:
    shop.as_owner()


def change(shop: CounterBench, price: str) -> None:
    shop.card(CHANGE)
    shop.keys(f"{price}E")


def test_the_last_line_gets_another_price_which_tells_the_old_one_and_why(shop: CounterBench) -> None:
    shop.scan(NOODLES, COLA)
    shop.card(CHANGE)
    assert shop.last_words == "输入新单价，按确认"
    shop.keys("2.5E")
    assert shop.last_words == "可乐改为两元五角"
    assert shop.lines == [("方便面", 450), ("可乐", 250)]
    shop.card(EXACT)
    line = shop.sales()[-1]["lines"][-1]
    assert (line["price"], line["amt"], line["was"], line["why"]) == (250, 250, 300, "keyed")
    assert "was" not in shop.sales()[-1]["lines"][0]


def test_the_receipt_tells_the_old_price(shop: CounterBench) -> None:
    shop.printer_ready()
    shop.scan(COLA)
    change(shop, "2.5")
    shop.card(EXACT)
    assert Row("  原价 3.00", "") in shop.printed[-1].slip.blocks
    shop.paper(Outcome.DONE)


def test_undo_takes_it_back_step_by_step_and_its_promotions_with_it(shop: CounterBench) -> None:
    shop.scan(COLA)
    change(shop, "2.8")
    change(shop, "2.5")
    shop.card(UNDO)
    assert shop.lines == [("可乐", 280)]
    shop.card(UNDO)
    assert shop.sale is not None
    (line,) = shop.sale.standing
    assert (line.amount, line.overridden, line.was, line.why) == (300, False, None, "")


def test_it_outlives_a_power_cut_and_so_does_its_undo(shop: CounterBench) -> None:
    shop.scan(COLA)
    change(shop, "2.5")
    shop.restart()
    assert shop.lines == [("可乐", 250)]
    shop.card(UNDO)
    assert shop.lines == [("可乐", 300)]


def test_one_more_costs_the_same_and_pieces_too(shop: CounterBench) -> None:
    shop.scan(COLA)
    change(shop, "2.5")
    shop.keys("+")
    shop.keys("3*")
    assert shop.lines == [("可乐", 250), ("可乐", 750)]
    shop.card(EXACT)
    assert [line["was"] for line in shop.sales()[-1]["lines"]] == [300, 300]


def test_far_below_the_list_the_question_waits_for_the_owners_card(shop: CounterBench) -> None:
    shop.scan(COLA)
    change(shop, "2")
    assert shop.last_words == "降太多，店主扫卡再按确认"
    shop.keys("E")
    assert (shop.last_words, shop.lines) == ("降太多，店主扫卡再按确认", [("可乐", 300)])
    owner_scans(shop)
    shop.keys("E")
    assert (shop.last_words, shop.lines) == ("可乐改为两元", [("可乐", 200)])
    change(shop, "1")
    assert shop.last_words == "降太多，店主扫卡再按确认"  # one scan lets one change pass


def test_another_price_can_be_keyed_instead_of_the_owners_card(shop: CounterBench) -> None:
    shop.scan(COLA)
    change(shop, "0.5")
    shop.keys("2.4E")
    assert shop.lines == [("可乐", 240)]


def test_cuts_one_after_the_other_are_held_against_the_list(shop: CounterBench) -> None:
    shop.scan(COLA)
    change(shop, "2.5")
    change(shop, "2.1")
    assert shop.last_words == "降太多，店主扫卡再按确认"


def test_for_nothing_only_with_the_owner_whatever_the_limit(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(price_cut_limit_percent=100))
    shop.scan(COLA)
    change(shop, "0.01")
    assert shop.lines == [("可乐", 1)]
    change(shop, "0")
    assert shop.lines == [("可乐", 1)]
    owner_scans(shop)
    shop.keys("E")
    assert shop.lines == [("可乐", 0)]


def test_stop_drops_the_question(shop: CounterBench) -> None:
    shop.scan(COLA)
    change(shop, "0.5")
    shop.card(STOP)
    owner_scans(shop)
    shop.keys("E")
    assert shop.lines == [("可乐", 300)]


def test_a_dearer_price_needs_nobody(shop: CounterBench) -> None:
    shop.scan(COLA)
    change(shop, "5")
    assert shop.lines == [("可乐", 500)]


def test_without_goods_there_is_no_price_to_change(shop: CounterBench) -> None:
    shop.card(CHANGE)
    assert shop.prompts[-1] == "sale.empty"


def test_what_is_no_price_leaves_the_question_open(shop: CounterBench) -> None:
    shop.scan(COLA)
    change(shop, "1.2.3")
    assert (shop.prompts[-1], shop.lines) == ("err.amount", [("可乐", 300)])
    shop.keys("2.9E")
    assert shop.lines == [("可乐", 290)]


def test_weighed_goods_get_another_price_a_kilogram() -> None:
    sale = add_open_price(Sale("s"), name="苹果", price=Fen(1_198), qty=Milli(735))
    changed = repriced(sale, 1, Fen(1_000))
    assert (changed.standing[0].amount, changed.standing[0].was) == (735, 1_198)


@pytest.mark.parametrize(("price", "asks"), [(240, False), (239, True), (0, True), (301, False)])
def test_the_limit_is_a_fifth_of_the_list_price(price: int, asks: bool) -> None:
    line = add_open_price(Sale("s"), name="可乐", price=Fen(300)).standing[0]
    assert needs_owner(line, Fen(price), 20) is asks


def test_no_promotion_is_on_a_price_that_somebody_set(shop: CounterBench) -> None:
    shop.scan(COLA)
    change(shop, "2.5")
    assert shop.sale is not None
    assert shop.sale.standing[0].overridden
