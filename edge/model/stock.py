"""Goods that are received, counted or written off: each beep is an act, and acts add up (product rows 86-88).

    scan ──► act ──► act ──► …  ──Enter, Enter──► booked, with a slip
              │                └──STOP, the same card──► sold again meanwhile; the card takes it up where it was
              └── a number sets it, minus takes it back

Nothing is booked before the end, and nothing that beeped is lost before it. A count is netted: what was sold since the
first scan of goods comes off what was counted.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import islice
from typing import TypeVar

from edge.model.money import Fen, Milli
from edge.model.stock_records import ClaimLine, CountedLine

RECOUNT_ABOVE_PERCENT = 20
"""Of what the books say: a difference above this is counted again (row 87)."""
MAX_QTY = Milli(99_999_000)
"""Of one act: more is a slip of the keypad."""
MAX_ACTS = 5_000
"""Of one count or delivery: more than the goods of a village shop, and a bound for what is added up at its end."""


DATE_DIGITS = 6
"""Day, month, year, as they are printed on goods here and keyed."""
_QTY = re.compile(r"([0-9]{1,5})(?:\.([0-9]{1,3}))?")
Thing = TypeVar("Thing")


class Desk(StrEnum):
    RECEIVE = "receive"
    COUNT = "count"
    WRITE_OFF = "write_off"
    EXPIRY = "expiry"


@dataclass(frozen=True, slots=True)
class Act:
    """One scan. `each`: what one of it stands for, above a piece for a carton; `qty` None: that is asked yet.

    `was` and `net`: on hand and the running sum of its moves as the books had them. `round` 2: counted again.
    """

    sku: str
    name: str
    qty: Milli | None
    each: Milli = Milli(1000)
    weighed: bool = False
    was: Milli | None = None
    net: Milli = Milli(0)
    round: int = 1
    damaged: bool = False
    until: date | None = None
    no: int = 0

    def times(self, number: Milli) -> Act:
        """So many of what was scanned; of an `each` that is asked yet the number is the answer."""
        if self.qty is None and not self.weighed:
            return replace(self, each=number, qty=number)
        return replace(self, qty=Milli(number * self.each // 1000))


@dataclass(frozen=True, slots=True)
class Counted:
    """Goods of a count, as they stand in its slip and in its record once it is booked."""

    sku: str
    name: str
    qty: Milli
    was: Milli | None
    net: Milli
    again: bool = False
    weighed: bool = False

    @property
    def difference(self) -> Milli | None:
        """None: nobody knew what should lie there."""
        return None if self.was is None else Milli(self.qty - self.was)

    @property
    def is_far(self) -> bool:
        if self.was is None:
            return False
        return abs(self.qty - self.was) * 100 > max(self.was, 0) * RECOUNT_ABOVE_PERCENT

    def line(self, net_now: Milli) -> CountedLine:
        return CountedLine(self.sku, self.qty, self.was, Milli(net_now - self.net), self.again)


def tally(acts: Sequence[Act]) -> tuple[Counted, ...]:
    """A count by goods, in the order of their first scan. Of what was to be counted again only the second round is
    true, if there is one.
    """
    asked = {counted.sku for counted in doubtful(acts)}
    again = {act.sku for act in acts if act.round == 2 and act.qty is not None} & asked
    return _added((act for act in acts if act.sku not in again or act.round == 2), again)


def doubtful(acts: Iterable[Act]) -> tuple[Counted, ...]:
    """What of the first round is too far from the books to be believed at once."""
    return tuple(counted for counted in _added((act for act in acts if act.round == 1), frozenset()) if counted.is_far)


def _added(acts: Iterable[Act], again: Iterable[str]) -> tuple[Counted, ...]:
    found: dict[str, Counted] = {}
    for act in acts:
        if act.qty is None:
            continue
        first = found.get(act.sku)
        if first is None:
            found[act.sku] = Counted(act.sku, act.name, act.qty, act.was, act.net, act.sku in again, act.weighed)
        else:
            found[act.sku] = replace(first, qty=Milli(first.qty + act.qty))
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Expected:
    """A line of an order, in pieces. `cost`: of one piece; None: not known."""

    sku: str
    qty: Milli
    name: str = ""
    cost: Fen | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a supplier was asked for, a line for each of its goods. `order` is the number that a person reads."""

    order: str
    supplier: str
    lines: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class Arrived:
    """Goods of a delivery: what came whole and broken, what was expected (None: no order has them)."""

    sku: str
    name: str
    whole: Milli
    damaged: Milli
    expected: Milli | None = None
    cost: Fen | None = None
    weighed: bool = False

    @property
    def short(self) -> Milli:
        """Broken goods came, too: they are claimed as such, not as missing."""
        return Milli(max(0, (self.expected or 0) - self.whole - self.damaged))

    @property
    def over(self) -> Milli:
        return Milli(0) if self.expected is None else Milli(max(0, self.whole + self.damaged - self.expected))

    @property
    def claim(self) -> ClaimLine:
        return ClaimLine(self.sku, self.short, self.over, self.damaged)

    @property
    def is_claimed(self) -> bool:
        return bool(self.short or self.over or self.damaged)


def arrivals(acts: Iterable[Act], delivery: Delivery | None) -> tuple[Arrived, ...]:
    """A delivery by goods: what came in the order of its scans, then what did not come at all.

    Goods that the order does not have came over it.
    """
    ordered = {line.sku: line for line in delivery.lines} if delivery is not None else {}
    found: dict[str, Arrived] = {}
    for act in acts:
        if act.qty is None:
            continue
        line = ordered.get(act.sku)
        expected = None if delivery is None else Milli(0) if line is None else line.qty
        before = found.get(act.sku) or Arrived(
            act.sku, act.name, Milli(0), Milli(0), expected, line.cost if line else None, act.weighed
        )  # fmt: skip
        if act.damaged:
            found[act.sku] = replace(before, damaged=Milli(before.damaged + act.qty))
        else:
            found[act.sku] = replace(before, whole=Milli(before.whole + act.qty))
    missing = (line for sku, line in ordered.items() if sku not in found)
    return (
        *found.values(),
        *(Arrived(line.sku, line.name or line.sku, Milli(0), Milli(0), line.qty, line.cost) for line in missing),
    )


@dataclass(frozen=True, slots=True)
class Lot:
    """Goods of one date that lie on the shelf."""

    sku: str
    until: date
    qty: Milli


def parse_qty(text: str) -> Milli | None:
    """Pieces, or kilograms with a point: "1.25" → 1250. None: it is no such number."""
    match = _QTY.fullmatch(text)
    if match is None:
        return None
    whole, part = match.groups()
    return Milli(int(whole) * 1000 + int((part or "").ljust(3, "0")))


def day_of(text: str) -> date | None:
    """ddmmyy; day 00 is the last of its month, as GS1 has it. None: there is no such day."""
    day, month, year = int(text[:2]), int(text[2:4]), 2000 + int(text[4:])
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    return date(year, month, day or last) if day <= last else None


def portions(things: Iterable[Thing], size: int) -> Iterator[tuple[Thing, ...]]:
    """So many at a time, the rest last; nothing of nothing."""
    left = iter(things)
    while some := tuple(islice(left, size)):
        yield some


def lots_of(acts: Iterable[Act]) -> tuple[Lot, ...]:
    """What of it has a date and can be sold."""
    lots: dict[tuple[str, date], int] = {}
    for act in acts:
        if act.until is not None and act.qty and not act.damaged:
            lots[act.sku, act.until] = lots.get((act.sku, act.until), 0) + act.qty
    return tuple(Lot(sku, until, Milli(qty)) for (sku, until), qty in lots.items())
