"""Money of services: paid by anything, given back once and the way it came when nothing was done for it (row 69)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from counter_bench import COLA, Habits
from service_bench import EXACT, OTHER, POST_VOID, REFUND, TAB, ServiceBench, open_shop, phone
from tab_bench import MEMBER, enrol
from wallet_bench import ALIPAY

from edge.codec import wire_service as wire
from edge.codec.command_card import receipt_code
from edge.codec.topics import Down
from edge.model.counter import Verb, Waiting
from edge.model.money import Rounding
from edge.model.service_order import ServiceState

S = ServiceState
DECLINED = phone(90)


@pytest.fixture
def shop(tmp_path: Path) -> ServiceBench:
    return open_shop(tmp_path / "shop")


def wallet(shop: ServiceBench, kind: str, state: str) -> None:
    """The newest question about wallet money is answered."""
    request = next(one for one in reversed(shop.sent("req")) if one.type == kind)
    tx = shop.begin()
    amount = request.args.get("amt") or tx.payments.find(request.args["pid"]).amount
    tx.rollback()
    out = {key: request.args[key] for key in ("pid", "rid") if key in request.args} | {"amt": amount, "cur": "CNY"}
    shop.hear(Down.RES, {"cid": request.cid, "ok": True, "state": state, "out": out})


def refunds(shop: ServiceBench) -> list[dict[str, Any]]:
    return [row["data"] for row in shop.records("sale.refunded")]


def cash_in_drawer(shop: ServiceBench) -> int:
    tx = shop.begin()
    takings = tx.day.takings()
    tx.rollback()
    return int(takings.cash)


def test_what_fails_while_the_customer_waits_is_given_back_from_the_drawer(shop: ServiceBench) -> None:
    shop.scan(COLA)
    order = shop.paid(DECLINED)
    shop.kicked.clear()
    shop.serve()
    assert shop.state(order) is S.REFUNDED
    assert shop.told() == ["quoted", "paid", "submitted", "failed", "refunded"]
    (back,) = refunds(shop)
    assert [(line["sku"], line["amt"]) for line in back["lines"]] == [(order.sku, 1000)]
    assert back["pay"] == [{"m": "cash", "amt": 1000}]
    assert cash_in_drawer(shop) == shop.sales()[-1]["total"] - 1000
    assert len(shop.kicked) == 1
    assert (len(shop.slips("没有办成")), len(shop.slips("退货单"))) == (1, 1)
    assert "没有办成，请退十元" in [speech.text for speech in shop.spoken]
    assert shop.verdict() == ""


def test_what_fails_when_the_customer_has_gone_waits_for_the_slip(shop: ServiceBench) -> None:
    order = shop.paid(phone(93))
    shop.pass_s(400)
    shop.serve(700)
    assert shop.state(order) is S.FAILED
    assert (refunds(shop), shop.prompts[-1]) == ([], "svc.fail_later")
    shop.scan(shop.slip(order))
    assert (shop.counter().waiting, shop.counter().verb) == (Waiting.CONFIRM, Verb.SERVICE_BACK)
    assert shop.last_words == "退给顾客十元？按确认"
    shop.hush()
    shop.keys("E")
    assert (shop.state(order), len(refunds(shop)), len(shop.kicked)) == (S.REFUNDED, 1, 1)
    shop.scan(shop.slip(order))
    assert shop.prompts[-1] == "svc.over"
    assert len(refunds(shop)) == 1


def test_a_slip_with_money_on_it_survives_the_power(shop: ServiceBench) -> None:
    order = shop.paid(phone(93))
    shop.pass_s(400)
    shop.serve(700)
    shop.scan(shop.slip(order))
    shop.restart()
    shop.keys("E")
    assert refunds(shop) == [], "the question is gone with the power"
    shop.scan(shop.slip(order))
    shop.keys("E")
    assert (shop.state(order), len(refunds(shop))) == (S.REFUNDED, 1)


def test_minus_does_not_give_the_money_out(shop: ServiceBench) -> None:
    order = shop.paid(phone(93))
    shop.pass_s(400)
    shop.serve(700)
    shop.scan(shop.slip(order))
    shop.keys("-")
    assert (refunds(shop), shop.state(order), shop.counter().waiting) == ([], S.FAILED, Waiting.NOTHING)


def test_a_wallet_gets_its_money_back(shop: ServiceBench) -> None:
    order = shop.in_bill(DECLINED)
    shop.scan(ALIPAY)
    wallet(shop, "payment.pay", "approved")
    assert shop.state(order) is S.SUBMITTED
    shop.answer(shop.asked(wire.SUBMIT)[-1])
    shop.pass_s(1)
    shop.news()
    assert shop.state(order) is S.FAILED
    assert refunds(shop) == []
    shop.scan(shop.slip(order))
    assert shop.prompts[-1] == "svc.back_soon"
    wallet(shop, "payment.refund", "refunded")
    assert shop.state(order) is S.REFUNDED
    assert refunds(shop)[0]["pay"][0]["m"] == "alipay"
    assert cash_in_drawer(shop) == 0


def test_a_wallet_that_cannot_be_paid_back_gets_cash(shop: ServiceBench) -> None:
    order = shop.in_bill(DECLINED)
    shop.scan(ALIPAY)
    wallet(shop, "payment.pay", "approved")
    shop.answer(shop.asked(wire.SUBMIT)[-1])
    shop.pass_s(1)
    shop.news()
    wallet(shop, "payment.refund", "declined")
    assert shop.state(order) is S.REFUNDED
    assert refunds(shop)[0]["pay"] == [{"m": "cash", "amt": 1000}]


def test_a_refund_on_its_way_survives_the_power(shop: ServiceBench) -> None:
    order = shop.in_bill(DECLINED)
    shop.scan(ALIPAY)
    wallet(shop, "payment.pay", "approved")
    shop.answer(shop.asked(wire.SUBMIT)[-1])
    shop.pass_s(1)
    shop.news()
    shop.restart()
    shop.go_online()
    wallet(shop, "payment.refund", "refunded")
    assert (shop.state(order), len(refunds(shop))) == (S.REFUNDED, 1)


def test_a_wallet_that_declines_submits_nothing(shop: ServiceBench) -> None:
    order = shop.in_bill()
    shop.scan(ALIPAY)
    wallet(shop, "payment.pay", "declined")
    assert (shop.state(order), shop.asked(wire.SUBMIT)) == (S.QUOTED, [])
    shop.card(EXACT)
    assert shop.state(order) is S.SUBMITTED


def test_cash_in_place_of_a_wallet_is_not_taken_without_the_cloud(shop: ServiceBench) -> None:
    order = shop.in_bill()
    shop.scan(ALIPAY)
    shop.down()
    shop.card(EXACT)
    assert (shop.prompts[-1], shop.sales(), shop.state(order)) == ("svc.offline", [], S.QUOTED)
    shop.go_online()
    wallet(shop, "payment.query", "approved")
    assert (len(shop.sales()), shop.state(order)) == (1, S.SUBMITTED)


def test_the_tab_pays_and_owes_it_no_more(shop: ServiceBench) -> None:
    enrol(shop, "50")
    order = shop.in_bill(DECLINED)
    shop.scan(TAB, MEMBER)
    shop.keys("E")
    assert shop.state(order) is S.SUBMITTED
    shop.serve()
    assert shop.state(order) is S.REFUNDED
    tx = shop.begin()
    assert tx.tabs.find(shop.habits.members.of(MEMBER[1:9])).balance == 0
    tx.rollback()


def test_money_that_nobody_sees_goes_back_in_cash(shop: ServiceBench) -> None:
    order = shop.in_bill(DECLINED)
    shop.card(OTHER)
    shop.keys("E")
    shop.serve()
    assert shop.state(order) is S.REFUNDED
    assert refunds(shop)[0]["pay"] == [{"m": "cash", "amt": 1000}]


def test_a_sale_with_a_service_is_not_taken_back_as_a_whole(shop: ServiceBench) -> None:
    shop.paid()
    shop.serve()
    shop.as_owner(POST_VOID)
    assert (shop.prompts[-1], shop.records("sale.voided")) == ("svc.no_refund", [])


def test_goods_of_the_same_receipt_come_back_without_it(shop: ServiceBench) -> None:
    shop.scan(COLA)
    shop.paid()
    shop.serve()
    shop.scan(REFUND, receipt_code(shop.sales()[-1]["receipt"]), "ZZ2066")
    shop.keys("E")
    (back,) = refunds(shop)
    assert [line["sku"] for line in back["lines"]] == [COLA]


def test_the_next_customer_is_not_disturbed_by_a_failure(shop: ServiceBench) -> None:
    order = shop.paid(DECLINED)
    shop.scan(COLA)
    shop.serve()
    assert shop.state(order) is S.REFUNDED
    assert len(shop.lines) == 1
    shop.card(EXACT)
    assert len(shop.sales()) == 2


def test_a_failure_is_given_back_also_when_cash_was_rounded(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop", habits=Habits(rounding=Rounding.JIAO))
    shop.scan(COLA)
    order = shop.paid(DECLINED)
    shop.serve()
    assert shop.state(order) is S.REFUNDED
    (back,) = refunds(shop)
    assert (amount := back["lines"][0]["amt"]) <= 1000
    assert any(f"￥{amount / 100:.2f}" in slip for slip in shop.slips("没有办成"))


def test_a_shop_that_counts_first_gives_nothing_out_before(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop", habits=Habits(require_shift=True))
    shop.card("ZZ1618")
    shop.keys("100EE")
    order = shop.paid(phone(93))
    shop.pass_s(400)
    shop.serve(700)
    shop.card("ZZ1625")
    shop.keys("110EE")
    shop.scan(shop.slip(order))
    assert (shop.prompts[-1], refunds(shop)) == ("shift.needed", [])
