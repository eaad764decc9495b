"""The power goes at every moment of a sale, of a day and of a change of goods: what was heard is there, and no more."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from cut_bench import (
    COLA,
    DARK_S,
    DAY_CLOSE,
    GESTURE_S,
    HOLD,
    MINUS,
    NOODLES,
    NOTHING_IN_IT,
    OWNER,
    PAY,
    PLUS,
    PRICES,
    SHIFT_OPEN,
    TISSUES,
    TRIES_MAX,
    YES,
    CutBench,
    Step,
    scan,
)

from edge.clock import SystemClock
from edge.codec.wire_down import CatOp
from edge.model.counter import Waiting
from edge.model.sale import Sale
from edge.sim.year.box import TID
from edge.sim.year.receipts_seen import receipts_on
from edge.store.ledger import Ledger
from edge.store.queries import LedgerQueries

A_SALE: tuple[Step, ...] = (scan(COLA), scan(NOODLES), MINUS, PLUS, scan(TISSUES), PAY)
CUSTOMERS_A_DAY = 12
MOMENTS_LEAST = 100
"""A sale passes more: were there fewer, the fuse would not see what happens."""
CATALOGUE_MOMENTS_LEAST = 15
DAY_MOMENTS_LEAST = 30
NEW_PRICE = 990
PAGES_LEFT_MOST = 4
BALLAST_PAGES = 3
SALES_UNTIL_FULL = 24
SECTOR = 512
DROPS = 40
"""Of each transaction, so many times some of its sectors are lost."""
SECTORS_LEAST = 300


@contextmanager
def a_counter(folder: Path) -> Iterator[CutBench]:
    bench = CutBench(folder)
    try:
        bench.open()
        yield bench
    finally:
        bench.close()


def moments_of(folder: Path, steps: tuple[Step, ...]) -> int:
    """How many moments there are from the first gesture until all is at rest."""
    with a_counter(folder) as bench:
        before = bench.fuse.passed
        bench.act(steps)
        bench.world.pass_s(20.0)
        return bench.fuse.passed - before


@pytest.mark.chaos
def test_the_power_can_go_at_any_moment_of_a_sale(tmp_path: Path) -> None:
    """Basket as of the last beep, no receipt without its record, the sale once, nothing lost for the cloud."""
    moments = moments_of(tmp_path / "whole", A_SALE)
    assert moments > MOMENTS_LEAST
    for moment in range(1, moments + 1):
        with a_counter(tmp_path / "cut") as bench:
            bench.fuse.set(moment)
            bench.act(A_SALE)
            bench.world.pass_s(20.0)
            bench.rest()
            assert bench.world.witness.completed == 1, f"moment {moment}"
            assert bench.world.box.cuts == 1, f"moment {moment} was not reached"
        shutil.rmtree(tmp_path / "cut")


def end_the_day(bench: CutBench) -> None:
    """Card and count, again and again until there is a Z report: a cut forgets the question."""
    for _ in range(TRIES_MAX):
        bench.attempt(OWNER)
        bench.attempt(DAY_CLOSE)
        if bench.world.box.counter.waiting is Waiting.AMOUNT:
            bench.attempt(NOTHING_IN_IT)
            bench.world.pass_s(1)
            bench.attempt(YES)
        elif bench.world.box.counter.waiting is Waiting.CONFIRM:
            bench.attempt(YES)
        if bench.world.box.terminal is None:
            bench.world.pass_s(DARK_S)
            bench.world.hurry()
            bench.world.pass_s(GESTURE_S)
        if bench.world.witness.books.day.z:
            return
    raise AssertionError("the day does not end")


def a_day_until_its_end(bench: CutBench) -> None:
    """A counted start, a sale, and a basket that is still held."""
    bench.act((SHIFT_OPEN, NOTHING_IN_IT))
    bench.world.pass_s(1)
    bench.act((YES, scan(COLA), PAY, scan(NOODLES), HOLD))
    bench.world.pass_s(20.0)


@pytest.mark.chaos
def test_the_power_can_go_at_any_moment_of_the_end_of_a_day(tmp_path: Path) -> None:
    """One Z report or none, with its shift and with what was held; and a second one finds nothing new."""
    moment, cuts = 0, 1
    while cuts:
        moment += 1
        with a_counter(tmp_path / "cut") as bench:
            a_day_until_its_end(bench)
            bench.fuse.set(moment)
            end_the_day(bench)
            bench.world.pass_s(20.0)
            cuts = bench.world.box.cuts
            bench.rest()
            bench.attempt(OWNER)
            bench.attempt(DAY_CLOSE)
            bench.world.pass_s(5.0)
            kinds = Counter(row.type for row in bench.world.witness.ever.values())
            ended = ("report.z", "shift.closed", "sale.cancelled", "cash.counted")
            assert [kinds[kind] for kind in ended] == [1, 1, 1, 2], f"moment {moment}"
        shutil.rmtree(tmp_path / "cut")
    assert moment > DAY_MOMENTS_LEAST


@pytest.mark.slow
def test_whatever_a_cut_leaves_of_a_day_of_sales_is_what_was_heard_and_printed(tmp_path: Path) -> None:
    """At each moment of the day the ledger is copied, as a cut would leave it, and opened as a boot opens it."""
    chance, looks, baskets = Random(7), 0, dict[int, Sale | None]()
    with a_counter(tmp_path / "day") as bench:
        box, witness = bench.world.box, bench.world.witness

        def look(moment: str) -> None:
            nonlocal looks
            looks += 1
            left = left_behind(box.ledger_file, tmp_path / "left")
            commits, (promised, at_commits) = box.disk.commits, witness.promised
            assert left.basket == baskets.setdefault(commits, left.basket), f"{moment}: seen before its commit"
            assert at_commits < commits or left.basket == promised.sale, f"{moment}: not as of the last beep"
            assert left.wrong == "", f"{moment}: {left.wrong}"
            paper = [*box.ware.printer.paper.slips, box.ware.printer.paper.open_slip]
            on_paper = {printed.receipt for slip in paper for printed in receipts_on(slip)}
            assert on_paper <= left.receipts, f"{moment}: a receipt without its record"

        bench.fuse.look = look
        for _ in range(CUSTOMERS_A_DAY):
            goods = [scan(chance.choice(list(PRICES))) for _ in range(chance.randint(1, 4))]
            bench.act([*goods, PAY])
            bench.world.pass_s(5.0)
        bench.fuse.look = None
        bench.rest()
        assert witness.completed == CUSTOMERS_A_DAY
    assert looks > CUSTOMERS_A_DAY * MOMENTS_LEAST / 2


@pytest.mark.slow
def test_the_power_can_go_at_any_moment_of_a_change_of_goods(tmp_path: Path) -> None:
    """Old goods or new ones, never a mixture or none; the new ones in the end."""
    new = {**PRICES, COLA: NEW_PRICE, TISSUES: NEW_PRICE}
    change = [CatOp(op="put", sku=sku, price=NEW_PRICE) for sku in (COLA, TISSUES)]
    moment, cuts = 0, 1
    while cuts:
        moment += 1
        with a_counter(tmp_path / "cut") as bench:
            world = bench.world
            bench.fuse.set(moment)
            world.cloud.publish_catalogue(TID, change)
            world.hurry()
            world.pass_s(5.0)
            cuts = world.box.cuts
            if cuts:
                world.pass_s(DARK_S)
                assert bench.prices in (PRICES, new), f"moment {moment}"
                bench.act([scan(NOODLES), PAY])
            bench.rest()
            assert bench.prices == new, f"moment {moment}"
        shutil.rmtree(tmp_path / "cut")
    assert moment > CATALOGUE_MOMENTS_LEAST


def test_a_ledger_cut_at_any_sector_of_its_last_transaction_opens_as_before_or_after_it(tmp_path: Path) -> None:
    """At each commit of a sale: the log ends at each sector of the last transaction, or lacks some of them."""
    chance, tries = Random(3), 0
    with a_counter(tmp_path / "sale") as bench:
        ledger = bench.world.box.ledger_file
        log = ledger.with_name(ledger.name + "-wal")
        size = log.stat().st_size
        before = left_behind(ledger, tmp_path / "left")

        def look(moment: str) -> None:
            nonlocal tries, size, before
            if moment != "committed":
                return
            old, size = size, log.stat().st_size
            assert size > old, "the log went round: choose a shorter script"
            after = left_behind(ledger, tmp_path / "left")
            for mutilated in mutilations(log.read_bytes(), old, chance):
                tries += 1
                left = left_behind(ledger, tmp_path / "left", log=mutilated)
                assert left.wrong == ""
                assert left in (before, after)
            before = after

        bench.fuse.look = look
        bench.act(A_SALE)
        bench.fuse.look = None
    assert tries > SECTORS_LEAST


def test_the_disk_can_be_full_at_any_page_of_a_sale(tmp_path: Path) -> None:
    """Each gesture is done or refused with a word; with room again the shop sells on, and nothing is missing."""
    refused = sold = 0
    for pages in range(PAGES_LEFT_MOST):
        with a_counter(tmp_path / "full") as bench:
            disk, witness = bench.world.box.disk, bench.world.witness
            disk.ballast_pages = BALLAST_PAGES
            disk.fill(pages)
            for step in A_SALE * SALES_UNTIL_FULL:
                refused += not bench.attempt(step)
            assert not refused or {"store.full", "store.spent"} & {speech.prompt for speech in bench.world.box.words}
            sold += witness.completed
            disk.clear()
            bench.world.pass_s(120.0)
            bench.act(A_SALE)
            bench.rest()
        shutil.rmtree(tmp_path / "full")
    assert refused > 0, "the disk was never full"
    assert sold > 0, "the disk was always full"


def mutilations(log: bytes, old: int, chance: Random) -> Iterator[bytes]:
    """What a card can have of the log when the power goes before its flush: less, or not all of it."""
    for end in range(old, len(log), SECTOR):
        yield log[:end]
    sectors = range(old, len(log), SECTOR)
    for _ in range(DROPS):
        torn = bytearray(log)
        for start in chance.sample(sectors, chance.randint(1, min(4, len(sectors)))):
            torn[start : start + SECTOR] = bytes(len(torn[start : start + SECTOR]))
        yield bytes(torn)


@dataclass(frozen=True, slots=True)
class Left:
    """What a boot finds: the basket, the receipts of all sales, and what is wrong with the journal."""

    basket: Sale | None
    receipts: frozenset[str]
    wrong: str


def left_behind(ledger: Path, home: Path, *, log: bytes | None = None) -> Left:
    """Open a copy of the ledger, with another write-ahead log when `log` is given."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    copy = home / ledger.name
    shutil.copyfile(ledger, copy)
    name = ledger.name + "-wal"
    if log is not None:
        (home / name).write_bytes(log)
    elif ledger.with_name(name).exists():
        shutil.copyfile(ledger.with_name(name), home / name)
    opened = Ledger.open(copy, SystemClock(), Random(1))
    try:
        chain, positions = LedgerQueries(copy).verify()
        rows = opened.begin(lambda record, tx: None)._read("SELECT receipt FROM sale")
        aside = str(opened.set_aside or "")
        return Left(opened.counter.sale, frozenset(receipt for (receipt,) in rows), chain.why or positions or aside)
    finally:
        opened.close(clean=False)
