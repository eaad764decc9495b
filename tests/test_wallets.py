"""A wallet pays: every answer and every silence of the cloud, as the shopkeeper hears it and the journal keeps it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from counter_bench import COLA, NOODLES, CounterBench
from wallet_bench import ALIPAY, ECNY, UNIONPAY, WECHAT, WalletBench, open_shop

from edge.codec.topics import Down
from edge.messages import View
from edge.model.payment import (
    PaymentState,
)
from edge.model.sale import State

SUBTOTAL, EXACT, UNDO, CANCEL, HOLD, RECALL, STOP = (
    "ZZ1014", "ZZ1021", "ZZ1052", "ZZ1069", "ZZ1076", "ZZ1083", "ZZ1908"
)  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path) -> WalletBench:
    return open_shop(tmp_path / "shop")


@pytest.mark.parametrize(
    ("code", "channel", "spoken"),
    [(ALIPAY, "alipay", "支付宝"), (WECHAT, "wechat", "微信"), (UNIONPAY, "unionpay", "云闪付"),
     (ECNY, "ecny", "数字人民币"), ("18" + "2" * 16, "jdpay", "京东支付")],
)  # fmt: skip
def test_a_code_pays_what_is_due_and_the_sale_says_that_it_is_paid(
    shop: WalletBench, code: str, channel: str, spoken: str
) -> None:
    shop.pays(code, COLA, NOODLES)
    (request,) = shop.asked()
    assert request.args == {
        "pid": request.cid, "sale": shop.payment().sale, "m": channel, "amt": 750, "cur": "CNY", "code": code,
    }  # fmt: skip
    assert shop.last_words == f"一共七元五角，{spoken}，请稍等"
    shop.answer("approved", out={"ref": "4200002211"})
    assert shop.last_words == f"{spoken}收款七点五元，本单已收齐"
    assert shop.shown[-1].view is View.RECEIVED
    (sale,) = shop.sales()
    assert sale["pay"] == [{"m": channel, "amt": 750, "pid": request.cid, "ref": "4200002211"}]
    assert shop.kicked == []
    assert shop.states() == ["sent", "approved"]


def test_the_code_is_in_the_request_and_nowhere_else(shop: WalletBench, tmp_path: Path) -> None:
    shop.pays(ALIPAY)
    request = shop.published[-1]
    assert ALIPAY.encode() in request.payload
    shop.answer("accepted", more=True)
    shop.answer("approved")
    elsewhere = [effect for effect in shop.left if effect is not request]
    assert ALIPAY not in repr(elsewhere)
    for file in shop.folder.iterdir():
        if file.is_file():
            assert ALIPAY.encode() not in file.read_bytes(), file.name


def test_a_password_is_asked_of_the_customer(shop: WalletBench) -> None:
    shop.pays()
    shop.answer("wait_customer", more=True)
    assert shop.last_words == "请顾客输入密码"
    shop.keys("E")
    assert shop.last_words == "请顾客输入密码"
    shop.answer("approved")
    assert len(shop.sales()) == 1


@pytest.mark.parametrize(("state", "prompt"), [("declined", "pay.declined"), ("cancelled", "pay.cancelled")])
def test_what_was_not_paid_goes_back_to_the_total_and_cash_pays_it(shop: WalletBench, state: str, prompt: str) -> None:
    shop.pays()
    shop.answer(state)
    assert shop.prompts[-1] == prompt
    assert shop.sale is not None
    assert (shop.sale.state, shop.sale.payment, shop.sales()) == (State.SUBTOTAL, "", [])
    shop.keys("5E")
    assert shop.sales()[0]["pay"][0]["m"] == "cash"
    assert "dual_risk" not in shop.sales()[0]


def test_another_code_of_the_same_customer_is_another_payment(shop: WalletBench) -> None:
    shop.pays(ALIPAY)
    shop.answer("declined")
    shop.scan(WECHAT)
    first, second = shop.asked()
    assert first.args["pid"] != second.args["pid"]


def test_cash_first_and_a_wallet_pays_the_rest(shop: WalletBench) -> None:
    shop.scan(COLA, NOODLES)
    shop.keys("5E")
    shop.scan(ALIPAY)
    shop.answer("approved")
    assert [(pay["m"], pay["amt"]) for pay in shop.sales()[0]["pay"]] == [("cash", 500), ("alipay", 250)]
    assert len(shop.kicked) == 1


def test_without_a_network_no_code_is_tried(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop")
    shop.scan(COLA, ALIPAY)
    assert shop.last_words == "现在断网，请收现金"
    assert shop.records("payment.changed") == []
    shop.card(EXACT)
    assert len(shop.sales()) == 1


def test_a_code_before_the_goods_is_asked_for_goods(shop: WalletBench) -> None:
    shop.scan(ALIPAY)
    assert shop.last_words == "请先扫商品"
    assert shop.asked() == []


def test_while_a_payment_is_under_way_nothing_of_the_sale_changes(shop: WalletBench) -> None:
    shop.pays()
    lines = shop.lines
    for act in (NOODLES, HOLD, UNDO, EXACT, "ZZ1212", WECHAT):
        shop.scan(act)
        assert shop.prompts[-1].startswith("pay."), act
    shop.keys("-+5E3*")
    assert (shop.lines, shop.sales(), len(shop.asked())) == (lines, [], 1)


def test_a_request_that_nobody_acknowledges_is_sent_again_three_times_then_nobody_knows(shop: WalletBench) -> None:
    shop.pays()
    shop.pass_s(19)
    assert len({request.cid for request in shop.asked()}) == 1
    assert len(shop.asked()) == 4
    shop.pass_s(2)
    assert shop.payment().state is PaymentState.UNKNOWN
    assert shop.last_words == "结果还不知道，先不要放货"
    shop.pass_s(300)
    assert len(shop.asked()) == 4
    assert len(shop.asked("payment.query")) >= 5


def test_an_acknowledged_request_is_not_sent_again_and_is_cancelled_after_a_minute(shop: WalletBench) -> None:
    shop.pays()
    shop.answer("accepted", more=True)
    shop.pass_s(58)
    assert (len(shop.asked()), shop.asked("payment.cancel")) == (1, [])
    shop.pass_s(3)
    assert shop.payment().state is PaymentState.CANCELLING
    shop.answer("cancelled", kind="payment.cancel")
    assert shop.prompts[-1] == "pay.cancelled"


def test_what_has_no_end_after_ninety_seconds_is_unknown(shop: WalletBench) -> None:
    shop.pays()
    shop.answer("accepted", more=True)
    shop.pass_s(92)
    assert shop.payment().state is PaymentState.UNKNOWN
    assert shop.sale is not None
    assert shop.sale.state is State.PAY_UNKNOWN


def test_stop_cancels_and_a_success_that_came_first_wins(shop: WalletBench) -> None:
    shop.pays()
    shop.answer("wait_customer", more=True)
    shop.card(STOP)
    assert shop.last_words == "正在取消付款，请稍等"
    shop.answer("approved", kind="payment.cancel")
    assert len(shop.sales()) == 1
    assert shop.last_words.endswith("本单已收齐")


def test_wechat_is_not_cancelled_before_fifteen_seconds(shop: WalletBench) -> None:
    shop.pays(WECHAT)
    shop.answer("wait_customer", more=True)
    shop.pass_s(3)
    shop.card(STOP)
    assert shop.asked("payment.cancel") == []
    shop.pass_s(12)
    assert len(shop.asked("payment.cancel")) == 1


def test_an_unknown_payment_stands_aside_and_its_late_success_completes_it(shop: WalletBench) -> None:
    shop.pays()
    shop.pass_s(25)
    shop.card(HOLD)
    assert shop.last_words.startswith("已挂单，")
    shop.sell(NOODLES)
    shop.answer("approved", kind="payment.query")
    assert shop.last_words == "挂着的那单支付宝收款三元，可以放货"
    assert [sale["total"] for sale in shop.sales()] == [450, 300]
    assert shop.begin().held.numbers() == []


def test_a_parked_sale_that_is_paid_leaves_the_number_that_is_being_typed(shop: WalletBench) -> None:
    shop.pays()
    shop.pass_s(25)
    shop.card(HOLD)
    shop.keys("81")
    shop.answer("approved", kind="payment.query")
    shop.keys(".1+")
    assert shop.lines == [("无码商品", 8110)]


def test_an_unknown_payment_that_stands_aside_and_was_not_made_comes_back_by_the_card(shop: WalletBench) -> None:
    shop.pays()
    shop.pass_s(25)
    shop.card(HOLD)
    shop.answer("cancelled", kind="payment.query")
    assert shop.last_words == "挂着的那单没付，取单再收"
    shop.card(RECALL, EXACT)
    assert shop.sales()[0]["pay"][0]["m"] == "cash"


def test_a_late_success_at_the_counter_completes_the_sale(shop: WalletBench) -> None:
    shop.pays()
    shop.pass_s(25)
    shop.answer("approved", kind="payment.query")
    assert shop.last_words == "支付宝收款三元，本单已收齐"
    assert len(shop.sales()) == 1


def unknown(shop: WalletBench) -> None:
    shop.pays()
    shop.pass_s(25)
    assert shop.sale is not None
    assert shop.sale.state is State.PAY_UNKNOWN


def test_the_owner_takes_cash_instead_and_the_wallets_money_goes_back(shop: WalletBench) -> None:
    unknown(shop)
    pid = shop.payment().id
    shop.keys("E")
    assert shop.last_words == "改收现金三元？按确认"
    shop.pass_s(1)
    shop.keys("E")
    (sale,) = shop.sales()
    assert (sale["pay"][0]["m"], sale["dual_risk"]) == ("cash", pid)
    shop.answer("approved", kind="payment.cancel")
    assert shop.last_words == "刚才那笔也付了三元，会退回"
    shop.answer("refunded", kind="payment.refund")
    assert shop.last_words == "已原路退回三元"
    assert shop.payment(pid).state is PaymentState.REFUNDED
    assert len(shop.sales()) == 1


def test_enter_that_bounces_takes_no_cash(shop: WalletBench) -> None:
    unknown(shop)
    shop.bounce()
    assert shop.sales() == []
    shop.pass_s(1)
    shop.keys("E")
    assert len(shop.sales()) == 1


def test_less_cash_than_the_whole_does_not_settle_a_doubtful_payment(shop: WalletBench) -> None:
    unknown(shop)
    shop.keys("1E")
    assert shop.last_words == "要收足三元现金"
    assert shop.sales() == []
    shop.keys("5E")
    assert shop.sales()[0]["pay"] == [{"m": "cash", "amt": 300, "tendered": 500, "change": 200}]


@pytest.mark.parametrize("acknowledged", [False, True])
def test_power_lost_in_the_middle_is_unknown_and_asked_about_never_submitted_again(
    shop: WalletBench, *, acknowledged: bool
) -> None:
    shop.pays()
    pid = shop.payment().id
    if acknowledged:
        shop.answer("wait_customer", more=True)
    shop.restart()
    shop.published.clear()
    assert shop.payment(pid).state is PaymentState.UNKNOWN
    shop.go_online()
    shop.pass_s(10)
    assert shop.asked() == []
    assert {request.args["pid"] for request in shop.asked("payment.query")} == {pid}
    shop.answer("approved", kind="payment.query")
    assert [sale["pay"][0]["pid"] for sale in shop.sales()] == [pid]


def test_a_link_that_is_lost_makes_it_unknown_and_the_welcome_asks(shop: WalletBench) -> None:
    shop.pays()
    shop.down()
    assert shop.prompts.count("pay.unknown") == 1
    shop.go_online()
    assert len(shop.asked("payment.query")) == 1
    shop.answer("declined", kind="payment.query")
    assert shop.last_words == "刚才那笔没有付，请再收"


# --- what a cloud must not say ---------------------------------------------------------------------------------------


def test_another_amount_books_nothing_and_alarms(shop: WalletBench) -> None:
    shop.pays()
    shop.answer("approved", amt=299)
    assert shop.last_words == "付的金额不对，先别放货"
    assert (shop.sales(), shop.payment().state) == ([], PaymentState.UNKNOWN)


def test_an_answer_for_another_sale_books_nothing(shop: WalletBench) -> None:
    shop.pays()
    cid = "019aadf2-17aa-7c3e-9d51-6a1b2c3d4e5f"
    shop.hear(Down.RES, {"cid": cid, "ok": True, "state": "approved", "out": {"pid": cid, "amt": 300, "cur": "CNY"}})
    assert shop.last_words == "没有对应的单，先别放货"
    assert shop.sales() == []


def test_an_answer_about_a_parcel_is_no_answer_about_money(shop: WalletBench) -> None:
    shop.pays()
    said = list(shop.prompts)
    cid = "019aadf2-17aa-7c3e-9d51-6a1b2c3d4e5f"
    shop.hear(Down.RES, {"cid": cid, "ok": True, "state": "done", "out": {"parcel": "p1", "to": "u1"}})
    assert shop.prompts == said


def test_an_answer_that_names_another_payment_books_nothing(shop: WalletBench) -> None:
    shop.pays()
    shop.answer("approved", out={"pid": "019aadf2-17aa-7c3e-9d51-6a1b2c3d4e5f"})
    assert (shop.sales(), shop.prompts[-1]) == ([], "pay.no_match")


def test_the_same_answer_twice_books_once_and_is_said_once(shop: WalletBench) -> None:
    shop.pays()
    for _ in range(3):
        shop.answer("approved")
    assert len(shop.sales()) == 1
    assert shop.prompts.count("pay.again") == 1


@pytest.mark.parametrize("out", [{"amt": "300"}, {"amt": 3.0}, {"pid": 7}])
def test_an_answer_that_cannot_be_read_changes_nothing(shop: WalletBench, out: dict[str, Any]) -> None:
    shop.pays()
    shop.answer("approved", out=out)
    assert (shop.sales(), shop.payment().state) == ([], PaymentState.SENT)


@pytest.mark.parametrize(
    ("code", "retry", "state"), [("auth.denied", False, State.SUBTOTAL), ("internal", True, State.PAY_UNKNOWN)]
)
def test_a_request_that_the_cloud_refuses_is_an_end_only_when_it_says_so(
    shop: WalletBench, code: str, retry: bool, state: State
) -> None:
    shop.pays()
    fault = {"code": code, "msg": "no", "retry": retry}
    shop.hear(Down.RES, {"cid": shop.asked()[0].cid, "ok": False, "err": fault})
    assert shop.sale is not None
    assert shop.sale.state is state


def test_a_full_disk_takes_cash_only(shop: WalletBench) -> None:
    shop.space = type(shop.space)(total=100_000_000, free=1_500_000)
    shop.pass_s(120)
    shop.run_jobs()
    shop.scan(COLA, ALIPAY)
    assert (shop.prompts[-1], shop.asked()) == ("store.full", [])
