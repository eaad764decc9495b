"""A customer sends a parcel, through the whole counter: code, weight, fee, payment, label, courier (row 65)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES
from send_bench import EXACT, JD, POST, SEND, SF, STOP, SendBench

from edge.codec.s10 import find_s10
from edge.messages import Outcome
from edge.model.counter import Waiting
from edge.model.parcel import ParcelState


@pytest.fixture
def shop(tmp_path: Path) -> SendBench:
    shop = SendBench(tmp_path / "shop")
    shop.printer_ready()
    shop.go_online()
    shop.hush()
    return shop


@pytest.fixture
def keyed(tmp_path: Path) -> SendBench:
    shop = SendBench(tmp_path / "shop", scale=False)
    shop.go_online()
    shop.hush()
    return shop


def test_a_parcel_goes_from_the_customer_to_the_courier(shop: SendBench) -> None:
    shop.scan(SEND)
    assert shop.last_words == "请扫顾客的寄件码"
    shop.scan(SF)
    assert shop.last_words == "请把包裹放秤上"
    shop.put_on(1_250)
    assert shop.last_words == "正在问运费，请稍等"
    (request,) = shop.questions
    assert request.args == {"token": SF, "grams": 1_250}
    shop.answer(request)
    assert shop.last_words == "顺丰寄给张某，运费二十三元？按确认"
    assert shop.shown[-1].name == "顺丰 张* 5678"
    shop.take_off()
    assert (shop.lines, shop.records("parcel.labelled")) == ([], [])
    shop.keys("E")
    assert shop.lines == [("寄快递运费", 2_300)]
    assert shop.records("parcel.labelled") == []
    shop.keys("50E")
    assert shop.prompts[-2:] == ["sale.change", "send.label"]
    (sale,), (labelled,) = shop.records("sale.completed"), shop.records("parcel.labelled")
    waybill = labelled["data"]["waybill"]
    assert labelled["data"] == {
        "parcel": "s-1", "waybill": waybill, "carrier": "SF", "grams": 1_250, "cur": "CNY", "fee": 2_300,
        "sale": sale["id"],
    }  # fmt: skip
    assert sale["data"]["lines"][0]["kind"] == "service" and sale["data"]["lines"][0]["sku"] == "send:s-1"
    shop.scan(waybill)
    assert shop.last_words == "收下了，寄件单给顾客"
    (accepted,) = shop.records("parcel.accepted")
    assert accepted["data"] == labelled["data"]
    shop.courier()
    assert "send.waits" in shop.prompts
    shop.scan(waybill)
    assert shop.last_words == "第一件拿走了"
    (gone,) = shop.records("parcel.handed_over")
    assert gone["data"]["waybill"] == waybill and gone["data"]["courier"]
    shop.card(STOP)
    assert shop.last_words == "交出了一件"
    assert "取走" in str(shop.slips("取走"))
    assert shop.verdict() == ""


def test_the_label_is_in_the_commit_of_the_sale_and_has_no_whole_name(shop: SendBench) -> None:
    quote = shop.in_basket()
    assert shop.slips(quote.waybill) == []
    shop.card(EXACT)
    (label,) = shop.slips(quote.waybill)
    assert "张* 5678" in label and "张三" not in label and "13812345678" not in label


def test_grams_are_keyed_where_there_is_no_scale(keyed: SendBench) -> None:
    keyed.scan(SEND, JD)
    assert keyed.last_words == "输入几克，按确认"
    for wrong in ("0E", "60000E", "1.5E"):
        keyed.keys(wrong)
        assert (keyed.last_words, keyed.questions) == ("输入几克，按确认", [])
    keyed.keys("800E")
    assert keyed.questions[-1].args == {"token": JD, "grams": 800}


def test_a_fee_is_paid_together_with_goods_and_a_number_is_no_cash_before(keyed: SendBench) -> None:
    keyed.scan(COLA, SEND, SF)
    keyed.keys("500E")
    keyed.answer(keyed.questions[-1])
    keyed.keys("20E")
    assert (keyed.last_words, keyed.sales()) == ("运费十八元？按确认，不寄按减", [])
    keyed.keys("E")
    assert keyed.lines == [("可乐", 300), ("寄快递运费", 1_800)]
    keyed.scan(NOODLES)
    keyed.card(EXACT)
    assert keyed.sales()[0]["total"] == 2_550
    assert len(keyed.records("parcel.labelled")) == 1


def test_two_parcels_in_one_bill_have_two_labels(keyed: SendBench) -> None:
    first, second = keyed.in_basket(SF), keyed.in_basket(JD)
    keyed.card(EXACT)
    assert [row["data"]["waybill"] for row in keyed.records("parcel.labelled")] == [first.waybill, second.waybill]
    assert len(keyed.slips(first.waybill)) == len(keyed.slips(second.waybill)) == 1


def test_a_registered_letter_has_a_number_that_checks(keyed: SendBench) -> None:
    quote = keyed.accepted(POST, 90)
    found = find_s10(quote.waybill)
    assert found is not None and found.valid
    assert keyed.known(quote.waybill).state is ParcelState.ACCEPTED


def test_minus_and_the_card_stop_leave_the_basket_as_it_was(keyed: SendBench) -> None:
    keyed.scan(COLA)
    keyed.quote()
    keyed.keys("-")
    assert (keyed.last_words, keyed.lines) == ("不寄了", [("可乐", 300)])
    keyed.quote(JD)
    keyed.card(STOP)
    assert (keyed.waits_for(), keyed.lines) == (Waiting.NOTHING, [("可乐", 300)])


def test_a_fee_is_neither_counted_nor_repriced_but_can_be_taken_out(keyed: SendBench) -> None:
    keyed.in_basket()
    keyed.keys("3*")
    assert keyed.last_words == "运费不能改，不要就删掉"
    keyed.keys("+")
    assert keyed.last_words == "运费不能改，不要就删掉"
    keyed.keys("-")
    assert keyed.lines == []
    keyed.sell(COLA)
    assert (keyed.records("parcel.labelled"), len(keyed.sales())) == ([], 1)


def test_goods_and_a_wallets_code_are_no_code_of_an_app(keyed: SendBench) -> None:
    keyed.scan(COLA, SEND)
    for other in (NOODLES, "28" + "1" * 16, "135" + "1" * 15):
        keyed.scan(other)
        assert (keyed.last_words, keyed.waits_for()) == ("请扫顾客的寄件码", Waiting.SEND)
    assert (keyed.lines, keyed.sent("req")) == ([("可乐", 300)], [])


def test_a_label_is_taken_in_once_and_handed_over_once(keyed: SendBench) -> None:
    quote = keyed.accepted()
    keyed.scan(quote.waybill)
    assert keyed.last_words == "这件已经收下了"
    keyed.courier()
    keyed.scan(quote.waybill)
    keyed.card(STOP)
    keyed.scan(quote.waybill)
    assert keyed.last_words == "这件已经寄走了"
    assert [len(keyed.records(f"parcel.{what}")) for what in ("labelled", "accepted", "handed_over")] == [1, 1, 1]


def test_a_courier_of_another_carrier_gets_nothing_and_the_shop_itself_neither(keyed: SendBench) -> None:
    quote = keyed.accepted()
    keyed.courier("JD")
    keyed.scan(quote.waybill)
    assert keyed.last_words == "不是您家的件，请留下"
    keyed.card(STOP)
    keyed.scan("ZZ1311", quote.waybill)
    assert keyed.last_words == "请快递员先扫工牌"
    assert keyed.records("parcel.handed_over") == [] == keyed.records("parcel.stored")


def test_a_courier_who_takes_what_nobody_scanned_makes_both_steps(keyed: SendBench) -> None:
    quote = keyed.labelled()
    keyed.courier()
    keyed.scan(quote.waybill)
    assert len(keyed.records("parcel.accepted")) == len(keyed.records("parcel.handed_over")) == 1


def test_a_parcel_that_left_may_come_back_in(keyed: SendBench) -> None:
    quote = keyed.accepted()
    keyed.courier()
    keyed.scan(quote.waybill)
    keyed.pass_s(5)
    keyed.scan(quote.waybill)
    assert len(keyed.records("parcel.stored")) == 1
    assert keyed.known(quote.waybill).state is ParcelState.STORED


def test_the_label_is_printed_again_by_the_card(shop: SendBench) -> None:
    quote = shop.labelled()
    for _ in range(2):
        shop.paper(Outcome.DONE)
    shop.card("ZZ1113")
    assert (shop.printed[-1].copy_no, quote.waybill in str(shop.printed[-1].slip)) == (1, True)


def test_where_is_a_parcel_that_waits_for_the_courier(keyed: SendBench) -> None:
    quote = keyed.accepted()
    keyed.scan("ZZ1335", quote.waybill)
    assert keyed.last_words == "收下了，等快递员来取"


def test_a_label_takes_the_place_of_the_question_about_another_waybill(shop: SendBench) -> None:
    parcel = shop.in_basket(SF)
    shop.card(EXACT)
    shop.scan("SF1999999999999")
    assert shop.prompts[-1] == "parcel.in_q"
    shop.scan(parcel.waybill)
    assert [row["data"]["waybill"] for row in shop.records("parcel.accepted")] == [parcel.waybill]
