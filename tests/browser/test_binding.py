"""A scanner is taken out of the settings and bound again, as its list and the live view show it; then it is taught."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_bench import Technician, open_shop
from browser_fixtures import browser as browser
from browser_fixtures import playwright as playwright
from playwright.sync_api import Browser, expect

from edge.sim.counter.goods import goods
from edge.sim.counter.shop import Shop

pytestmark = pytest.mark.chaos

SCANNER = "counter_scanner"
SOON_MS = 10_000
KEPT_MS = 60_000
"""A start, once nobody is served, and its trial."""


def state(shop: Shop, device: str) -> str:
    """By the terminal's own word; "gone": it has none of that name, empty: it starts."""
    health = shop.terminal.health()
    if not health or not health["devices"]:
        return ""
    return str(next((one["state"] for one in health["devices"] if one["name"] == device), "gone"))


def change(technician: Technician) -> str:
    """How it stands with the newest change of the settings; in_force: it was kept."""
    return str(technician.page.request.get(technician.base + "/api/devices").json()["state"])


def test_a_scanner_is_bound_from_the_list_seen_live_and_taught(tmp_path: Path, browser: Browser) -> None:
    with open_shop(tmp_path) as shop:
        technician = Technician(shop, browser)
        page = technician.page
        technician.log_in()
        technician.open("/devices")
        mine = page.locator("section", has=page.get_by_role("heading", name=SCANNER))
        mine.get_by_text("更多").click()
        mine.get_by_text("不再使用", exact=True).click()
        mine.get_by_role("button", name="是，不再使用").click()
        expect(page.locator(".notice").first).to_contain_text("已保存")
        page.select_option("#devicesdoor-door", "B07")
        expect(page.locator("[data-change=over]")).to_contain_text("已经在用", timeout=KEPT_MS)
        assert state(shop, SCANNER) == "gone" and change(technician) == "in_force"
        expect(mine).to_have_count(1)
        expect(page.locator("#devicesdoor-door")).to_have_value("B07")  # what was chosen is not read away
        technician.open("/devices")
        assert mine.count() == 0

        address = str(tmp_path / "dev" / "scanner")
        port = page.locator("li", has_text=address)
        expect(port).to_contain_text("还没有用")
        expect(port).to_contain_text("原来是扫码枪（串口）")
        port.get_by_role("link", name="用它").click()
        kinds = page.get_by_role("navigation", name="这是什么？")
        kinds.get_by_role("link", name="电子秤").click()
        expect(page.get_by_role("button", name="保存为：电子秤")).to_be_visible()
        kinds.get_by_role("link", name="扫码枪（串口）").click()
        expect(kinds.locator("[aria-current]")).to_have_text("扫码枪（串口）")
        expect(page.locator("[name=port]").last).to_have_value(address)
        expect(page.locator("input[name=name]").last).to_have_value(SCANNER)
        page.get_by_role("button", name="保存为：扫码枪（串口）").click()
        expect(page.locator(".notice").first).to_contain_text(f"扫码枪（串口）（{SCANNER}）接在 {address}")
        expect(page.locator("[data-change=over]")).to_contain_text("已经在用", timeout=KEPT_MS)
        expect(mine).to_contain_text("口开着，还没收到过数据")
        assert state(shop, SCANNER) == "ready"

        technician.open("/live")
        good = goods()[0]
        assert shop.bench.scan(good.code)
        scan = page.locator("[data-live-list=scan] li").first
        expect(scan).to_contain_text(good.code, timeout=SOON_MS)
        expect(scan.locator(".raw")).to_contain_text(good.code.encode().hex(" ").upper()[:14], ignore_case=True)
        expect(scan).to_contain_text(SCANNER)

        technician.open(f"/devices/teach?device={SCANNER}")
        shop.bench.scan(good.code)
        page.get_by_role("button", name="扫好了").click()
        expect(page.locator("[aria-live=polite]")).to_contain_text("设置是对的")
        technician.complaints.heard.clear()  # while it starts nobody answers, and the browser says so
        technician.context.close()
