"""Budget 15, as far as there is something to measure: the network is back, a customer buys, the cloud knows it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from time import monotonic

from shop_bench import until

from bench.counterside import Counterside, counter_in
from bench.figures import Budget, Figure, Row, middle
from bench.site import Site, broker_in
from edge.sim.fault_proxy import FaultProxy

ROUNDS = 5
FAILURES = 2
"""Attempts that fail before the network returns, so that the terminal is in its back-off."""
PATIENCE_S = 60.0


def run(site: Site) -> Iterator[Row]:
    with ExitStack() as stack:
        room = site.room("reconnect")
        broker = stack.enter_context(broker_in(room))
        proxy = stack.enter_context(FaultProxy("127.0.0.1", broker.port))
        side = stack.enter_context(counter_in(room, broker_port=broker.port, terminal_port=proxy.port))
        waits = [outage(side, proxy) for _ in range(ROUNDS)]
    yield Row(
        "network back, a sale → committed in the cloud, which acknowledges it at once", Figure(max(waits), "s"), None,
        Budget("15", "≤", 2.0, "product"), f"worst of {ROUNDS}, middle {middle(waits):.2f} s; a sale as the “sync now”",
    )  # fmt: skip


def outage(side: Counterside, proxy: FaultProxy) -> float:
    """A fresh start each time, and no sale before: a customer may cause one early attempt a minute."""
    shop = side.shop
    shop.terminal.kill()
    welcomes = len(shop.terminal.said("welcome: "))
    shop.terminal.start()
    until(lambda: len(shop.terminal.said("welcome: ")) > welcomes, "it is connected", patience_s=PATIENCE_S)
    until(shop.synced, "it is in order before", patience_s=PATIENCE_S)
    downs = len(shop.terminal.said("link down"))
    proxy.cut()
    until(lambda: len(shop.terminal.said("link down")) >= downs + FAILURES, "it has tried", patience_s=PATIENCE_S)
    proxy.pass_on()
    has = shop.cloud_upto()
    begun = monotonic()
    side.sell(1)
    until(lambda: shop.cloud_upto() > has, "the cloud has it", patience_s=PATIENCE_S)
    return monotonic() - begun
