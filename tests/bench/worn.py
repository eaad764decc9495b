"""A worn card, whose every fsync takes 200 ms: the counter answers late, and never twice."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from time import perf_counter

from shop_bench import until
from worn_disk import WornDisk

from bench.counter import SCAN_PLOT, TENDER_PLOT
from bench.counterside import GOODS, Counterside, counter_in, environment
from bench.figures import Budget, Figure, Row, middle, milliseconds, percentile
from bench.site import Site

SYNC_MS = 200
SALES = 15
HASTY_SALES = 5
SERIES = f"fsync of {SYNC_MS} ms"


def run(site: Site) -> Iterator[Row]:
    room = site.room("worn")
    with counter_in(room) as side:
        disk = WornDisk(side.shop.books.path.parent, room / "shim")
        with environment(disk.environment):
            side.shop.terminal.start()
        side.sell(2)
        sold = side.shop.books.sold
        disk.order(sync_delay_ms=SYNC_MS)
        scans, tenders, wholes = patient(side)
        hasty(side)
        until(lambda: side.shop.books.sold == sold + SALES + HASTY_SALES, "all sales are booked")
        disk.heal()
        until(side.shop.synced, "the outbox is empty")
        doubled = twice(side)
    site.keep(SCAN_PLOT, SERIES, scans)
    site.keep(TENDER_PLOT, SERIES, tenders)
    for what, found in (("scan → display", scans), ("tender → drawer pulse", tenders), ("a whole sale", wholes)):
        yield Row(
            f"{what}, each fsync {SYNC_MS} ms", milliseconds(middle(found)), milliseconds(SYNC_MS / 1000), None,
            f"p99 {milliseconds(percentile(found, 99))}",
        )  # fmt: skip
    yield Row(
        "lines, pulses and receipts that came twice or not at all", Figure(doubled, ""), None,
        Budget("4", "≤", 0, "product"), f"{SALES} patient and {HASTY_SALES} hasty sales",
    )  # fmt: skip


def patient(side: Counterside) -> tuple[list[float], list[float], list[float]]:
    """Somebody who waits for the display: seconds of each scan, tender, whole sale to the cut receipt."""
    scans, tenders, wholes = [], [], []
    for _ in range(SALES):
        begun = perf_counter()
        scans += [side.scan(code) for code in GOODS]
        tenders.append(side.pay())
        wholes.append(perf_counter() - begun)
    return scans, tenders, wholes


def hasty(side: Counterside) -> None:
    """Somebody who scans all three before the first is shown."""
    for _ in range(HASTY_SALES):
        os.write(side.scanner.end, "".join(f"{code}\r" for code in GOODS).encode())
        until(lambda: side.shop.books.basket == len(GOODS), "all goods are in the basket")
        side.pay()


def twice(side: Counterside) -> int:
    """How much is wrong: lines beside the one of each scan, pulses and receipts beside the one of each sale."""
    sales = side.shop.books.sales()
    bought = [Counter(line["sku"] for line in sale["data"]["lines"]) for sale in sales]
    lines = sum(abs(basket[code] - 1) for basket in bought for code in GOODS)
    slips = sum("单号" in slip.text for slip in side.printer.paper.slips)
    return lines + abs(side.printer.drawer.pulses - len(sales)) + abs(slips - len(sales))
