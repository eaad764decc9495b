"""Budgets 2 and 3, and 12 for both: a journal append and a whole sale, against what SQLite and the disk can do."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
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
EMPTY, OLD = "0 rows", "1,000,000 rows"


def run(site: Site) -> Iterator[Row]:
    old = site.room("ledger-million")
    history.copy_ledger(history.million(site), old / "ledger.db")
    rooms = {EMPTY: site.room("ledger"), OLD: old}
    yield from appends(site, rooms)
    yield from sales(site, rooms)


@dataclass
class Turns:
    """Seconds of each act, by round: of the raw disk, and of both ledgers."""

    raw: list[list[float]] = field(default_factory=list)
    synced: list[float] = field(default_factory=list)
    acts: dict[str, list[list[float]]] = field(default_factory=lambda: {EMPTY: [], OLD: []})

    def rate(self, size: str) -> float:
        return middle([per_s(waits) for waits in self.acts[size]])

    @property
    def raw_rate(self) -> float:
        return middle([per_s(waits) for waits in self.raw])

    def all(self, size: str) -> list[float]:
        return [wait for waits in self.acts[size] for wait in waits]


def take_turns(room: Path, acts: Mapping[str, Callable[[], object]]) -> Turns:
    """Raw disk, raw SQLite, and each act, for a spell each, over and over: a disk that slows down slows all."""
    turns = Turns()
    for _ in range(ROUNDS):
        turns.synced += fdatasyncs(room / "synced", SPELL_S)
        turns.raw.append(commits(room / "raw.db", SPELL_S, rows=1))
        for size, act in acts.items():
            turns.acts[size].append(spell(act))
    return turns


def appends(site: Site, rooms: Mapping[str, Path]) -> Iterator[Row]:
    with ExitStack() as stack:
        ledgers = {size: stack.enter_context(opened(room / "ledger.db")) for size, room in rooms.items()}
        turns = take_turns(rooms[EMPTY], {size: partial(append, ledger) for size, ledger in ledgers.items()})
    for size in rooms:
        site.keep("commits", f"journal append, {size}", [turns.rate(size)])
        yield Row(
            f"a journal append, {size}", Figure(turns.rate(size), "/s"), Figure(turns.raw_rate, "raw commits/s"),
            Budget("2", "≥", 0.8), f"p50 {milliseconds(middle(turns.all(size)))}",
        )  # fmt: skip
        yield Row(
            f"the same, p99 against fdatasync's p99, {size}", milliseconds(percentile(turns.all(size), 99)),
            milliseconds(percentile(turns.synced, 99)), Budget("2", "≤", 5.0),
        )  # fmt: skip
    yield grown("a journal append", turns)


def sales(site: Site, rooms: Mapping[str, Path]) -> Iterator[Row]:
    tills = {size: Till(room) for size, room in rooms.items()}
    for till in tills.values():
        for _ in range(WARM_SALES):
            till.whole_sale()
    needed = tills[EMPTY].commits_of_a_sale()
    turns = take_turns(rooms[EMPTY], {size: till.whole_sale for size, till in tills.items()})
    for till in tills.values():
        till.ledger.close(clean=True)
    limit = Figure(turns.raw_rate / needed, f"raw commits/s ÷ {needed:.0f} commits")
    for size in rooms:
        waits = turns.all(size)
        site.keep("commits", f"whole sale × {needed:.0f} commits, {size}", [turns.rate(size) * needed])
        yield Row(
            f"a whole sale in process, {size}", Figure(turns.rate(size), "/s"), limit, Budget("3", "≥", 0.5),
            f"p50 {milliseconds(middle(waits))}, p99 {milliseconds(percentile(waits, 99))}",
        )  # fmt: skip
    yield grown("a whole sale in process", turns)


def grown(what: str, turns: Turns) -> Row:
    """Budget 12: how much longer it takes at a million rows."""
    old, empty = (milliseconds(1 / turns.rate(size)) for size in (OLD, EMPTY))
    return Row(f"{what}: time at 1,000,000 rows against 0", old, empty, Budget("12", "≤", 1.2))


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
