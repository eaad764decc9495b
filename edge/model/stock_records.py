"""Records of goods beside their sales: counts, dates, what a supplier owes, what goods cost from now on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from edge.model.money import Fen, Milli
from edge.model.stream import Stream

LINES_MAX = 30
"""Of one record: so many of the longest names of goods fit one event."""


@dataclass(frozen=True, slots=True)
class CountedLine:
    """`qty` lay there when it was counted, where the books said `was` (None: not known). `moved`: what came (above
    zero) or left since, so that `qty + moved` lies there now. `again`: somebody counted it twice.
    """

    sku: str
    qty: Milli
    was: Milli | None
    moved: Milli = Milli(0)
    again: bool = False


@dataclass(frozen=True, slots=True)
class StockCounted:
    """Goods were counted. `count` is the id that all records of one count share."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "stock.counted"
    count: str
    lines: tuple[CountedLine, ...]


@dataclass(frozen=True, slots=True)
class LotNoted:
    """`qty` of these goods can be sold until `until`, that day included. `how`: received, or noted by hand."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "lot.noted"
    sku: str
    qty: Milli
    until: date
    how: str


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """Of what was ordered so much did not come, came beside it, or came broken."""

    sku: str
    short: Milli = Milli(0)
    over: Milli = Milli(0)
    damaged: Milli = Milli(0)


@dataclass(frozen=True, slots=True)
class PurchaseClaimed:
    """A delivery was not what it should be. `of`: the receiving, whose `stock.moved` have it too; `order`: empty where
    none was known.
    """

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "purchase.claimed"
    of: str
    order: str
    lines: tuple[ClaimLine, ...]


@dataclass(frozen=True, slots=True)
class PriceSet:
    """What goods cost in this shop from now on. None: the shop gave its own price up, and the catalogue's counts."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "price.set"
    sku: str
    price: Fen | None
    by: str


StockRecord = StockCounted | LotNoted | PurchaseClaimed | PriceSet
