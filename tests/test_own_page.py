"""The page of a terminal that runs: what it shows is what the counter does, and what it orders is done."""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from own_page_bench import PASSWORD, Browser, served, with_password

from edge.clock import SystemClock
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.messages import ScanData, SendPrint
from edge.model.slip import Slip, Text
from edge.services.technician import KeepAccount
from edge.store.queries import LedgerQueries
from edge.terminal import Terminal
from edge.web.feed import MAX_VIEWERS
from edge.web.login import hash_pin

SHOP = """\
[terminal]
tid = "T7K3M9Q2"
store = "S-00817"
data_dir = "data"
[web]
bind = "127.0.0.1:0"
"""
LIMIT_S = 10.0


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    (tmp_path / "shop.toml").write_text(SHOP, encoding="utf-8")
    terminal = build(load_settings(tmp_path / "shop.toml", load_driver))
    terminal.start()
    thread = threading.Thread(target=terminal.run)
    terminal.bus.post(KeepAccount("technician", hash_pin(PASSWORD), "2026-11-27T00:00:00.000Z", own=True))
    thread.start()
    yield terminal
    terminal.stop()
    thread.join()
    terminal.close()


@pytest.fixture
def browser(terminal: Terminal) -> Iterator[Browser]:
    browser = opened(terminal)
    clock = SystemClock()
    until = clock.mono() + LIMIT_S
    while browser.log_in().status != 303:
        assert clock.mono() < until
    yield browser
    browser.connection.close()


def opened(terminal: Terminal) -> Browser:
    assert terminal.web is not None
    return Browser(int(terminal.web.url.rstrip("/").rsplit(":", 1)[1]))


class Viewer:
    """One more page that looks on; `events` are (event, html) as they come."""

    def __init__(self, of: Browser, since: str = "") -> None:
        self.events: queue.Queue[tuple[str, str]] = queue.Queue()
        self._socket = socket.create_connection(("127.0.0.1", of.port), LIMIT_S)
        cookie = "; ".join(f"{name}={value}" for name, value in of.cookies.items())
        self._socket.sendall(
            f"GET /events?since={since} HTTP/1.0\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        self._lines = self._socket.makefile("rb")
        self.status = int(self._lines.readline().split()[1])
        while self._lines.readline() != b"\r\n":
            pass
        self._thread = threading.Thread(target=self._read)
        if self.status == 200:
            assert self._lines.readline() == b"retry: 2000\n"
            self._thread.start()

    def _read(self) -> None:
        event = ""
        lines: list[str] = []
        while line := self._line():
            if line.startswith("event: "):
                event = line[7:].strip()
            elif line.startswith("data: "):
                lines.append(line[6:].rstrip("\n"))
            elif line == "\n" and event:
                self.events.put((event, "\n".join(lines)))
                event, lines = "", []

    def _line(self) -> str:
        """Empty once the terminal has hung up, however rudely: it waits for no browser when it stops."""
        try:
            return self._lines.readline().decode()
        except ConnectionResetError:
            return ""

    def until(self, event: str) -> str:
        while True:
            kind, html = self.events.get(timeout=LIMIT_S)
            if kind == event:
                return html

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        if self._thread.ident is not None:
            self._thread.join()
        self._lines.close()
        self._socket.close()


def test_a_wrong_password_is_an_event_that_does_not_say_what_was_typed(terminal: Terminal, browser: Browser) -> None:
    assert browser.log_in("hunter22").status == 403
    browser.log_in("x", account=PASSWORD)
    browser.get("/")
    queries = LedgerQueries(terminal.ledger.path)
    clock = SystemClock()
    until = clock.mono() + LIMIT_S
    while len(found := [row["data"] for row in queries.journal() if row["type"] == "auth.failed"]) < 2:
        assert clock.mono() < until
    assert {"dev": "page", "why": "password", "badge": "technician"} in found
    assert {"dev": "page", "why": "password"} in found
    assert "hunter22" not in str(list(queries.journal())) and PASSWORD not in str(list(queries.journal()))


def test_a_scan_is_on_the_page_with_what_it_was_taken_for_and_the_display_beside_it(
    terminal: Terminal, browser: Browser
) -> None:
    viewer = Viewer(browser)
    terminal.bus.post(ScanData("scanner", "6901234567892", terminal.clock.mono()))
    seen = viewer.until("scan")
    assert "6901234567892" in seen and "scanner" in seen and "规则" in seen
    terminal.bus.post(ScanData("scanner", "6222021234567890123", terminal.clock.mono()))
    assert "622202123456789" not in viewer.until("scan"), "what may be a bank card's is cut short"
    viewer.close()
    assert "6901234567892" in browser.get("/live").text


class Unreadable:
    @property
    def job(self) -> str:
        raise ValueError("a fault of ours")


def test_what_cannot_be_drawn_has_the_page_drawn_anew_and_the_next_is_shown_again() -> None:
    page = with_password()
    page.feed.note("paper", Unreadable())
    with served(page) as browser:
        browser.log_in()
        viewers = [Viewer(browser, since="0") for _ in range(2)]
        for viewer in viewers:
            assert viewer.until("again") == ""
        page.album.sent(SendPrint("job-1", Slip((Text("绿茶"),)), 0, is_receipt=True))
        for viewer in viewers:
            assert "绿茶" in viewer.until("paper")
            viewer.close()


def test_the_network_is_given_back_while_a_backup_is_being_made(terminal: Terminal, browser: Browser) -> None:
    over = threading.Event()
    terminal.jobs.submit("keep.backup.make", lambda: over.wait(LIMIT_S))
    browser.get("/network")
    browser.post("/network/undo")
    told = browser.get("/network").text
    over.set()
    assert 'class="notice refused"' in told and "正在做" not in told, "it was tried, on a machine that has none"


def test_ports_of_a_settings_file_that_was_being_written_are_seen_by_the_next_look(
    terminal: Terminal, browser: Browser
) -> None:
    def addresses() -> list[str]:
        return [one["address"] for one in browser.get("/api/devices").json["ports"]]

    file = Path(terminal.settings.file.name)
    file.write_text("[[[", encoding="utf-8")
    assert "/dev/ttyS99" not in addresses()
    file.write_text(SHOP + '[devices.scanner]\ndriver = "scanner_serial"\nport = "/dev/ttyS99"\n', encoding="utf-8")
    assert "/dev/ttyS99" in addresses()


def test_twenty_may_look_and_then_it_is_enough(terminal: Terminal, browser: Browser) -> None:
    viewers = [Viewer(browser) for _ in range(MAX_VIEWERS)]
    assert {viewer.status for viewer in viewers} == {200}
    one_more = Viewer(browser)
    assert one_more.status == 503
    viewers.append(one_more)
    terminal.bus.post(ScanData("scanner", "6901234567892", terminal.clock.mono()))
    assert all("6901234567892" in viewer.until("scan") for viewer in viewers[:MAX_VIEWERS])
    for viewer in viewers:
        viewer.close()


def test_whoever_logs_out_sees_no_more_of_the_counter(terminal: Terminal, browser: Browser) -> None:
    viewer = Viewer(browser)
    browser.get("/")
    browser.post("/logout")
    terminal.bus.post(ScanData("scanner", "6901234567892", terminal.clock.mono()))
    assert viewer.until("over") == ""
    viewer.close()


def test_a_button_is_answered_by_the_terminal(terminal: Terminal, browser: Browser) -> None:
    browser.get("/devices")
    browser.post("/devices/print")
    assert "这台终端没有这个功能" in browser.get("/devices").text, "there is no printer"


def test_what_happened_between_the_page_and_its_stream_is_told_and_after_a_restart_the_page_is_drawn_anew(
    terminal: Terminal, browser: Browser
) -> None:
    drawn = browser.get("/live").text.split('data-since="')[1].split('"')[0]
    terminal.bus.post(ScanData("scanner", "6901234567892", terminal.clock.mono()))
    viewer = Viewer(browser, since=drawn)
    assert "6901234567892" in viewer.until("scan")
    viewer.close()
    viewer = Viewer(browser, since="999999")
    assert viewer.until("again") == ""
    viewer.close()


def test_a_wrong_password_is_in_the_log_with_where_it_came_from(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    browser.log_in("hunter22")
    browser.get("/")
    assert "a wrong password at the page, from 127.0.0.1" in caplog.text and "hunter22" not in caplog.text
