"""What goes wrong at a counter, found and mended from a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_bench import Technician, open_shop
from browser_fixtures import browser as browser
from browser_fixtures import playwright as playwright
from playwright.sync_api import Browser, expect
from shop_bench import until

from edge.sim.counter.goods import goods
from edge.sim.counter.shop import Shop

pytestmark = pytest.mark.chaos

CASH_CARD = "ZZ1021"
SOON_MS = 10_000


@pytest.fixture
def own_shop(tmp_path: Path) -> Iterator[Shop]:
    with open_shop(tmp_path) as shop:
        yield shop


@pytest.fixture
def mender(own_shop: Shop, browser: Browser) -> Iterator[Technician]:
    technician = Technician(own_shop, browser)
    technician.log_in()
    yield technician
    technician.context.close()
    assert technician.complaints.heard == []


def test_a_printer_without_paper_is_found_and_mended_while_the_page_looks_on(mender: Technician) -> None:
    shop, page = mender.shop, mender.page
    mender.open("/")
    expect(page.locator(".well")).to_be_visible()
    shop.switch("paper", on=False)
    before = len(shop.bench.slips())
    shop.bench.scan(goods()[0].code)
    shop.bench.scan(CASH_CARD)
    problem = page.locator(".problem", has_text="没纸了")
    expect(problem).to_be_visible(timeout=SOON_MS)
    expect(problem).to_contain_text("小票先排队")
    problem.locator("a.button").click()
    expect(page.locator(".steps")).to_contain_text("放一卷新纸")
    until(lambda: shop.unsent() == 0 and shop.balance.sales == 1, "the sale stands")
    mender.open("/devices")
    mender.press("/devices/print")
    assert "没纸" in mender.notice
    mender.open("/")
    shop.switch("paper", on=True)
    expect(page.locator(".well")).to_be_visible(timeout=SOON_MS)
    until(lambda: len(shop.bench.slips()) > before, "the receipt that waited came out")
    mender.open("/devices")
    mender.press("/devices/print")
    assert "测试纸打好了" in mender.notice


def test_door_7_opens_and_no_other(mender: Technician) -> None:
    wall = mender.shop.bench.wall
    mender.open("/devices")
    cell = next(one["cell"] for one in wall.look()["doors"] if one["door"] == 7)
    mender.press("/devices/door#doors")
    expect(mender.page.locator("#doors .bad", has_text="先选一扇门")).to_be_visible()
    mender.page.select_option("[name=door]", label=f"7 · {cell}")
    mender.press("/devices/door#doors")
    expect(mender.page.locator("#doors .notice")).to_contain_text("7 号门开了")
    assert [one["door"] for one in wall.look()["doors"] if one["open"]] == [7]


def test_a_scanner_whose_cable_was_pulled_is_a_problem_until_it_is_plugged_in(mender: Technician) -> None:
    shop, page = mender.shop, mender.page
    mender.open("/")
    shop.switch("scanner", on=False)
    expect(page.locator(".problem", has_text="没有连上")).to_be_visible(timeout=SOON_MS)
    shop.switch("scanner", on=True)
    expect(page.locator(".well")).to_be_visible(timeout=SOON_MS)
    mender.open("/live")
    shop.bench.scan(goods()[0].code)
    scan = page.locator("[data-live-list=scan] li").first
    expect(scan).to_contain_text(goods()[0].code, timeout=SOON_MS)


def test_a_power_cut_ends_the_page_and_it_comes_back_by_itself(mender: Technician) -> None:
    shop, page = mender.shop, mender.page
    mender.open("/live")
    shop.switch("power", on=False)
    expect(page.locator("#cut")).to_be_visible(timeout=SOON_MS)
    shop.switch("power", on=True)
    expect(page.locator("#password")).to_be_visible(timeout=3 * SOON_MS)
    mender.complaints.heard.clear()  # a box without power refuses connections, and the browser says so
