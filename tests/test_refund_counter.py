"""A refund as a hand does it: lines by their place, the receipt before the card, what is shown, said and too late."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, SHELF, CounterBench
from test_refunds import ALL, EXACT, POST_VOID, REFUND, confirm, last_receipt, refunded

from edge.codec.command_card import card_code
from edge.messages import Outcome, PrinterState, Show, View
from edge.model.item import Item
from edge.model.money import Fen


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def test_goods_without_a_barcode_come_back_by_their_place_on_the_receipt(shop: CounterBench) -> None:
    shop.scan(COLA)
    shop.keys("2.5+7+")
    shop.card(EXACT)
    shop.card(REFUND, last_receipt(shop))
    shop.keys("3E")
    assert shop.last_words == "无码商品，退七元"
    shop.keys("2E2E")
    assert shop.last_words == "这件已经退过"
    shop.keys("4E")
    assert shop.last_words == "小票上没有这件"
    shop.keys("1.5E")
    assert shop.last_words == "数字不对，请重新输"
    confirm(shop)
    assert refunded(shop) == [(950, [("无码商品", "1", 700), ("无码商品", "1", 250)])]


def test_a_line_of_several_comes_back_piece_by_piece_or_by_a_quantity(shop: CounterBench) -> None:
    shop.scan(NOODLES, COLA)
    shop.keys("3*")
    shop.card(EXACT)
    shop.card(REFUND, last_receipt(shop))
    shop.keys("2E")
    assert shop.last_words == "可乐，退三元"
    shop.keys("3*")
    assert shop.last_words == "可乐，退九元"


def test_goods_of_a_plu_come_back_by_it(tmp_path: Path) -> None:
    cabbage = Item("cabbage", "白菜", Fen(250), plu="37")
    shop = CounterBench(tmp_path / "shop", items=(*SHELF, cabbage))
    shop.card(card_code(112))
    shop.keys("37E")
    shop.card(EXACT)
    shop.card(REFUND, last_receipt(shop))
    shop.keys("37E")
    assert shop.last_words == "白菜，退两元五角"


def test_the_card_after_a_receipt_takes_that_receipt(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(last_receipt(shop))
    shop.pass_s(50)
    shop.card(REFUND)
    assert shop.last_words == "扫商品，输第几样，或全退"
    shop.scan(COLA)
    confirm(shop)
    assert [total for total, _ in refunded(shop)] == [300]
    assert len(shop.sales()) == 1, "nothing was sold again"


@pytest.mark.parametrize("between", ["time", "customer"])
def test_a_receipt_of_before_is_not_meant(between: str, shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.scan(last_receipt(shop))
    if between == "time":
        shop.pass_s(61)
    else:
        shop.sell(NOODLES)
    shop.card(REFUND)
    assert shop.last_words == "请扫小票，没有就扫停"


def test_silence_after_the_first_goods_asks_for_more_or_enter(shop: CounterBench) -> None:
    shop.sell(COLA, NOODLES)
    shop.card(REFUND, last_receipt(shop), COLA)
    assert shop.shown[-1] == Show(View.REFUND, amount=Fen(300))
    shop.pass_s(9)
    assert shop.last_words == "还有就扫，好了按确认"


def test_the_slip_is_to_be_signed_and_say_again_says_the_money(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.card(REFUND, last_receipt(shop), ALL)
    shop.pass_s(1)
    shop.keys("E")
    assert [speech.text for speech in shop.spoken[-2:]] == ["请顾客签名", "退现金三元"]
    shop.card(card_code(182))
    assert shop.last_words == "退现金三元"


def test_refund_all_outside_a_refund_says_which_card_comes_first(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.card(ALL)
    assert shop.last_words == "先扫退货卡"


def test_what_a_z_report_has_counted_is_not_taken_back(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.end_day()
    shop.as_owner(POST_VOID)
    assert shop.last_words == "已经日结，请用退货"
    shop.sell(COLA)
    shop.as_owner(POST_VOID)
    shop.pass_s(1)
    shop.keys("E")
    assert len(shop.records("sale.voided")) == 1


def test_the_last_sale_of_yesterday_is_not_taken_back(shop: CounterBench) -> None:
    shop.clock.pass_s((datetime(2026, 11, 23, 19, 58, tzinfo=UTC) - shop.clock.at).total_seconds())  # 03:58
    shop.sell(COLA)
    shop.pass_s(240)
    shop.as_owner(POST_VOID)
    assert shop.last_words == "已经日结，请用退货"


def test_a_refund_without_paper_says_that_its_slip_comes_later(shop: CounterBench) -> None:
    shop.printer_ready()
    shop.sell(COLA)
    shop.paper(Outcome.DONE)
    shop.printer(PrinterState.PAPER_OUT)
    shop.card(REFUND, last_receipt(shop), ALL)
    shop.pass_s(1)
    shop.keys("E")
    assert "单子没打，换纸后补打" in [speech.text for speech in shop.spoken]
    assert shop.last_words == "退现金三元"
    shop.printer(PrinterState.READY)
    assert shop.last_words == "正在补打一张"
