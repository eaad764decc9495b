"""Clock, catalogue and configuration, held against the cloud at its wish: time.sync, cat.sync, cfg.resend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cloud_box import CloudBox
from counter_bench import Habits, HandClock
from link_bench import LinkBench
from test_configuring import FOOTER

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec.topics import Down, Up
from edge.codec.wire_command import CATALOGUE, CONFIG, TIME
from edge.identity import step_clock
from edge.model.ids import uuid7
from edge.outside import Outside
from edge.services.catalogue_sync import PATIENCE_S as CATALOGUE_PATIENCE_S
from edge.services.time_sync import PATIENCE_S, SETTLED_S, TimeSync
from edge.services.untrusted_clock import SetClock


@pytest.fixture
def box(tmp_path: Path) -> Iterator[CloudBox]:
    box = CloudBox(tmp_path)
    yield box
    box.terminal.close()


# --- the clock --------------------------------------------------------------------------------------------------------


def test_a_clock_that_is_in_step_is_told_of_and_left_alone(box: CloudBox) -> None:
    hellos = len(box.said(Up.HELLO))
    cid = box.give(TIME)
    assert (box.heard(cid)["state"], len(box.said(Up.HELLO))) == ("accepted", hellos + 1)
    box.greet(at=iso_ms(box.clock.wall() - timedelta(milliseconds=340)))
    assert box.heard(cid)["out"] == {"off_ms": 340, "clk": "ok", "did": "in_step"}


def test_a_clock_that_the_system_keeps_is_never_touched(box: CloudBox) -> None:
    cid = box.give(TIME)
    box.greet(at=iso_ms(box.clock.wall() + timedelta(hours=3)))
    assert box.heard(cid)["out"] == {"off_ms": -10_800_000, "clk": "ok", "did": "kept"}


def test_without_a_welcome_it_says_so(box: CloudBox) -> None:
    cid = box.give(TIME)
    box.pass_s(PATIENCE_S + 1)
    assert box.heard(cid)["err"]["code"] == "cmd.timeout"
    assert box.heard(box.give(TIME))["state"] == "accepted"


def test_two_at_a_time_are_one_too_many(box: CloudBox) -> None:
    box.give(TIME)
    assert box.heard(box.give(TIME))["err"]["code"] == "cmd.busy"


class Undisciplined(LinkBench):
    """Nothing keeps its clock; `may`: whether the process may set it."""

    may = True
    steps = True

    def __init__(self, folder: Path) -> None:
        clock = HandClock(disciplined=False)
        super().__init__(
            folder, Habits(commands={TIME: lambda ordered, tx: self._time.order(ordered, tx)}), clock=clock
        )
        self.go_online()

    def _services(self, bus: Bus, chance: Random) -> None:
        super()._services(bus, chance)
        self._time = TimeSync(bus, steps=self.steps)
        outside = Outside(set_clock=self._set)
        bus.route(SetClock, lambda order: step_clock(order, outside, self.ledger.timeline))

    def _set(self, at: datetime) -> bool:
        if self.may:
            self.clock.at = at
        return self.may

    def behind(self, by: timedelta) -> Any:
        """What it answers to the cloud's clock, which is `by` ahead of its own."""
        cid = uuid7(self.clock.wall(), Random(str(by)))
        told = {"cid": cid, "type": TIME, "ttl_s": 60, "by": "user:ops-17", "args": {}}
        self.hear(Down.CMD, told | {"iat": iso_ms(self.clock.wall() + timedelta(days=500))})
        self.welcome(at=iso_ms(self.clock.wall() + by))
        self.pass_s(SETTLED_S + 0.1)
        return [result for result in self.sent("res") if result.cid == cid][-1].out


def test_a_clock_that_nobody_keeps_is_stepped_forward_and_the_step_is_journaled(tmp_path: Path) -> None:
    shop = Undisciplined(tmp_path / "shop")
    told = shop.behind(timedelta(days=3))
    assert (told["did"], told["clk"], abs(told["off_ms"]) < 10) == ("stepped", "cert", True)
    assert told["before_ms"] // -1000 == 3 * 86_400 - 1
    (stepped,) = shop.records("clock.stepped")
    assert abs(stepped["data"]["step_ms"] - 3 * 86_400_000) < 10


def test_it_says_what_it_may_not_do_and_what_it_does_not_believe(tmp_path: Path) -> None:
    shop = Undisciplined(tmp_path / "shop")
    assert shop.behind(-timedelta(hours=1))["did"] == "ahead"
    assert shop.behind(timedelta(days=400))["did"] == "too_far"
    shop.may = False
    assert shop.behind(timedelta(hours=1))["did"] == "not_allowed"
    assert shop.records("clock.stepped") == []


def test_many_small_steps_lead_no_further_than_a_large_one(tmp_path: Path) -> None:
    shop = Undisciplined(tmp_path / "shop")
    assert shop.behind(timedelta(days=70))["did"] == "stepped"
    assert shop.behind(timedelta(days=51))["did"] == "too_far"
    assert shop.behind(timedelta(days=40))["did"] == "stepped"


def test_a_welcome_that_nobody_proved_steps_nothing(tmp_path: Path) -> None:
    class Plain(Undisciplined):
        steps = False

    assert Plain(tmp_path / "shop").behind(timedelta(hours=1))["did"] == "unproved"


# --- the catalogue ----------------------------------------------------------------------------------------------------


def put(box: CloudBox, ver: int, base: int) -> None:
    op = {"op": "put", "sku": "6901234567892", "name": "可乐", "price": 300 + ver}
    box.hear(Down.CAT, {"ver": ver, "base": base, "kind": "delta", "inline": [op]})
    box.run_jobs()


def test_the_same_version_is_done_at_once(box: CloudBox) -> None:
    put(box, 1, 0)
    cid = box.give(CATALOGUE)
    box.greet(cat_ver=1)
    assert (box.heard(cid)["state"], box.heard(cid)["out"]) == ("done", {"ver": 1, "own": False})


def test_a_terminal_that_is_behind_asks_for_the_whole_and_is_done_when_it_is_here(box: CloudBox) -> None:
    put(box, 1, 0)
    cid = box.give(CATALOGUE)
    box.greet(cat_ver=3)
    (asked,) = box.said(Up.REQ)
    assert (asked["type"], box.heard(cid)["state"]) == ("cat.full", "accepted")
    items = [{"op": "put", "sku": "6901234567892", "name": "可乐", "price": 360}]
    box.hear(Down.RES, {"cid": asked["cid"], "ok": True, "out": {"ver": 3, "kind": "full", "inline": items}})
    box.run_jobs()
    box.pass_s(3)
    assert box.heard(cid)["out"] == {"ver": 3, "own": False}


def test_a_version_that_never_comes_is_told_with_its_number(box: CloudBox) -> None:
    put(box, 1, 0)
    cid = box.give(CATALOGUE)
    box.greet(cat_ver=3)
    box.pass_s(CATALOGUE_PATIENCE_S + 5)
    assert box.heard(cid)["err"]["code"] == "cat.base_missing"
    assert "version 3" in box.heard(cid)["err"]["msg"]


def test_a_catalogue_of_the_shops_own_is_left_alone(box: CloudBox) -> None:
    cid = box.give(CATALOGUE)
    box.greet(cat_ver=5)
    assert box.heard(cid)["out"] == {"ver": 0, "own": True}
    assert box.said(Up.REQ) == []


# --- the configuration ------------------------------------------------------------------------------------------------


def test_without_any_it_says_so(box: CloudBox) -> None:
    assert box.heard(box.give(CONFIG))["out"] == {"ver": 0}


def test_what_became_of_the_newest_is_reported_again(box: CloudBox) -> None:
    box.desire(31, {"receipt": {"footer": "none"}})
    before = len(box.reports)
    assert box.heard(box.give(CONFIG))["out"] == {"ver": 31, "status": "rejected"}
    assert (len(box.reports), box.reports[-1]["err"]["code"]) == (before + 1, "cfg.invalid")
    box.desire(32, FOOTER)
    assert box.heard(box.give(CONFIG))["out"]["ver"] == 31


def test_a_command_that_a_power_cut_ended_is_known_as_that(box: CloudBox) -> None:
    cid = box.give(TIME)
    box.off()
    assert [row["code"] for row in box.rows("cmd.result") if row["cid"] == cid] == ["cmd.outcome_unknown"]
