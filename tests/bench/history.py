"""Ledgers with a past: a backlog that the cloud has not seen, or a million rows, written by the real ledger's code."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random

from counter_bench import HandClock, ean

from bench.site import Site
from edge.model.ids import uuid7
from edge.model.item import Item
from edge.model.ledger_rows import DrawerKick, EffectState, PrintJob
from edge.model.money import Fen, Milli, Rounding
from edge.model.records import ItemUnknown, SaleCompleted, Stream
from edge.model.sale import Event, Sale, add_item, moved
from edge.model.settlement import tender_cash
from edge.ports import Transaction
from edge.store.ledger import Ledger

MILLION = 1_000_000
DAYS, SALES_A_DAY = 90, 1_000
"""What contract P10 has a box keep, of a busy shop; the rest of the million are events of operation."""
GOODS = 2_000
"""Different ones in the backlog's sales."""
ROWS_A_COMMIT = 1_000
LAST_AGO = timedelta(hours=1)
"""A past that lay in the future would be a clock gone wrong."""

Write = Callable[[Transaction], object]


def backlog(path: Path, sales: int) -> None:
    """Add so many sales of three lines that nobody has acknowledged."""
    _write(path, _sales(sales, _day(timedelta()), printed=False), timedelta())


def million(site: Site) -> Path:
    """A ledger of a million acknowledged rows: three months of sales and many events. Built by the first that asks."""
    path = site.folder / "million" / "ledger.db"
    if not path.exists():
        path.parent.mkdir()
        for days_ago in range(DAYS, 0, -1):
            before = timedelta(days=days_ago)
            _write(path, _sales(SALES_A_DAY, _day(before), printed=True), before)
            events = (MILLION - DAYS * SALES_A_DAY) // DAYS
            _write(path, (_event for _ in range(events)), before)
        with _opened(path, timedelta()) as ledger:
            rest = MILLION - ledger.last_n
        _write(path, (_event for _ in range(rest)), timedelta())
        acknowledge_all(path)
    return path


def copy_ledger(source: Path, target: Path) -> None:
    """A ledger that was closed is one file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def acknowledge_all(path: Path) -> None:
    with _opened(path, timedelta()) as ledger:
        tx = ledger.begin(lambda record, tx: None)
        for stream in Stream:
            tx.outbox.acknowledge(stream, tx.outbox.position(stream).head)
        tx.commit()


def _write(path: Path, rows: Iterator[Write], ago: timedelta) -> None:
    with _opened(path, ago) as ledger:
        while chunk := list(islice(rows, ROWS_A_COMMIT)):
            tx = ledger.begin(lambda record, tx: None)
            for write in chunk:
                write(tx)
            tx.commit()


@contextmanager
def _opened(path: Path, ago: timedelta) -> Iterator[Ledger]:
    clock = HandClock(at=datetime.now(UTC) - LAST_AGO - ago, boots=-ago.days)
    ledger = Ledger.open(path, clock, Random(ago.days))
    yield ledger
    ledger.close(clean=True)


def _day(ago: timedelta) -> date:
    return (datetime.now(UTC) - ago).date()


def _event(tx: Transaction) -> None:
    tx.append(ItemUnknown("6909999999990", Fen(350)))


def _sales(count: int, day: date, *, printed: bool) -> Iterator[Write]:
    chance = Random(day.toordinal())
    for number in range(1, count + 1):
        sale_id = uuid7(datetime.combine(day, datetime.min.time(), UTC), chance)
        receipt = f"{day:%y%m%d}-1-{number:04d}"
        record = SaleCompleted(three_lines(sale_id, chance), receipt, day, "1", offline=True)
        yield partial(_book, record, printed=printed)


def _book(record: SaleCompleted, tx: Transaction, *, printed: bool) -> None:
    tx.append(record, id=record.sale.id)
    if printed:
        tx.print_jobs.queue(PrintJob(tx.new_id(), record.sale.id, 0, EffectState.PRINTED))
        tx.kicks.queue(DrawerKick(record.sale.id, "sale", EffectState.DONE))


def three_lines(sale_id: str, chance: Random) -> Sale:
    """A paid sale of three lines, different goods and amounts each time: what repeats itself would pack too well."""
    sale = Sale(sale_id)
    for _ in range(3):
        n, price = chance.randrange(GOODS), Fen(chance.randrange(100, 9_900))
        item = Item(ean(f"692{n:09d}"), f"商品 {n} 号 500ml 装", price, unit="件")
        sale = add_item(sale, item, qty=Milli(1000 * chance.choice((1, 1, 1, 2, 3))))
    tendered = Fen(-(-sale.due // 1000) * 1000)
    return tender_cash(moved(sale, Event.SUBTOTAL), tendered, Rounding.NONE)
