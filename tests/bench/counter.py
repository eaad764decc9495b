"""Budgets 4 and 5, and 12 for them: from the scanner's first byte to the display, from the tender to the drawer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, redirect_stdout
from io import StringIO
from pathlib import Path

from shop_bench import until

from bench import goods, history
from bench.counterside import Counterside, counter_in
from bench.figures import Budget, Row, middle, milliseconds, percentile
from bench.site import Site
from edge.__main__ import main

ROUNDS, SALES = 15, 14
"""Counters take turns, so that a machine that slows down slows all of them."""
LINES, MORE = 40, 30
"""A basket of 40 lines each round, and how long each of the next 30 scans takes."""
EMPTY, OLD, FULL = "0 rows", "1,000,000 rows", "50,000 goods, 200 promotions, 40 to 70 lines"
SCAN_PLOT, TENDER_PLOT = "scan", "tender"


def run(site: Site) -> Iterator[Row]:
    barcodes = goods.codes()
    with ExitStack() as stack:
        sides = {
            EMPTY: stack.enter_context(counter_in(site.room("counter"))),
            FULL: stack.enter_context(counter_in(site.room("counter-goods"))),
            OLD: stack.enter_context(counter_in(site.room("counter-million"), ledger=history.million(site))),
        }
        give_promotions(sides[FULL], barcodes)
        for side in sides.values():
            side.shop.terminal.start()
        fill_shelves(sides[FULL], goods.write_csv(sides[FULL].shop.folder / "many.csv", barcodes))
        scans, tenders = take_turns(sides, barcodes)
    for size in scans:
        site.keep(SCAN_PLOT, size, scans[size])
    for size in tenders:
        site.keep(TENDER_PLOT, size, tenders[size])
        yield from rows(size, scans[size], tenders[size])
    yield from against(
        scans, FULL, Budget("4", "≤", 1.5), f"{goods.IN_BASKET} promotions and a threshold touch the basket"
    )
    yield from against(scans, OLD, Budget("12", "≤", 1.2), "")


def take_turns(
    sides: Mapping[str, Counterside], barcodes: Sequence[str]
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Seconds of each scan by counter, and of each tender where baskets are small."""
    scans: dict[str, list[float]] = {size: [] for size in sides}
    tenders: dict[str, list[float]] = {EMPTY: [], OLD: []}
    for size in tenders:
        sides[size].sell(3)
    for _ in range(ROUNDS):
        for size in tenders:
            scanned, paid = sides[size].sell(SALES)
            scans[size] += scanned
            tenders[size] += paid
        for code in lines_of(barcodes):
            sides[FULL].scan(code, quiet_s=0.0)
        scans[FULL] += [sides[FULL].scan(code) for code in more_of(barcodes)]
        sides[FULL].pay()
    return scans, tenders


def rows(size: str, scans: list[float], tenders: list[float]) -> Iterator[Row]:
    p50, p99 = milliseconds(middle(scans)), milliseconds(percentile(scans, 99))
    worst = f"worst {milliseconds(max(scans))} of {len(scans)}"
    yield Row(f"scan → display, p50, {size}", p50, None, Budget("4", "≤", 5.0, "product"))
    yield Row(f"scan → display, p99, {size}", p99, None, Budget("4", "≤", 15.0, "product"), worst)
    yield Row(
        f"tender → drawer pulse, p99, {size}", milliseconds(percentile(tenders, 99)), None,
        Budget("5", "≤", 30.0, "product"), f"p50 {milliseconds(middle(tenders))}, {len(tenders)} tenders",
    )  # fmt: skip


def against(scans: Mapping[str, list[float]], size: str, budget: Budget, remark: str) -> Iterator[Row]:
    """The scans of one counter against those of the plain one."""
    for percent in (50, 99):
        yield Row(
            f"scan → display, p{percent}, {size} against {EMPTY}", milliseconds(percentile(scans[size], percent)),
            milliseconds(percentile(scans[EMPTY], percent)), budget, remark,
        )  # fmt: skip


def lines_of(barcodes: Sequence[str]) -> Sequence[str]:
    return barcodes[:LINES]


def more_of(barcodes: Sequence[str]) -> Sequence[str]:
    return barcodes[1000 : 1000 + MORE]


def give_promotions(side: Counterside, barcodes: Sequence[str]) -> None:
    """Before the terminal starts. Most goods of a basket are in one."""
    basket = [*lines_of(barcodes), *more_of(barcodes)]
    file = goods.write_promotions(side.shop.folder / "promotions.toml", basket, barcodes[2000:])
    with side.shop.config.open("a") as config:
        config.write(f'[promotions]\nfile = "{file.name}"\n')


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
