"""What the owner wants to know in the evening, from the day's lines: what sold, what it earned, when, what ran out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from edge.model.item import OPEN_PRICE_SKU, is_goods
from edge.model.money import Fen, Milli


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of a sale, or of goods that came back: then `qty` and `amount` are below zero. Weighed goods in grams."""

    sku: str
    name: str
    qty: Milli
    amount: Fen
    weighed: bool = False


@dataclass(frozen=True, slots=True)
class DaySold:
    """Since the last Z report: lines of all sales and refunds, and each sale's moment (UTC, ISO) and total."""

    lines: tuple[SoldLine, ...] = ()
    sales: tuple[tuple[str, Fen], ...] = ()


@dataclass(frozen=True, slots=True)
class Margin:
    """`earned` of what goods with a known cost sold for, `sold`; `blind` kinds of goods for `blind_sold` have none."""

    earned: Fen
    sold: Fen
    blind: int = 0
    blind_sold: Fen = Fen(0)

    @property
    def percent(self) -> int | None:
        """Of what was sold, to the next whole; None: nothing was, after what came back."""
        return (200 * self.earned + self.sold) // (2 * self.sold) if self.sold > 0 else None


@dataclass(frozen=True, slots=True)
class Dead:
    """Goods that lie there and that nobody bought for so many `days`; `worth`: what lies in them."""

    name: str
    on_hand: Milli
    days: int
    worth: Fen
    weighed: bool = False


@dataclass(frozen=True, slots=True)
class Hour:
    """Of the day, from 0; how many sales, and what they came to."""

    hour: int
    sales: int
    amount: Fen


def goods_sold(lines: Iterable[SoldLine]) -> tuple[SoldLine, ...]:
    """One line for each kind of goods, what brought most money first. Fees and what customers pay back are no goods.

    What came back whole is left out; the newest name counts.
    """
    found: dict[str, SoldLine] = {}
    for line in lines:
        if not is_goods(line.sku) and line.sku != OPEN_PRICE_SKU:
            continue
        before = found.get(line.sku)
        if before is not None:
            line = replace(
                line, qty=Milli(before.qty + line.qty), amount=Fen(before.amount + line.amount),
                weighed=before.weighed or line.weighed,
            )  # fmt: skip
        found[line.sku] = line
    moved = (line for line in found.values() if line.qty or line.amount)
    return tuple(sorted(moved, key=lambda line: (-line.amount, line.sku)))


def margin_of(goods: Iterable[SoldLine], cost_of: Callable[[str], Fen | None]) -> Margin | None:
    """An estimate: today's cost of a piece or a kilogram, times what was sold. None: no goods has a cost."""
    earned, sold, blind, blind_sold, known = 0, 0, 0, 0, False
    for line in goods:
        cost = cost_of(line.sku)
        if cost is None:
            blind, blind_sold = blind + 1, blind_sold + line.amount
        else:
            known = True
            sold += line.amount
            earned += line.amount - cost * line.qty // 1000
    return Margin(Fen(earned), Fen(sold), blind, Fen(blind_sold)) if known else None


def best_goods(goods: Sequence[SoldLine], limit: int) -> tuple[SoldLine, ...]:
    """Those that sold more than came back."""
    return tuple(line for line in goods if line.qty > 0)[:limit]


def best_hours(sales: Iterable[tuple[int, Fen]], limit: int) -> tuple[Hour, ...]:
    """Of (hour, total) of each sale: the hours that brought most, in the order of the day."""
    found: dict[int, Hour] = {}
    for hour, total in sales:
        before = found.get(hour, Hour(hour, 0, Fen(0)))
        found[hour] = Hour(hour, before.sales + 1, Fen(before.amount + total))
    best = sorted(found.values(), key=lambda each: (-each.amount, each.hour))[:limit]
    return tuple(sorted(best, key=lambda each: each.hour))
