"""The broker is away for 10,000 sales: all arrive afterwards, in order, and memory does not grow with what waits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest
from conftest import Mosquitto
from shop_bench import COLA, EXACT_CASH, NOODLES, TID, WATER, Program, Shop, shop_on, until

from edge.clock import SystemClock
from edge.config import load_settings
from edge.daemon import build
from edge.devices import load_driver
from edge.messages import ScanData, Started
from edge.outside import Outside
from edge.reference_cloud.report import CloudReport

SALES = 10_000
FIRST_SALES = 500
"""Sold before memory is looked at: everything has been used once, SQLite's page cache is full."""
MEMORY_KB = 10 * 1024
"""What a backlog may add (performance budget 9)."""
DRAIN_S = 60.0
SECOND_S = 1.0


@pytest.fixture
def shop(broker: Mosquitto, tmp_path: Path) -> Iterator[Shop]:
    with shop_on(tmp_path / "shop", broker_port=broker.port) as shop:
        yield shop


@pytest.mark.chaos
def test_ten_thousand_sales_without_a_broker_arrive_in_order_and_memory_stays_flat(
    shop: Shop, broker: Mosquitto, record_property: Callable[[str, object], None]
) -> None:
    broker.kill()
    sold_s, grown_kb = sell_in_this_process(shop, SALES)
    assert shop.books.sold == SALES
    assert shop.books.unsent("tx") >= SALES
    shop.terminal.start()
    shop.sell(WATER)
    until(lambda: len(shop.devices.slips) > 1, "all has been used once, the encoder of receipts too")
    at_rest_kb = shop.terminal.rss_kb()
    broker.start()
    shop.cloud.start()
    begun = monotonic()
    shop.sell(NOODLES)  # a customer at the box is the reason to try the cloud at once
    peak_kb = watch_memory(shop.terminal, shop)
    drained_s = monotonic() - begun
    check_order(shop)
    record_property(
        f"{SALES} sales offline",
        f"{sold_s:.1f} s, memory +{grown_kb} kB; drained in {drained_s:.1f} s, memory {at_rest_kb} → {peak_kb} kB",
    )
    assert grown_kb <= MEMORY_KB
    assert peak_kb - at_rest_kb <= MEMORY_KB


def sell_in_this_process(shop: Shop, sales: int) -> tuple[float, int]:
    """The whole terminal without threads, at full speed: (seconds, kB that memory grew)."""
    own = shop.folder / "without_devices.toml"
    own.write_text(re.sub(r"\[(devices|web)[^[]*", "", shop.config.read_text()), encoding="utf-8")
    clock = SystemClock()
    terminal = build(load_settings(own, load_driver), Outside(clock=clock))
    terminal.bus.post(Started())
    terminal.bus.run_pending()
    begun, at_first_kb = monotonic(), 0
    for sale in range(sales):
        for code in ((WATER, COLA, NOODLES)[sale % 3], EXACT_CASH):
            # A second between two scans on the scanner's own watch: 10,000 sales in a row are no flood of codes.
            terminal.bus.post(ScanData("counter_scanner", code, clock.mono() + sale * SECOND_S))
            terminal.bus.run_pending()
        if sale == FIRST_SALES:
            at_first_kb = rss_kb()
    grown_kb = rss_kb() - at_first_kb
    terminal.close()
    return monotonic() - begun, grown_kb


def rss_kb() -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1])


def watch_memory(program: Program, shop: Shop) -> int:
    """Until the sales are acknowledged; the highest that was seen."""
    seen = [program.rss_kb()]

    def drained() -> bool:
        seen.append(program.rss_kb())
        return shop.books.unsent("tx") == 0

    until(drained, "all sales are acknowledged", patience_s=DRAIN_S)
    return max(seen)


def check_order(shop: Shop) -> None:
    """The cloud has each row once, and received them in the order in which they were sold."""
    report = CloudReport(shop.cloud_file)
    rows = report.rows(TID, "tx")
    assert [(row.seq, row.id) for row in rows] == [
        (row["seq"], row["id"]) for row in shop.books.journal() if row["stream"] == "tx"
    ]
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert [row.received_at for row in rows] == sorted(row.received_at for row in rows)
    assert all(lane.again == 0 for lane in report.lanes(TID) if lane.stream == "tx"), "nothing was sent twice"
