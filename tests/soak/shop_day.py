"""A shop that sells on and on while its network and its devices fail now and then; the terminal is never killed."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from time import monotonic

from clerk import Clerk
from shop_bench import Shop

from edge.sim.fault_proxy import FaultProxy
from soak.growth import Sample

PEACE_S = (10.0, 50.0)
"""Between two mishaps: ten in a short soak. With more, the link never holds for the minute that resets its back-off."""
MISHAP_S = (0.5, 5.0)
"""How long one lasts: shorter than the clerk's patience, long enough to be noticed by every time-out of a device."""
SAMPLES = 200
SAMPLE_S_MIN = 1.0
ROLL_MM = 1_000_000
PAPER_LOW_MM = 10_000

Act = Callable[[], object]


class Mishaps:
    """A thread from `start` to `rest`; at most one mishap at a time. `done` counts them by name."""

    def __init__(self, shop: Shop, proxy: FaultProxy, chance: Random) -> None:
        self.done: Counter[str] = Counter()
        self._chance = chance
        devices = shop.devices
        self._kinds: dict[str, tuple[Act, Act]] = {
            "network cut": (proxy.cut, proxy.pass_on),
            "network silent": (proxy.swallow, proxy.pass_on),
            "network reset": (proxy.reset, proxy.pass_on),
            "printer without power": (devices.printer_host.pull, devices.printer_host.plug),
            "display without power": (devices.display_host.pull, devices.display_host.plug),
            "scanner without power": (devices.scanner_host.pull, devices.scanner_host.plug),
        }
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._happen, name="mishaps")

    def start(self) -> None:
        self._thread.start()

    def rest(self) -> None:
        """What is cut off comes back first."""
        self._enough.set()
        self._thread.join()

    def _happen(self) -> None:
        while not self._enough.wait(self._chance.uniform(*PEACE_S)):
            name = self._chance.choice(list(self._kinds))
            begin, mend = self._kinds[name]
            begin()
            self.done[name] += 1
            self._enough.wait(self._chance.uniform(*MISHAP_S))
            mend()


def soak(shop: Shop, clerk: Clerk, seconds: float) -> Iterator[Sample]:
    """Sell for so long; a sample now and then."""
    begun = monotonic()
    every_s = max(SAMPLE_S_MIN, seconds / SAMPLES)
    due = begun
    while (now := monotonic()) - begun < seconds:
        if now >= due:
            due = now + every_s
            yield sample(shop, now - begun)
            _tidy_counter(shop)
        clerk.sell()
    yield sample(shop, monotonic() - begun)


def sample(shop: Shop, at_s: float) -> Sample:
    """What the kernel says of the terminal's process, with its page read once, and its files' sizes."""
    shop.health()
    process, ledger = Path(f"/proc/{shop.terminal.pid}"), shop.books.path
    return Sample(
        at_s=at_s, sales=shop.books.sold, rss_kb=shop.terminal.rss_kb(), handles=len(list((process / "fd").iterdir())),
        threads=len(list((process / "task").iterdir())), ledger_kb=_size_kb(ledger),
        wal_kb=_size_kb(ledger.with_name(ledger.name + "-wal")),
    )  # fmt: skip


def _size_kb(file: Path) -> int:
    return file.stat().st_size // 1024 if file.exists() else 0


def _tidy_counter(shop: Shop) -> None:
    """Our own models must not grow beside the terminal: a new roll when it is low, no memory of old paper."""
    with shop.devices.printer_host.lock:
        printer = shop.devices.printer
        printer.tape.clear()
        printer.paper.slips.clear()
        if printer.remaining_mm < PAPER_LOW_MM:
            printer.refill(ROLL_MM)
