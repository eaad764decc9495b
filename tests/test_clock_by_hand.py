"""The clock set by a person: where nothing keeps it, forward only, and believed as little as before (decisions 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from counter_bench import COLA, CounterBench
from own_page_bench import STATE, served, with_password

from edge.bus import Bus
from edge.messages import PageAnswer, PageOrder
from edge.services.clock_by_hand import BACK, DENIED, FAR, KEPT, SET, UNSURE, ClockByHand
from edge.services.commands import CarryOut
from edge.services.untrusted_clock import MOST


class ClockBench(CounterBench):
    """`may`: whether this process may set the clock."""

    may = True
    given = 0

    def boot(self) -> None:
        self.answers: list[PageAnswer] = []
        super().boot()
        self.bus.route(PageAnswer, self.answers.append)

    def _at_page(self, bus: Bus, *_: object) -> Mapping[str, CarryOut]:
        return ClockByHand(bus, self._step).orders

    def _step(self, at: datetime) -> bool:
        if self.may:
            self.clock.at = at
            self.ledger.timeline.moved()
        return self.may

    def set(self, ahead: timedelta, *, sure: object = True) -> tuple[str, str]:
        self.given += 1
        cid = f"019aadf2-4c02-7c3e-9d51-{self.given:012d}"
        self.tell(PageOrder(cid, SET, {"at": (self.now + ahead).isoformat(), "sure": sure}, "technician"))
        return self.answers[-1].result["state"], self.answers[-1].result.get("err", {}).get("msg", "")

    @property
    def now(self) -> datetime:
        return self.ledger.timeline.stamp().at


@pytest.fixture
def shop(tmp_path: Path) -> ClockBench:
    shop = ClockBench(tmp_path / "shop")
    shop.clock.disciplined = False
    return shop


def test_a_clock_that_nothing_keeps_goes_forward_is_written_down_and_stays_unsure(shop: ClockBench) -> None:
    before = shop.now
    assert shop.set(timedelta(days=40)) == ("done", "")
    assert timedelta(days=40) <= shop.now - before < timedelta(days=40, minutes=1)
    shop.sell(COLA)
    assert [row["data"]["step_ms"] // 86_400_000 for row in shop.records("clock.stepped")] == [40]
    assert shop.records("sale.completed")[-1]["clk"] == "unsync"


@pytest.mark.parametrize(("ahead", "why"), [
    (timedelta(hours=-1), BACK), (timedelta(0), BACK), (MOST + timedelta(days=1), FAR),
])  # fmt: skip
def test_neither_back_nor_years_ahead(shop: ClockBench, ahead: timedelta, why: str) -> None:
    assert shop.set(ahead) == ("failed", why)
    assert shop.records("clock.stepped") == []


@pytest.mark.parametrize("sure", [False, None, "yes", 1])
def test_more_than_a_day_ahead_is_asked_again(shop: ClockBench, sure: object) -> None:
    assert shop.set(timedelta(days=365), sure=sure) == ("failed", UNSURE)
    assert shop.records("clock.stepped") == []
    assert shop.set(timedelta(hours=23), sure=sure) == ("done", "")


def test_the_year_is_typed_once_more() -> None:
    page = with_password()
    page.state = replace(STATE, clk="unsync")
    page.answer = {"state": "failed", "err": {"code": "internal", "msg": UNSURE}}
    with served(page) as browser:
        browser.log_in()
        answer = browser.post("/time/set", {"at": "2027-11-27T10:14", "year": "2026"})
        assert answer.status == 422 and "看清年份" in answer.text and 'value="2027-11-27T10:14"' in answer.text
        assert "2026-11-23 10:14" in answer.text and "2027-11-27 10:14" in answer.text and "晚 369 天" in answer.text
        browser.post("/time/set", {"at": "2027-11-27T10:14", "year": "2027"})
        assert [order.args["sure"] for order in page.orders] == [False, True]


def test_a_clock_that_something_keeps_is_left_to_it(shop: ClockBench) -> None:
    shop.clock.disciplined = True
    assert shop.set(timedelta(days=1)) == ("failed", KEPT)


def test_a_process_that_may_not_says_so(shop: ClockBench) -> None:
    shop.may = False
    assert shop.set(timedelta(days=1)) == ("failed", DENIED)


@pytest.mark.parametrize(("typed", "sentence"), [
    ("", "这里要填"), ("yesterday", "要填日期和时间"), ("2026-13-01T10:00", "要填日期和时间"),
    ("2026-11-27", "要填日期和时间"),
    ("2026-11-27T10:14:00+08:00", "太长"), ("二〇二六年", "要填日期和时间"),
])  # fmt: skip
def test_what_is_no_moment_is_told_at_the_field(typed: str, sentence: str) -> None:
    page = with_password()
    page.state = replace(STATE, clk="unsync")
    with served(page) as browser:
        browser.log_in()
        answer = browser.post("/time/set", {"at": typed})
        assert answer.status == 422 and sentence in answer.text and f'value="{typed}"' in answer.text
    assert page.orders == []


def test_it_is_typed_as_the_shops_clock_shows_it() -> None:
    page = with_password()
    page.state = replace(STATE, clk="unsync")
    with served(page) as browser:
        browser.log_in()
        browser.post("/time/set", {"at": "2026-11-27T10:14"})
        assert page.orders[0].args == {"at": "2026-11-27T02:14:00+00:00", "sure": False}
        page.answer = {"state": "failed", "err": {"code": "internal", "msg": BACK}}
        answer = browser.post("/time/set", {"at": "2026-11-01T10:14"})
        assert answer.status == 422 and "不能调回过去" in answer.text


def test_the_page_tells_who_keeps_the_clock_and_how_far_it_is_from_the_clouds() -> None:
    page = with_password()
    page.state = replace(STATE, cloud_ms=-1234, greeted_at=STATE.at)
    with served(page) as browser:
        browser.log_in()
        text = browser.get("/time").text
        assert "Asia/Shanghai" in text and "-1.2 秒" in text and "网络时间" in text and "/time/set" not in text


@pytest.mark.parametrize(("ms", "greeted_at", "is_well"), [
    (120, STATE.at, True), (-1999, STATE.at, True), (2500, STATE.at, False), (None, "", False),
    (120, "2026-11-21T02:14:01.000Z", False), (120, "2026-11-24T02:14:01.000Z", False),
])  # fmt: skip
def test_a_clock_that_nobody_keeps_and_that_agrees_with_the_clouds_is_no_worry(
    ms: int | None, greeted_at: str, is_well: bool
) -> None:
    page = with_password()
    page.state = replace(STATE, clk="unsync", cloud_ms=ms, greeted_at=greeted_at)
    with served(page) as browser:
        browser.log_in()
        text, first = browser.get("/time").text, browser.get("/").text
        assert ("✓ 和云端的时间一样" in text, "没有，可能不准" in text) == (is_well, not is_well)
        assert ("和云端一样" in first, "没校过" in first) == (is_well, not is_well)
        assert 'name="at"' in text and 'name="year"' not in text, "the year is asked for when it is wanted"
        assert browser.get("/api/time").json["agrees"] is is_well
