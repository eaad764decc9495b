"""A terminal that runs, with goods to sell, a simulated receipt printer, and a browser that is logged in."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from own_page_bench import PASSWORD, Browser

from edge.__main__ import main
from edge.clock import SystemClock
from edge.codec.command_card import card_code
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.messages import ScanData
from edge.outside import Outside
from edge.services.technician import KeepAccount
from edge.sim.ports import SimPorts
from edge.sim.printer import PrinterModel
from edge.sim.shelf import plugged_in
from edge.terminal import Terminal
from edge.web.login import hash_pin

GOODS = "gtin,name,price_fen,unit\n6901619730699,绿茶,350,瓶\n"
TEA = "6901619730699"
SHOP = """\
[terminal]
tid = "T7K3M9Q2"
store = "S-00817"
data_dir = "data"
[web]
bind = "127.0.0.1:0"
[devices.receipt_printer]
driver = "printer_escpos"
port = "sim://printer"
"""
LIMIT_S = 20.0
SET_UP_SLIPS = 2
"""The technician's PIN and the owner's card."""


@dataclass
class RunningBox:
    terminal: Terminal
    browser: Browser
    printer: PrinterModel
    ports: SimPorts

    def until(self, holds: Callable[[], bool], what: str) -> None:
        clock = SystemClock()
        end = clock.mono() + LIMIT_S
        while not holds():
            assert clock.mono() < end, f"this did not come: {what}"

    def state_of(self, device: str) -> str:
        now = self.terminal.snapshot
        return next((one.state for one in now.devices if one.name == device), "") if now is not None else ""

    def sell(self) -> None:
        for code in (TEA, card_code(102)):
            self.terminal.bus.post(ScanData("scanner", code, self.terminal.clock.mono()))

    @property
    def hands(self) -> threading.RLock:
        """Held while something is done to the printer by hand."""
        return self.ports.lock

    def printed(self) -> int:
        """Jobs that came out well."""
        with closing(sqlite3.connect(self.terminal.ledger.path)) as ledger:
            return int(ledger.execute("SELECT count(*) FROM print_job WHERE state = 'printed'").fetchone()[0])

    def papers(self) -> list[str]:
        with self.hands:
            return [slip.text for slip in self.printer.paper.slips]


@contextmanager
def running(folder: Path, shop: str = SHOP) -> Iterator[RunningBox]:
    """Its technician has a password already; the printer has paper."""
    (folder / "shop.toml").write_text(shop, encoding="utf-8")
    (folder / "goods.csv").write_text(GOODS, encoding="utf-8")
    assert main(["catalogue", "import", "--config", str(folder / "shop.toml"), str(folder / "goods.csv")]) == 0
    settings = load_settings(folder / "shop.toml", load_driver)
    ports = plugged_in(settings.devices, SystemClock())
    printer = ports.model("printer")
    assert isinstance(printer, PrinterModel)
    terminal = build(settings, Outside(open_port=ports.open_port))
    terminal.start()
    thread = threading.Thread(target=terminal.run)
    thread.start()
    assert terminal.web is not None
    browser = Browser(int(terminal.web.url.rstrip("/").rsplit(":", 1)[1]))
    box = RunningBox(terminal, browser, printer, ports)
    try:
        box.until(lambda: box.printed() == SET_UP_SLIPS, "the slips of a first start")
        terminal.bus.post(KeepAccount("technician", hash_pin(PASSWORD), "2026-11-27T00:00:00.000Z", own=True))
        box.until(lambda: browser.log_in().status == 303, "the login")
        box.until(lambda: box.state_of("receipt_printer") == "ready", "a printer that is ready")
        yield box
    finally:
        browser.connection.close()
        terminal.stop()
        thread.join()
        terminal.close()
