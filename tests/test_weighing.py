"""Weighed goods at the till, through the real driver: the weight, the money, and each reason for none of both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from counter_bench import COLA, Habits, HandClock
from weighing_bench import GRAPES_CODE, SETTLED_S, STOP, WEIGH_CARD, WeighingBench

from edge.codec.basket import completed_sale
from edge.codec.scale import PROTOCOLS
from edge.messages import View, Weigh
from edge.model.counter import Waiting
from edge.model.receipt import ReceiptText, receipt_slip
from edge.sim.scale import CAPACITY_G


@pytest.fixture
def shop(tmp_path: Path) -> WeighingBench:
    return WeighingBench(tmp_path)


@pytest.mark.parametrize("protocol", sorted(PROTOCOLS))
def test_585_grams_at_thirty_yuan_cost_17_55_with_every_scale(tmp_path: Path, protocol: str) -> None:
    shop = WeighingBench(tmp_path, protocol=protocol)
    shop.put_on(585)
    shop.scan(GRAPES_CODE)
    shop.pass_s(2)
    assert shop.lines == [("葡萄", 1755)]
    assert shop.last_words == "葡萄，十七元五角五分"


def test_333_grams_at_9_99_cost_3_32_by_their_number_on_the_keypad(shop: WeighingBench) -> None:
    shop.card(WEIGH_CARD)
    assert shop.last_words == "输编号按确认，或扫商品"
    shop.put_on(333)
    shop.keys("123E")
    shop.pass_s(1)
    assert shop.lines == [("苹果", 332)]


def test_the_card_and_then_a_scan_weighs_and_plus_ends_the_number_as_well(shop: WeighingBench) -> None:
    shop.put_on(100)
    shop.card(WEIGH_CARD)
    shop.scan(GRAPES_CODE)
    shop.pass_s(1)
    shop.take_off()
    shop.put_on(200)
    shop.card(WEIGH_CARD)
    shop.keys("00045+")
    shop.pass_s(1)
    assert shop.lines == [("葡萄", 300), ("葡萄", 600)]


def test_goods_put_on_after_the_scan_are_weighed_once_they_rest(shop: WeighingBench) -> None:
    shop.scan(GRAPES_CODE)
    shop.scale.put_on(585)
    shop.pass_s(SETTLED_S)
    assert shop.lines == [("葡萄", 1755)]
    assert shop.prompts[-1] == "item.added"
    assert "scale.moving" not in shop.prompts


def test_goods_by_number_that_are_not_weighed_are_sold_by_the_piece(shop: WeighingBench) -> None:
    shop.card(WEIGH_CARD)
    shop.keys("9E")
    assert shop.lines == [("馒头", 100)]


def test_an_unknown_number_is_asked_for_again(shop: WeighingBench) -> None:
    shop.card(WEIGH_CARD)
    shop.keys("888E")
    assert shop.last_words == "没有这个编号，请再输"
    shop.keys("9E")
    assert shop.lines == [("馒头", 100)]
    shop.card(WEIGH_CARD)
    shop.keys("4.5E")
    assert shop.prompts[-1] == "err.amount"


def test_what_the_scale_said_is_in_the_journal_on_the_line_and_a_copy_shows_kilograms(shop: WeighingBench) -> None:
    shop.put_on(585)
    shop.scan(GRAPES_CODE)
    shop.pass_s(1)
    shop.sell(COLA)
    (body,) = shop.sales()
    grapes, cola = body["lines"]
    assert grapes | {"qty": "0.585", "price": 3000, "amt": 1755} == grapes
    assert grapes["scale"] == "ST,GS,+  0.585kg<0D>"
    assert grapes["weighed"] is True
    assert "scale" not in cola
    sale = completed_sale("s", json.loads(json.dumps(body)))
    slip = receipt_slip(sale, receipt="1", code=None, till="1", local_time="", text=ReceiptText("店"))
    assert any("0.585kg × 30.00" in str(block) for block in slip.blocks)


@pytest.mark.parametrize(
    ("hands", "prompt", "words"),
    [
        (lambda shop: shop.scale.put_on(CAPACITY_G + 500), "scale.over", "太重了，分开称"),
        (lambda shop: None, "scale.empty", "秤上没东西，放好再扫"),
        (lambda shop: (shop.put_on(400), shop.scale.press_zero(), shop.scale.take_off()), "scale.under",
         "秤不在零，清空再称"),
        (lambda shop: shop.scale.switch_off(), "scale.bad", "秤没有准备好，看看插头"),
        (lambda shop: shop.scale.garble(10_000), "scale.bad", "秤没有准备好，看看插头"),
    ],
    ids=["overload", "empty", "under zero", "silence", "nonsense"],
)  # fmt: skip
def test_what_cannot_be_weighed_is_said_once_with_the_next_step_and_makes_no_line(
    shop: WeighingBench, hands: object, prompt: str, words: str
) -> None:
    hands(shop)  # type: ignore[operator]
    shop.hush()
    shop.scan(GRAPES_CODE)
    shop.pass_s(6)
    assert shop.last_words == words
    assert [said for said in shop.prompts if said != "scale.wait"] == [prompt]
    assert shop.lines == []
    assert shop.waits_for() is Waiting.NOTHING
    assert shop.shown[-1].view is View.IDLE, "the goods are no longer shown"


def test_who_never_lets_go_of_the_goods_hears_it_and_nothing_is_sold(shop: WeighingBench) -> None:
    shop.scale.put_on(585)
    shop.scan(GRAPES_CODE)
    for _ in range(30):
        shop.scale.shake()
        shop.pass_s(0.2)
    assert shop.prompts == ["sys.ready", "scale.wait", "scale.moving"]
    assert shop.lines == []


def test_without_a_scale_weighed_goods_are_refused_with_what_to_do(tmp_path: Path) -> None:
    shop = WeighingBench(tmp_path, habits=Habits())
    shop.scan(GRAPES_CODE)
    assert shop.last_words == "秤没有准备好，看看插头"
    assert shop.lines == []
    shop.scan(COLA)
    assert shop.lines == [("可乐", 300)]


def test_the_cable_pulled_in_the_middle_of_weighing_is_said_at_once(shop: WeighingBench) -> None:
    shop.scale.put_on(585)
    shop.scan(GRAPES_CODE)
    shop.pass_s(0.2)
    shop.ports.pull("scale")
    shop.pass_s(0.3)
    assert shop.prompts[-1] == "scale.bad"
    assert shop.lines == []
    shop.scan(GRAPES_CODE)
    shop.pass_s(0.3)
    assert shop.prompts[-2:] == ["scale.bad", "scale.bad"], "and again while it is away"
    shop.ports.plug("scale")
    shop.pass_s(3)
    shop.scan(GRAPES_CODE)
    shop.pass_s(2)
    assert shop.lines == [("葡萄", 1755)]


def test_one_line_that_lost_a_byte_is_not_sold(shop: WeighingBench) -> None:
    shop.scale.switch_off()
    shop.scan(GRAPES_CODE)
    shop.scale.babble(b"ST,GS,+  0.35kg\r\n")
    shop.pass_s(0.5)
    assert shop.lines == []
    shop.scale.switch_on()
    shop.put_on(735)
    assert shop.lines == [("葡萄", 2205)]


def test_the_same_goods_are_not_weighed_twice_without_leaving_the_scale(shop: WeighingBench) -> None:
    shop.put_on(585)
    shop.scan(GRAPES_CODE)
    shop.pass_s(1)
    shop.scan(GRAPES_CODE)
    shop.pass_s(6)
    assert shop.last_words == "先拿下来，再放上去"
    assert shop.lines == [("葡萄", 1755)]
    shop.take_off()
    shop.put_on(200)
    shop.scan(GRAPES_CODE)
    shop.pass_s(1)
    assert shop.lines == [("葡萄", 1755), ("葡萄", 600)]


def test_neither_are_they_after_a_power_cut_until_they_were_taken_off_as_told(shop: WeighingBench) -> None:
    shop.put_on(585)
    shop.scan(GRAPES_CODE)
    shop.pass_s(1)
    shop.restart()
    shop.pass_s(1)
    shop.scan(GRAPES_CODE)
    shop.pass_s(6)
    assert (shop.prompts[-1], shop.lines) == ("scale.again", [("葡萄", 1755)])
    shop.take_off()
    shop.put_on(410)
    shop.scan(GRAPES_CODE)
    shop.pass_s(1)
    assert shop.lines == [("葡萄", 1755), ("葡萄", 1230)]


def test_a_power_cut_while_weighing_leaves_nothing_behind(shop: WeighingBench) -> None:
    shop.scan(COLA)
    shop.scan(GRAPES_CODE)
    assert shop.waits_for() is Waiting.WEIGHT
    shop.restart()
    shop.put_on(585)
    assert shop.waits_for() is Waiting.NOTHING
    assert shop.lines == [("可乐", 300)]
    assert shop.records("sale.completed") == []


def test_stop_leaves_the_weighing_and_keeps_the_basket(shop: WeighingBench) -> None:
    shop.scan(COLA)
    shop.scan(GRAPES_CODE)
    shop.card(STOP)
    shop.put_on(585)
    assert shop.lines == [("可乐", 300)]
    assert shop.prompts[-1] == "flow.stopped_sale"


def test_another_scan_of_the_same_goods_is_another_wait_of_five_seconds(shop: WeighingBench) -> None:
    shop.scan(GRAPES_CODE)
    shop.pass_s(4)
    shop.scan(GRAPES_CODE)
    shop.pass_s(3)
    assert shop.waits_for() is Waiting.WEIGHT, "the first wait would be over by now"
    shop.put_on(585)
    assert shop.lines == [("葡萄", 1755)]


def test_it_is_not_paid_while_goods_lie_on_the_scale(shop: WeighingBench) -> None:
    shop.scan(COLA)
    shop.card(WEIGH_CARD)
    for typed in ("E", "20E"):
        shop.keys(typed)
    shop.card("ZZ1021")
    assert shop.sales() == []
    assert shop.prompts[-1] == "weigh.item"


def test_silence_after_the_card_is_answered_with_the_next_step(shop: WeighingBench) -> None:
    shop.card(WEIGH_CARD)
    shop.hush()
    shop.pass_s(8.1)
    assert shop.prompts == ["weigh.item"]


def test_a_scale_is_left_alone_when_nobody_weighs(tmp_path: Path) -> None:
    shop = WeighingBench(tmp_path, protocol="cas")
    shop.sell(COLA)
    shop.pass_s(30)
    assert shop.scale.asked == 0
    assert not any(isinstance(asked, Weigh) for asked in shop.weighed)


def test_weighed_lines_are_neither_multiplied_nor_repeated(shop: WeighingBench) -> None:
    shop.put_on(585)
    shop.scan(GRAPES_CODE)
    shop.pass_s(1)
    shop.keys("3*")
    assert shop.last_words == "称的不能乘，别的另外称"
    shop.keys("+")
    assert shop.last_words == "称的不能乘，别的另外称"
    assert shop.lines == [("葡萄", 1755)]
    shop.keys("-")
    assert shop.lines == []


def test_a_quantity_keyed_first_does_not_count_for_weighed_goods_which_is_said(shop: WeighingBench) -> None:
    shop.put_on(585)
    shop.keys("3*")
    shop.scan(GRAPES_CODE)
    shop.pass_s(1)
    assert [speech.text for speech in shop.spoken][-2:] == ["称的不能乘，别的另外称", "葡萄，十七元五角五分"]
    assert shop.lines == [("葡萄", 1755)]
    shop.scan(COLA)
    assert shop.last_words == "可乐，三元", "and the number is gone"


def test_a_price_that_is_asked_for_is_the_price_of_a_kilogram_and_is_remembered(shop: WeighingBench) -> None:
    shop.put_on(500)
    shop.card(WEIGH_CARD)
    shop.keys("7E")
    assert shop.prompts[-1] == "item.zero"
    shop.keys("8E")
    shop.pass_s(1)
    assert shop.lines == [("梨", 400)]
    shop.take_off()
    shop.put_on(250)
    shop.card(WEIGH_CARD)
    shop.keys("7E")
    shop.pass_s(1)
    assert shop.lines == [("梨", 400), ("梨", 200)]


def test_a_weight_that_costs_less_than_a_fen_is_nothing_on_the_scale(tmp_path: Path) -> None:
    shop = WeighingBench(tmp_path, clock=HandClock())
    shop.card(WEIGH_CARD)
    shop.keys("7E")
    shop.keys("0.1E")
    shop.put_on(5)
    shop.pass_s(6)
    assert shop.prompts[-1] == "scale.empty"
    assert shop.lines == []


def test_the_price_of_a_kilogram_is_told_without_weighing(shop: WeighingBench) -> None:
    shop.card("ZZ1090")
    shop.scan(GRAPES_CODE)
    assert shop.last_words == "查价：葡萄，每公斤三十元"
    assert shop.weighed == []
