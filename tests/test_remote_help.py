"""Help from afar: only while the owner allows it at the counter, for an hour, spoken and journaled (row 135)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from badge_bench import ALLOW_REMOTE
from cloud_box import CloudBox
from test_cloud_wishes import WishBench

from edge.codec.topics import Up
from edge.codec.wire_command import SUPPORT
from edge.services.remote_help import LASTS_S, WAITS_S
from edge.services.telemetry import CLOSE_S, EVERY_S, WatchClosely


@pytest.fixture
def shop(tmp_path: Path) -> WishBench:
    return WishBench(tmp_path / "shop")


def allow(shop: WishBench) -> None:
    """The owner's card, 允许远程, Enter."""
    shop.as_owner(ALLOW_REMOTE)
    shop.pass_s(1)
    shop.keys("E")


def told(shop: WishBench, kind: str) -> list[dict[str, Any]]:
    return [row["data"] for row in shop.records(kind)]


def test_help_that_is_offered_waits_for_the_owner_and_is_done_when_it_is_allowed(shop: WishBench) -> None:
    cid = shop.give(SUPPORT, {"why": "scale"})
    assert (shop.states(cid), shop.heard(cid).out) == (["running"], {"wait": "card"})
    assert shop.prompts == ["remote.asked"]
    allow(shop)
    assert shop.prompts[-2:] == ["remote.q", "remote.on"]
    assert (shop.heard(cid).state, shop.heard(cid).out) == ("done", {"minutes": 60})
    assert told(shop, "support.opened") == [{"by": "user:ops-17", "minutes": 60}]


def test_the_card_may_come_first(shop: WishBench) -> None:
    allow(shop)
    assert told(shop, "support.opened") == [{"minutes": 60}]
    shop.pass_s(600)
    assert shop.heard(shop.give(SUPPORT)).out == {"minutes": 50}


def test_without_the_owners_card_nothing_is_allowed(shop: WishBench) -> None:
    cid = shop.give(SUPPORT)
    shop.card(ALLOW_REMOTE)
    shop.keys("E")
    assert (shop.prompts[1], shop.heard(cid).state) == ("owner.first", "running")
    assert told(shop, "support.opened") == []


def test_nobody_at_the_counter_is_an_answer(shop: WishBench) -> None:
    cid = shop.give(SUPPORT)
    assert shop.heard(shop.give(SUPPORT)).err.code == "cmd.busy"
    shop.pass_s(WAITS_S + 1)
    assert shop.heard(cid).err.code == "cmd.timeout"
    assert shop.heard(shop.give(SUPPORT)).state == "running"


def test_it_ends_by_itself_after_an_hour(shop: WishBench) -> None:
    allow(shop)
    shop.pass_s(LASTS_S - 60)
    assert told(shop, "support.closed") == []
    shop.pass_s(61)
    assert (told(shop, "support.closed"), shop.prompts[-1]) == ([{"why": "over"}], "remote.off")


def test_the_owner_ends_it_and_the_hour_of_before_ends_no_other(shop: WishBench) -> None:
    allow(shop)
    shop.pass_s(1_800)
    allow(shop)
    assert told(shop, "support.closed") == [{"why": "card"}]
    allow(shop)
    shop.pass_s(LASTS_S - 900)
    assert len(told(shop, "support.closed")) == 1
    shop.pass_s(1_000)
    assert told(shop, "support.closed") == [{"why": "card"}, {"why": "over"}]


def test_a_question_that_is_not_answered_changes_nothing(shop: WishBench) -> None:
    shop.as_owner(ALLOW_REMOTE)
    shop.keys("C")
    assert told(shop, "support.opened") == []


def test_a_power_cut_ends_it_and_forgets_who_asked(shop: WishBench) -> None:
    allow(shop)
    shop.restart()
    assert told(shop, "support.closed") == [{"why": "restart"}]
    shop.go_online()
    cid = shop.give(SUPPORT)
    assert shop.heard(cid).state == "running"
    shop.restart()
    results = [row["data"] for row in shop.records("cmd.result") if row["data"]["cid"] == cid]
    assert [one["code"] for one in results] == ["cmd.outcome_unknown"]
    allow(shop)
    assert told(shop, "support.opened")[-1] == {"minutes": 60}


@pytest.fixture
def box(tmp_path: Path) -> Iterator[CloudBox]:
    box = CloudBox(tmp_path)
    yield box
    box.terminal.close()


def test_meanwhile_it_tells_every_half_minute_how_it_is(box: CloudBox) -> None:
    box.pass_s(EVERY_S)
    before = len(box.said(Up.TELE))
    box.tell(WatchClosely(box.clock.mono_s + 300))
    box.pass_s(300)
    assert len(box.said(Up.TELE)) - before >= 300 / CLOSE_S
    before = len(box.said(Up.TELE))
    box.pass_s(EVERY_S * 2)
    assert len(box.said(Up.TELE)) - before <= 3
