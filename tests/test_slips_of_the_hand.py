"""What hands do in the wrong order, too late or by habit: the box says what stands, and no money moves by it."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, STRANGE, STRANGE_NAME, TISSUES, CounterBench, Habits

from edge.codec.command_card import card_code, receipt_code
from edge.messages import PrinterState, View

REMOVE, STOP, HOLD, CHANGE_PRICE, EXACT = "ZZ1045", "ZZ1908", "ZZ1076", card_code(129), "ZZ1021"


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    shop = CounterBench(tmp_path / "shop")
    shop.printer_ready()
    return shop


def test_the_sign_before_the_number_is_a_quantity_too(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("*")
    assert shop.last_words == "几件？输数字，按确认"
    shop.keys("5E")
    assert (shop.lines, shop.last_words) == ([("可乐", 1_500)], "可乐，五件，十五元")
    shop.keys("*")
    shop.scan(NOODLES)
    shop.keys("5E")
    assert shop.last_words == "收五元，还差十四元五角", "goods in between end it"


def test_several_pieces_that_are_taken_out_are_said_with_their_number(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("3*-")
    assert shop.last_words == "已删除可乐，三件"


def test_a_number_where_goods_are_to_be_scanned_is_no_cash(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.card(REMOVE)
    shop.keys("1E")
    assert (shop.last_words, shop.sale is not None and shop.sale.tenders) == ("请扫要删除的商品", ())
    shop.scan(COLA)
    assert shop.lines == [("方便面", 450)]


def test_who_comes_back_too_late_to_remove_hears_that_nothing_is_removed_any_more(shop: CounterBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.card(REMOVE)
    shop.pass_s(31)
    assert "不删了，请继续扫" in [speech.text for speech in shop.spoken]


def test_another_number_replaces_a_price_that_is_doubted_and_is_asked_about(shop: CounterBench) -> None:
    shop.scan(STRANGE)
    shop.keys("1200E")
    assert shop.last_words == "一千二百元，对吗？按确认"
    shop.keys("12E")
    assert (shop.last_words, shop.lines) == ("十二元，对吗？按确认", [])
    shop.keys("E")
    assert shop.lines == [(STRANGE_NAME, 1_200)]


def test_goods_do_not_slip_past_a_price_that_waits_for_the_owner(shop: CounterBench) -> None:
    shop.scan(TISSUES, CHANGE_PRICE)
    shop.keys("1E")
    shop.scan(COLA)
    assert shop.last_words == "降太多，店主扫卡再按确认"
    assert [name for name, _ in shop.lines] == ["纸巾"]


def test_stop_says_that_the_sale_stands(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card(STOP)
    assert shop.last_words == "停了，这单还在，三元"
    shop.keys("E2E")
    shop.card(STOP)
    assert shop.last_words == "停了，这单还在，一元"


def test_stop_ends_what_the_owners_card_allowed(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.as_owner()
    shop.card(STOP)
    shop.card(card_code(201))
    assert shop.last_words == "请先扫店主卡"


def test_a_number_is_shown_above_what_is_still_to_pay(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("E1E5")
    assert (shop.shown[-1].view, shop.shown[-1].name, shop.shown[-1].amount) == (View.MISSING, "5", 200)


def test_a_number_without_a_sale_does_not_stay_on_the_display(shop: CounterBench) -> None:
    shop.keys("5E")
    assert (shop.last_words, shop.shown[-1].view) == ("还没有商品", View.IDLE)


def test_a_sale_that_is_held_without_paper_says_that_its_slip_comes_later(shop: CounterBench) -> None:
    shop.printer(PrinterState.PAPER_OUT)
    shop.scan(COLA)
    shop.hush()
    shop.card(HOLD)
    assert [speech.prompt for speech in shop.spoken] == ["print.later", "sale.held"]


def test_help_names_what_keeps_the_printer(shop: CounterBench) -> None:
    shop.printer(PrinterState.COVER_OPEN)
    shop.keys("/")
    assert shop.prompts[-1] == "print.cover"
    shop.printer_ready()
    shop.keys("/")
    assert shop.prompts[-1] == "sys.help_idle"


def test_who_makes_it_louder_hears_again_what_was_missed(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.card(card_code(183))
    shop.card("ZZ1823")
    assert shop.last_words == "可乐，三元"


@pytest.mark.parametrize(("card", "told"), [(card_code(161), False), (card_code(163), True)])
def test_nobody_who_counts_is_told_to_shut_the_drawer(card: str, told: bool, tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "till", Habits(drawer_open_level=True))
    shop.printer_ready()
    shop.scan(card)
    shop.printer(PrinterState.READY, pin3_high=True)
    shop.pass_s(40)
    assert ("drawer.open" in shop.prompts) is told


def test_held_sales_that_end_with_the_day_are_said_before_it_is_confirmed(shop: CounterBench) -> None:
    shop.scan(COLA, HOLD)
    shop.as_owner(card_code(201))
    assert [speech.text for speech in shop.spoken][-2:] == ["挂一单会作废，要取先扫停", "日结？共卖零元，按确认"]


def test_what_was_given_back_stays_on_the_display(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.card(card_code(110))
    shop.scan(receipt_code(str(shop.sales()[-1]["receipt"])), COLA)
    shop.keys("E")
    shop.pass_s(1)
    shop.keys("E")
    assert (shop.shown[-1].view, shop.shown[-1].amount) == (View.REFUND, 300)


def test_the_card_of_exact_cash_after_a_number_takes_the_number(shop: CounterBench) -> None:
    shop.scan(NOODLES)
    shop.keys("20")
    shop.card(EXACT)
    assert shop.last_words == "收您二十元，找您十五元五角"
    shop.scan(NOODLES)
    shop.keys("2")
    shop.card(EXACT)
    assert shop.last_words == "收两元，还差两元五角"


def test_a_quantity_that_is_taken_back_is_said_as_it_is_now(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("5*")
    shop.card("ZZ1052")
    assert shop.last_words == "可乐，一件，三元"


def test_a_slip_of_the_keypad_is_corrected_without_the_owner_and_not_remembered(shop: CounterBench) -> None:
    shop.scan(STRANGE)
    shop.keys("45E")
    shop.scan(CHANGE_PRICE)
    shop.keys("4.5E")
    shop.card(EXACT)
    shop.scan(STRANGE)
    assert shop.lines == [(STRANGE_NAME, 450)]


def test_all_goods_of_a_receipt_come_back_also_at_the_question(shop: CounterBench) -> None:
    shop.sell(COLA, NOODLES)
    shop.card(card_code(110))
    shop.scan(receipt_code(str(shop.sales()[-1]["receipt"])), COLA)
    shop.keys("E")
    shop.card(card_code(206))
    assert shop.last_words == "一共退七元五角？按确认"
