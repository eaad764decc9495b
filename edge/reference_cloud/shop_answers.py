"""What a shop's closed events answer: when people come, what they buy together, what a stock-out cost (row 89)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from math import sqrt
from zoneinfo import ZoneInfo

from edge.reference_cloud.shop_sales import Basket, Out, ShopSales

MAX_GOODS = 30
"""Of one basket that are held against each other: a larger one is a wedding, and says little of a day."""
LEAST_TOGETHER = 5
"""Baskets; fewer are chance."""
SURE_SIGMA = 3.0
"""Standard deviations of a count above what chance would bring: among some hundred pairs one comes so far by itself."""
LEAST_OPEN_HOURS = 14
"""In which goods were there, before anything is said of the hours in which they were not."""

Hour = tuple[date, int]
"""(local day, 0 to 23)"""


@dataclass(frozen=True, slots=True)
class HourCurve:
    """Baskets by local hour, 0 to 23, on `days` days on which anything was sold."""

    days: int
    baskets: tuple[int, ...]

    @property
    def busiest(self) -> int | None:
        """None: nothing was ever sold."""
        return self.baskets.index(max(self.baskets)) if any(self.baskets) else None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two goods in `baskets` baskets; `by_chance`: in so many if nobody thought of the one for the other."""

    first: str
    second: str
    baskets: int
    by_chance: float

    @property
    def lift(self) -> float:
        return self.baskets / self.by_chance

    @property
    def is_sure(self) -> bool:
        return self.baskets - self.by_chance > SURE_SIGMA * sqrt(self.by_chance)


@dataclass(frozen=True, slots=True)
class Lost:
    """What goods would have sold while they had run out: open hours without them times what such hours sell otherwise.

    `pieces` None: they were on sale for too short a time to say.
    """

    sku: str
    hours: float
    pieces: float | None
    fen: int | None


def hour_curve(sales: ShopSales, zone: ZoneInfo) -> HourCurve:
    hours = Counter(basket.at.astimezone(zone).hour for basket in sales.baskets)
    days = {basket.at.astimezone(zone).date() for basket in sales.baskets}
    return HourCurve(len(days), tuple(hours[hour] for hour in range(24)))


def bought_together(sales: ShopSales) -> list[Pair]:
    """Pairs that go together more often than chance explains, the most frequent first."""
    alone: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    for basket in sales.baskets:
        goods = sorted(basket.goods)[:MAX_GOODS]
        alone.update(goods)
        both.update(combinations(goods, 2))
    total = len(sales.baskets)
    found = [
        Pair(first, second, times, alone[first] * alone[second] / total)
        for (first, second), times in both.items()
        if times >= LEAST_TOGETHER
    ]
    return sorted((pair for pair in found if pair.is_sure), key=lambda pair: (-pair.baskets, pair.first, pair.second))


def lost_to_stock_outs(sales: ShopSales, zone: ZoneInfo, *, until: datetime) -> list[Lost]:
    """By sku, the dearest first. `until`: now, for what is still out."""
    opened = {(basket.at.astimezone(zone).date(), basket.at.astimezone(zone).hour) for basket in sales.baskets}
    by_sku: dict[str, list[Out]] = {}
    for out in sales.outs:
        by_sku.setdefault(out.sku, []).append(out)
    found = [_lost(sku, outs, opened, sales, zone, until) for sku, outs in by_sku.items()]
    return sorted(found, key=lambda lost: (-(lost.fen or 0), lost.sku))


def _lost(
    sku: str, outs: Sequence[Out], opened: set[Hour], sales: ShopSales, zone: ZoneInfo, until: datetime
) -> Lost:  # fmt: skip
    missing: dict[Hour, float] = {}
    for out in outs:
        for hour, share in _hours(out.since, out.until or until, zone):
            if hour in opened:
                missing[hour] = missing.get(hour, 0.0) + share
    rates = _rates(sku, sales.baskets, opened - missing.keys(), zone)
    if rates is None:
        return Lost(sku, sum(missing.values()), None, None)
    pieces = sum(share * rates.get(hour, 0.0) for (_, hour), share in missing.items())
    return Lost(sku, sum(missing.values()), pieces, round(pieces * sales.prices.get(sku, 0)))


def _rates(sku: str, baskets: Sequence[Basket], there: set[Hour], zone: ZoneInfo) -> Mapping[int, float] | None:
    """Pieces an open hour, by the hour of the day, while there were any; None: too few hours."""
    if len(there) < LEAST_OPEN_HOURS:
        return None
    hours = Counter(hour for _, hour in there)
    sold: Counter[int] = Counter()
    for basket in baskets:
        local = basket.at.astimezone(zone)
        if (local.date(), local.hour) in there:
            sold[local.hour] += basket.goods.get(sku, 0)
    return {hour: sold[hour] / 1000 / times for hour, times in hours.items()}


def _hours(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[Hour, float]]:
    """Each local hour that a span touches, and how much of it."""
    at = since
    while at < until:
        local = at.astimezone(zone)
        end = min(at + (timedelta(hours=1) - timedelta(minutes=local.minute, seconds=local.second,
                                                       microseconds=local.microsecond)), until)  # fmt: skip
        yield (local.date(), local.hour), (end - at) / timedelta(hours=1)
        at = end
