"""Bills and journeys: what is scanned or keyed, what is read back, and how a ticket is given back (rows 73, 74)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from counter_bench import COLA, Habits
from service_bench import BILL, DROP, EXACT, STOP, TICKETS, ServiceBench, open_shop
from test_services_money import wallet
from wallet_bench import ALIPAY

from edge.codec import wire_service as wire
from edge.codec.command_card import OwnSlip, SlipKind, slip_code
from edge.model.counter import Verb, Waiting
from edge.model.money import Fen, Rounding
from edge.model.service_order import ServiceState

S = ServiceState
ACCOUNT = "330812345600"
LATE_ACCOUNT = "330812345682"
TOKEN = "TRIP-k7Q2-00"


@pytest.fixture
def shop(tmp_path: Path) -> ServiceBench:
    return open_shop(tmp_path / "shop")


def refunds(shop: ServiceBench) -> list[dict[str, Any]]:
    return [row["data"] for row in shop.records("sale.refunded")]


# --- bills -----------------------------------------------------------------------------------------------------------


def test_a_bill_is_keyed_and_its_amount_and_day_come_back(shop: ServiceBench) -> None:
    order = shop.bill(ACCOUNT)
    assert (order.price, order.subject) == (1_000, "330****5600")
    assert shop.prompts[-2:] == ["svc.due", "svc.price"]
    assert "11月30日前要交" in [speech.text for speech in shop.spoken]
    assert shop.slips("缴费截止 2026-11-30")
    shop.keys("E")
    shop.card(EXACT)
    shop.serve()
    assert shop.state(order) is S.COMPLETED


def test_a_bill_is_scanned(shop: ServiceBench) -> None:
    shop.card(BILL)
    shop.scan(ACCOUNT)
    assert shop.asked()[-1].args["ref"] == ACCOUNT
    assert "amt" not in shop.asked()[-1].args


def test_a_bill_that_is_overdue_is_said_and_can_be_paid(shop: ServiceBench) -> None:
    order = shop.bill(LATE_ACCOUNT)
    assert shop.prompts[-2:] == ["svc.overdue", "svc.price"]
    assert shop.slips("已过期")
    shop.keys("E")
    shop.card(EXACT)
    shop.serve()
    assert shop.state(order) is S.COMPLETED


def test_goods_and_wallet_codes_are_no_bills(shop: ServiceBench) -> None:
    shop.card(BILL)
    shop.scan(COLA)
    assert shop.prompts[-1] == "svc.bill"
    shop.scan(ALIPAY)
    assert (shop.prompts[-1], shop.asked(), shop.sent("req")) == ("svc.bill", [], shop.sent("req"))
    assert not any(ALIPAY in str(request.args) for request in shop.sent("req"))


def test_a_number_that_no_biller_has_is_asked_for_again(shop: ServiceBench) -> None:
    shop.card(BILL)
    shop.keys("123E")
    assert (shop.prompts[-1], shop.asked()) == ("svc.number_wrong", [])
    shop.keys(f"{ACCOUNT}E")
    assert len(shop.asked()) == 1


def test_a_bill_above_the_limit_is_refused(shop: ServiceBench) -> None:
    shop.card(BILL)
    shop.keys(f"{ACCOUNT}E")
    shop.answer(shop.asked()[-1], price=300_000, amt=300_000)
    assert (shop.prompts[-1], shop.told()) == ("svc.most", [])


def test_a_bill_that_is_refused_gives_its_money_back(shop: ServiceBench) -> None:
    order = shop.bill("330812345690")
    shop.keys("E")
    shop.card(EXACT)
    shop.serve()
    assert (shop.state(order), len(refunds(shop))) == (S.REFUNDED, 1)


# --- journeys --------------------------------------------------------------------------------------------------------


def test_a_journey_is_read_back_sold_and_its_ticket_printed(shop: ServiceBench) -> None:
    order = shop.travel()
    assert shop.prompts[-2:] == ["svc.route", "svc.price"]
    assert "杭州到上海，11月24日上午九点三十分，对吗？" in [speech.text for speech in shop.spoken]
    (slip,) = shop.slips("杭州东 - 上海虹桥")
    assert '"2026-11-24 09:30"' in slip
    shop.keys("E")
    shop.card(EXACT)
    shop.serve()
    assert shop.state(order) is S.COMPLETED
    (proof,) = shop.slips("办理成功")
    assert f"TICKET:{order.id}" in proof and '"2026-11-24 09:30"' in proof
    assert "08车 06F" in proof


def test_the_token_is_in_one_question_alone(shop: ServiceBench) -> None:
    shop.ticket(TOKEN)
    assert shop.asked()[-1].args["ref"] == TOKEN
    assert TOKEN not in str(shop.records())
    assert TOKEN not in str(shop.orders())
    for file in shop.folder.glob("ledger.db*"):
        assert TOKEN.encode() not in file.read_bytes(), f"{file.name} has the token"


def test_a_journey_may_be_of_another_platform_that_the_shop_sells(shop: ServiceBench) -> None:
    shop.card(TICKETS)
    shop.scan(TOKEN)
    shop.answer(shop.asked()[-1], offer="JD_TRAVEL")
    assert shop.orders()[-1].offer == "JD_TRAVEL"
    shop.card(STOP, TICKETS)
    shop.scan("TRIP-other-00")
    shop.answer(shop.asked()[-1], offer="ALI_TOP_UP")
    assert shop.prompts[-1] == "svc.differs"


def test_a_journeys_quote_is_good_for_a_quarter_of_an_hour(shop: ServiceBench) -> None:
    order = shop.travel()
    shop.keys("-")
    shop.pass_s(901)
    shop.scan(shop.slip(order))
    assert (shop.prompts[-1], shop.state(order)) == ("svc.expired", S.EXPIRED)


# --- given back ------------------------------------------------------------------------------------------------------


def ask_back(shop: ServiceBench, order: Any) -> None:
    shop.card(DROP)
    shop.scan(shop.slip(order))
    assert shop.counter().verb in (Verb.CANCEL_SERVICE, Verb.CANCEL_BACK)
    shop.keys("E")


def test_a_ticket_is_given_back_before_the_cut_off_less_its_fee(shop: ServiceBench) -> None:
    order = shop.ticket()
    ask_back(shop, order)
    assert (shop.state(order), refunds(shop)) == (S.CANCELLING, [])
    shop.kicked.clear()
    shop.serve()
    assert shop.state(order) is S.CANCELLED_REFUNDED
    (back,) = refunds(shop)
    assert back["pay"] == [{"m": "cash", "amt": 900}]
    (told,) = [row["data"] for row in shop.records("service.cancelled") if row["data"]["why"] == "back"]
    assert (told["fee"], told["back"]) == (100, 900)
    assert len(shop.kicked) == 1
    assert shop.slips("业务已取消")
    assert "已取消，退九元" in [speech.text for speech in shop.spoken]
    assert shop.verdict() == ""


def test_what_cash_was_rounded_by_is_in_what_is_given_back_and_told(tmp_path: Path) -> None:
    """1270 fen were 1200 in cash: less a fee of 127 that is 1073, in the drawer, in the row, on paper and in words."""
    shop = open_shop(tmp_path / "shop", habits=Habits(rounding=Rounding.JIAO))
    order = shop.ticket("TRIP-k7Q2-27")
    ask_back(shop, order)
    shop.serve()
    (back,) = refunds(shop)
    (told,) = [row["data"] for row in shop.records("service.cancelled") if row["data"]["why"] == "back"]
    assert (back["total"], told["back"], told["fee"]) == (1073, 1073, 127)
    assert shop.slips("￥10.73")
    assert [speech.text for speech in shop.spoken if "已取消" in speech.text] == ["已取消，退十元七角三分"]


def test_after_the_cut_off_it_stays(shop: ServiceBench) -> None:
    order = shop.ticket()
    shop.pass_s(3_700)
    shop.card(DROP)
    shop.scan(shop.slip(order))
    assert (shop.state(order), shop.last_words) == (S.COMPLETED, "过了时间不能退")
    assert (shop.asked(wire.CANCEL), shop.counter().waiting) == ([], Waiting.NOTHING)


def test_where_nobody_said_until_when_the_provider_decides(shop: ServiceBench) -> None:
    shop.card(TICKETS)
    shop.scan(TOKEN)
    shop.answer(shop.asked()[-1], until=None, fee=None)
    shop.keys("E")
    shop.card(EXACT)
    shop.serve()
    order = shop.orders()[-1]
    ask_back(shop, order)
    assert "取消这单十元？按确认" in [speech.text for speech in shop.spoken]
    shop.pass_s(3_700)
    shop.serve()
    assert (shop.state(order), refunds(shop), shop.prompts[-1]) == (S.COMPLETED, [], "svc.kept")
    assert shop.told()[-2:] == ["cancelled", "completed"]


def test_a_wallet_gets_the_rest_back(shop: ServiceBench) -> None:
    order = shop.travel()
    shop.keys("E")
    shop.scan(ALIPAY)
    wallet(shop, "payment.pay", "approved")
    shop.serve(2)
    ask_back(shop, order)
    shop.serve(2)
    assert (shop.state(order), refunds(shop)) == (S.CANCELLED_REFUNDED, [])
    wallet(shop, "payment.refund", "refunded")
    assert refunds(shop)[0]["pay"][0] | {"pid": ""} == {"m": "alipay", "amt": 900, "pid": ""} | {
        key: value for key, value in refunds(shop)[0]["pay"][0].items() if key == "ref"
    }


def test_cash_for_somebody_who_has_gone_waits_for_the_slip(shop: ServiceBench) -> None:
    order = shop.ticket()
    ask_back(shop, order)
    shop.pass_s(400)
    shop.serve(700)
    assert (shop.state(order), refunds(shop)) == (S.CANCELLING, [])
    assert shop.prompts.count("svc.fail_later") == 1
    shop.card(DROP)
    shop.scan(shop.slip(order))
    shop.serve(2)
    assert (shop.state(order), len(refunds(shop))) == (S.CANCELLED_REFUNDED, 1)


@pytest.mark.parametrize("moment", ["asked", "answered"])
def test_a_power_cut_while_it_is_given_back_gives_it_once(shop: ServiceBench, moment: str) -> None:
    order = shop.ticket()
    ask_back(shop, order)
    if moment == "answered":
        shop.answer(shop.asked(wire.CANCEL)[-1])
    shop.restart()
    shop.go_online()
    shop.serve(10)
    if shop.state(order) is S.CANCELLING:
        shop.card(DROP)
        shop.scan(shop.slip(order))
        shop.serve(5)
    assert (shop.state(order), len(refunds(shop))) == (S.CANCELLED_REFUNDED, 1)


def test_an_answer_that_comes_twice_gives_back_once(shop: ServiceBench) -> None:
    order = shop.ticket()
    ask_back(shop, order)
    request = shop.asked(wire.CANCEL)[-1]
    for _ in range(3):
        shop.answer(request)
    assert (shop.state(order), len(refunds(shop))) == (S.CANCELLED_REFUNDED, 1)


def test_a_late_word_that_it_is_done_is_no_refusal(shop: ServiceBench) -> None:
    order = shop.ticket()
    ask_back(shop, order)
    shop.say(shop.asked(wire.SUBMIT)[-1], "completed", price=1000)
    assert shop.state(order) is S.CANCELLING


def test_a_top_up_cannot_be_given_back(shop: ServiceBench) -> None:
    order = shop.paid()
    shop.serve()
    shop.card(DROP)
    shop.scan(shop.slip(order))
    assert (shop.prompts[-1], shop.counter().waiting) == ("svc.no_cancel", Waiting.NOTHING)


def test_a_slip_that_nobody_paid_is_given_up(shop: ServiceBench) -> None:
    order = shop.travel()
    shop.keys("-")
    shop.card(DROP)
    shop.scan(shop.slip(order))
    assert (shop.state(order), shop.prompts[-1]) == (S.CANCELLED, "svc.dropped")
    shop.scan(shop.slip(order))
    assert (shop.prompts[-1], shop.lines) == ("svc.over", [])


def test_one_that_lies_in_the_bill_is_taken_out_there(shop: ServiceBench) -> None:
    order = shop.travel()
    shop.keys("E")
    shop.card(DROP)
    shop.scan(shop.slip(order))
    assert (shop.state(order), shop.prompts[-1], len(shop.lines)) == (S.QUOTED, "svc.remove_line", 1)


@pytest.mark.parametrize("text", [slip_code(OwnSlip(SlipKind.SERVICE, "123456789012")), COLA, TOKEN])
def test_what_is_no_slip_of_ours_cancels_nothing(shop: ServiceBench, text: str) -> None:
    shop.card(DROP)
    shop.scan(text)
    assert shop.prompts[-1] in ("svc.not_ours", "svc.cancel_scan")
    shop.keys("-")
    assert shop.counter().waiting is Waiting.NOTHING


def test_without_a_network_nothing_is_given_back(shop: ServiceBench) -> None:
    shop.ticket()
    shop.down()
    shop.card(DROP)
    assert shop.prompts[-1] == "svc.offline"


def a_tight_shop(folder: Path) -> ServiceBench:
    """It may sell top-ups for 15.00 a day."""
    platforms = Habits().platforms
    tight = tuple(
        replace(offer, day_most=Fen(1_500)) if offer.id == "ALI_TOP_UP" else offer for offer in platforms.services
    )
    return open_shop(folder, habits=Habits(platforms=replace(platforms, services=tight)))


def test_a_days_limit_is_kept(tmp_path: Path) -> None:
    shop = a_tight_shop(tmp_path / "shop")
    shop.paid()
    shop.serve()
    shop.in_bill()
    assert (shop.prompts[-1], shop.lines) == ("svc.day_most", [])


def test_a_days_limit_counts_what_lies_in_a_bill(tmp_path: Path) -> None:
    shop = a_tight_shop(tmp_path / "shop")
    shop.in_bill()
    shop.in_bill()
    assert (shop.prompts[-1], len(shop.lines)) == ("svc.day_most", 1)
