"""Budgets 4 and 5, and 12 for them: from the scanner's first byte to the display, from the tender to the drawer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from shop_bench import until

from bench import goods, history
from bench.counterside import Counterside, counter_in
from bench.figures import Budget, Row, middle, milliseconds, percentile
from bench.site import Site
from edge.__main__ import main

SALES = 60
LINES, BASKETS, MORE = 40, 4, 40
"""Four baskets of 40 lines, and how long each of the next 40 scans takes."""
SCAN_PLOT, TENDER_PLOT = "scan", "tender"


def run(site: Site) -> Iterator[Row]:
    with counter_in(site.room("counter")) as side:
        side.shop.terminal.start()
        yield from plain(site, "0 rows", side)
    with counter_in(site.room("counter-goods"), cloud=True) as side:
        side.shop.terminal.start()
        yield from full_basket(site, side)
    with counter_in(site.room("counter-million"), ledger=history.million(site)) as side:
        side.shop.terminal.start()
        yield from plain(site, "1,000,000 rows", side)


def plain(site: Site, size: str, side: Counterside) -> Iterator[Row]:
    side.sell(3)
    scans, tenders = side.sell(SALES)
    site.keep(SCAN_PLOT, size, scans)
    site.keep(TENDER_PLOT, size, tenders)
    p50, p99 = middle(scans), percentile(scans, 99)
    yield Row(f"scan → display, p50, {size}", milliseconds(p50), None, Budget("4", "≤", 5.0, "product"))
    yield Row(
        f"scan → display, p99, {size}", milliseconds(p99), None, Budget("4", "≤", 15.0, "product"),
        f"worst {milliseconds(max(scans))} of {len(scans)}",
    )  # fmt: skip
    yield Row(
        f"tender → drawer pulse, p99, {size}", milliseconds(percentile(tenders, 99)), None,
        Budget("5", "≤", 30.0, "product"), f"p50 {milliseconds(middle(tenders))}, {len(tenders)} tenders",
    )  # fmt: skip
    if size == "0 rows":
        site.facts |= {"scan p50": p50, "scan p99": p99}
    elif "scan p50" in site.facts:
        for name, found in (("p50", p50), ("p99", p99)):
            yield Row(
                f"scan → display, {name}: 1,000,000 rows against 0", milliseconds(found),
                milliseconds(site.facts[f"scan {name}"]), Budget("12", "≤", 1.2),
            )  # fmt: skip


def full_basket(site: Site, side: Counterside) -> Iterator[Row]:
    """50,000 goods, 40 lines in the basket; there are no promotions yet, so none are in this figure."""
    barcodes = goods.codes()
    fill_shelves(side, goods.write_csv(side.shop.folder / "many.csv", barcodes))
    scans = []
    for _ in range(BASKETS):
        for code in barcodes[:LINES]:
            side.scan(code, quiet_s=0.0)
        scans += [side.scan(code) for code in barcodes[1000 : 1000 + MORE]]
        side.pay()
    site.keep(SCAN_PLOT, "50,000 goods, 40+ lines", scans)
    for name, found in (("p50", middle(scans)), ("p99", percentile(scans, 99))):
        yield Row(
            f"scan → display, {name}, 50,000 goods and 40 to 80 lines against the plain one", milliseconds(found),
            milliseconds(site.facts[f"scan {name}"]), Budget("4", "≤", 1.5), "promotions do not exist yet",
        )  # fmt: skip


def fill_shelves(side: Counterside, csv: Path) -> None:
    """By the command line, and until the terminal has taken it up."""
    before = items_applied(side)
    with redirect_stdout(StringIO()):
        assert main(["catalogue", "import", "--config", str(side.shop.config), str(csv)]) == 0
    until_applied(side, before)
    assert items_applied(side)[1] >= goods.MANY


def until_applied(side: Counterside, before: tuple[int, int]) -> None:
    until(lambda: items_applied(side) != before, "the goods are on the shelf", patience_s=30.0)


def items_applied(side: Counterside) -> tuple[int, int]:
    """(journal number, items) of the newest catalogue that was activated."""
    rows = side.shop.books.rows("SELECT n, body FROM journal WHERE type = 'cat.applied' ORDER BY n DESC LIMIT 1")
    return (int(rows[0][0]), int(json.loads(rows[0][1])["items"])) if rows else (0, 0)
