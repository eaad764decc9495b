"""A counter on real cables: a terminal process, scanner and display on ptys, the printer on TCP, timed from here."""

from __future__ import annotations

import os
import select
import tty
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter

from shop_bench import COLA, EXACT_CASH, NOODLES, WATER, Shop, TapedPrinter, until

from bench.history import copy_ledger
from bench.site import broker_in, shop_in
from edge.sim.wiring import TcpHost

WAIT_S = 30.0
QUIET_S = 0.03
"""A display that gets nothing for so long has been told everything."""
DRAWER_PULSE = bytes.fromhex("1b70003232")
LINE_FEED = b"\n"
"""Ends a line of a slip; no question to a printer has one."""
FIRST_COMMAND = b"\x1bQA"
"""cd5220: the upper line, which is what a customer looks at first."""
GOODS = (WATER, COLA, NOODLES)
_PERIPHERY = """
[devices.pad]
driver = "keypad"
port = "{folder}/pad"
[devices.keyboard_scanner]
driver = "scanner_evdev"
port = "{folder}/keyboard"
"""


class Cable:
    """A pty held by hand: no thread between the watch and the terminal."""

    def __init__(self, link: Path) -> None:
        self.end, slave = os.openpty()
        tty.setraw(slave)
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(slave))

    def until_first_command(self) -> float:
        """When the last byte of the next upper line has arrived."""
        seen = b""
        while FIRST_COMMAND not in seen or b"\r" not in seen.partition(FIRST_COMMAND)[2]:
            assert select.select([self.end], [], [], WAIT_S)[0], f"the display got {seen!r}"
            seen += os.read(self.end, 4096)
        return perf_counter()

    def drain(self, quiet_s: float) -> None:
        while select.select([self.end], [], [], quiet_s)[0]:
            os.read(self.end, 4096)


class WatchedPrinter(TapedPrinter):
    """Notes when the drawer's pulse came, and when a piece of a slip."""

    def __init__(self) -> None:
        super().__init__(speed_mm_s=100_000.0)
        self.pulses_at: list[float] = []
        self.lines_at: list[float] = []

    def receive(self, octets: bytes) -> None:
        if LINE_FEED in octets:
            self.lines_at.append(perf_counter())
        if DRAWER_PULSE in octets:
            self.pulses_at.append(perf_counter())
        super().receive(octets)


class Counterside:
    """What a person does at the counter, with a watch in the hand."""

    def __init__(self, shop: Shop) -> None:
        shop.devices.__exit__()
        self.shop = shop
        self.printer = WatchedPrinter()
        self.host = TcpHost(self.printer, shop.devices.printer_host.port)
        self.scanner, self.display = Cable(shop.folder / "scanner"), Cable(shop.folder / "display")
        for name in ("pad", "keyboard"):
            Cable(shop.folder / name)
        with shop.config.open("a") as config:
            config.write(_PERIPHERY.format(folder=shop.folder))

    def scan(self, code: str, *, quiet_s: float = QUIET_S) -> float:
        """Seconds from the scanner's first byte to the last byte of the display's first command."""
        if quiet_s:
            self.display.drain(quiet_s)
        begun = perf_counter()
        os.write(self.scanner.end, f"{code}\r".encode())
        return self.display.until_first_command() - begun

    def pay(self) -> float:
        """Seconds from the cash card to the drawer's pulse. Returns when the receipt is cut off."""
        pulses, slips = len(self.printer.pulses_at), len(self.printer.paper.slips)
        begun = perf_counter()
        os.write(self.scanner.end, f"{EXACT_CASH}\r".encode())
        until(lambda: len(self.printer.pulses_at) > pulses, "the drawer is pulsed", patience_s=WAIT_S)
        until(lambda: len(self.printer.paper.slips) > slips, "the receipt is printed", patience_s=WAIT_S)
        return self.printer.pulses_at[-1] - begun

    def sell(self, sales: int, *, quiet_s: float = QUIET_S) -> tuple[list[float], list[float]]:
        """Sales of three lines: (seconds of each scan, of each tender)."""
        scans, tenders = [], []
        for _ in range(sales):
            scans += [self.scan(code, quiet_s=quiet_s) for code in GOODS]
            tenders.append(self.pay())
        return scans, tenders


@contextmanager
def counter_in(
    room: Path,
    *,
    ledger: Path | None = None,
    broker_port: int | None = None,
    terminal_port: int | None = None,
    cloud: bool = True,
) -> Iterator[Counterside]:
    """A counter with every device; cloud and terminal are started by who measures, the broker runs.

    `ledger` is copied in first. `cloud`: the reference cloud is started too.
    """
    with ExitStack() as stack:
        if ledger is not None:
            copy_ledger(ledger, room / "shop" / "data" / "ledger.db")
        port = broker_port or stack.enter_context(broker_in(room)).port
        shop = stack.enter_context(shop_in(room, broker_port=port, terminal_port=terminal_port))
        side = Counterside(shop)
        if cloud:
            shop.cloud.start()
        stack.enter_context(side.host)
        yield side


@contextmanager
def environment(more: Mapping[str, str]) -> Iterator[None]:
    """Processes started in this block get these variables too."""
    before = dict(os.environ)
    os.environ.update(more)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
