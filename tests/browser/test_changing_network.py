"""The box gets another address while its technician looks on: the line is lost, and what nobody keeps comes back."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from browser_bench import PASSWORD, PHONE
from browser_fixtures import browser as browser
from browser_fixtures import playwright as playwright
from network_bench import NEW, OLD, NetworkBench, network
from network_model import Lan
from playwright.sync_api import Browser, Page, expect

from edge.clock import SystemClock
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.model.network import TRIAL_S
from edge.outside import Outside
from edge.services.technician import KeepAccount
from edge.sim.counter.addresses import free_port
from edge.web.login import hash_pin

pytestmark = pytest.mark.chaos

SHOP = """\
[terminal]
tid = "T7K3M9Q2"
store = "S-00817"
data_dir = "data"
language = "{language}"
[web]
bind = "0.0.0.0:{port}"
mdns = false
"""
TRIED_MS = 20_000
"""It begins after six seconds, and the page looks every five."""
WORDS = {
    "zh-CN": {"change": "改设置", "auto": "路由器自动给", "try": "试一试", "undo": "改回原来的", "keep": "保留新设置",
              "soon": "几秒后开始试", "trial": "正在试新设置", "here": "您已经在新地址上了", "kept": "新设置已保留",
              "wrong": "这不是能用的地址"},
    "en": {"change": "Change it", "auto": "from the router", "try": "Try it", "undo": "Back to the old ones",
           "keep": "Keep the new settings", "soon": "It is tried in some seconds", "trial": "tries new settings",
           "here": "You came in at the new address", "kept": "The new settings are kept",
           "wrong": "Not an address that a box can have"},
}  # fmt: skip


class LongWaits(SystemClock):
    """The kernel's clock goes on with what the test skips."""

    def __init__(self, bench: NetworkBench) -> None:
        super().__init__()
        self.bench = bench

    def up_ms(self) -> int:
        return super().up_ms() + round(1000 * self.bench.skipped_s)


@contextmanager
def box(folder: Path, bench: NetworkBench, language: str) -> Iterator[int]:
    """A terminal at all its addresses, whose technician has a password; its port."""
    port, config = free_port(), folder / "shop.toml"
    config.write_text(SHOP.format(port=port, language=language), encoding="utf-8")
    outside = Outside(clock=LongWaits(bench), network=bench.manager, addresses=lambda: (OLD,))
    terminal = build(load_settings(config, load_driver), outside)
    terminal.start()
    terminal.bus.post(KeepAccount("technician", hash_pin(PASSWORD), "2026-11-23T02:14:01.000Z", own=True))
    thread = threading.Thread(target=terminal.run)
    thread.start()
    try:
        yield port
    finally:
        terminal.stop()
        thread.join()
        terminal.close()


def opened(page: Page, host: str, port: int) -> None:
    """The page of the network at this address, logged in."""
    page.goto(f"https://{host}:{port}/network")
    if page.url.endswith("/login"):
        page.fill("#password", PASSWORD)
        page.click("main form button")
        page.wait_for_url(lambda url: not url.endswith("/login"))
        page.goto(f"https://{host}:{port}/network")


def fixed_address(bench: NetworkBench) -> None:
    """Somebody once typed OLD; the router that the cable leads to would give NEW."""
    with bench.model.lock:
        for profile in bench.model.profiles.values():
            own: dict[str, Any] = {"method": ("s", "manual"), "gateway": ("s", "127.0.0.1"),
                   "address-data": ("aa{sv}", [{"address": ("s", OLD), "prefix": ("u", 8)}])}  # fmt: skip
            profile.memory["ipv4"] = own
            profile.saved = copy.deepcopy(profile.memory)
        for device in bench.model.devices.values():
            device.lan = Lan(f"{NEW}/8", "127.0.0.1") if device.name == "eth0" else None


def ask_the_router(page: Page, words: dict[str, str]) -> None:
    """Its address from the router from now on: tried."""
    wire = page.locator("section", has_text="eth0")
    wire.get_by_text(words["change"]).click()
    wire.get_by_label(words["auto"]).check()
    wire.get_by_role("button", name=words["try"]).click()


def shows(page: Page, address: str) -> None:
    expect(page.locator("section", has_text="eth0").locator("dd", has_text=address).first).to_be_visible()


@pytest.mark.parametrize("language", WORDS)
def test_what_nobody_keeps_comes_back_and_what_is_kept_stays(tmp_path: Path, browser: Browser, language: str) -> None:
    words = WORDS[language]
    with network(tmp_path) as bench, box(tmp_path, bench, language) as port:
        fixed_address(bench)
        bench.until_address("eth0", OLD)
        context = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, ignore_https_errors=True)
        page = context.new_page()
        opened(page, OLD, port)
        wire = page.locator("section", has_text="eth0")
        wire.get_by_text(words["change"]).click()
        wire.locator("[name=address]").fill("192.168.1")
        wire.get_by_role("button", name=words["try"]).click()
        expect(wire.locator(".field", has=page.locator("[name=address]"))).to_contain_text(words["wrong"])
        opened(page, OLD, port)
        ask_the_router(page, words)
        expect(page.locator(".notice").first).to_contain_text(words["soon"])
        bench.until_address("eth0", NEW)
        page.reload()
        expect(page.locator("main")).to_contain_text(words["trial"])
        expect(page.get_by_role("button", name=words["undo"])).to_be_visible()
        assert page.get_by_role("button", name=words["keep"]).count() == 0, "kept only where the new address works"

        bench.skipped_s += TRIAL_S
        bench.until_address("eth0", OLD)
        expect(page.locator("main")).not_to_contain_text(words["trial"], timeout=TRIED_MS)
        shows(page, OLD)

        ask_the_router(page, words)
        bench.until_address("eth0", NEW)
        opened(page, NEW, port)
        expect(page.locator("main")).to_contain_text(words["here"], timeout=TRIED_MS)
        page.get_by_role("button", name=words["keep"]).click()
        expect(page.locator(".notice").first).to_contain_text(words["kept"])
        bench.skipped_s += TRIAL_S
        page.reload()
        shows(page, NEW)
        assert bench.model.address("eth0").startswith(NEW)
        context.close()
