"""What goes wrong before a parcel is paid for: one sentence each, and nothing is booked (rows 65, 72)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from counter_bench import COLA
from send_bench import EXACT, HOLD, JD, POST, RECALL, SEND, SF, STOP, SendBench

from edge.codec.topics import Down
from edge.messages import AppCodeScanned, DeviceDown
from edge.model.counter import Waiting
from edge.services.sending import ANSWER_S, LASTS_S, WEIGH_S, Sending

TRAINING = "ZZ1878"


@pytest.fixture
def shop(tmp_path: Path) -> SendBench:
    shop = SendBench(tmp_path / "shop", scale=False)
    shop.go_online()
    shop.hush()
    return shop


@pytest.fixture
def scaled(tmp_path: Path) -> SendBench:
    shop = SendBench(tmp_path / "shop")
    shop.go_online()
    shop.hush()
    return shop


def nothing_booked(shop: SendBench) -> bool:
    return shop.lines == [] and shop.sales() == [] and shop.records("parcel.labelled") == []


# --- no line, no answer ----------------------------------------------------------------------------------------------


def test_without_a_network_nothing_is_begun(shop: SendBench) -> None:
    shop.down()
    shop.hush()
    shop.scan(SEND)
    assert shop.last_words == "没网，现在不能寄"
    assert shop.waits_for() is Waiting.NOTHING


@pytest.mark.parametrize("steps", [0, 1])
def test_a_line_that_breaks_before_the_question_refuses_it_before_any_money(shop: SendBench, steps: int) -> None:
    shop.scan(SEND, *[SF] * steps)
    shop.down()
    shop.hush()
    if steps:
        shop.keys("500E")
    else:
        shop.scan(SF)
    assert shop.prompts == ["send.offline"]
    assert (shop.waits_for(), shop.sent("req")) == (Waiting.NOTHING, [])


def test_a_line_that_breaks_after_the_answer_changes_nothing(shop: SendBench) -> None:
    """The number is the customer's until the fee runs out; the cloud hears of it later."""
    quote = shop.in_basket()
    shop.down()
    shop.card(EXACT)
    assert len(shop.slips(quote.waybill)) == 1
    assert shop.sales()[0]["offline"] is True


def test_no_answer_is_told_and_a_late_one_is_told_once(shop: SendBench) -> None:
    request = shop.ask()
    shop.hush()
    shop.pass_s(ANSWER_S + 0.1)
    assert shop.last_words == "没有回音，请再扫寄件码"
    assert shop.waits_for() is Waiting.SEND
    shop.answer(request)
    assert shop.last_words == "运费来晚了，请重新扫"
    said = len(shop.spoken)
    shop.answer(request)
    assert len(shop.spoken) == said
    assert nothing_booked(shop)
    shop.scan(SF)
    shop.keys("1250E")
    shop.answer(shop.questions[-1])
    assert shop.prompts[-1] == "send.fee", "the same code serves again"


def test_an_answer_that_comes_twice_is_one_offer(shop: SendBench) -> None:
    request = shop.ask()
    shop.answer(request)
    said = len(shop.spoken)
    shop.answer(request)
    assert len(shop.spoken) == said
    shop.keys("E")
    shop.answer(request)
    assert [amount for _, amount in shop.lines] == [2_300]


def test_a_second_answer_with_another_amount_takes_the_offer_back(shop: SendBench) -> None:
    request = shop.ask()
    shop.answer(request)
    shop.answer(request, fee=100)
    assert shop.last_words == "运费对不上，请重新扫"
    shop.keys("E")
    assert nothing_booked(shop)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"mark": "0" * 16}, "运费对不上，请重新扫"), ({"grams": 1_251}, "运费对不上，请重新扫"),
        ({"fee": 0}, "运费对不上，请重新扫"), ({"fee": 99_999_999}, "运费对不上，请重新扫"),
        ({"cur": "USD"}, "运费对不上，请重新扫"), ({"waybill": "RA123456786CN"}, "快递单号不对，没有收钱"),
        ({"waybill": "ZZ1021"}, "快递单号不对，没有收钱"), ({"waybill": "R2611231000117"}, "快递单号不对，没有收钱"),
        ({"waybill": "JDX000000000001-1-1-"}, "快递单号不对，没有收钱"), ({"carrier": "S10"}, "快递单号不对，没有收钱"),
        ({"carrier": "DHL"}, "现在寄不了，稍后再试"),
    ],
)  # fmt: skip
def test_an_answer_for_something_else_is_one_sentence(shop: SendBench, other: dict[str, Any], words: str) -> None:
    request = shop.ask()
    shop.hush()
    shop.answer(request, **other)
    assert [speech.text for speech in shop.spoken] == [words]
    shop.keys("E")
    assert nothing_booked(shop)
    assert shop.waits_for() is Waiting.SEND


def test_a_registered_letter_with_a_wrong_check_digit_is_refused(shop: SendBench) -> None:
    request = shop.ask(POST, 80)
    right = shop.carriers.answer(request).out
    assert right is not None
    number = str(right["waybill"])
    shop.answer(request, waybill=f"{number[:10]}{(int(number[10]) + 1) % 10}{number[11:]}")
    assert shop.last_words == "快递单号不对，没有收钱"
    assert nothing_booked(shop)


def test_a_number_that_a_parcel_here_has_is_refused(shop: SendBench) -> None:
    taken = shop.accepted(SF)
    request = shop.ask(JD)
    shop.answer(request, waybill=taken.waybill)
    assert shop.last_words == "快递单号不对，没有收钱"
    request = shop.ask(SF)
    shop.answer(request)
    assert shop.last_words == "快递单号不对，没有收钱", "its fee is paid already"


@pytest.mark.parametrize("aside", [False, True])
def test_a_code_whose_fee_is_in_a_bill_already_gives_no_second_one(shop: SendBench, aside: bool) -> None:
    shop.in_basket(SF)
    if aside:
        shop.card(HOLD)
    shop.answer(shop.ask(SF))
    assert shop.last_words == "快递单号不对，没有收钱"


@pytest.mark.parametrize(
    ("token", "grams", "words"),
    [("an-app-that-nobody-knows", 500, "寄件码不对，请刷新再扫"), (POST, 3_000, "太重了，这家不收")],
)
def test_what_the_carrier_refuses_is_said(shop: SendBench, token: str, grams: int, words: str) -> None:
    shop.answer(shop.ask(token, grams))
    assert shop.last_words == words
    assert nothing_booked(shop)


def test_a_cloud_in_trouble_is_said(shop: SendBench) -> None:
    shop.refuse(shop.ask(), "internal", retry=True)
    assert shop.last_words == "现在寄不了，稍后再试"


def test_an_answer_for_who_has_gone_is_not_said(shop: SendBench) -> None:
    request = shop.ask()
    shop.card(STOP)
    shop.hush()
    shop.answer(request)
    assert (shop.spoken, shop.waits_for()) == ([], Waiting.NOTHING)


def test_another_code_scanned_meanwhile_is_the_one_that_counts(shop: SendBench) -> None:
    first = shop.ask(SF)
    shop.scan(JD)
    shop.keys("700E")
    shop.answer(first)
    assert shop.prompts[-1] == "send.wait"
    shop.answer(shop.questions[-1])
    assert shop.last_words == "京东寄给李某，运费十二元？按确认"


# --- time ------------------------------------------------------------------------------------------------------------


def test_a_fee_that_ran_out_before_enter_is_not_taken(shop: SendBench) -> None:
    shop.answer(shop.ask(), valid_s=30)
    shop.pass_s(31)
    shop.keys("E")
    assert shop.last_words == "运费过期了，请重新扫码"
    assert nothing_booked(shop)


def test_a_fee_that_runs_out_in_the_bill_leaves_it_and_goods_stay(shop: SendBench) -> None:
    shop.scan(COLA)
    shop.answer(shop.ask(), valid_s=60)
    shop.keys("E")
    shop.pass_s(61)
    assert shop.last_words == "运费过期了，请重新扫码"
    assert shop.lines == [("可乐", 300)]
    shop.card("ZZ1052")
    shop.pass_s(1)
    assert shop.lines == [("可乐", 300)], "undo brings no fee back that has run out"
    shop.card(EXACT)
    assert shop.records("parcel.labelled") == []


def test_a_fee_that_runs_out_in_a_bill_that_stands_aside_is_gone_when_it_comes_back(shop: SendBench) -> None:
    shop.scan(COLA)
    shop.in_basket()
    shop.card(HOLD)
    shop.pass_s(700)
    shop.card(RECALL)
    shop.pass_s(1)
    assert shop.lines == [("可乐", 300)]


def test_a_fee_that_runs_out_while_the_power_is_off_is_gone_after_it(shop: SendBench) -> None:
    shop.scan(COLA)
    shop.in_basket()
    shop.restart(off_s=700)
    shop.pass_s(1)
    assert shop.lines == [("可乐", 300)]


def test_a_fee_that_is_partly_paid_stands(shop: SendBench) -> None:
    shop.in_basket()
    shop.keys("10E")
    shop.pass_s(700)
    shop.keys("13E")
    assert len(shop.records("parcel.labelled")) == 1


def test_a_fee_that_ran_out_while_a_wallet_was_waited_for_is_gone_when_it_declines(shop: SendBench) -> None:
    shop.scan(COLA)
    shop.answer(shop.ask(), valid_s=30)
    shop.keys("E")
    shop.scan("28" + "7" * 16)
    shop.pass_s(40)
    assert len(shop.lines) == 2
    request = next(one for one in shop.sent("req") if one.type == "payment.pay")
    shop.hear(Down.RES, {"cid": request.cid, "ok": True, "state": "declined", "out": {"pid": request.args["pid"]}})
    shop.pass_s(6)
    assert shop.lines == [("可乐", 300)]


def test_a_courier_who_stood_here_before_ends_no_customers_parcel(shop: SendBench) -> None:
    shop.courier()
    shop.scan("SF1000000009999", SEND, SF)
    shop.pass_s(70)
    assert "parcel.done" in shop.prompts
    shop.keys("500E")
    assert len(shop.questions) == 1


def test_who_goes_away_leaves_nothing_behind(shop: SendBench) -> None:
    shop.scan(SEND, SF)
    shop.pass_s(LASTS_S + 1)
    assert shop.waits_for() is Waiting.NOTHING
    heard = [getattr(handler, "__self__", None) for handler in shop.bus._handlers[AppCodeScanned]]
    (sending,) = [service for service in heard if isinstance(service, Sending)]
    assert sending._hand.token == "", "the code is forgotten"


# --- the scale -------------------------------------------------------------------------------------------------------


def test_a_scale_that_is_silent_is_replaced_by_keys(scaled: SendBench) -> None:
    scaled.scale.switch_off()
    scaled.scan(SEND, SF)
    scaled.pass_s(WEIGH_S + 0.5)
    assert scaled.last_words == "输入几克，按确认"
    scaled.keys("400E")
    assert scaled.questions[-1].args["grams"] == 400


def test_a_scale_that_is_pulled_out_is_replaced_by_keys_at_once(scaled: SendBench) -> None:
    scaled.scan(SEND, SF)
    scaled.tell(DeviceDown("scale", "pulled out"))
    assert scaled.last_words == "输入几克，按确认"
    scaled.pass_s(WEIGH_S + 0.5)
    assert scaled.last_words == "输入几克，按确认"


def test_an_empty_scale_is_told_and_nothing_is_asked(scaled: SendBench) -> None:
    scaled.scan(SEND, SF)
    scaled.pass_s(WEIGH_S + 0.5)
    assert scaled.prompts[-1] == "scale.empty"
    assert (scaled.waits_for(), scaled.sent("req")) == (Waiting.NOTHING, [])


def test_digits_are_no_weight_while_the_scale_is_waited_for(scaled: SendBench) -> None:
    scaled.scan(SEND, SF)
    scaled.keys("500E")
    assert (scaled.last_words, scaled.sent("req")) == ("请把包裹放秤上", [])


def test_a_parcel_that_lies_on_the_scale_still_is_not_weighed_for_the_next(scaled: SendBench) -> None:
    scaled.scan(SEND, SF)
    scaled.put_on(1_000)
    scaled.scan(JD)
    scaled.pass_s(3)
    assert len(scaled.questions) == 1
    scaled.take_off()
    scaled.put_on(2_000)
    assert scaled.questions[-1].args == {"token": JD, "grams": 2_000}


# --- secrets and practice --------------------------------------------------------------------------------------------


def test_the_code_is_nowhere_but_in_its_question(shop: SendBench, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    shop.accepted(SF)
    shop.restart(clean=True)
    for path in shop.folder.glob("ledger.db*"):
        octets = path.read_bytes()
        assert b"k7Q2" not in octets and "张三".encode() not in octets and b"13812345678" not in octets
    seen = str(shop.shown) + str(shop.spoken) + str(shop.printed) + caplog.text
    assert "k7Q2" not in seen and "张三" not in seen and "13812345678" not in seen


def test_nothing_is_sent_in_practice(shop: SendBench) -> None:
    shop.card(TRAINING)
    shop.scan(SEND)
    assert shop.prompts[-1] == "train.not_now"
