"""Phone top-ups, from the card to the proof in the customer's hand, and what is refused before money is taken (B4)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from counter_bench import COLA
from licence_services import license_all
from service_bench import (
    DROP,
    EXACT,
    FIFTY,
    OTHER,
    PHONE,
    STOP,
    TEN,
    TOP_UP,
    TRAIN,
    TWENTY,
    ServiceBench,
    open_shop,
    phone,
)
from wallet_bench import ALIPAY

from edge.codec import wire_service as wire
from edge.codec.command_card import receipt_code
from edge.messages import Outcome
from edge.model.counter import Verb, Waiting
from edge.model.service_order import ServiceState

S = ServiceState


@pytest.fixture
def shop(tmp_path: Path) -> ServiceBench:
    return open_shop(tmp_path / "shop")


def test_a_top_up_is_quoted_paid_submitted_and_done(shop: ServiceBench) -> None:
    order = shop.quote()
    assert shop.slips("业务单")
    assert shop.last_words == "话费充值，十元？按确认"
    shop.keys("E")
    assert shop.lines == [("话费充值", 1000)]
    assert shop.asked(wire.SUBMIT) == [], "nothing is done before it is paid"
    shop.card(EXACT)
    assert shop.state(order) is S.SUBMITTED
    shop.serve()
    assert shop.state(order) is S.COMPLETED
    assert shop.told() == ["quoted", "paid", "submitted", "completed"]
    assert shop.prompts[-1] == "svc.ok"
    assert len(shop.slips("办理成功")) == 1
    assert shop.verdict() == ""


def test_the_number_is_read_back_in_groups(shop: ServiceBench) -> None:
    shop.card(TOP_UP)
    shop.keys(f"{PHONE}E")
    assert shop.shown[-1].name == "138 0013 8000"
    shop.card(TEN)
    assert shop.prompts[-1] == "svc.readback"
    assert "一三八" in shop.last_words
    assert shop.last_words.endswith("充十元，对吗？按确认")


def test_another_amount_before_enter_is_the_one_that_counts(shop: ServiceBench) -> None:
    shop.card(TOP_UP)
    shop.keys(f"{PHONE}E")
    shop.card(TEN, FIFTY)
    shop.keys("E")
    assert shop.asked()[-1].args["amt"] == 5000


def test_an_amount_can_be_keyed(shop: ServiceBench) -> None:
    shop.card(TOP_UP)
    shop.keys(f"{PHONE}E30E")
    assert shop.prompts[-1] == "svc.readback"
    shop.keys("E")
    assert shop.asked()[-1].args["amt"] == 3000


@pytest.mark.parametrize(
    ("keyed", "prompt"), [("7E", "svc.amount_wrong"), ("500E", "svc.most"), ("0E", "svc.amount_wrong")]
)
def test_an_amount_that_is_not_sold_is_refused(shop: ServiceBench, keyed: str, prompt: str) -> None:
    shop.card(TOP_UP)
    shop.keys(f"{PHONE}E{keyed}")
    assert shop.prompts[-1] == prompt
    shop.card(TEN)
    assert shop.prompts[-1] == "svc.readback"


@pytest.mark.parametrize("number", ["123", "23800138000", "138001380001", "1380013800."])
def test_a_number_that_is_no_phone_is_asked_for_again(shop: ServiceBench, number: str) -> None:
    shop.card(TOP_UP)
    shop.keys(f"{number}E")
    assert shop.prompts[-1] == "svc.number_wrong"
    shop.keys(f"{PHONE}E")
    assert shop.prompts[-1] == "svc.amount"


def test_the_number_is_in_one_question_and_nowhere_else(shop: ServiceBench) -> None:
    shop.paid()
    shop.serve()
    assert [PHONE in str(one.payload) or PHONE in str(one) for one in shop.published].count(True) <= 1
    assert shop.asked()[-1].args["ref"] == PHONE
    assert all(PHONE not in str(request.args) for kind in (wire.SUBMIT, wire.QUERY) for request in shop.asked(kind))
    assert PHONE not in str(shop.records())
    assert all(PHONE not in str(job.slip) for job in shop.printed)
    for file in shop.folder.glob("ledger.db*"):
        assert PHONE.encode() not in file.read_bytes(), f"{file.name} has the number"


def test_a_phone_is_read_back_and_written_down_nowhere(shop: ServiceBench) -> None:
    shop.card(TOP_UP)
    shop.keys(f"{PHONE}E")
    shop.card(TEN)
    spoken = shop.spoken[-1]
    assert "一三八" in spoken.text
    assert "一三八" not in spoken.written
    assert spoken.written.startswith("号码八零零零，充十元")


@pytest.mark.parametrize(("cards", "name"), [((), "话费充值"), (("ZZ1861",), "Phone top-up")])
def test_the_receipt_names_what_was_ordered(shop: ServiceBench, cards: tuple[str, ...], name: str) -> None:
    shop.card(*cards)
    shop.in_bill()
    shop.paper(Outcome.DONE)
    shop.card(EXACT)
    receipt = str(shop.printed[-1].slip)
    assert shop.sales()[-1]["receipt"] in receipt
    assert f"Row(left='{name}'" in receipt


def test_goods_and_services_are_paid_together(shop: ServiceBench) -> None:
    shop.scan(COLA)
    shop.in_bill()
    shop.scan(COLA)
    shop.card(EXACT)
    shop.serve()
    assert [line["kind"] for line in shop.sales()[-1]["lines"]] == ["item", "service", "item"]
    assert shop.told()[-1] == "completed"


def test_stop_ends_it_and_the_basket_stays(shop: ServiceBench) -> None:
    shop.scan(COLA)
    shop.card(TOP_UP)
    shop.keys(f"{PHONE}E")
    shop.card(STOP)
    assert shop.counter().waiting is Waiting.NOTHING
    assert [name for name, _ in shop.lines] == ["可口可乐"] or len(shop.lines) == 1
    assert shop.told() == []


def test_the_cancel_card_drops_what_is_begun(shop: ServiceBench) -> None:
    shop.card(TOP_UP)
    shop.keys(f"{PHONE}E")
    shop.card(DROP)
    assert shop.prompts[-1] == "svc.dropped"
    assert shop.counter().waiting is Waiting.NOTHING


def test_minus_leaves_the_slip_good_for_later(shop: ServiceBench) -> None:
    order = shop.quote()
    shop.keys("-")
    assert (shop.prompts[-1], shop.lines, shop.state(order)) == ("svc.later", [], S.QUOTED)
    shop.scan(shop.slip(order))
    assert shop.lines == [("话费充值", 1000)]


def test_whoever_goes_away_is_forgotten_after_two_minutes(shop: ServiceBench) -> None:
    shop.card(TOP_UP)
    shop.keys(f"{PHONE}E")
    shop.pass_s(121)
    assert (shop.counter().waiting, shop.prompts[-1]) == (Waiting.NOTHING, "svc.dropped")


def test_hints_ask_what_is_waited_for(shop: ServiceBench) -> None:
    shop.card(TOP_UP)
    shop.keys("/")
    assert shop.prompts[-1] == "svc.phone"
    shop.keys(f"{PHONE}E")
    shop.keys("/")
    assert shop.prompts[-1] == "svc.how_much"


# --- what is refused before money is taken ---------------------------------------------------------------------------


def test_offline_nothing_is_begun(tmp_path: Path) -> None:
    shop = ServiceBench(tmp_path / "shop")
    shop.card(TOP_UP)
    assert (shop.prompts[-1], shop.counter().waiting) == ("svc.offline", Waiting.NOTHING)


def test_offline_a_slip_is_refused(shop: ServiceBench) -> None:
    order = shop.quote()
    shop.keys("-")
    shop.down()
    shop.scan(shop.slip(order))
    assert (shop.prompts[-1], shop.lines) == ("svc.offline", [])


def test_a_bill_with_a_service_is_not_paid_once_the_link_is_lost(shop: ServiceBench) -> None:
    shop.scan(COLA)
    order = shop.in_bill()
    shop.down()
    for card in (EXACT, OTHER):
        shop.card(card)
        assert shop.prompts[-1] == "svc.offline"
    shop.keys("50E")
    assert shop.prompts[-1] == "svc.offline"
    assert (shop.sales(), shop.state(order)) == ([], S.QUOTED)
    shop.card(STOP)
    shop.go_online()
    shop.card(EXACT)
    assert len(shop.sales()) == 1


def test_a_bill_with_a_service_is_not_paid_once_its_licence_has_ended(shop: ServiceBench) -> None:
    """It is the answer to all ways of paying; without the service, and with a licence again, the bill is paid."""
    shop.scan(COLA)
    order = shop.in_bill()
    license_all(shop.licences, ends=date(2026, 2, 1), version=2)
    for card in (EXACT, OTHER):
        shop.card(card)
        assert shop.prompts[-1] == "lic.over"
    shop.keys("50E")
    assert shop.prompts[-1] == "lic.over"
    shop.scan(ALIPAY)
    assert (shop.prompts[-1], shop.asked("payment.pay")) == ("lic.over", [])
    assert (shop.sales(), shop.state(order)) == ([], S.QUOTED)
    assert len(shop.records("licence.barred")) == 4
    license_all(shop.licences, version=3)
    shop.card(EXACT)
    assert (len(shop.sales()), shop.state(order)) == (1, S.SUBMITTED)


def test_without_its_service_the_bill_is_paid_offline(shop: ServiceBench) -> None:
    shop.scan(COLA)
    shop.in_bill()
    shop.down()
    shop.keys("-")
    shop.card(EXACT)
    assert len(shop.sales()) == 1


def test_practice_knows_no_services(shop: ServiceBench) -> None:
    order = shop.quote()
    shop.keys("-")
    shop.card(TRAIN, TOP_UP)
    assert shop.prompts[-1] == "train.not_now"
    shop.scan(shop.slip(order))
    assert shop.prompts[-1] == "train.not_now"


def test_a_shop_without_a_licence_is_told_so(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop", licensed=False)
    shop.card(TOP_UP)
    assert (shop.prompts[-1], shop.counter().waiting) == ("lic.none", Waiting.NOTHING)
    assert [row["data"]["why"] for row in shop.records("licence.barred")] == ["lic.none"]


def test_a_licence_that_ended_bars_the_slip_that_was_printed_before(shop: ServiceBench) -> None:
    order = shop.quote()
    shop.keys("-")
    license_all(shop.licences, ends=date(2026, 11, 1), version=2)
    shop.scan(shop.slip(order))
    assert (shop.prompts[-1], shop.lines, shop.state(order)) == ("lic.over", [], S.QUOTED)


def test_no_room_on_the_disk_no_services(shop: ServiceBench) -> None:
    order = shop.quote()
    shop.keys("-")
    shop.space = type(shop.space)(total=100_000_000, free=1_000_000)
    shop.pass_s(61)
    shop.run_jobs()
    shop.card(TOP_UP)
    assert shop.prompts[-1] == "store.full"
    shop.scan(shop.slip(order))
    assert shop.prompts[-1] == "store.full"


@pytest.mark.parametrize(("plan", "prompt"), [(80, "svc.number_wrong"), (81, "svc.refused")])
def test_what_is_not_quoted_takes_no_money(shop: ServiceBench, plan: int, prompt: str) -> None:
    shop.card(TOP_UP)
    shop.keys(f"{phone(plan)}E")
    shop.card(TEN)
    shop.keys("E")
    shop.answer(shop.asked()[-1])
    assert (shop.prompts[-1], shop.told(), shop.counter().waiting) == (prompt, [], Waiting.NOTHING)


@pytest.mark.parametrize(
    ("other", "prompt"),
    [({"price": 2_000_000}, "svc.most"), ({"amt": 2000}, "svc.differs"), ({"offer": "x"}, "svc.differs"),
     ({"soid": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"}, "svc.differs"), ({"valid_s": -1}, "svc.differs")],
)  # fmt: skip
def test_a_quote_for_something_else_is_not_believed(shop: ServiceBench, other: dict[str, object], prompt: str) -> None:
    shop.card(TOP_UP)
    shop.keys(f"{PHONE}E")
    shop.card(TEN)
    shop.keys("E")
    shop.answer(shop.asked()[-1], **other)
    assert (shop.prompts[-1], shop.told(), shop.lines) == (prompt, [], [])


def test_a_quote_that_does_not_come_is_given_up(shop: ServiceBench) -> None:
    shop.card(TOP_UP)
    shop.keys(f"{PHONE}E")
    shop.card(TEN)
    shop.keys("E")
    shop.pass_s(13)
    assert shop.prompts[-1] == "svc.no_answer"
    assert len(shop.asked()) == 3
    assert len({(request.cid, str(request.args)) for request in shop.asked()}) == 1
    shop.answer(shop.asked()[-1])
    assert shop.told() == [], "too late for anybody"


# --- slips -----------------------------------------------------------------------------------------------------------


def test_a_slip_scanned_twice_is_one_line(shop: ServiceBench) -> None:
    order = shop.in_bill()
    shop.scan(shop.slip(order))
    assert (shop.prompts[-1], len(shop.lines)) == ("svc.in_bill", 1)


def test_a_slip_in_a_held_bill_is_in_no_other(shop: ServiceBench) -> None:
    order = shop.in_bill()
    shop.card("ZZ1076")
    shop.scan(shop.slip(order))
    assert (shop.prompts[-1], shop.lines) == ("svc.in_bill", [])


def test_a_slip_that_is_over_is_refused(shop: ServiceBench) -> None:
    order = shop.quote()
    shop.keys("-")
    shop.pass_s(1_801)
    shop.scan(shop.slip(order))
    assert (shop.prompts[-1], shop.lines, shop.state(order)) == ("svc.expired", [], S.EXPIRED)
    assert shop.told() == ["quoted", "expired"]


def test_an_order_that_runs_out_in_the_bill_leaves_it(shop: ServiceBench) -> None:
    shop.scan(COLA)
    shop.in_bill()
    shop.pass_s(1_801)
    assert len(shop.lines) == 1
    assert "svc.expired" in shop.prompts
    shop.pass_s(61)
    assert shop.told() == ["quoted", "expired"]


def test_a_slip_of_another_shop_is_refused(shop: ServiceBench) -> None:
    shop.scan("V1234567890128")
    assert (shop.prompts[-1], shop.lines) == ("svc.not_ours", [])


def test_a_slip_that_is_done_tells_so(shop: ServiceBench) -> None:
    order = shop.paid()
    shop.scan(shop.slip(order))
    assert shop.prompts[-1] == "svc.pending"
    shop.serve()
    shop.scan(shop.slip(order))
    assert (shop.prompts[-1], shop.lines) == ("svc.done_before", [])


def test_two_orders_in_one_bill_are_done_each(shop: ServiceBench) -> None:
    shop.in_bill()
    shop.in_bill(amount=TWENTY)
    shop.card(EXACT)
    shop.serve()
    assert [order.state for order in shop.orders()] == [S.COMPLETED, S.COMPLETED]
    assert len(shop.asked(wire.SUBMIT)) == 2


def test_the_price_of_a_service_stays(shop: ServiceBench) -> None:
    shop.in_bill()
    shop.keys("3*")
    assert (shop.prompts[-1], shop.lines) == ("svc.fixed", [("话费充值", 1000)])


def test_a_service_is_no_goods_that_come_back(shop: ServiceBench) -> None:
    shop.paid()
    shop.serve()
    receipt = shop.sales()[-1]["receipt"]
    shop.scan("ZZ1106", receipt_code(receipt))
    shop.keys("1E")
    assert shop.prompts[-1] == "svc.no_refund"
    assert shop.counter().verb is not Verb.REFUND
