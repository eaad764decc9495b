"""From the slip to the first page: the printed PIN, a password of one's own, wrong tries, and what others may not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser_bench import LANGUAGES, PASSWORD, Technician, open_shop, printed_pin
from browser_fixtures import browser as browser
from browser_fixtures import playwright as playwright
from playwright.sync_api import Browser
from shop_bench import until

from edge.sim.counter.goods import goods

pytestmark = pytest.mark.chaos

CASH_CARD = "ZZ1021"
ENOUGH_S = 8
WORDS = {
    "zh-CN": {"wrong": "密码不对", "wait": "试错太多，请等", "short": "太短", "differs": "不一样", "well": "一切正常"},
    "en": {"wrong": "That is not right", "wait": "Too many tries", "short": "Too short", "differs": "not the same",
           "well": "All is well"},
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_first_boot_to_first_sale(tmp_path: Path, browser: Browser, language: str) -> None:
    words = WORDS[language]
    with open_shop(tmp_path, language) as shop:
        until(lambda: printed_pin(shop), "the slip with the PIN")
        technician = Technician(shop, browser)
        technician.enter("7H2KQ9XW4MNB3")
        assert words["wrong"] in technician.text
        technician.enter(printed_pin(shop).lower())
        assert technician.page.url.endswith("/password")
        technician.open("/devices")
        assert technician.page.url.endswith("/password"), "a PIN opens the choice of a password, and no more"
        technician.choose("short")
        assert words["short"] in technician.text
        kind = technician.page.locator("[name=password]").first
        technician.page.fill("[name=password]", PASSWORD)
        technician.page.check("[data-shows] input")
        assert kind.get_attribute("type") == "text" and kind.input_value() == PASSWORD
        technician.page.uncheck("[data-shows] input")
        assert kind.get_attribute("type") == "password"
        technician.page.fill("[name=password]", PASSWORD)
        technician.page.fill("[name=password_again]", PASSWORD + "x")
        technician.page.click("main form button")
        assert words["differs"] in technician.text
        technician.choose(PASSWORD)
        technician.open("/")
        assert words["well"] in technician.text

        technician.open("/live")
        assert shop.bench.scan(goods()[0].code)
        technician.page.wait_for_selector("[data-live=basket] td")
        assert shop.bench.scan(CASH_CARD)
        until(lambda: shop.unsent() == 0 and shop.balance.sales == 1, "the sale is at the cloud")
        technician.open("/")
        dd = technician.page.locator("dt:has-text('卖了几单') + dd, dt:has-text('Sales') + dd")
        assert dd.first.inner_text() == "1"
        assert technician.complaints.heard == []


def try_wrongly_until_it_waits_long(technician: Technician) -> None:
    """Long enough for another try to come within it on a machine that does much else."""
    for _ in range(40):
        technician.enter("WRONGWRONG234")
        told = re.search(r"\d+", technician.page.locator("#wrong").inner_text())
        if told is not None and int(told[0]) >= ENOUGH_S:
            return
    pytest.fail("it never waits")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_tries_wrongly_waits_and_is_told_so(tmp_path: Path, browser: Browser, language: str) -> None:
    with open_shop(tmp_path, language) as shop:
        until(lambda: printed_pin(shop), "the slip with the PIN")
        technician = Technician(shop, browser)
        try_wrongly_until_it_waits_long(technician)
        assert WORDS[language]["wait"] in technician.text
        technician.enter(printed_pin(shop))
        assert technician.page.url.endswith("/login"), "while it is closed the right one is refused too"
        assert technician.complaints.heard == []
