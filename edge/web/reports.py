"""Reports: what was sold by hour and by day, the best goods, what ran out, what waits for the cloud (row 93)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from edge.model.money import Milli, quantity_text
from edge.model.sold_day import HOURS, SoldDay
from edge.web.overview import now
from edge.web.shop_facts import ShopFacts
from edge.web.site import Asking, Shown, View
from edge.web.sources import PageSources

PERIODS = (7, 14, 28)
"""Days; the second is what is shown first."""
BEST = 10


class HourShown(Shown):
    """All days of the period together. `hour` is that of the shop's clock."""

    hour: int
    sales: int
    fen: int


class DayShown(Shown):
    """`fen`: sold, less what was given back on that day."""

    day: str
    sales: int
    fen: int


class BestShown(Shown):
    name: str
    sku: str
    quantity: str
    fen: int


class RanOutShown(Shown):
    """On how many `days` of the period it was away; `out`: it is still."""

    name: str
    sku: str
    days: int
    out: bool


class WaitedShown(Shown):
    at: str
    rows: int


class Reports(Shown):
    """Sums in fen; `days` and `waited` the oldest first, `best` and `ran_out` the most first."""

    period: int
    periods: tuple[int, ...]
    hours: tuple[HourShown, ...]
    days: tuple[DayShown, ...]
    best: tuple[BestShown, ...]
    ran_out: tuple[RanOutShown, ...]
    waited: tuple[WaitedShown, ...]
    unsent: int


def reports_view(sources: PageSources, shop: ShopFacts) -> View:
    def read(asking: Asking) -> Reports:
        period = next((days for days in PERIODS if str(days) == asking.query.get("days")), PERIODS[1])
        last = shop.newest_day()
        days = shop.sold_days(last, period) if last is not None else ()
        return Reports(
            period=period, periods=PERIODS, hours=_hours(days), best=_best(days),
            days=tuple(DayShown(day=one.day.isoformat(), sales=one.sales, fen=one.fen) for one in days),
            ran_out=_ran_out(shop, days[0].day, days[-1].day) if days else (),
            waited=tuple(WaitedShown(at=at, rows=rows) for at, rows in shop.waited()), unsent=now(sources).unsent,
        )  # fmt: skip

    return View("reports", "/reports", Reports, read)


def _hours(days: Sequence[SoldDay]) -> tuple[HourShown, ...]:
    return tuple(
        HourShown(
            hour=hour, sales=sum(day.hours[hour][0] for day in days), fen=sum(day.hours[hour][1] for day in days)
        ) for hour in range(HOURS)
    )  # fmt: skip


def _best(days: Sequence[SoldDay]) -> tuple[BestShown, ...]:
    """By money; under the name of the day that is newest."""
    names: dict[str, str] = {}
    sums: dict[str, list[int]] = {}
    for day in days:
        for sku, goods in day.goods.items():
            names[sku] = goods.name
            total = sums.setdefault(sku, [0, 0])
            total[0] += goods.qty
            total[1] += goods.fen
    best = sorted(sums, key=lambda sku: (-sums[sku][1], sku))[:BEST]
    return tuple(
        BestShown(name=names[sku] or sku, sku=sku, quantity=quantity_text(Milli(sums[sku][0])), fen=sums[sku][1])
        for sku in best if sums[sku][1] > 0
    )  # fmt: skip


def _ran_out(shop: ShopFacts, first: date, last: date) -> tuple[RanOutShown, ...]:
    found = shop.ran_out(first, last)
    names = shop.item_names([one.sku for one in found])
    return tuple(
        RanOutShown(name=names.get(one.sku, one.sku), sku=one.sku, days=one.days, out=one.is_out) for one in found
    )
