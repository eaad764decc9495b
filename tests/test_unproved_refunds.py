"""Goods come back without a receipt: off by default; else by the owner's card, in cash, up to a limit (row 17)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, STRANGE, CounterBench, Habits
from tab_bench import confirm

from edge.codec.command_card import card_code, receipt_code
from edge.messages import Outcome
from edge.model.money import Fen
from edge.model.slip import Row, Text

REFUND, ALL, STOP, UNDO, X_REPORT = card_code(110), "ZZ2066", card_code(190), card_code(105), card_code(166)


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop", Habits(no_receipt_limit=Fen(1_000)))


def test_off_goods_wait_for_their_receipt(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.as_owner(REFUND, COLA)
    assert shop.last_words == "请扫小票，没有就扫停"
    confirm(shop)
    assert shop.records("sale.refunded") == []


def test_on_it_needs_the_owners_card_which_can_come_then(shop: CounterBench) -> None:
    shop.scan(REFUND, COLA)
    assert shop.last_words == "没小票，请先扫店主卡"
    shop.as_owner(COLA)
    assert shop.last_words == "可乐，退三元"


def test_todays_price_goes_back_in_cash_and_the_record_says_that_there_was_no_receipt(shop: CounterBench) -> None:
    shop.as_owner(REFUND, COLA, NOODLES)
    shop.keys("E")
    assert shop.last_words == "一共退七元五角？按确认"
    shop.pass_s(1)
    shop.keys("E")
    assert shop.last_words == "退现金七元五角"
    (row,) = shop.records("sale.refunded")
    told = row["data"]
    assert (told["of"], told["without_receipt"], told["why"]) == (row["id"], True, "without_receipt")
    assert (told["total"], told["pay"]) == (750, [{"m": "cash", "amt": 750}])
    assert [(line["n"], line["sku"], line["amt"]) for line in told["lines"]] == [(1, COLA, 300), (2, NOODLES, 450)]
    assert "of_receipt" not in told
    assert len(told["by"]) == 12
    assert len(shop.kicked) == 1
    tx = shop.begin()
    assert tx._read("SELECT sold FROM stock WHERE sku = ?", (COLA,)) == [(-1_000,)]
    tx.rollback()


def test_the_slip_and_the_report_tell_of_it(shop: CounterBench) -> None:
    shop.printer_ready()
    shop.as_owner(REFUND, COLA)
    confirm(shop)
    assert Text("原小票 无") in shop.printed[-1].slip.blocks
    shop.paper(Outcome.DONE)
    shop.card(X_REPORT)
    blocks = shop.printed[-1].slip.blocks
    assert Row("退货 1 单", "-3.00") in blocks
    assert Row("  其中无小票 1 单", "-3.00") in blocks


def test_above_the_limit_nothing_is_added(shop: CounterBench) -> None:
    shop.as_owner(REFUND, NOODLES, NOODLES, COLA)
    assert shop.last_words == "最多退十元，请找小票"
    confirm(shop)
    assert [row["data"]["total"] for row in shop.records("sale.refunded")] == [900]


def test_one_scan_of_the_owners_card_lets_one_refund_pass(shop: CounterBench) -> None:
    shop.as_owner(REFUND, COLA)
    confirm(shop)
    shop.scan(REFUND, COLA)
    assert shop.last_words == "没小票，请先扫店主卡"


def test_the_last_goods_are_taken_out_again_and_without_goods_there_is_no_money(shop: CounterBench) -> None:
    shop.as_owner(REFUND, COLA, UNDO)
    confirm(shop)
    assert shop.records("sale.refunded") == []
    shop.scan(ALL)
    assert shop.last_words == "扫商品，输第几样，或全退"


def test_a_stop_and_a_power_cut_forget_it(shop: CounterBench) -> None:
    shop.as_owner(REFUND, COLA, STOP)
    confirm(shop)
    shop.as_owner(REFUND, COLA)
    shop.keys("E")
    shop.restart()
    confirm(shop)
    assert shop.records("sale.refunded") == []


def test_goods_that_have_no_price_wait_for_their_receipt(shop: CounterBench) -> None:
    shop.as_owner(REFUND, STRANGE)
    assert shop.last_words == "请扫小票，没有就扫停"


def test_a_receipt_that_is_found_after_all_takes_its_place(shop: CounterBench) -> None:
    shop.sell(NOODLES)
    shop.as_owner(REFUND, COLA)
    shop.scan(receipt_code(shop.sales()[-1]["receipt"]), ALL)
    confirm(shop)
    (row,) = shop.records("sale.refunded")
    assert (row["data"]["total"], "without_receipt" in row["data"]) == (450, False)
