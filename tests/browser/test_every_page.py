"""Each page of the menu, at two sizes, in both languages, light and dark: it fits, and axe finds nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_bench import DESK, LANGUAGES, OWNER, PHONE, Technician, open_shop
from browser_fixtures import browser as browser
from browser_fixtures import playwright as playwright
from browser_fixtures import shop as shop
from browser_fixtures import technician as technician
from playwright.sync_api import Browser, Page, expect
from shop_life import live_a_little

from edge.model.first_setup import Step
from edge.sim.counter.goods import goods
from edge.sim.counter.shop import Shop

pytestmark = pytest.mark.chaos

PAGE_BYTES = 100 * 1024
"""With all that it loads, as it comes over the line."""
GRAVE = ("serious", "critical")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], "resultTypes": ["violations"],
}  # fmt: skip
SIGHT = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]},
    "resultTypes": ["violations"],
}  # fmt: skip
"""What size and colours decide; names, roles and order are the same however a page is looked at."""
FAULTS = """([rules, grave]) => axe.run(document, rules).then(found => found.violations
    .filter(one => grave.includes(one.impact)).map(one => [one.id, one.nodes.map(node => node.target)]))"""
"""The grave ones alone come back: all that axe has looked at takes longer to send than to find."""
SMALLEST_PX = 44
"""What a thumb has to hit (WCAG 2.5.5)."""
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WEIGHT = "performance.getEntries().reduce((sum, one) => sum + (one.transferSize || 0), 0)"
EDGES = "one => [one.getBoundingClientRect().top, one.getBoundingClientRect().bottom]"
HEAD_PX = 60
SEEN_MS = 20_000
LOOKS = tuple(product((PHONE, DESK), (False, True)))
"""(size, whether dark)."""
BESIDE_THE_MENU = (
    "/prices/file", "/template",
    "/fix?kind=device.paper_out&what=receipt_printer", "/devices/port", "/devices/port?name=counter_scanner",
    "/devices/teach", "/restore", "/reset",
)  # fmt: skip
"""Pages that others lead to."""
OWNERS_ALONE = {"/tabs", "/export"}
TECHNICIANS_ALONE = {
    "/devices", "/cells", "/network", "/time", "/update", "/settings", "/commands", "/logs", "/users", "/setup",
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_fits_and_is_open_to_all(shop: Shop, browser: Browser, language: str) -> None:
    """Each is opened once and then looked at in each way: what a page is made of is the same in all of them."""
    technician = Technician(shop, browser)
    technician.speak(language)
    _look_at("/login", technician)
    technician.log_in()
    shop.bench.scan(goods()[0].code)  # something is on the display and in the basket
    technician.open("/")
    paths = technician.paths()
    assert len(paths) > 5
    for path in (*paths, *BESIDE_THE_MENU, *(f"/setup?step={step}" for step in Step)):
        _look_at(path, technician)
    assert technician.page.locator("html").get_attribute("lang") == language
    technician.context.close()
    assert technician.complaints.heard == []


@pytest.mark.parametrize(("language", "look"), [(LANGUAGES[0], (PHONE, False)), (LANGUAGES[1], (DESK, True))])
def test_every_page_of_the_owner_too(
    shop: Shop, browser: Browser, language: str, look: tuple[tuple[int, int], bool]
) -> None:
    owner = Technician(shop, browser)
    owner.speak(language)
    owner.log_in(OWNER)
    owner.open("/")
    paths = owner.paths()
    for path in paths:
        _look_at(path, owner, (look,))
    owner.context.close()
    assert owner.complaints.heard == []
    technician = Technician(shop, browser)
    technician.log_in()
    technician.open("/")
    assert set(paths) - set(technician.paths()) == OWNERS_ALONE
    assert set(technician.paths()) - set(paths) == TECHNICIANS_ALONE
    technician.context.close()


def test_a_shop_full_of_goods_and_troubles_fits_a_phone(tmp_path: Path, browser: Browser) -> None:
    with open_shop(tmp_path, "en") as shop:
        live_a_little(shop)
        technician = Technician(shop, browser)
        technician.log_in()
        for good in goods()[:20]:
            shop.bench.scan(good.code)
        shop.switch("scanner", on=False)
        shop.switch("network", on=False)
        technician.open("/")
        troubles = technician.page.locator(".problem")
        expect(troubles.nth(1)).to_be_visible(timeout=SEEN_MS)
        for path in (*technician.paths(), *BESIDE_THE_MENU):
            _look_at(path, technician, ((PHONE, False),))
        assert technician.complaints.heard == []


def _look_at(path: str, technician: Technician, looks: Sequence[tuple[tuple[int, int], bool]] = LOOKS) -> None:
    page = technician.page
    technician.open(path)
    assert page.locator("h1").count() == 1 and page.title(), path
    page.evaluate(Axe().axe_script)
    for number, (size, dark) in enumerate(looks):
        technician.look_by(size, dark=dark)
        assert page.evaluate(WIDER) == 0, f"{path} is wider than the screen of {size}"
        faults = page.evaluate(FAULTS, [SIGHT if number else RULES, GRAVE])
        assert not faults, f"{path}, {size}, {'dark' if dark else 'light'}: {faults}"
        assert _small(page) == [], (path, size)


def _small(page: Page) -> list[str]:
    """Buttons that a thumb misses."""
    boxes = "all => all.filter(one => one.offsetParent).map(one => [one.innerText, one.getBoundingClientRect().height])"
    return [text for text, height in page.locator("button, nav a").evaluate_all(boxes) if height < SMALLEST_PX]


def test_every_page_is_light_when_nothing_of_it_is_kept(technician: Technician) -> None:
    technician.open("/")
    for path in technician.paths():
        session = technician.context.new_cdp_session(technician.page)
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        technician.open(path)
        assert technician.page.evaluate(WEIGHT) < PAGE_BYTES, path
        session.detach()


@pytest.mark.parametrize("path", ["/logs", "/leaves"])
def test_the_menu_is_never_cut_on_a_small_phone_however_long_the_page_is(technician: Technician, path: str) -> None:
    technician.look_by((360, 640), dark=False)
    technician.open(path)
    page = technician.page
    page.evaluate("scrollTo(0, 500)")
    page.locator(".menu summary").click()
    top, bottom = page.locator(".menu nav").evaluate(EDGES)
    assert 0 < top < HEAD_PX and 630 < bottom <= 640
    page.locator(".menu nav").evaluate("nav => nav.scrollTo(0, nav.scrollHeight)")
    top, bottom = page.locator('.menu form[action="/logout"]').evaluate(EDGES)
    assert HEAD_PX < top < bottom <= 640


def test_a_page_can_be_walked_by_the_keyboard(technician: Technician) -> None:
    technician.open("/")
    page = technician.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert page.url != technician.base + "/"


def test_a_page_works_without_javascript(shop: Shop, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    technician = Technician(shop, browser)
    technician.context.close()
    technician.context, technician.page = context, context.new_page()
    technician.log_in()
    technician.open("/live")
    assert technician.page.locator("[data-live=display]").inner_text().strip()
    technician.open("/devices")
    technician.press("/devices/print")
    assert technician.notice
    context.close()
