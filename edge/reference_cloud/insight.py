"""`edge cloud insight`: what the closed events of one shop say, as a page for a person."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from edge.clock import SystemClock
from edge.errors import SettingsError
from edge.model.money import yuan
from edge.reference_cloud.campaigns import CampaignLift, lifts
from edge.reference_cloud.report import CloudReport
from edge.reference_cloud.shop_answers import HourCurve, Lost, Pair, bought_together, hour_curve, lost_to_stock_outs
from edge.reference_cloud.shop_sales import ShopSales, shop_sales

SHOWN = 10
"""Pairs and stock-outs, of the foremost."""
_BAR = 40
"""Signs of the busiest hour."""


def insight_texts(report: CloudReport, tid: str, zone: ZoneInfo, *, now: datetime) -> Iterator[str]:
    """All answers about one shop; each says so where there is not enough to say."""
    sales = shop_sales(report, tid)
    yield f"{tid}: {len(sales.baskets)} baskets"
    yield from _hours(hour_curve(sales, zone))
    yield from _pairs(bought_together(sales)[:SHOWN], sales)
    yield from _lost(lost_to_stock_outs(sales, zone, until=now)[:SHOWN], sales)
    yield from _campaigns(lifts(report, sales, today=now.astimezone(zone).date()))


def _hours(curve: HourCurve) -> Iterator[str]:
    yield ""
    yield f"Baskets by hour, on {curve.days} days"
    most = max(curve.baskets)
    for hour, baskets in enumerate(curve.baskets):
        if baskets:
            yield f"  {hour:02d}:00 {baskets:>7}  {'#' * max(1, baskets * _BAR // most)}"


def _pairs(pairs: Sequence[Pair], sales: ShopSales) -> Iterator[str]:
    yield ""
    yield "Bought together" if pairs else "Bought together: not enough data"
    for pair in pairs:
        first, second = (sales.names.get(sku) or sku for sku in (pair.first, pair.second))
        yield f"  {first} + {second}: {pair.baskets} baskets, {pair.lift:.1f} times as often as by chance"


def _lost(lost: Sequence[Lost], sales: ShopSales) -> Iterator[str]:
    yield ""
    yield "Lost while sold out" if lost else "Lost while sold out: nothing ran out that was counted"
    for one in lost:
        name = sales.names.get(one.sku) or one.sku
        if one.pieces is None or one.fen is None:
            yield f"  {name}: {one.hours:.0f} open hours without it; not enough data for what they cost"
        else:
            yield f"  {name}: {one.hours:.0f} open hours, about {one.pieces:.1f} pieces, {yuan(one.fen)} CNY"


def _campaigns(measured: Iterator[CampaignLift]) -> Iterator[str]:
    yield ""
    yield "Campaigns against the weeks held out"
    for one in measured:
        gone = ", revoked" if one.revoked else ""
        weeks = f"{one.lift.weeks_on} weeks and {one.lift.weeks_out} held out"
        yield f"  {one.campaign.id}{gone}: shown on {one.shown} days, {weeks}"
        yield f"    {lift_text(one)}"


def lift_text(one: CampaignLift) -> str:
    lift = one.lift
    if lift.lift is None or lift.low is None or lift.high is None or lift.p is None:
        return lift.why
    verdict = "" if lift.is_sure else "; this may be chance"
    return (
        f"{lift.mean_on:.1f} pieces a week against {lift.mean_out:.1f}: {lift.lift:+.0%}, "
        f"with 95 % between {lift.low:+.0%} and {lift.high:+.0%}, p = {lift.p:.3f}{verdict}"
    )


def run_insight(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud insight`."""
    parser = argparse.ArgumentParser(prog="edge cloud insight", description="What a shop's events say.")
    parser.add_argument("--db", type=Path, required=True, help="the file of edge cloud --db")
    parser.add_argument("--tid", required=True)
    parser.add_argument("--zone", default="Asia/Shanghai", help="where the shop is")
    options = parser.parse_args(argv)
    try:
        zone = ZoneInfo(options.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError("no such time zone", where="--zone", got=options.zone) from error
    for line in insight_texts(CloudReport(options.db), options.tid, zone, now=SystemClock().wall()):
        print(line)
    return 0
