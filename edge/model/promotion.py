"""What a promotion is: slots over goods and what is paid in them, or a cut of the whole bill; when, and for whom.

    kind           slots (pieces)                    what is paid
    simple         1                                 a price, so many fen or percent less
    member_price   1                                 the same, with a member card
    multi_buy      N                                 one price for all N
    bogo           N + M, or N and M of other goods  the cheapest M, or those other goods, are free
    nth_item       N                                 the cheapest of the N: a price, so many fen or percent less
    mix_match      N of these, M of those, …         one price for all
    threshold      -                                 from ¥Y: so many fen or percent off the bill
    coupon         1, or -                           like simple for one piece, or like threshold

Pieces that take part in a promotion are grouped from the dearest down. Product rows 19 to 22.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from edge.model.money import Fen, Milli, share_out

MAX_PROMOTIONS = 500
"""A shop has a few dozen; the speed is measured with 200."""
MAX_COUNT = 100
"""Pieces of one slot: a sale has 100 lines."""
MAX_SLOTS = 6
"""Of a mix-match: a set meal has three or four parts."""


class Kind(StrEnum):
    SIMPLE = "simple"
    MEMBER_PRICE = "member_price"
    MULTI_BUY = "multi_buy"
    BOGO = "bogo"
    NTH_ITEM = "nth_item"
    MIX_MATCH = "mix_match"
    THRESHOLD = "threshold"
    COUPON = "coupon"


class CutKind(StrEnum):
    NONE = "none"
    AT = "at"
    """At most so many fen a piece or kilogram."""
    OFF = "off"
    """So many fen a piece or kilogram less, down to nothing."""
    PERCENT = "percent"
    """So many percent less."""
    SHARE = "share"
    """So many fen, a part of one price for several pieces."""


@dataclass(frozen=True, slots=True)
class Cut:
    """What is paid of an amount; never rounded up (product 0, finding 2)."""

    kind: CutKind
    value: int = 0

    def pays(self, amount: Fen, qty: Milli = Milli(1000)) -> Fen:
        """Of `amount`, the price of `qty`. Only a SHARE can be more."""
        match self.kind:
            case CutKind.NONE:
                return amount
            case CutKind.AT:
                return Fen(min(amount, self.value * qty // 1000))
            case CutKind.OFF:
                return Fen(max(0, amount + -self.value * qty // 1000))
            case CutKind.PERCENT:
                return Fen(amount * (100 - self.value) // 100)
            case CutKind.SHARE:
                return Fen(self.value)


FULL = Cut(CutKind.NONE)
FREE = Cut(CutKind.PERCENT, 100)


@dataclass(frozen=True, slots=True)
class Goods:
    """Named by sku, as the catalogue writes it, or by department."""

    skus: frozenset[str] = frozenset()
    depts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Slot:
    """So many pieces of these goods as there are cuts; the first cut is for the dearest piece."""

    goods: Goods
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """When a promotion holds, in the shop's own time: None and empty mean always. Both dates are included."""

    starts: date | None = None
    ends: date | None = None
    weekdays: frozenset[int] = frozenset()
    """0 is Monday."""
    hours: tuple[time, time] | None = None
    """From the first until just before the second; over midnight where the second is the earlier."""

    def holds(self, at: datetime) -> bool:
        day, clock = at.date(), at.time()
        if (self.starts and day < self.starts) or (self.ends and day > self.ends):
            return False
        if self.weekdays and at.weekday() not in self.weekdays:
            return False
        if self.hours is None:
            return True
        begin, end = self.hours
        return begin <= clock < end if begin < end else clock >= begin or clock < end


ALWAYS = Span()


@dataclass(frozen=True, slots=True)
class Promotion:
    """With `slots` it is a deal on lines, with `bill` a cut of the whole bill from `from_fen` on; never both.

    `limit`: how often in one sale. A coupon holds only in a sale in which its id was presented.
    """

    id: str
    name: str
    kind: Kind
    slots: tuple[Slot, ...] = ()
    bill: Cut | None = None
    from_fen: Fen = Fen(0)
    limit: int | None = None
    span: Span = ALWAYS

    @property
    def alone(self) -> bool:
        """Each piece gets it by itself, however many there are."""
        return self.limit is None and len(self.slots) == 1 and len(self.slots[0].cuts) == 1

    def open_to(self, *, member: bool, presented: frozenset[str]) -> bool:
        if self.kind is Kind.COUPON:
            return self.id in presented
        return member or self.kind is not Kind.MEMBER_PRICE


def one_piece(goods: Goods, cut: Cut) -> tuple[Slot, ...]:
    """Slots of simple, member_price and a coupon for goods."""
    return (Slot(goods, (cut,)),)


def multi_buy(goods: Goods, *, count: int, price: Fen) -> tuple[Slot, ...]:
    return mix_match(((goods, count),), price)


def bogo(goods: Goods, *, buy: int, get: int, free: Goods | None = None) -> tuple[Slot, ...]:
    """`free` None: of the same goods, the cheapest."""
    if free is None:
        return (Slot(goods, (FULL,) * buy + (FREE,) * get),)
    return Slot(goods, (FULL,) * buy), Slot(free, (FREE,) * get)


def nth_item(goods: Goods, *, nth: int, cut: Cut) -> tuple[Slot, ...]:
    return (Slot(goods, (FULL,) * (nth - 1) + (cut,)),)


def mix_match(parts: Sequence[tuple[Goods, int]], price: Fen) -> tuple[Slot, ...]:
    """(goods, pieces) of each slot; `price` is for all of them together."""
    shares = iter(share_out(price, [1] * sum(count for _, count in parts)))
    return tuple(Slot(goods, tuple(Cut(CutKind.SHARE, next(shares)) for _ in range(count))) for goods, count in parts)
