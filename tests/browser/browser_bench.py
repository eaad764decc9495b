"""A technician with a phone at a real terminal: Chromium on its page, hands on the devices of the demo's shop."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request, Response
from shop_bench import until

from edge.clock import SystemClock
from edge.model.set_up_slip import read_pin
from edge.sim.counter.addresses import free_port
from edge.sim.counter.shop import Plan, Shop

PASSWORD = "laoban-2026"
PHONE, DESK = (360, 740), (1200, 800)
LANGUAGES = ("zh-CN", "en")
TECHNICIAN_CARD, ENTER = "ZZ2042", "enter"
PIN_LENGTH = 13
OWNER = "owner"


@contextmanager
def chromium(playwright: Playwright, *words: str) -> Iterator[Browser]:
    """Debian's; as root, as CI is, it runs without its sandbox."""
    rights = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*rights, *words])
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def open_shop(folder: Path, language: str = "zh-CN") -> Iterator[Shop]:
    """Broker, cloud, devices and the terminal, as `edge demo` opens them."""
    shop = Shop(Plan(folder=folder, web_port=free_port(), language=language), SystemClock(), lambda line: None)
    try:
        for _, act in shop.steps():
            act()
        yield shop
    finally:
        shop.close()


def printed_pin(shop: Shop) -> str:
    """Of the newest slip that has one."""
    for number in range(len(shop.bench.slips()), 0, -1):
        for _, code in shop.bench.slip_codes(number):
            if len(code) == PIN_LENGTH and read_pin(code) == code and not code.isdigit():
                return code
    return ""


@dataclass
class Complaints:
    """What a browser had to complain of: errors on its console, requests that leave the box, answers of 5xx."""

    base: str
    heard: list[str] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", lambda error: self.heard.append(f"script: {error.error}"))
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium writes each answer of 4xx to the console; a refused form is one, and meant.
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            self.heard.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:")):
            self.heard.append(f"leaves the box: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.heard.append(f"{response.status}: {response.url}")


class Technician:
    """One browser window at a shop's page."""

    def __init__(self, shop: Shop, browser: Browser, *, size: tuple[int, int] = PHONE, dark: bool = False) -> None:
        self.shop = shop
        self.base = f"http://127.0.0.1:{shop.plan.web_port}"
        width, height = size
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light",
            device_scale_factor=2 if size == PHONE else 1,
        )  # fmt: skip
        self.complaints = Complaints(self.base)
        self.complaints.listen(self.context)
        self.page: Page = self.context.new_page()

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)

    def look_by(self, size: tuple[int, int], *, dark: bool) -> None:
        """The page that is open, on another screen."""
        width, height = size
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme="dark" if dark else "light")

    def speak(self, language: str) -> None:
        cookie: Any = {"name": "language", "value": language, "url": self.base}
        self.context.add_cookies([cookie])

    def enter(self, password: str, account: str = "technician") -> None:
        self.open("/login")
        choice = self.page.locator(f"input[name=account][value={account}]")
        if choice.count() and choice.is_visible():
            choice.check()
        self.page.fill("#password", password)
        self.page.click("main form button")
        self.page.wait_for_load_state()

    def log_in(self, account: str = "technician") -> None:
        """With the password of one's own; the first time by the PIN on paper: the owner's a technician has printed."""
        self.open("/login")
        if account == OWNER and not self.page.locator(f"input[value={OWNER}]").count():
            self.log_in()
            before = printed_pin(self.shop)
            self.open("/users")
            self.press("/users/pin")
            until(lambda: printed_pin(self.shop) != before, "the slip with the owner's PIN")
            self.context.clear_cookies(name="session")
        self.enter(PASSWORD, account)
        if self.page.url.endswith("/login"):
            until(lambda: printed_pin(self.shop), "the slip with the PIN")
            self.enter(printed_pin(self.shop), account)
            self.choose(PASSWORD)

    def choose(self, password: str) -> None:
        self.page.fill("[name=password]", password)
        self.page.fill("[name=password_again]", password)
        self.page.click("main form button")
        self.page.wait_for_load_state()

    def press(self, action: str) -> None:
        """The button of an action, and wait for the page that tells what became of it."""
        self.page.click(f'form[action="{action}"] button')
        self.page.wait_for_load_state()

    @property
    def notice(self) -> str:
        """What the page tells of the button that was pressed last; it stands before all else."""
        told = self.page.locator(".notice")
        return str(told.first.inner_text()) if told.count() else ""

    @property
    def text(self) -> str:
        return str(self.page.locator("main").inner_text())

    def paths(self) -> list[str]:
        """Of the menu, in its order."""
        links = self.page.locator("nav a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        return [str(link) for link in links]
