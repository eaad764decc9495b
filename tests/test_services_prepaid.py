"""A bill that leaves its amount open: prepaid power, prepaid gas (product B4: fixed, or min..max from the quote)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from counter_bench import Habits
from service_bench import BILL, DROP, EXACT, STOP, TWENTY, ServiceBench, open_shop
from test_jws import KEYS

from edge.codec import wire_service as wire
from edge.model.counter import Verb, Waiting
from edge.model.money import Fen
from edge.model.service_order import ServiceState

S = ServiceState
METER = "880812345600"


@pytest.fixture
def shop(tmp_path: Path) -> ServiceBench:
    return open_shop(tmp_path / "shop")


def meter(shop: ServiceBench, number: str = METER, **other: Any) -> None:
    """Card, number, Enter; from how much to how much."""
    shop.card(BILL)
    shop.keys(f"{number}E")
    shop.answer(shop.asked()[-1], **other)


def said(shop: ServiceBench) -> list[str]:
    return [speech.text for speech in shop.spoken]


def test_the_customer_chooses_within_what_the_biller_says(shop: ServiceBench) -> None:
    meter(shop)
    assert shop.last_words == "交多少？十元到五百元"
    assert shop.counter().verb is Verb.BILL_AMOUNT
    shop.keys("50E")
    assert shop.last_words == "交五十元，对吗？按确认"
    shop.keys("E")
    first, second = shop.asked()
    assert (first.args.get("amt"), second.args["amt"]) == (None, 5_000)
    assert second.args["ref"] == METER
    assert first.args["soid"] != second.args["soid"]
    shop.answer(second)
    (order,) = shop.orders()
    assert (order.price, order.amount, order.subject) == (5_000, 5_000, "880****5600")
    assert shop.slips("业务单")
    shop.keys("E")
    shop.card(EXACT)
    shop.serve()
    assert shop.state(order) is S.COMPLETED
    assert shop.verdict() == ""


@pytest.mark.parametrize("amount", ["9.99", "500.01", "0", "1000000"])
def test_outside_of_it_it_is_asked_again(shop: ServiceBench, amount: str) -> None:
    meter(shop)
    shop.keys(f"{amount}E")
    assert shop.last_words == "交多少？十元到五百元"
    assert len(shop.asked()) == 1
    shop.keys("10E")
    shop.keys("E")
    assert shop.asked()[-1].args["amt"] == 1_000


def test_another_amount_before_enter_counts_instead_and_a_card_is_one(shop: ServiceBench) -> None:
    meter(shop)
    shop.keys("50E")
    shop.card(TWENTY)
    assert shop.last_words == "交二十元，对吗？按确认"
    shop.keys("E")
    assert shop.asked()[-1].args["amt"] == 2_000


def test_the_offers_own_limits_count_as_well(tmp_path: Path) -> None:
    habits = Habits(command_keys=KEYS)
    tight = tuple(
        replace(offer, most=Fen(20_000)) if offer.id == "ALI_BILL" else offer for offer in habits.platforms.services
    )
    shop = open_shop(tmp_path / "shop", habits=replace(habits, platforms=replace(habits.platforms, services=tight)))
    meter(shop)
    assert shop.last_words == "交多少？十元到二百元"
    shop.card(STOP)
    meter(shop, min=30_000)
    assert (shop.prompts[-1], shop.counter().waiting) == ("svc.most", Waiting.NOTHING)


@pytest.mark.parametrize(
    "other", [{"min": 6_000, "max": 5_000}, {"min": 0}, {"offer": "JD_TOP_UP"}, {"cur": "USD"}, {"max": None}],
)  # fmt: skip
def test_limits_that_cannot_be_believed_are_not(shop: ServiceBench, other: dict[str, Any]) -> None:
    meter(shop, **other)
    assert (shop.prompts[-1], shop.counter().waiting, shop.orders()) == ("svc.differs", Waiting.NOTHING, [])


def test_who_named_an_amount_is_not_asked_for_another(shop: ServiceBench) -> None:
    meter(shop)
    shop.keys("50E")
    shop.keys("E")
    asked = shop.asked()[-1]
    shop.say(asked, "quoted", offer=asked.args["offer"], min=1_000, max=50_000)
    assert (shop.prompts[-1], shop.orders()) == ("svc.differs", [])


def test_another_price_than_was_asked_for_is_not_offered(shop: ServiceBench) -> None:
    meter(shop)
    shop.keys("50E")
    shop.keys("E")
    shop.answer(shop.asked()[-1], amt=6_000)
    assert (shop.prompts[-1], shop.orders()) == ("svc.differs", [])


@pytest.mark.parametrize("keys", ["", "50E"])
def test_a_power_cut_in_the_middle_lets_the_customer_begin_again(shop: ServiceBench, keys: str) -> None:
    meter(shop)
    shop.keys(keys)
    shop.restart()
    shop.go_online()
    assert (shop.counter().waiting, shop.orders(), shop.told()) == (Waiting.NOTHING, [], [])
    shop.keys("E")
    assert len(shop.asked()) == 1
    meter(shop)
    shop.keys("50E")
    shop.keys("E")
    shop.answer(shop.asked()[-1])
    assert shop.orders()[0].price == 5_000


@pytest.mark.parametrize("out", [STOP, DROP, "-"])
def test_it_can_be_dropped(shop: ServiceBench, out: str) -> None:
    meter(shop)
    shop.keys("50E")
    if out == "-":
        shop.keys(out)
    else:
        shop.card(out)
    assert (shop.counter().waiting, shop.orders()) == (Waiting.NOTHING, [])


def test_without_anybody_it_is_dropped_and_a_late_answer_is_for_nobody(shop: ServiceBench) -> None:
    shop.card(BILL)
    shop.keys(f"{METER}E")
    asked = shop.asked()[-1]
    shop.answer(asked)
    shop.pass_s(121)
    assert (shop.prompts[-1], shop.counter().waiting) == ("svc.dropped", Waiting.NOTHING)
    shop.answer(asked)
    assert shop.counter().waiting is Waiting.NOTHING


def test_the_model_refuses_what_its_meter_is_not_charged_with(shop: ServiceBench) -> None:
    meter(shop)
    shop.keys("50E")
    shop.keys("E")
    asked = shop.asked()[-1]
    beyond = asked.model_copy(update={"args": asked.args | {"amt": 60_000}})
    (answer,) = shop.providers.answer(beyond)
    assert answer.err is not None
    assert answer.err.code == "quota.exceeded"
    assert wire.read_range(answer.out) is None
