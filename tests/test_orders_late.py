"""Goods that were ordered for a customer and do not come: told, asked about each day, and paid back (row 75)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from counter_bench import Habits, ean
from order_bench import BOOKLET, COLLECT, FAN, OrderBench, article, open_shop
from service_bench import DROP, EXACT
from test_jws import KEYS

from edge.clock import Clk
from edge.codec import wire_service as wire
from edge.codec.command_card import card_code
from edge.model.service_order import ServiceOrder, ServiceState

S = ServiceState
DAY_S = 86_400
SHIFT_CLOSE = card_code(162)
NEVER = article(89)


@pytest.fixture
def shop(tmp_path: Path) -> OrderBench:
    return open_shop(tmp_path / "shop")


def refunds(shop: OrderBench) -> list[dict[str, Any]]:
    return [row["data"] for row in shop.records("sale.refunded")]


def days_later(shop: OrderBench, days: float) -> None:
    """Nothing happens meanwhile; then the cloud is there."""
    shop.sleep_s(days * DAY_S)
    if not shop.link.online():
        shop.go_online()
    shop.pass_s(601)


def give_back(shop: OrderBench, order: ServiceOrder) -> None:
    shop.card(DROP)
    shop.scan(shop.slip(order))
    shop.keys("E")
    shop.serve(2)


def test_what_has_not_come_by_its_day_is_journaled_and_said_once(shop: OrderBench) -> None:
    order = shop.bought()
    days_later(shop, 3)
    assert shop.records("service.overdue") == []
    days_later(shop, 1)
    (told,) = [row["data"] for row in shop.records("service.overdue")]
    assert (told["soid"], told["state"], told["due"]) == (order.id, "completed", "2026-11-26")
    assert "有一单订货过期没到" in [speech.text for speech in shop.spoken]
    days_later(shop, 1)
    shop.restart()
    shop.go_online()
    shop.pass_s(1_300)
    assert len(shop.records("service.overdue")) == 1
    assert shop.prompts.count("ord.not_come") <= 1


def test_it_is_asked_about_once_a_day(shop: OrderBench) -> None:
    order = shop.bought()
    days_later(shop, 4)
    shop.pass_s(3_000)
    asked = shop.asked(wire.QUERY)
    assert [request.args for request in asked] == [{"soid": order.id}]
    days_later(shop, 1)
    assert len(shop.asked(wire.QUERY)) == 2
    for request in shop.asked(wire.QUERY):
        shop.answer(request)
    assert (shop.state(order), "disputed" in shop.told()) == (S.COMPLETED, False)


def test_what_the_cloud_cannot_be_asked_about_is_asked_once_it_is_there(shop: OrderBench) -> None:
    shop.bought()
    shop.down()
    shop.sleep_s(4 * DAY_S)
    shop.pass_s(601)
    assert len(shop.records("service.overdue")) == 1
    assert shop.asked(wire.QUERY) == []
    shop.go_online()
    shop.pass_s(601)
    assert len(shop.asked(wire.QUERY)) == 1


def test_one_that_came_is_not_late_and_neither_is_one_that_is_brought_home(shop: OrderBench) -> None:
    order = shop.bought()
    shop.arrive(order)
    shop.quote_goods(ean("690799000000"))
    shop.keys("1E")
    shop.keys("E")
    shop.card(card_code(102))
    shop.serve(2)
    days_later(shop, 10)
    assert shop.records("service.overdue") == []


def test_the_slip_at_the_end_of_a_shift_says_what_to_do(shop: OrderBench) -> None:
    shop.bought()
    days_later(shop, 10)
    shop.hush()
    shop.card(SHIFT_CLOSE)
    shop.keys("4900E")
    shop.keys("E")
    assert "ord.not_come" in shop.prompts
    (slip,) = shop.slips("未完成的业务")
    assert "过期没到" in slip
    assert "电饭锅 3L" in slip
    assert "凭单取消" in slip


def test_the_slip_of_a_late_order_says_that_it_can_be_cancelled(shop: OrderBench) -> None:
    order = shop.bought()
    shop.sleep_s(3 * DAY_S)
    shop.scan(shop.slip(order))
    assert shop.last_words == "还没到，请再等等"
    shop.sleep_s(DAY_S)
    shop.scan(shop.slip(order))
    assert shop.last_words == "过期没到，可取消退款"


def test_the_day_is_the_shops_own(shop: OrderBench) -> None:
    """At 06:00 of its day in China it is still the day before in UTC."""
    order = shop.bought()
    shop.sleep_s(2 * DAY_S + 20 * 3_600)
    shop.scan(shop.slip(order))
    assert shop.last_words == "还没到，请再等等"


def test_a_late_order_is_taken_back_at_no_fee_and_its_money_returned(shop: OrderBench) -> None:
    order = shop.bought()
    days_later(shop, 10)
    give_back(shop, order)
    assert shop.state(order) is S.CANCELLED_REFUNDED
    assert [back["pay"] for back in refunds(shop)] == [[{"m": "cash", "amt": 4_900}]]
    days_later(shop, 3)
    assert shop.asked(wire.QUERY)[-1].args["soid"] == order.id
    assert len(refunds(shop)) == 1
    assert shop.verdict() == ""


def test_before_its_day_the_marketplace_keeps_it(shop: OrderBench) -> None:
    order = shop.bought()
    shop.sleep_s(2 * DAY_S)
    give_back(shop, order)
    assert (shop.state(order), refunds(shop)) == (S.COMPLETED, [])


def test_goods_that_never_come_are_let_go_by_their_provider_and_paid_back_by_slip(shop: OrderBench) -> None:
    order = shop.bought(NEVER)
    shop.sleep_s(5 * DAY_S)
    shop.news()
    assert shop.state(order) is S.COMPLETED
    shop.sleep_s(DAY_S)
    shop.news()
    (told,) = [row["data"] for row in shop.records("service.failed")]
    assert (shop.state(order), told["why"]) == (S.FAILED, "late")
    assert shop.slips("没有办成")
    shop.scan(shop.slip(order))
    shop.keys("E")
    assert (shop.state(order), len(refunds(shop))) == (S.REFUNDED, 1)
    assert shop.verdict() == ""


def test_where_the_news_got_lost_the_days_question_brings_it(shop: OrderBench) -> None:
    order = shop.bought(NEVER)
    days_later(shop, 8)
    shop.providers.due()
    shop.answer(shop.asked(wire.QUERY)[-1])
    assert (shop.state(order), shop.records("service.failed")[0]["data"]["why"]) == (S.FAILED, "late")
    shop.answer(shop.asked(wire.QUERY)[-1])
    assert shop.told().count("failed") == 1


def test_one_that_nobody_paid_is_over_when_it_never_comes(shop: OrderBench) -> None:
    order = shop.placed(NEVER)
    days_later(shop, 8)
    assert len(shop.records("service.overdue")) == 1
    shop.news()
    assert (shop.state(order), refunds(shop)) == (S.CANCELLED, [])


def test_who_gives_it_back_as_the_provider_lets_it_go_is_paid_once(shop: OrderBench) -> None:
    order = shop.bought(NEVER)
    days_later(shop, 8)
    shop.card(DROP)
    shop.scan(shop.slip(order))
    shop.keys("E")
    assert shop.state(order) is S.CANCELLING
    shop.answer(shop.asked(wire.CANCEL)[-1])
    assert (shop.state(order), len(refunds(shop))) == (S.CANCELLED_REFUNDED, 1)
    shop.news()
    assert len(refunds(shop)) == 1
    assert shop.prompts[-1] != "svc.reversed"


def test_an_answer_about_what_has_come_meanwhile_and_is_being_paid_moves_nothing(shop: OrderBench) -> None:
    order = shop.placed()
    days_later(shop, 5)
    asked = shop.asked(wire.QUERY)[-1]
    shop.arrive(order)
    shop.scan(shop.slip(order))
    assert shop.lines == [("电饭锅 3L", 4_900)]
    shop.say(asked, "failed", price=4_900, why="late")
    assert (shop.state(order), refunds(shop), len(shop.lines)) == (S.COMPLETED, [], 1)
    shop.card(EXACT)
    assert (shop.state(order), "svc.no_order" in shop.prompts) == (S.COMPLETED, False)


def test_before_its_day_no_answer_gives_it_up(shop: OrderBench) -> None:
    """Asked while nobody knew whether it was ordered, and answered twice in two ways."""
    order = shop.quote_goods(article(92))
    shop.keys("E")
    shop.card(EXACT)
    shop.serve(40)
    assert shop.state(order) is S.COMPLETED
    shop.say(shop.asked(wire.QUERY)[-1], "failed", price=order.price, why="late")
    assert (shop.state(order), refunds(shop), shop.told()[-1]) == (S.COMPLETED, [], "disputed")


@pytest.mark.parametrize("moment", ["told", "asked", "failed"])
def test_a_power_cut_on_the_way_pays_back_once(shop: OrderBench, moment: str) -> None:
    order = shop.bought(NEVER)
    shop.sleep_s(8 * DAY_S)
    if moment != "told":
        shop.pass_s(601)
    if moment == "failed":
        shop.news()
    shop.restart()
    days_later(shop, 1)
    shop.serve(2)
    shop.scan(shop.slip(order))
    shop.keys("E")
    assert (shop.state(order), len(refunds(shop))) == (S.REFUNDED, 1)
    assert len(shop.records("service.overdue")) == 1


def test_an_offer_that_cannot_be_cancelled_says_to_wait(tmp_path: Path) -> None:
    habits = Habits(parcels=True, command_keys=KEYS, booklet=BOOKLET)
    services = tuple(replace(offer, cancellable=False) for offer in habits.platforms.services)
    shop = open_shop(tmp_path / "shop", habits=replace(habits, platforms=replace(habits.platforms, services=services)))
    order = shop.bought(FAN)
    shop.sleep_s(9 * DAY_S)
    shop.scan(shop.slip(order))
    assert shop.last_words == "还没到，请再等等"


def test_by_a_clock_that_nobody_trusts_nothing_is_late(tmp_path: Path) -> None:
    shop = open_shop(tmp_path / "shop")
    order = shop.bought()
    shop.clock.disciplined = False
    shop.restart()
    shop.sleep_s(6 * DAY_S)
    shop.pass_s(601)
    tx = shop.begin()
    clk = tx.stamp.clk
    tx.rollback()
    assert clk is Clk.UNSYNC
    assert shop.records("service.overdue") == []
    shop.card(COLLECT)
    shop.scan(shop.slip(order))
    assert shop.prompts[-1] == "ord.late", "not yet here, please wait"
    shop.card(SHIFT_CLOSE)
    assert not shop.slips("过期没到")
