"""Budgets 6, 7 and 8: how fast a backlog leaves, what an event costs, and how many bytes it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

from shop_bench import Shop, until

from bench import history, limits
from bench.figures import Budget, Figure, Row, middle
from bench.readings import cpu_s
from bench.site import Site, broker_in, shop_in
from bench.stub_process import StubProcess
from edge.codec.wire_term import MAX_EVENTS
from edge.sim.fault_proxy import FaultProxy

EVENTS = 10_000
FAR_EVENTS = {"batched": EVENTS, "same window, batch 1": 1_500, "window 1, batch 1": 100}
"""At 50 ms round trip: enough for a steady rate, few enough to wait for."""
ROUNDS = 3
ONE_WAY_S = 0.025
PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Drained:
    """One backlog gone. The rate is of all but the last batch, which waits for company as the cloud's pace says.

    Timed from the welcome (by the reference cloud: from its first commit); CPU is of all, until the cloud has it.
    """

    rate: float
    events: int
    cpu_s: float
    wire: int = 0
    text: int = 0

    @property
    def cpu_us(self) -> float:
        return self.cpu_s / self.events * 1e6


def run(site: Site) -> Iterator[Row]:
    yield from near(site)
    yield from with_reference_cloud(site)
    yield from far(site)


def near(site: Site) -> Iterator[Row]:
    """Budget 6 against the stub, and budget 8: limit and product take turns."""
    raw, drained = [], []
    for _ in range(ROUNDS):
        raw.append(limits.messages(site.room("drain-raw")))
        drained.append(to_stub(site))
    limit, limit_us = middle([rate for rate, _ in raw]), middle([cpu_us for _, cpu_us in raw])
    rate, cpu_us = middle([found.rate for found in drained]), middle([found.cpu_us for found in drained])
    site.keep("drain", "paho, one event a message", [limit])
    site.keep("drain", "product, cloud stub", [rate])
    yield Row(
        f"drain of {EVENTS:,} sales to a cloud that only acknowledges", Figure(rate, "events/s"),
        Figure(limit, "messages/s raw paho"), Budget("6", "≥", 4.0), f"raw paho {limit_us:.0f} µs CPU a message",
    )  # fmt: skip
    yield Row("the same, CPU of the terminal", Figure(cpu_us, "µs an event"), None, Budget("6", "≤", 20.0, "product"))
    fifty = to_stub(site, pace={"tx": {"batch": 50}})
    yield Row(
        "bytes on the wire, batches of 50", Figure(fifty.wire / fifty.events, "B an event"),
        Figure(fifty.text / fifty.events, "B plain JSON"), Budget("8", "≤", 0.35),
    )  # fmt: skip


def with_reference_cloud(site: Site) -> Iterator[Row]:
    drained = [to_reference_cloud(site) for _ in range(ROUNDS)]
    rate, cpu_us = middle([found.rate for found in drained]), middle([found.cpu_us for found in drained])
    site.keep("drain", "product, reference cloud", [rate])
    yield Row(
        "drain with the reference cloud, which stores", Figure(rate, "events/s"), None, None,
        f"{cpu_us:.0f} µs CPU an event in the terminal",
    )  # fmt: skip


def to_stub(site: Site, *, pace: dict[str, Any] | None = None) -> Drained:
    with backlogged(site, EVENTS) as (shop, port):
        return drain(shop, port, pace=pace)


def to_reference_cloud(site: Site) -> Drained:
    with backlogged(site, EVENTS) as (shop, _):
        shop.cloud.start()
        shop.terminal.start()
        until(lambda: shop.cloud_upto() > 0, "it drains")
        begun, first, before = monotonic(), shop.cloud_upto(), cpu_s(shop.terminal.pid)
        until(lambda: shop.cloud_upto() > EVENTS - MAX_EVENTS, "all but the last has left", patience_s=PATIENCE_S)
        rate = (shop.cloud_upto() - first) / (monotonic() - begun)
        until(lambda: shop.cloud_upto() == EVENTS, "all has left", patience_s=PATIENCE_S)
        cpu = cpu_s(shop.terminal.pid) - before
        until(lambda: shop.books.unsent("tx") == 0, "the terminal knows it", patience_s=PATIENCE_S)
        return Drained(rate, EVENTS - first, cpu)


def far(site: Site) -> Iterator[Row]:
    """Budget 7: at 50 ms round trip, batched and one by one."""
    found = {
        "batched": far_drain(site, FAR_EVENTS["batched"], None),
        "same window, batch 1": far_drain(site, FAR_EVENTS["same window, batch 1"], {"batch": 1}),
        "window 1, batch 1": far_drain(site, FAR_EVENTS["window 1, batch 1"], {"window": 1, "batch": 1}),
    }
    for name in ("window 1, batch 1", "same window, batch 1"):
        yield Row(
            f"drain at 50 ms round trip against one by one ({name})", Figure(found["batched"], "events/s"),
            Figure(found[name], "events/s"), Budget("7", "≥", 40.0),
        )  # fmt: skip


def far_drain(site: Site, events: int, pace: dict[str, int] | None) -> float:
    with ExitStack() as stack:
        broker = stack.enter_context(broker_in(site.room("far-broker")))
        proxy = stack.enter_context(FaultProxy("127.0.0.1", broker.port))
        proxy.delay(ONE_WAY_S)
        room = site.room("far")
        history.backlog(room / "shop" / "data" / "ledger.db", events)
        shop = stack.enter_context(shop_in(room, broker_port=broker.port, terminal_port=proxy.port))
        return drain(shop, broker.port, pace={"tx": pace} if pace else None, events=events).rate


@contextmanager
def backlogged(site: Site, events: int) -> Iterator[tuple[Shop, int]]:
    """A shop with so many sales that the cloud has not seen, and the port of its broker. Nothing else runs."""
    source = site.folder / f"backlog-{events}.db"
    if not source.exists():
        history.backlog(source, events)
    room = site.room("backlogged")
    history.copy_ledger(source, room / "shop" / "data" / "ledger.db")
    with broker_in(room) as broker, shop_in(room, broker_port=broker.port) as shop:
        yield shop, broker.port


def drain(shop: Shop, port: int, *, pace: dict[str, Any] | None = None, events: int = EVENTS) -> Drained:
    """Start cloud and terminal; see `Drained`."""
    stub = StubProcess("cloud_stub", port, *([json.dumps(pace)] if pace else []))
    try:
        shop.terminal.start()
        until(lambda: stub.at("greeted"), "the terminal has said hello")
        before = cpu_s(shop.terminal.pid)
        stub.go()
        until(lambda: stub.tally["events"] >= events or not stub.running, "the cloud has all", patience_s=PATIENCE_S)
        cpu, tally, welcomed = cpu_s(shop.terminal.pid) - before, stub.tally, stub.at("welcomed")
        until(shop.synced, "the outbox is empty", patience_s=PATIENCE_S)
        assert welcomed is not None
        rate = tally["nearly_events"] / (tally["nearly_mono"] - welcomed)
        return Drained(rate, events, cpu, tally["wire"], tally["text"])
    finally:
        stub.close()
