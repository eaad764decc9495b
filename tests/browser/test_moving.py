"""A shop leaves one box by a file and comes up on another, all of it by their pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browser_bench import PASSWORD, Technician, open_shop
from browser_fixtures import browser as browser
from browser_fixtures import playwright as playwright
from playwright.sync_api import Browser, expect
from shop_bench import until

from edge.sim.counter.goods import goods
from edge.sim.counter.shop import Shop

pytestmark = pytest.mark.chaos

SECRET = "sesame-2026-abc"
CASH_CARD = "ZZ1021"
SOON_MS = 15_000


@contextmanager
def at_the_page(shop: Shop, browser: Browser) -> Iterator[Technician]:
    technician = Technician(shop, browser)
    technician.log_in()
    yield technician
    technician.context.close()


def sell(shop: Shop, code: str) -> None:
    sold = shop.balance.sales
    shop.bench.scan(code)
    shop.bench.scan(CASH_CARD)
    until(lambda: shop.unsent() == 0 and shop.balance.sales == sold + 1, "the sale is booked, and the cloud has it")


def test_a_shop_is_taken_from_one_box_to_another(tmp_path: Path, browser: Browser) -> None:
    file = tmp_path / "shop.edgebackup"
    with open_shop(tmp_path / "old") as old, at_the_page(old, browser) as technician:
        for good in goods()[:2]:
            sell(old, good.code)
        take_along(technician, file)
    with open_shop(tmp_path / "new") as new:
        until(lambda: new.unsent() == 0, "nothing of the spare box would be lost")
        with at_the_page(new, browser) as technician:
            put_in(technician, file)
            started = len(new.talk.lines)
            technician.press("/restore/go")
            expect(technician.page.locator("main")).to_contain_text("正在重启")
            until(lambda: any("ready: terminal" in line for line in list(new.talk.lines)[started:]), "it starts anew")
            until(lambda: new.terminal.health(), "its page is there")
            technician.enter(PASSWORD)
            technician.open("/")
            sales = technician.page.locator("dt:has-text('卖了几单') + dd")
            expect(sales).to_have_text("2")


def take_along(technician: Technician, file: Path) -> None:
    page = technician.page
    technician.open("/backup")
    page.fill("[name=password]", SECRET)
    page.fill("[name=password_again]", SECRET + "x")
    technician.press("/backup")
    expect(page.locator("#backup-password_again-wrong")).to_contain_text("不一样")
    page.fill("[name=password]", SECRET)
    page.fill("[name=password_again]", SECRET)
    technician.press("/backup")
    fetch = page.get_by_role("link", name="下载")
    expect(fetch).to_be_visible(timeout=SOON_MS)
    with page.expect_download() as download:
        fetch.click()
    download.value.save_as(file)
    assert file.stat().st_size > 10_000


def put_in(technician: Technician, file: Path) -> None:
    page = technician.page
    technician.open("/restore")
    page.fill("[name=password]", "wrong-2026-xyz")
    page.set_input_files("[name=file]", file)
    technician.press("/restore")
    expect(page.locator("#restore-password-wrong")).to_contain_text("密码不对", timeout=SOON_MS)
    assert page.get_by_role("button", name="重启").count() == 0, "nothing is offered that was not found sound"
    page.fill("[name=password]", SECRET)
    page.set_input_files("[name=file]", file)
    technician.press("/restore")
    expect(page.get_by_role("button", name="用这个备份，重启")).to_be_visible(timeout=SOON_MS)
    expect(page.locator("dt:has-text('销售笔数') + dd")).to_have_text("2")
