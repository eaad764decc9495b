"""Speed and size of the terminal on real processes, ptys and TCP, as a table. Takes two minutes and needs mosquitto.

By hand, with nothing else running: `PYTHONPATH=.:tests .venv/bin/python scripts/measure.py`
"""

from __future__ import annotations

import os
import select
import sys
import tempfile
import tty
from contextlib import ExitStack, redirect_stdout
from io import StringIO
from pathlib import Path
from statistics import median, quantiles
from threading import Event
from time import monotonic, perf_counter

from conftest import Mosquitto
from shop_bench import COLA, EXACT_CASH, NOODLES, WATER, Shop, TapedPrinter, shop_on, until

from edge.sim.counter.addresses import free_port
from edge.sim.wiring import TcpHost

STARTS = 5
SALES = 100
REST_S = 10.0
WAIT_S = 5.0
QUIET_S = 0.03
"""A display that gets nothing for so long has been told everything."""
DRAWER_PULSE = bytes.fromhex("1b70003232")
FIRST_COMMAND = b"\x1bQA"
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
    """Notes when the drawer's pulse came."""

    def __init__(self) -> None:
        super().__init__(speed_mm_s=100_000.0)
        self.pulses_at: list[float] = []

    def receive(self, octets: bytes) -> None:
        if DRAWER_PULSE in octets:
            self.pulses_at.append(perf_counter())
        super().receive(octets)


def main() -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        broker = Mosquitto(folder / "mosquitto", free_port())
        stack.callback(broker.kill)
        broker.start()
        with redirect_stdout(StringIO()):  # what the import of the goods says
            shop = stack.enter_context(shop_on(folder / "shop", broker_port=broker.port))
        measure(shop)
    return 0


def measure(shop: Shop) -> None:
    shop.devices.__exit__()
    printer, scanner, display = WatchedPrinter(), Cable(shop.folder / "scanner"), Cable(shop.folder / "display")
    for name in ("pad", "keyboard"):
        Cable(shop.folder / name)
    with shop.config.open("a") as config:
        config.write(_PERIPHERY.format(folder=shop.folder))
    shop.cloud.start()
    with TcpHost(printer, shop.devices.printer_host.port):
        starts = [start(shop) for _ in range(STARTS)]
        shop.health()
        Event().wait(REST_S)
        at_rest_kb = shop.terminal.rss_kb()
        scans, tenders = sell(scanner, display, printer)
        until(shop.synced, "the outbox is empty")
        sold_kb = shop.terminal.rss_kb()
    tell("cold start to ready, ms", f"p50 {median(starts) * 1000:6.1f}   max {max(starts) * 1000:6.1f}   n {STARTS}")
    tell("RSS after 10 s at rest, page fetched, MB", f"    {at_rest_kb / 1024:6.1f}")
    tell(f"RSS after {SALES} more sales, MB", f"    {sold_kb / 1024:6.1f}")
    tell("scan → last byte of the first display command, ms", percentiles(scans))
    tell("tender → drawer pulse, ms", percentiles(tenders))


def start(shop: Shop) -> float:
    """Seconds from exec to the line that says ready."""
    shop.terminal.kill()
    begun = monotonic()
    shop.terminal.start()
    return monotonic() - begun


def sell(scanner: Cable, display: Cable, printer: WatchedPrinter) -> tuple[list[float], list[float]]:
    """Seconds from each scan to the display, from each tender to the drawer."""
    scans, tenders = [], []
    for _ in range(SALES):
        for code in (WATER, COLA, NOODLES):
            display.drain(QUIET_S)
            begun = perf_counter()
            os.write(scanner.end, f"{code}\r".encode())
            scans.append(display.until_first_command() - begun)
        tenders.append(pay(scanner, printer))
    return scans, tenders


def pay(scanner: Cable, printer: WatchedPrinter) -> float:
    """Seconds from the card to the pulse. Returns when the receipt is cut off."""
    pulses, slips = len(printer.pulses_at), len(printer.paper.slips)
    begun = perf_counter()
    os.write(scanner.end, f"{EXACT_CASH}\r".encode())
    until(lambda: len(printer.pulses_at) > pulses, "the drawer is pulsed")
    until(lambda: len(printer.paper.slips) > slips, "the receipt is printed")
    return printer.pulses_at[-1] - begun


def percentiles(seconds: list[float]) -> str:
    cuts = quantiles(seconds, n=100)
    p50, p99, worst = (found * 1000 for found in (cuts[49], cuts[98], max(seconds)))
    return f"p50 {p50:6.1f}   p99 {p99:6.1f}   max {worst:6.1f}   n {len(seconds)}"


def tell(what: str, figures: str) -> None:
    print(f"{what:<52}{figures}")


if __name__ == "__main__":
    sys.exit(main())
