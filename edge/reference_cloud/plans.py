"""Curated plans: from eight weeks of a shop and of shops like it, what to add, drop or reprice, and why (row 92).

    add      most peers sell it, week after week, and this shop never did
    drop     this shop has it, and sold next to none, though it was on the shelf
    reprice  peers agree on another price, and this shop sells less at a dearer one, or earns less at a cheaper one

Nothing is said of fewer than three peers, so that no plan tells one shop what another one does.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from edge.clock import SystemClock
from edge.codec.wire_plan import PUBLISH
from edge.model.money import Fen, yuan
from edge.model.plan import MAX_LINES, MAX_NAME, Advice
from edge.reference_cloud.operator_words import add_who
from edge.reference_cloud.operators import desk_at
from edge.reference_cloud.report import CloudReport
from edge.reference_cloud.rights import Right
from edge.reference_cloud.shop_sales import ShopSales, shop_sales

WEEKS = 8
LEAST_PEERS = 3
LEAST_WEEKLY = 4
"""Pieces a week in the shop in the middle: below that goods are no loss to whoever has none."""
MOST_SOLD = 1
"""Piece in eight weeks, of goods to be dropped."""
LEAST_APART = 10
"""Percent between a price and that of the peers: less is a habit of rounding."""
VALID = timedelta(days=14)
TTL_S = 7 * 86_400
_EACH = MAX_LINES // 3
"""Of each kind, so that twelve pieces of one kind do not hide the others."""


@dataclass(frozen=True, slots=True)
class Line:
    """`worth` orders lines of one kind: fen in eight weeks, as far as anybody can tell."""

    advice: Advice
    sku: str
    name: str
    zh: str
    en: str
    worth: int
    price: Fen | None = None

    def wire(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "do": self.advice.value, "sku": self.sku, "name": self.name[:MAX_NAME],
            "why": {"zh": self.zh, "en": self.en},
        }  # fmt: skip
        return told | ({"price": self.price} if self.price is not None else {})


@dataclass(frozen=True, slots=True)
class _Market:
    """The eight weeks before `today`: `shop`, what it sold before as well (`ever`), and its peers."""

    shop: ShopSales
    ever: ShopSales
    peers: tuple[ShopSales, ...]

    def weekly(self, shop: ShopSales, sku: str) -> float:
        return shop.sold(sku) / 1000 / WEEKS

    def sellers(self, sku: str) -> list[ShopSales]:
        return [peer for peer in self.peers if peer.sold(sku) > 0]


def plan_lines(report: CloudReport, tid: str, *, today: date) -> list[Line]:
    """Empty where there is nothing to advise, or too little is known. At most MAX_LINES."""
    first, last = today - timedelta(weeks=WEEKS), today - timedelta(days=1)
    ever = shop_sales(report, tid)
    others = sorted({lane.tid for lane in report.lanes()} - {tid})
    peers = [shop_sales(report, other).between(first, last) for other in others]
    market = _Market(ever.between(first, last), ever, tuple(peer for peer in peers if peer.baskets))
    if not market.shop.baskets:
        return []
    kinds = [list(_to_drop(market, first))]
    if len(market.peers) >= LEAST_PEERS:
        kinds += [list(_to_add(market)), list(_to_reprice(market))]
    return [line for kind in kinds for line in sorted(kind, key=lambda line: (-line.worth, line.sku))[:_EACH]]


def _to_add(market: _Market) -> Iterator[Line]:
    known = {sku for peer in market.peers for sku in peer.names}
    for sku in sorted(known - market.ever.names.keys()):
        sellers = market.sellers(sku)
        if len(sellers) < LEAST_PEERS or 2 * len(sellers) < len(market.peers):
            continue
        weekly = median(market.weekly(peer, sku) for peer in sellers)
        if weekly < LEAST_WEEKLY:
            continue
        price = median(peer.prices[sku] for peer in sellers)
        name = sellers[0].names[sku] or sku
        yield Line(
            Advice.ADD, sku, name, f"{len(market.peers)}家同类店{len(sellers)}家在卖，每周约{weekly:.0f}件",
            f"{len(sellers)} of {len(market.peers)} shops sell it, {weekly:.0f} a week",
            round(weekly * WEEKS * price),
        )  # fmt: skip


def _to_drop(market: _Market, first: date) -> Iterator[Line]:
    """Sold before these weeks, so that the shop has it; what had run out in them is no slow seller."""
    before = {sku for basket in market.ever.baskets if basket.day < first for sku in basket.goods}
    out = {out.sku for out in market.ever.outs if out.until is None or out.until.date() >= first}
    for sku in sorted(before - out):
        pieces = market.shop.sold(sku) // 1000
        if pieces <= MOST_SOLD:
            zh = f"八周只卖了{pieces}件" if pieces else "八周一件没卖"
            en = f"{pieces or 'None'} sold in eight weeks"
            yield Line(Advice.DROP, sku, market.ever.names[sku] or sku, zh, en, market.ever.prices[sku])


def _to_reprice(market: _Market) -> Iterator[Line]:
    """Only where the peers agree: half of them within a tenth of the price in their middle."""
    for sku in sorted(market.shop.names):
        sellers = market.sellers(sku)
        if len(sellers) < LEAST_PEERS or not market.shop.sold(sku):
            continue
        usual = round(median(peer.prices[sku] for peer in sellers))
        agree = sum(abs(peer.prices[sku] - usual) * 10 <= usual for peer in sellers)
        own, weekly = market.shop.prices[sku], market.weekly(market.shop, sku)
        theirs = median(market.weekly(peer, sku) for peer in sellers)
        is_apart = usual > 0 and abs(own - usual) * 100 >= LEAST_APART * usual
        if not is_apart or 2 * agree < len(sellers) or (own > usual and weekly >= theirs):
            continue
        zh = f"{len(sellers)}家同类店多卖{yuan(usual)}，您卖{yuan(own)}"
        en = f"{len(sellers)} shops: {yuan(usual)}, you: {yuan(own)}"
        worth = round(abs(theirs - weekly if own > usual else weekly) * WEEKS * abs(own - usual))
        yield Line(Advice.REPRICE, sku, market.shop.names[sku] or sku, zh, en, worth, Fen(usual))


def plan_args(lines: Sequence[Line], *, today: date) -> dict[str, Any]:
    """The arguments of plan.publish."""
    year, week, _ = today.isocalendar()
    return {
        "plan": f"p-{year}w{week:02d}", "until": (today + VALID).isoformat(), "lines": [line.wire() for line in lines]
    }  # fmt: skip


def run_plan(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud plan`. Prints the lines; with --send the cid too."""
    parser = argparse.ArgumentParser(prog="edge cloud plan", description="Advice for a shop.")
    add_who(parser)
    parser.add_argument("--tid", required=True)
    parser.add_argument("--today", type=date.fromisoformat, help="the day after the eight weeks; today by default")
    parser.add_argument("--send", action="store_true", help="give it to the shop")
    options = parser.parse_args(argv)
    today = options.today or SystemClock().wall().date()
    lines = plan_lines(CloudReport(options.db), options.tid, today=today)
    for line in lines:
        price = f" {yuan(line.price)}" if line.price is not None else ""
        print(f"{line.advice.value:<8} {line.sku}  {line.name}{price}: {line.en}")
    if not lines:
        print("nothing to advise, or not enough data")
    elif options.send:
        with desk_at(options.db, options.who) as desk:
            desk.allow(Right.FLEET, "plan", options.tid)
            told = plan_args(lines, today=today)
            command = desk.orders.order(options.tid, PUBLISH, told, ttl_s=TTL_S, by="platform/plans", hand_in=True)
            desk.commit(command.cid)
        print(command.cid)
    return 0
