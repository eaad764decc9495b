"""Wallet money that no sale wants: asked back until it has an end, told where it has none, booked where it is cash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from wallet_bench import WalletBench, open_shop

from edge.codec.topics import Down
from edge.messages import CancelPayment, Outcome
from edge.model.payment import PaymentState, RefundState
from edge.model.slip import Row
from edge.services.payments import PayLost, PayOverdue

HOLD, STOP = "ZZ1076", "ZZ1908"
HOUR_S = 3600.0


@pytest.fixture
def shop(tmp_path: Path) -> WalletBench:
    return open_shop(tmp_path / "shop")


def rids(shop: WalletBench) -> set[str]:
    return {request.args["rid"] for request in shop.asked("payment.refund")}


def late(shop: WalletBench, *, ended: str = "cancelled") -> str:
    """A payment for 3.00 that ended, and is charged all the same."""
    shop.pays()
    pid = shop.payment().id
    shop.answer(ended)
    shop.answer("approved")
    return pid


def told(shop: WalletBench, why: str) -> list[dict[str, Any]]:
    return [row["data"] for row in shop.records("payment.changed") if row["data"].get("why") == why]


# --- money that came after the end -----------------------------------------------------------------------------------


@pytest.mark.parametrize("ended", ["cancelled", "declined"])
def test_money_that_comes_after_the_end_is_journaled_and_goes_back(shop: WalletBench, ended: str) -> None:
    pid = late(shop, ended=ended)
    assert (shop.prompts[-2:], shop.last_words) == (["pay." + ended, "pay.conflict"], "取消的又付了，会退回")
    (request,) = shop.asked("payment.refund")
    (row,) = told(shop, "late")
    assert (row["pid"], row["state"], row["rid"]) == (pid, ended, request.args["rid"])
    assert request.args["amt"] == 300
    shop.answer("refunded", kind="payment.refund")
    assert shop.last_words == "已原路退回三元"
    last = shop.records("payment.changed")[-1]["data"]
    assert (last["state"], last["refunded"], last["rid"]) == (ended, 300, request.args["rid"])
    assert (shop.sales(), shop.kicked) == ([], [])


def test_it_is_asked_back_under_one_id_until_it_has_an_end_whatever_is_lost_and_cut(shop: WalletBench) -> None:
    pid = late(shop)
    (rid,) = rids(shop)
    shop.down()
    shop.restart()
    shop.published.clear()
    shop.go_online()
    shop.pass_s(300)
    assert rids(shop) == {rid}
    assert len(shop.asked("payment.refund")) >= 5
    shop.hear_refund(rid, pid, 300)
    shop.published.clear()
    shop.pass_s(HOUR_S)
    assert shop.asked("payment.refund") == []


def test_however_often_it_is_told_it_is_asked_back_once_and_nothing_is_cancelled(shop: WalletBench) -> None:
    pid = late(shop)
    for _ in range(20):
        shop.answer("approved")
    assert (len(shop.asked("payment.refund")), shop.asked("payment.cancel")) == (1, [])
    assert shop.prompts.count("pay.conflict") == 1
    (rid,) = rids(shop)
    shop.hear_refund(rid, pid, 300)
    for _ in range(20):
        shop.answer("approved")
    assert (rids(shop), len(told(shop, "late"))) == ({rid}, 1)


@pytest.mark.parametrize("is_back", [False, True])
def test_it_is_asked_back_once_also_where_it_is_told_for_hours(shop: WalletBench, *, is_back: bool) -> None:
    pid = late(shop)
    (rid,) = rids(shop)
    if is_back:
        shop.hear_refund(rid, pid, 300)
    for _ in range(3):
        shop.pass_s(HOUR_S)
        shop.answer("approved")
    assert rids(shop) == {rid}


def test_a_welcome_asks_at_once(shop: WalletBench) -> None:
    late(shop)
    shop.pass_s(300)
    shop.down()
    shop.published.clear()
    shop.go_online()
    assert len(rids(shop)) == 1


def test_one_that_is_refused_is_told_without_cash_and_tried_again_when_the_cloud_still_tells_of_it(
    shop: WalletBench,
) -> None:
    late(shop)
    first = rids(shop)
    shop.answer("declined", kind="payment.refund")
    assert shop.last_words == "三元没能退回，请联系客服"
    assert (shop.records("cash.moved"), shop.kicked) == ([], [])
    for _ in range(5):
        shop.answer("approved")
    assert rids(shop) == first
    shop.pass_s(HOUR_S)
    shop.answer("approved")
    assert len(rids(shop)) == 2
    shop.answer("refunded", kind="payment.refund")
    assert shop.payment().refunded == 300


# --- money that nobody wants any more --------------------------------------------------------------------------------


def dual(shop: WalletBench) -> str:
    """Cash for a payment that nobody knew of, which is charged then, too."""
    shop.pays()
    pid = shop.payment().id
    shop.pass_s(25)
    shop.keys("5E")
    shop.answer("approved", kind="payment.cancel")
    return pid


def test_what_the_wallet_refuses_to_take_back_is_cash_in_the_books_and_on_paper(shop: WalletBench) -> None:
    pid = dual(shop)
    kicks = len(shop.kicked)
    shop.answer("declined", kind="payment.refund")
    assert shop.last_words == "钱包退三元没成，请退现金"
    (row,) = shop.records("cash.moved")
    assert (row["data"]["why"], row["data"]["amt"], row["data"]["pid"]) == ("pay_out", 300, pid)
    assert len(shop.kicked) == kicks + 1
    shop.paper(Outcome.DONE)
    rows = [(block.left, block.right) for block in shop.printed[-1].slip.blocks if isinstance(block, Row)]
    assert ("钱包付款号", pid[-12:]) in rows
    tx = shop.begin()
    assert tx.day.takings().cash == 0, "3.00 came in as cash, 3.00 went out"
    tx.rollback()
    shop.end_day()
    (report,) = [row["data"] for row in shop.records("report.z")]
    assert report["paid_out"] == 300


def test_it_is_paid_out_once_whatever_is_said_again(shop: WalletBench) -> None:
    pid = dual(shop)
    for _ in range(3):
        shop.answer("declined", kind="payment.refund")
    shop.tell(CancelPayment(pid))
    shop.restart()
    shop.go_online()
    shop.pass_s(60)
    assert len(shop.records("cash.moved")) == 1


def test_a_cancel_that_comes_after_the_approval_does_not_ask_for_the_money_twice(shop: WalletBench) -> None:
    pid = dual(shop)
    shop.tell(CancelPayment(pid))
    assert len(rids(shop)) == 1


def test_money_for_a_sale_that_is_gone_goes_back(shop: WalletBench) -> None:
    shop.pays()
    shop.pass_s(25)
    shop.card(HOLD)
    tx = shop.begin()
    tx.held.take(1)
    tx.commit()
    shop.answer("approved", kind="payment.query")
    assert shop.last_words == "收到三元对不上单，会退回"
    assert [request.args["amt"] for request in shop.asked("payment.refund")] == [300]
    shop.answer("refunded", kind="payment.refund")
    assert shop.payment().state is PaymentState.REFUNDED


# --- a refund without an answer --------------------------------------------------------------------------------------


def test_a_refund_that_stays_without_an_answer_is_told_once_after_each_start_and_asked_for_all_the_same(
    shop: WalletBench,
) -> None:
    pid = dual(shop)
    (rid,) = rids(shop)
    shop.pass_s(HOUR_S - 120)
    assert ("refund.wallet_slow" in shop.prompts, told(shop, "overdue")) == (False, [])
    shop.pass_s(6 * HOUR_S)
    assert shop.prompts.count("refund.wallet_slow") == 1
    assert [(row["pid"], row["rid"]) for row in told(shop, "overdue")] == [(pid, rid)]
    shop.restart()
    shop.published.clear()
    shop.go_online()
    shop.pass_s(HOUR_S)
    assert rids(shop) == {rid}
    assert len(shop.asked("payment.refund")) <= 10, "once in ten minutes"
    assert len(told(shop, "overdue")) == 2
    shop.hear_refund(rid, pid, 300)
    assert (shop.payment(pid).state, shop.last_words) == (PaymentState.REFUNDED, "已原路退回三元")


def test_a_refund_that_is_refused_without_an_amount_has_its_end(shop: WalletBench) -> None:
    pid = dual(shop)
    request = shop.asked("payment.refund")[-1]
    out = {"pid": pid, "rid": request.args["rid"]}
    shop.hear(Down.RES, {"cid": request.cid, "ok": True, "state": "refunded", "out": out})
    tx = shop.begin()
    assert tx.payments.find_refund(request.args["rid"]).state is RefundState.SENT, "money that went back has an amount"
    tx.rollback()
    shop.hear(Down.RES, {"cid": request.cid, "ok": True, "state": "declined", "out": out})
    assert len(shop.records("cash.moved")) == 1


# --- an end without an amount, a step without room -------------------------------------------------------------------


@pytest.mark.parametrize("state", ["declined", "cancelled"])
def test_an_end_that_charged_nothing_needs_no_amount(shop: WalletBench, state: str) -> None:
    shop.pays()
    request = shop.asked()[-1]
    shop.hear(Down.RES, {"cid": request.cid, "ok": True, "state": state, "out": {"pid": request.args["pid"]}})
    assert (shop.payment().state.value, "pay.amount" in shop.prompts) == (state, False)


def test_an_approval_without_an_amount_books_nothing(shop: WalletBench) -> None:
    shop.pays()
    request = shop.asked()[-1]
    shop.hear(Down.RES, {"cid": request.cid, "ok": True, "state": "approved", "out": {"pid": request.args["pid"]}})
    assert (shop.sales(), shop.payment().state, shop.prompts[-1]) == ([], PaymentState.UNKNOWN, "pay.amount")


@pytest.mark.parametrize(
    ("step", "first", "after_s", "state"),
    [(PayOverdue, "accepted", 64, PaymentState.CANCELLING), (PayLost, "accepted", 94, PaymentState.UNKNOWN),
     (CancelPayment, "wait_customer", 4, PaymentState.CANCELLING)],
)  # fmt: skip
def test_a_step_that_fails_is_tried_again(
    shop: WalletBench, step: type, first: str, after_s: float, state: PaymentState
) -> None:
    failures: list[object] = []

    def fails_once(_: object, tx: object) -> None:
        if not failures:
            failures.append(step)
            raise OSError("no room")

    shop.bus.on(step, fails_once)
    shop.pays()
    shop.answer(first, more=True)
    if step is CancelPayment:
        shop.card(STOP)
    shop.pass_s(after_s)
    assert (failures, shop.payment().state) == ([step], state)
