"""Budgets 2 and 3, and 12 for both: a journal append and a whole sale, against what SQLite and the disk can do."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from bench import history
from bench.figures import Budget, Figure, Row, middle, milliseconds, percentile
from bench.limits import commits, fdatasyncs
from bench.site import Site
from bench.till import Till
from edge.clock import SystemClock
from edge.model.money import Fen
from edge.model.records import ItemUnknown
from edge.store.ledger import Ledger

ROUNDS = 5
SPELL_S = 0.6
"""Limit and product take turns, so that a disk that slows down slows both."""
ROW = ItemUnknown("6" * 380, Fen(350))
"""With its other columns about 600 B, as the raw rows."""
WARM_SALES = 30


def run(site: Site) -> Iterator[Row]:
    yield from measure(site, "0 rows", site.room("ledger"))
    room = site.room("ledger-million")
    history.copy_ledger(history.million(site), room / "ledger.db")
    yield from measure(site, "1,000,000 rows", room)


def measure(site: Site, size: str, room: Path) -> Iterator[Row]:
    """Appends and sales on the ledger in `room`, beside raw rounds on the same disk."""
    raw, synced, appends = [], [], []
    with opened(room / "ledger.db") as ledger:
        for _ in range(ROUNDS):
            synced += fdatasyncs(room / "synced", SPELL_S)
            raw.append(commits(room / "raw.db", SPELL_S, rows=1))
            appends.append(spell(lambda: append(ledger)))
    yield from append_rows(site, size, raw, appends, synced)
    till, sales, raw = Till(room), [], []
    try:
        for _ in range(WARM_SALES):
            till.whole_sale()
        needed = till.commits_of_a_sale()
        for _ in range(ROUNDS):
            raw.append(commits(room / "raw.db", SPELL_S, rows=1))
            sales.append(spell(till.whole_sale))
    finally:
        till.ledger.close(clean=True)
    yield from sale_rows(site, size, raw, sales, needed)


def append_rows(
    site: Site, size: str, raw: list[list[float]], appends: list[list[float]], synced: list[float]
) -> Iterator[Row]:
    rate, limit = middle([per_s(waits) for waits in appends]), middle([per_s(waits) for waits in raw])
    waits = [wait for spell in appends for wait in spell]
    site.keep("commits", f"journal append, {size}", [rate])
    yield Row(
        f"a journal append, {size}", Figure(rate, "/s"), Figure(limit, "raw commits/s"), Budget("2", "≥", 0.8),
        f"p50 {milliseconds(middle(waits))}",
    )  # fmt: skip
    p99, limit_p99 = percentile(waits, 99), percentile(synced, 99)
    yield Row(
        f"the same, p99 against fdatasync's p99, {size}", milliseconds(p99), milliseconds(limit_p99),
        Budget("2", "≤", 5.0),
    )  # fmt: skip
    if size != "0 rows":
        yield grown(site, "append", rate, "a journal append")
    site.facts.setdefault("append", rate)


def sale_rows(site: Site, size: str, raw: list[list[float]], sales: list[list[float]], needed: float) -> Iterator[Row]:
    rate, limit = middle([per_s(waits) for waits in sales]), middle([per_s(waits) for waits in raw]) / needed
    waits = [wait for spell in sales for wait in spell]
    site.keep("commits", f"whole sale × {needed:.0f}, {size}", [rate * needed])
    yield Row(
        f"a whole sale in process, {size}", Figure(rate, "/s"), Figure(limit, f"raw commits/s ÷ {needed:.0f} commits"),
        Budget("3", "≥", 0.5), f"p50 {milliseconds(middle(waits))}, p99 {milliseconds(percentile(waits, 99))}",
    )  # fmt: skip
    if size != "0 rows":
        yield grown(site, "sale", rate, "a whole sale in process")
    site.facts.setdefault("sale", rate)


def grown(site: Site, fact: str, rate: float, what: str) -> Row:
    """Budget 12: how much longer it takes at a million rows."""
    if fact not in site.facts:
        raise LookupError(f"{fact} was not measured at 0 rows")
    return Row(
        f"{what}: time at 1,000,000 rows against 0", Figure(1000 / rate, "ms"), Figure(1000 / site.facts[fact], "ms"),
        Budget("12", "≤", 1.2),
    )  # fmt: skip


def spell(act: Callable[[], object], spell_s: float = SPELL_S) -> list[float]:
    """Seconds of each `act()`, one after the other for a while."""
    waits, end = [], perf_counter() + spell_s
    while (begun := perf_counter()) < end:
        act()
        waits.append(perf_counter() - begun)
    return waits


def append(ledger: Ledger) -> None:
    tx = ledger.begin(lambda record, tx: None)
    tx.append(ROW)
    tx.commit()


def per_s(waits: list[float]) -> float:
    return len(waits) / sum(waits)


@contextmanager
def opened(path: Path) -> Iterator[Ledger]:
    ledger = Ledger.open(path, SystemClock(), random.Random(1))
    yield ledger
    ledger.close(clean=True)
