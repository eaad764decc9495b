"""What is booked for a journey: seats, sights and inns, their day in the shop's words, and how they are given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from counter_bench import Habits
from service_bench import DROP, EXACT, TICKETS, ServiceBench, open_shop
from test_jws import KEYS

from edge.codec import wire_service as wire
from edge.codec.command_card import card_code
from edge.codec.speech import moment_spoken
from edge.model.service_order import ServiceOrder, ServiceState

S = ServiceState
LANGUAGE = card_code(186)


@pytest.fixture
def shop(tmp_path: Path) -> ServiceBench:
    return open_shop(tmp_path / "shop")


def english(shop: ServiceBench) -> None:
    shop.card(LANGUAGE)
    shop.hush()


def ticket_of(shop: ServiceBench, token: str = "TRIP-k7Q2-00", **other: Any) -> ServiceOrder:
    """Sold and done; `other` is said in its quote instead."""
    shop.card(TICKETS)
    shop.scan(token)
    shop.answer(shop.asked()[-1], **other)
    shop.keys("E")
    shop.card(EXACT)
    shop.serve(2)
    return shop.orders()[-1]


def said(shop: ServiceBench) -> list[str]:
    return [speech.text for speech in shop.spoken]


def refunds(shop: ServiceBench) -> list[dict[str, Any]]:
    return [row["data"] for row in shop.records("sale.refunded")]


# --- three shapes ----------------------------------------------------------------------------------------------------


def test_a_seat_has_its_day_and_hour_in_the_shops_words(shop: ServiceBench) -> None:
    ticket_of(shop)
    assert "杭州到上海，11月24日上午九点三十分，对吗？" in said(shop)
    assert "杭州东 - 上海虹桥" in shop.slips("业务单")[0]
    assert "2026-11-24 09:30" in shop.slips("业务单")[0]
    assert "08车 06F" in shop.slips("办理成功")[0]


def test_a_sight_has_a_day_and_no_hour(shop: ServiceBench) -> None:
    order = ticket_of(shop, "VIEW-k7Q2-00")
    assert "西湖游船，11月24日，对吗？" in said(shop)
    assert "成人票 1张" in shop.slips("业务单")[0]
    assert "2026-11-24 当天有效" in shop.slips("业务单")[0]
    (proof,) = shop.slips("办理成功")
    assert "东门入园" in proof
    assert f"TICKET:{order.id}" in proof


def test_an_inn_has_nights(shop: ServiceBench) -> None:
    ticket_of(shop, "STAY-k7Q2-00")
    assert "湖滨酒店，11月24日起两晚，对吗？" in said(shop)
    assert "入住 2026-11-24" in shop.slips("业务单")[0]
    assert "离店 2026-11-26" in shop.slips("业务单")[0]
    assert "14:00后入住" in shop.slips("办理成功")[0]


# --- its day, in words -----------------------------------------------------------------------------------------------


def test_an_english_shop_hears_it_in_english(shop: ServiceBench) -> None:
    english(shop)
    shop.travel()
    assert "Hangzhou to Shanghai, 24 November, nine thirty a.m.: correct?" in said(shop)
    shop.travel("STAY-k7Q2-00")
    assert "Lakeside Inn from 24 November, two nights. Correct?" in said(shop)


@pytest.mark.parametrize(
    ("at", "spoken"),
    [
        (datetime(2026, 11, 30, 2, tzinfo=UTC), "12月1日上午九点三十分"),
        (datetime(2026, 11, 29, 23, tzinfo=UTC), "12月1日上午九点三十分"),
        (datetime(2026, 12, 31, 2, tzinfo=UTC), "1月1日上午九点三十分"),
    ],
    ids=["the month's last day", "seven in the morning of it", "the year's last day"],
)
def test_tomorrow_is_the_shops_tomorrow(shop: ServiceBench, at: datetime, spoken: str) -> None:
    shop.sleep_s((at - shop.clock.wall()).total_seconds())
    shop.travel()
    assert f"杭州到上海，{spoken}，对吗？" in said(shop)


@pytest.mark.parametrize(
    ("when", "spoken"),
    [("2026-11-24T01:30:00.000Z", "上午九点三十分"), ("2026-11-24T17:00:00+08:00", "下午五点"),
     ("2026-11-24T10:30+09:00", "上午九点三十分")],
)  # fmt: skip
def test_a_moment_is_told_by_the_shops_clock(shop: ServiceBench, when: str, spoken: str) -> None:
    shop.card(TICKETS)
    shop.scan("TRIP-k7Q2-00")
    shop.answer(shop.asked()[-1], when=when)
    assert f"杭州到上海，11月24日{spoken}，对吗？" in said(shop)


@pytest.mark.parametrize("when", ["24日九点半", "2026-02-30T09:30:00+08:00", "0001-01-01T00:00:00+14:00"])
def test_what_is_no_moment_is_not_read_aloud(shop: ServiceBench, when: str) -> None:
    shop.card(TICKETS)
    shop.scan("TRIP-k7Q2-00")
    shop.answer(shop.asked()[-1], when=when)
    assert "svc.route" not in shop.prompts


def test_a_moment_of_another_year_has_its_year() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    assert moment_spoken(now.replace(year=2029, hour=9), now.date(), "zh-CN") == "2029年11月23日上午九点"
    assert moment_spoken(now.date(), now.date(), "en") == "23 November"


# --- given back ------------------------------------------------------------------------------------------------------


def test_what_is_kept_and_until_when_stands_on_the_slips_and_in_the_question(shop: ServiceBench) -> None:
    order = ticket_of(shop)
    assert order.back_until is not None
    local = order.back_until.astimezone(ZoneInfo(shop.habits.zone))
    for paper in (shop.slips("业务单")[0], shop.slips("办理成功")[0]):
        assert f"{local:%H:%M}前可退 手续费1.00" in paper
        assert "开始后不退" not in paper
    shop.card(DROP)
    shop.scan(shop.slip(order))
    assert shop.last_words == "取消可退九元？按确认"
    shop.keys("E")
    shop.serve(2)
    assert (shop.state(order), refunds(shop)[0]["total"]) == (S.CANCELLED_REFUNDED, 900)


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ({"fee": 0}, "前可退 不收费"),
        ({"fee": None}, "前可退"),
        ({"until": None}, "可以退 手续费1.00"),
        ({"until": "2026-11-25T09:00:00+08:00"}, "11-25 09:00前可退 手续费1.00"),
    ],
)
def test_a_slip_says_what_is_known_of_it(shop: ServiceBench, told: dict[str, Any], line: str) -> None:
    ticket_of(shop, **told)
    assert line in shop.slips("业务单")[0]


def test_at_its_cut_off_it_is_too_late_also_while_the_question_stands(shop: ServiceBench) -> None:
    order = ticket_of(shop)
    assert order.back_until is not None
    shop.pass_s((order.back_until - shop.clock.wall()).total_seconds() - 5)
    shop.card(DROP)
    shop.scan(shop.slip(order))
    assert shop.last_words == "取消可退九元？按确认"
    shop.pass_s(6)
    shop.keys("E")
    assert (shop.last_words, shop.state(order), shop.asked(wire.CANCEL)) == ("过了时间不能退", S.COMPLETED, [])


def test_more_than_was_said_is_not_kept(shop: ServiceBench) -> None:
    order = ticket_of(shop)
    shop.card(DROP)
    shop.scan(shop.slip(order))
    shop.keys("E")
    shop.answer(shop.asked(wire.CANCEL)[-1], fee=300)
    assert (shop.state(order), refunds(shop)[0]["total"]) == (S.CANCELLED_REFUNDED, 900)
    assert "svc.disputed" in shop.prompts
    assert [row["data"]["said"] for row in shop.records("service.disputed")] == ["fee"]


def test_what_cannot_be_given_back_says_nothing_of_it(tmp_path: Path) -> None:
    habits = Habits(command_keys=KEYS)
    kept = tuple(replace(offer, cancellable=False) for offer in habits.platforms.services)
    shop = open_shop(tmp_path / "shop", habits=replace(habits, platforms=replace(habits.platforms, services=kept)))
    order = ticket_of(shop)
    assert (order.back_until, order.back_fee) == (None, None)
    assert "前可退" not in shop.slips("办理成功")[0]


def test_a_restart_between_sale_and_return_forgets_neither(shop: ServiceBench) -> None:
    order = ticket_of(shop)
    shop.restart()
    shop.go_online()
    assert shop.order(order.id) == order
    shop.card(DROP)
    shop.scan(shop.slip(order))
    assert shop.last_words == "取消可退九元？按确认"
