"""The parts of the evening slip, in the order of the paper: each reads what it needs, and says what it has to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from edge.messages import Say
from edge.model.day_records import DayClosed
from edge.model.evening import DaySold, SoldLine, best_goods, best_hours, goods_sold, margin_of
from edge.model.evening_slip import best_rows, hour_rows, margin_rows, sold_out_rows, uncounted_rows
from edge.model.item import is_goods
from edge.model.money import Fen, Milli
from edge.model.slip import Block
from edge.model.takings import OVER_SHORT
from edge.ports import Catalogue, Transaction

BEST, HOURS, SOLD_OUT = 5, 3, 5
"""Lines of each part: what an owner looks at, and acts on."""
WHOLE_YUAN_FROM = Fen(1_000)
"""Of an estimate nobody wants to hear the fen."""


@dataclass(frozen=True, slots=True)
class Evening:
    """What all parts look at. `goods`: what brought most first."""

    tx: Transaction
    report: DayClosed
    sold: DaySold
    goods: tuple[SoldLine, ...]
    catalogue: Catalogue
    zone: ZoneInfo
    language: str


@dataclass(frozen=True, slots=True)
class Part:
    """What it prints, nothing where it has nothing to print, and what it adds to the spoken summary."""

    blocks: Sequence[Block] = ()
    say: Say | None = None


EveningPart = Callable[[Evening], Part]


def evening_of(tx: Transaction, report: DayClosed, catalogue: Catalogue, zone: ZoneInfo, language: str) -> Evening:
    sold = tx.day_sales.sold(report.business_day, report.till)
    return Evening(tx, report, sold, goods_sold(sold.lines), catalogue, zone, language)


def drawer(evening: Evening) -> Part:
    """What counts found wrong stands in the X report; here only that nobody has counted."""
    counted = evening.report.takings.times(OVER_SHORT)
    return Part(() if counted else uncounted_rows(evening.language))


def margin(evening: Evening) -> Part:
    if not evening.goods:
        return Part()
    found = margin_of(evening.goods, lambda sku: _cost(evening.catalogue, sku))
    rows = margin_rows(found, evening.language)
    if found is None:
        return Part(rows)
    amounts = (("a", _roughly(Fen(abs(found.earned)))),)
    return Part(rows, Say("day.margin" if found.earned >= 0 else "day.loss", amounts=amounts))


def best(evening: Evening) -> Part:
    found = best_goods(evening.goods, BEST)
    said = next((line for line in found if is_goods(line.sku)), None)
    say = Say("day.best", words=(("item", said.name),)) if said is not None else None
    return Part(best_rows(found, evening.language), say)


def hours(evening: Evening) -> Part:
    moments = ((datetime.fromisoformat(at).astimezone(evening.zone).hour, total) for at, total in evening.sold.sales)
    return Part(hour_rows(best_hours(moments, HOURS), evening.language))


def sold_out(evening: Evening) -> Part:
    """Only what was counted can be known to be gone (product decision 7)."""
    found: list[tuple[str, Milli]] = []
    for line in evening.goods:
        left = evening.tx.stock.on_hand(line.sku) if line.qty > 0 and is_goods(line.sku) else None
        if left is not None and left <= 0:
            found.append((line.name, left))
    rows = sold_out_rows(found[:SOLD_OUT], max(0, len(found) - SOLD_OUT), evening.language)
    return Part(rows, Say("day.sold_out", words=(("n", str(len(found))),)) if found else None)


PARTS: tuple[EveningPart, ...] = (drawer, margin, best, hours, sold_out)


def _cost(catalogue: Catalogue, sku: str) -> Fen | None:
    item = catalogue.by_sku(sku)
    return item.cost if item is not None else None


def _roughly(amount: Fen) -> Fen:
    return Fen(amount - amount % 100) if amount >= WHOLE_YUAN_FROM else amount
