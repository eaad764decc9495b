"""Budgets 9, 10 and 11, and 12 for the start: how soon the terminal sells, what it takes while nothing happens."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Event
from time import monotonic

from shop_bench import Program, Shop

from bench import history
from bench.counterside import Counterside, counter_in, environment
from bench.figures import Budget, Figure, Row, megabytes, middle
from bench.readings import cpu_s, forget_peak, peak_rss_kb, rss_kb
from bench.site import Site, broker_in
from bench.stub_process import StubProcess

STARTS = 5
SETTLE_S = 10.0
"""After which a terminal has connected, polled everything once and has nothing left to do."""
IDLE_S = 20.0
BACKLOG = 100_000
LOOK_S = 0.25
PATIENCE_S = 120.0
START_PATIENCE_S = 30.0


def run(site: Site) -> Iterator[Row]:
    with counter_in(site.room("rest")) as side:
        with counter_in(site.room("rest-million"), ledger=history.million(site)) as old:
            yield from starts(site, side.shop, old.shop)
        yield from at_rest(site, side)
    yield from behind(site)


def starts(site: Site, fresh: Shop, old: Shop) -> Iterator[Row]:
    """Budget 11: the two ledgers take turns, each start but the first after a kill -9."""
    waits: dict[str, list[float]] = {"0 rows": [], "1,000,000 rows": []}
    work: dict[str, list[float]] = {"0 rows": [], "1,000,000 rows": []}
    for _ in range(STARTS + 1):
        for size, shop in (("0 rows", fresh), ("1,000,000 rows", old)):
            shop.terminal.kill()
            waits[size].append(start(site, shop.terminal))
            work[size].append(cpu_s(shop.terminal.pid))
    old.terminal.kill()
    empty, grown = (middle(waits[size][1:]) for size in waits)
    cpu = {size: f"{middle(work[size][1:]):.2f} s CPU, middle of {STARTS}, each after a power cut" for size in work}
    yield Row(
        "process start → ready to sell, 0 rows", Figure(empty, "s"), None, Budget("11", "≤", 1.0, "product"),
        cpu["0 rows"],
    )  # fmt: skip
    yield Row(
        "process start → ready to sell, 1,000,000 rows", Figure(grown, "s"), Figure(empty, "s at 0 rows"),
        Budget("11", "≤", 1.2), cpu["1,000,000 rows"],
    )  # fmt: skip


def start(site: Site, terminal: Program) -> float:
    """Seconds from exec to the message that tells systemd it is ready."""
    bell = site.folder / "ready"
    bell.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(bell))
        listener.settimeout(START_PATIENCE_S)
        with environment({"NOTIFY_SOCKET": str(bell)}):
            begun = monotonic()
            terminal.start()  # returns within 10 ms of the line that comes before READY
        while b"READY=1" not in listener.recv(256):
            continue
        return monotonic() - begun


def at_rest(site: Site, side: Counterside) -> Iterator[Row]:
    """Everything plugged in, cloud connected, page fetched."""
    shop = side.shop
    side.sell(1)
    shop.health()
    Event().wait(SETTLE_S)
    resting, before = rss_kb(shop.terminal.pid), cpu_s(shop.terminal.pid)
    Event().wait(IDLE_S)
    share = (cpu_s(shop.terminal.pid) - before) / IDLE_S * 100
    site.facts["resting kB"] = resting
    site.keep("memory", "product at rest", [resting / 1024])
    yield Row(
        "memory at rest, everything loaded, page open", megabytes(resting), None, Budget("9", "≤", 80.0, "product"),
        "the goal is 64",
    )  # fmt: skip
    yield Row("CPU at rest, five devices polled", Figure(share, "% of a core"), None, Budget("10", "≤", 1.0, "product"))


def behind(site: Site) -> Iterator[Row]:
    """A backlog of 100,000 while the cloud is away, and while it leaves."""
    ledger = site.room("rest-backlog-source") / "ledger.db"
    history.backlog(ledger, BACKLOG)
    with ExitStack() as stack:
        room = site.room("rest-backlog")
        broker = stack.enter_context(broker_in(room))
        side = stack.enter_context(counter_in(room, ledger=ledger, broker_port=broker.port, cloud=False))
        curve = Curve(side.shop.terminal)
        side.shop.terminal.start()
        side.sell(1)
        side.shop.health()
        curve.watch(SETTLE_S)
        waiting = rss_kb(side.shop.terminal.pid)
        forget_peak(side.shop.terminal.pid)
        stub = StubProcess("cloud_stub", broker.port)
        stack.callback(stub.close)
        stub.go()
        site.keep("rss over time", "cloud is there", [curve.seconds[-1]])
        curve.watch(PATIENCE_S, done=side.shop.synced)
        curve.watch(SETTLE_S)
        left, peak = rss_kb(side.shop.terminal.pid), peak_rss_kb(side.shop.terminal.pid)
        assert stub.tally["events"] >= BACKLOG
    site.keep("rss over time", "seconds", curve.seconds)
    site.keep("rss over time", "MB", curve.megabytes)
    site.keep("memory", "product, backlog of 100,000", [waiting / 1024])
    resting = site.facts["resting kB"]
    for what, kilobytes in (("waiting", waiting), ("after it left", left), ("at most, while it left", peak)):
        yield Row(
            f"what a backlog of {BACKLOG:,} adds to memory, {what}", megabytes(kilobytes - resting), None,
            Budget("9", "≤", 10.0, "product"), f"{megabytes(kilobytes)} in all",
        )  # fmt: skip


class Curve:
    """Memory of a program over time."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._begun = monotonic()
        self.seconds: list[float] = []
        self.megabytes: list[float] = []

    def watch(self, spell_s: float, *, done: Callable[[], bool] = lambda: False) -> None:
        """For so long, or until `done()`."""
        end, pause = monotonic() + spell_s, Event()
        while monotonic() < end and not done():
            self.seconds.append(monotonic() - self._begun)
            self.megabytes.append(rss_kb(self._program.pid) / 1024)
            pause.wait(LOOK_S)
