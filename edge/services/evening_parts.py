"""The parts of the evening slip, in the order of the paper: each reads what it needs, and says what it has to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from edge.messages import Say
from edge.model.day_records import DayClosed
from edge.model.evening import DaySold, Dead, SoldLine, best_goods, best_hours, goods_sold, margin_of
from edge.model.evening_slip import (
    best_rows,
    dead_rows,
    expiring_rows,
    hour_rows,
    margin_rows,
    sold_out_rows,
    uncounted_rows,
)
from edge.model.item import is_goods
from edge.model.money import Fen, line_amount
from edge.model.slip import Block
from edge.model.takings import OVER_SHORT
from edge.ports import Catalogue, Transaction

BEST, HOURS, SOLD_OUT, DEAD, EXPIRING = 5, 3, 5, 5, 10
"""Lines of each part: what an owner looks at, and acts on."""
DEAD_AFTER = timedelta(days=28)
"""Without a sale; as long as reorder points look back."""
SOON = timedelta(days=7)
MAX_LOTS = 200
"""More dates in one week are counted no further."""
ROUGHLY = ((Fen(100_000), 1_000), (Fen(1_000), 100))
"""From so much on an estimate is spoken in tens of yuan, or in yuan: nobody wants to hear its fen."""


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
    costs: Mapping[str, Fen]
    """Of a piece as it came last, by sku."""


@dataclass(frozen=True, slots=True)
class Part:
    """What it prints, nothing where it has nothing to print, and what it adds to the spoken summary."""

    blocks: Sequence[Block] = ()
    say: Say | None = None


EveningPart = Callable[[Evening], Part]


def evening_of(tx: Transaction, report: DayClosed, catalogue: Catalogue, zone: ZoneInfo, language: str) -> Evening:
    sold = tx.day_sales.sold(report.business_day, report.till)
    costs = tx.day_sales.last_costs()
    return Evening(tx, report, sold, goods_sold(sold.lines), catalogue, zone, language, costs)


def drawer(evening: Evening) -> Part:
    """What counts found wrong stands in the X report; here only that nobody has counted."""
    counted = evening.report.takings.times(OVER_SHORT)
    return Part(() if counted else uncounted_rows(evening.language))


def margin(evening: Evening) -> Part:
    if not evening.goods:
        return Part()
    found = margin_of(evening.goods, lambda sku: _cost(evening, sku))
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
    gone = evening.tx.day_sales.gone()
    found = [(line.name, gone[line.sku]) for line in evening.goods if line.qty > 0 and line.sku in gone]
    rows = sold_out_rows(found[:SOLD_OUT], max(0, len(found) - SOLD_OUT), evening.language)
    return Part(rows, Say("day.sold_out", words=(("n", str(len(found))),)) if found else None)


def dead(evening: Evening) -> Part:
    """Where most money lies first. Goods that the catalogue has no more are nobody's to sell."""
    found: list[Dead] = []
    for sku, on_hand, last in evening.tx.day_sales.quiet(evening.report.business_day - DEAD_AFTER):
        item = evening.catalogue.by_sku(sku)
        if item is not None:
            piece = _cost(evening, sku) or item.price or Fen(0)
            days = (evening.report.business_day - last).days
            found.append(Dead(item.name, on_hand, days, line_amount(piece, on_hand), item.weighed))
    found.sort(key=lambda each: (-each.worth, each.name))
    return Part(dead_rows(found[:DEAD], evening.language))


def expiring(evening: Evening) -> Part:
    """By the dates that were noted as goods came (row 88)."""
    today = evening.tx.stamp.at.astimezone(evening.zone).date()
    lots = evening.tx.stock.lots_until(today + SOON, limit=MAX_LOTS)
    named = [(_name(evening.catalogue, lot.sku), lot.qty, lot.until) for lot in lots[:EXPIRING]]
    rows = expiring_rows(named, len(lots) - len(named), today, evening.language)
    due = len({lot.sku for lot in lots if lot.until == today})
    return Part(rows, Say("exp.today", words=(("n", str(due)),)) if due else None)


PARTS: tuple[EveningPart, ...] = (drawer, margin, best, hours, sold_out, dead, expiring)


def _cost(evening: Evening, sku: str) -> Fen | None:
    """What it cost when it came last, else what the catalogue says."""
    if sku in evening.costs:
        return evening.costs[sku]
    item = evening.catalogue.by_sku(sku)
    return item.cost if item is not None else None


def _name(catalogue: Catalogue, sku: str) -> str:
    item = catalogue.by_sku(sku)
    return item.name if item is not None else sku


def _roughly(amount: Fen) -> Fen:
    step = next((step for bound, step in ROUGHLY if amount >= bound), 1)
    return Fen(amount - amount % step)
