"""Services whose provider is slow, silent, doubled or contrary, and a power that goes at every step (rows 70, 71)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from counter_bench import COLA, SCANNER
from service_bench import EXACT, PHONE, TEN, TOP_UP, ServiceBench, open_shop, phone

from edge.codec import wire_service as wire
from edge.messages import ScanData
from edge.model.service_order import ServiceOrder, ServiceState

S = ServiceState


@pytest.fixture
def shop(tmp_path: Path) -> ServiceBench:
    return open_shop(tmp_path / "shop")


def refunds(shop: ServiceBench) -> int:
    return len(shop.records("sale.refunded"))


# --- silence ---------------------------------------------------------------------------------------------------------


def test_a_submission_without_an_answer_leaves_again_under_its_own_id(shop: ServiceBench) -> None:
    order = shop.paid()
    shop.pass_s(9)
    submitted = shop.asked(wire.SUBMIT)
    assert len(submitted) == 3
    assert {request.cid for request in submitted} == {order.id}
    assert len({str(request.args) for request in submitted}) == 1


def test_silence_is_no_end(shop: ServiceBench) -> None:
    order = shop.paid(phone(91))
    shop.pass_s(13)
    assert (shop.state(order), shop.prompts[-1], refunds(shop)) == (S.UNKNOWN, "svc.pending", 0)
    assert len(shop.slips("处理中")) == 1
    shop.serve(10)
    assert shop.state(order) is S.COMPLETED
    assert shop.told() == ["quoted", "paid", "submitted", "unknown", "completed"]
    assert shop.prompts.count("svc.pending") == 1


def test_two_submissions_that_are_lost_are_done_once(shop: ServiceBench) -> None:
    order = shop.paid(phone(95))
    shop.serve(14)
    assert shop.state(order) is S.COMPLETED
    assert shop.told().count("completed") == 1


@pytest.mark.parametrize(("plan", "state"), [(92, S.COMPLETED), (93, S.REFUNDED)])
def test_a_provider_that_does_not_know_is_asked_until_it_does(shop: ServiceBench, plan: int, state: S) -> None:
    order = shop.paid(phone(plan))
    shop.serve(2)
    assert (shop.state(order), shop.prompts[-1]) == (S.UNKNOWN, "svc.pending")
    shop.serve(60)
    assert shop.state(order) is state
    assert (shop.prompts.count("svc.pending"), len(shop.slips("处理中"))) == (1, 1)


def test_a_provider_that_never_knows_is_asked_ever_less_often_and_nothing_goes_back(shop: ServiceBench) -> None:
    order = shop.paid(phone(94))
    shop.serve(2)
    times: list[int] = []
    for _ in range(4):
        before = len(shop.asked(wire.QUERY))
        shop.pass_s(600)
        times.append(len(shop.asked(wire.QUERY)) - before)
    assert times[0] > times[-1] > 0
    assert (shop.state(order), refunds(shop)) == (S.UNKNOWN, 0)


def test_how_long_to_wait_survives_a_restart(shop: ServiceBench) -> None:
    shop.paid(phone(94))
    shop.serve(2)
    shop.pass_s(3_600)
    shop.restart()
    shop.go_online()
    before = len(shop.asked(wire.QUERY))
    shop.pass_s(590)
    assert len(shop.asked(wire.QUERY)) == before, "it is an hour old, and asked every ten minutes"
    shop.pass_s(20)
    assert len(shop.asked(wire.QUERY)) == before + 1


def test_a_link_that_is_lost_is_no_end(shop: ServiceBench) -> None:
    order = shop.paid()
    shop.down()
    assert (shop.state(order), shop.prompts[-1]) == (S.UNKNOWN, "svc.pending")
    shop.go_online()
    shop.serve(2)
    assert shop.state(order) is S.COMPLETED


@pytest.mark.parametrize("messages", range(1, 8))
def test_a_cut_between_any_two_messages_of_the_payment_loses_nothing(shop: ServiceBench, messages: int) -> None:
    order = shop.in_bill()
    shop.bus.post(ScanData(SCANNER, EXACT, shop.clock.mono_s))
    for _ in range(messages):
        shop.bus.run_once()
    shop.restart()
    shop.go_online()
    if not shop.sales():
        shop.card(EXACT)
    shop.serve(10)
    assert (shop.state(order), len(shop.sales())) == (S.COMPLETED, 1)
    assert shop.told().count("paid") == 1


# --- contradictions --------------------------------------------------------------------------------------------------


def test_an_answer_that_comes_twice_is_one_end(shop: ServiceBench) -> None:
    order = shop.paid(phone(96))
    shop.serve(2)
    shop.say(shop.asked(wire.SUBMIT)[-1], "completed", price=1000)
    assert (shop.state(order), shop.told().count("completed"), len(shop.slips("办理成功"))) == (S.COMPLETED, 1, 1)


def test_a_refusal_that_comes_twice_is_one_refund(shop: ServiceBench) -> None:
    order = shop.paid(phone(90))
    shop.serve(2)
    for _ in range(3):
        shop.say(shop.asked(wire.SUBMIT)[-1], "failed", price=1000)
    assert (shop.state(order), refunds(shop)) == (S.REFUNDED, 1)


def test_one_that_is_undone_is_the_owners_to_settle(shop: ServiceBench) -> None:
    order = shop.paid(phone(97))
    shop.serve(30)
    assert shop.state(order) is S.REVERSED
    assert (shop.told()[-1], refunds(shop)) == ("reversed", 0)
    assert shop.slips("业务被退回")
    assert shop.prompts[-1] == "svc.reversed"


def test_money_that_went_back_is_not_taken_again_by_a_word(shop: ServiceBench) -> None:
    order = shop.paid(phone(98))
    shop.serve(30)
    assert (shop.state(order), refunds(shop)) == (S.REFUNDED, 1)
    assert shop.told()[-1] == "disputed"
    assert shop.prompts[-1] == "svc.disputed"
    shop.say(shop.asked(wire.SUBMIT)[-1], "completed", price=1000)
    assert shop.told().count("disputed") == 1


def test_an_answer_about_another_price_is_no_end(shop: ServiceBench) -> None:
    order = shop.paid()
    shop.say(shop.asked(wire.SUBMIT)[-1], "completed", price=2000)
    assert (shop.state(order), shop.prompts[-2:]) == (S.UNKNOWN, ["svc.differs", "svc.pending"])
    shop.serve(10)
    assert shop.state(order) is S.COMPLETED


@pytest.mark.parametrize("state", ["done", "", "paid"])
def test_an_answer_that_says_nothing_known_is_no_end(shop: ServiceBench, state: str) -> None:
    order = shop.paid()
    shop.say(shop.asked(wire.SUBMIT)[-1], state or "x", price=1000)
    assert shop.state(order) is S.SUBMITTED


def test_an_answer_about_another_order_is_no_end(shop: ServiceBench) -> None:
    order = shop.paid()
    shop.say(shop.asked(wire.SUBMIT)[-1], "completed", price=1000, soid="019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f")
    assert shop.state(order) is not S.COMPLETED


def test_a_submission_that_is_refused_for_good_is_a_failure(shop: ServiceBench) -> None:
    order = shop.paid()
    shop.refuse(shop.asked(wire.SUBMIT)[-1], "auth.denied")
    assert (shop.state(order), refunds(shop)) == (S.REFUNDED, 1)


def test_another_order_under_the_same_id_is_none(shop: ServiceBench) -> None:
    order = shop.paid()
    shop.refuse(shop.asked(wire.SUBMIT)[-1], "service.conflict")
    assert (shop.state(order), refunds(shop)) == (S.UNKNOWN, 0)
    shop.serve(10)
    assert shop.state(order) is S.COMPLETED


def test_a_cloud_that_is_busy_is_asked_again(shop: ServiceBench) -> None:
    order = shop.paid()
    shop.refuse(shop.asked(wire.SUBMIT)[-1], "internal", retry=True)
    assert shop.state(order) is S.SUBMITTED
    shop.serve(6)
    assert shop.state(order) is S.COMPLETED


def test_a_cloud_that_never_saw_it_ends_it_and_the_money_goes_back(shop: ServiceBench) -> None:
    order = shop.paid()
    shop.pass_s(13)
    shop.providers._store.run("DELETE FROM service")
    shop._heard = {request.cid: 9 for request in shop.sent("req")}
    shop.serve(10)
    assert (shop.state(order), refunds(shop)) == (S.REFUNDED, 1)


# --- power -----------------------------------------------------------------------------------------------------------


STEPS: tuple[tuple[str, Callable[[ServiceBench], object]], ...] = (
    ("the card", lambda shop: shop.card(TOP_UP)),
    ("the number", lambda shop: shop.keys(f"{PHONE}E")),
    ("the amount", lambda shop: shop.card(TEN)),
    ("the question", lambda shop: shop.keys("E")),
    ("the quote", lambda shop: shop.answer(shop.asked()[-1])),
    ("the bill", lambda shop: shop.keys("E")),
    ("the money", lambda shop: shop.card(EXACT)),
    ("the answer", lambda shop: shop.serve(2)),
)


@pytest.mark.parametrize("cut", range(len(STEPS)), ids=[name for name, _ in STEPS])
def test_a_power_cut_after_any_step_charges_once_or_not_at_all(shop: ServiceBench, cut: int) -> None:
    shop.scan(COLA)
    for _, step in STEPS[: cut + 1]:
        step(shop)
    shop.restart()
    shop.go_online()
    orders = shop.orders()
    if orders and shop.state(orders[0]) is S.QUOTED and len(shop.lines) < 2:
        shop.scan(shop.slip(orders[0]))
    if shop.lines:
        shop.card(EXACT)
    shop.serve(20)
    assert len(shop.sales()) == 1
    services = [line for line in shop.sales()[0]["lines"] if line["kind"] == "service"]
    assert len(services) == len(orders) <= 1
    assert all(shop.state(order) is S.COMPLETED for order in orders)
    assert shop.told().count("paid") == shop.told().count("completed") == len(orders)
    assert shop.verdict() == ""


def test_after_a_cut_the_customer_gets_a_slip_that_tells(shop: ServiceBench) -> None:
    order = shop.paid()
    shop.restart()
    assert shop.state(order) is S.UNKNOWN
    assert len(shop.slips("处理中")) == 1
    shop.go_online()
    shop.serve(2)
    assert shop.state(order) is S.COMPLETED
    assert len(shop.slips("办理成功")) == 1


def test_the_id_is_the_same_after_a_restart(shop: ServiceBench) -> None:
    order = shop.paid(phone(95))
    shop.answer(shop.asked(wire.SUBMIT)[-1])
    shop.restart()
    shop.go_online()
    shop.serve(30)
    assert shop.state(order) is S.COMPLETED
    assert {request.args["soid"] for request in shop.asked(wire.SUBMIT)} == {order.id}


def _failed(shop: ServiceBench) -> ServiceOrder:
    order = shop.paid(phone(90))
    shop.answer(shop.asked(wire.SUBMIT)[-1])
    shop.pass_s(1)
    return order


def test_a_cut_before_a_refusal_is_heard_gives_the_money_back_once(shop: ServiceBench) -> None:
    order = _failed(shop)
    shop.restart()
    shop.go_online()
    shop.serve(10)
    assert (shop.state(order), refunds(shop)) == (S.REFUNDED, 1)


def test_a_cut_after_the_refund_gives_nothing_back_twice(shop: ServiceBench) -> None:
    order = _failed(shop)
    shop.news()
    assert refunds(shop) == 1
    shop.restart()
    shop.go_online()
    shop.serve(10)
    shop.say(shop.asked(wire.SUBMIT)[-1], "failed", price=1000)
    assert (shop.state(order), refunds(shop)) == (S.REFUNDED, 1)
