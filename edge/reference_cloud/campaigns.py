"""Campaigns as the platform issues them: weeks drawn by lot, signed for each shop, revoked, and what they sold.

`edge cloud campaign publish --file milk.json` takes what a shop shall show, and `goods`: the skus whose sales are to be
measured, which stay here.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from edge.clock import Clock, iso_ms
from edge.codec.campaign import CAMPAIGN_TYP, PUBLISH, REVOKE, read_kept, written
from edge.codec.json_text import compact, read_object
from edge.codec.jws import write_jws
from edge.codec.wire_down import Command
from edge.errors import SettingsError, WireError
from edge.model.campaign import Campaign, monday
from edge.reference_cloud.lift import Lift, lift_of
from edge.reference_cloud.operator_words import add_who
from edge.reference_cloud.operators import desk_at
from edge.reference_cloud.orders import Orders
from edge.reference_cloud.report import CloudReport
from edge.reference_cloud.rights import Right
from edge.reference_cloud.seal import Signer
from edge.reference_cloud.shop_sales import ShopSales
from edge.reference_cloud.store import CloudStore

TTL_S = 30 * 86_400
"""A shop that is offline for longer is told no more."""
A_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class CampaignLift:
    """What one campaign did in one shop. `shown` are days on which it was shown at all."""

    campaign: Campaign
    shown: int
    lift: Lift
    revoked: bool


class CampaignOffice:
    """`hand_in`: the process that serves the file sends the commands."""

    def __init__(
        self, store: CloudStore, orders: Orders, clock: Clock, signer: Signer, *, hand_in: bool = False
    ) -> None:  # fmt: skip
        self._store = store
        self._orders = orders
        self._clock = clock
        self._signer = signer
        self._hand_in = hand_in

    def publish(self, tid: str, campaign: Campaign, goods: Sequence[str]) -> Command:
        """Its version is one above what this shop was given before. Raises WireError for what no shop would take."""
        known = self._store.rows("SELECT ver FROM campaign WHERE tid = ? AND id = ?", (tid, campaign.id))
        told = replace(campaign, version=known[0][0] + 1 if known else 1)
        body = written(told, tid=tid)
        read_kept(body)
        self._store.run(
            "INSERT OR REPLACE INTO campaign VALUES (?, ?, ?, ?, ?, '')",
            (tid, told.id, told.version, compact(body), compact(list(goods))),
        )
        return self._order(tid, PUBLISH, body)

    def revoke(self, tid: str, id: str) -> Command:
        found = self._store.rows("SELECT ver, body FROM campaign WHERE tid = ? AND id = ?", (tid, id))
        if not found:
            raise WireError("schema.invalid", "this shop was never given this campaign", got=id)
        ((version, body),) = found
        self._store.run(
            "UPDATE campaign SET revoked_at = ? WHERE tid = ? AND id = ?", (iso_ms(self._clock.wall()), tid, id)
        )
        last = read_object(body.encode())["last"]
        return self._order(tid, REVOKE, {"tid": tid, "id": id, "ver": version, "last": last, "revoked": True})

    def _order(self, tid: str, kind: str, told: Mapping[str, Any]) -> Command:
        text = write_jws(told, kid=self._signer.kid, sign=self._signer.sign, typ=CAMPAIGN_TYP)
        return self._orders.order(
            tid, kind, {"campaign": text}, ttl_s=TTL_S, by="platform/campaigns", hand_in=self._hand_in
        )


def whole_weeks(first: date, last: date) -> list[date]:
    """Mondays of the weeks that lie within."""
    begin = monday(first) if monday(first) == first else monday(first) + A_WEEK
    weeks: list[date] = []
    while begin + A_WEEK - timedelta(days=1) <= last:
        weeks.append(begin)
        begin += A_WEEK
    return weeks


def with_lot(campaign: Campaign, chance: Random, *, weeks: int | None = None) -> Campaign:
    """`campaign` with so many of its whole weeks held out, half by default, drawn by `chance`."""
    whole = whole_weeks(campaign.first, campaign.last)
    number = len(whole) // 2 if weeks is None else min(weeks, len(whole))
    return replace(campaign, held_out=frozenset(chance.sample(whole, number)))


def lifts(report: CloudReport, sales: ShopSales, *, today: date) -> Iterator[CampaignLift]:
    """Of each campaign that this shop was given; of weeks that are over, and in which the shop sold anything."""
    open_weeks = {monday(basket.day) for basket in sales.baskets}
    shown_on: dict[str, set[str]] = {}
    for row in report.rows(sales.tid, "ev"):
        if row.type == "campaign.shown":
            shown_on.setdefault(str(row.data["campaign"]), set()).add(str(row.data["day"]))
    for body, goods, revoked_at in report.campaigns(sales.tid):
        campaign = read_kept(body)
        end = min(campaign.last, today - timedelta(days=1), _day(revoked_at) or campaign.last)
        weeks = [week for week in whole_weeks(campaign.first, end) if week in open_weeks]
        sold = dict.fromkeys(weeks, 0)
        for basket in sales.baskets:
            if (week := monday(basket.day)) in sold:
                sold[week] += sum(basket.goods.get(sku, 0) for sku in goods)
        pieces = {week: milli // 1000 for week, milli in sold.items()}
        on = [pieces[week] for week in weeks if week not in campaign.held_out]
        out = [pieces[week] for week in weeks if week in campaign.held_out]
        yield CampaignLift(campaign, len(shown_on.get(campaign.id, ())), lift_of(on, out), bool(revoked_at))


def _day(moment: str) -> date | None:
    """The day before, which was whole."""
    return date.fromisoformat(moment[:10]) - timedelta(days=1) if moment else None


def run_campaign(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud campaign`. Prints the cid."""
    options = _options().parse_args(argv)
    signer = Signer.read(options.command_key)
    with desk_at(options.db, options.who) as desk:
        desk.allow(Right.FLEET, f"campaign {options.action}", options.tid)
        office = CampaignOffice(desk.store, desk.orders, desk.clock, signer, hand_in=True)
        try:
            if options.action == "revoke":
                command = office.revoke(options.tid, options.id)
            else:
                campaign, goods = _read_file(options.file, options.tid)
                command = office.publish(options.tid, with_lot(campaign, desk.chance, weeks=options.hold_out), goods)
        except WireError as error:
            raise SettingsError(f"this is no campaign: {error}", where="edge cloud campaign") from error
        desk.commit(command.cid)
    print(command.cid)
    return 0


def _read_file(path: Path, tid: str) -> tuple[Campaign, tuple[str, ...]]:
    try:
        told = read_object(path.read_bytes())
    except OSError as error:
        raise SettingsError(f"the file cannot be read: {error.strerror}", where=str(path)) from error
    goods = told.pop("goods", None)
    if not isinstance(goods, list) or not goods or not all(isinstance(sku, str) for sku in goods):
        raise SettingsError("which goods is it about?", where=str(path), expected='"goods": ["6901234567892"]')
    return read_kept({"ver": 1} | told | {"tid": tid}), tuple(goods)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="edge cloud campaign", description="Campaigns of the platform.")
    actions = parser.add_subparsers(required=True, dest="action", metavar="ACTION")
    publish = actions.add_parser("publish", help="sign one for a shop, and send it")
    publish.add_argument("--file", type=Path, required=True, help="JSON: id, first, last, what to show, goods")
    publish.add_argument("--hold-out", type=int, metavar="WEEKS", help="left out by lot; half of them by default")
    revoke = actions.add_parser("revoke", help="it is shown no more, at once")
    revoke.add_argument("--id", required=True)
    for action in (publish, revoke):
        add_who(action)
        action.add_argument("--command-key", type=Path, required=True, help="the secret half (edge cloud keygen)")
        action.add_argument("--tid", required=True)
    return parser
