"""What one business day sold, by the hour and by the goods: what reports show of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from edge.model.money import Fen, Milli

HOURS = 24


@dataclass(frozen=True, slots=True)
class SoldGoods:
    """Of one sku; what came back on that day is taken off."""

    name: str
    qty: Milli
    fen: Fen


@dataclass(frozen=True, slots=True)
class SoldDay:
    """`hours`: (sales, fen) of each hour of the shop's clock. `back`: what was given back, below zero.

    Money that customers paid back on their tabs is in none of them: nobody bought anything.
    """

    day: date
    hours: tuple[tuple[int, Fen], ...]
    back: Fen
    goods: Mapping[str, SoldGoods]

    @property
    def sales(self) -> int:
        return sum(count for count, _ in self.hours)

    @property
    def fen(self) -> Fen:
        return Fen(sum(fen for _, fen in self.hours) + self.back)


@dataclass(frozen=True, slots=True)
class RanOut:
    """Goods that were away from the shelf on so many days of a period; `is_out`: they are still."""

    sku: str
    days: int
    last: date
    is_out: bool
