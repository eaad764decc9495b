"""Campaigns, what of them is on which receipt, and how often each was shown today."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from edge.codec.campaign import read_kept
from edge.errors import WireError
from edge.model.campaign import Campaign, CampaignPaper, Way
from edge.model.insight_records import CampaignShown

Run = Callable[..., Any]
_log = logging.getLogger("edge.store")


class CampaignTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def version(self, id: str) -> tuple[int, bool] | None:
        row = self._read("SELECT ver, body = '' FROM campaign WHERE id = ?", (id,)).fetchone()
        return (row[0], bool(row[1])) if row else None

    def keep(self, campaign: Campaign, body: str) -> None:
        self._write(
            "INSERT INTO campaign VALUES (?1, ?2, ?3, ?4, ?5)"
            " ON CONFLICT(id) DO UPDATE SET ver = ?2, first = ?3, last = ?4, body = ?5",
            (campaign.id, campaign.version, campaign.first.isoformat(), campaign.last.isoformat(), body),
        )
        self._write("DELETE FROM campaign_coupon WHERE campaign = ?", (campaign.id,))
        for number, text in enumerate(campaign.coupons):
            self._write("INSERT INTO campaign_coupon VALUES (?, ?, ?, '')", (campaign.id, number, text))

    def revoke(self, id: str, version: int, last: date) -> None:
        self._write(
            "INSERT INTO campaign VALUES (?1, ?2, '', ?3, '')"
            " ON CONFLICT(id) DO UPDATE SET ver = ?2, last = max(last, ?3), body = ''",
            (id, version, last.isoformat()),
        )
        self._write("DELETE FROM campaign_coupon WHERE campaign = ?", (id,))

    def count(self) -> int:
        ((found,),) = self._read("SELECT count(*) FROM campaign WHERE body <> ''")
        return int(found)

    def running(self, day: date) -> Sequence[Campaign]:
        today = day.isoformat()
        rows = self._read(
            "SELECT body FROM campaign WHERE body <> '' AND first <= ?1 AND last >= ?1 ORDER BY id", (today,)
        )
        found = [_campaign(body) for (body,) in rows]
        return [campaign for campaign in found if campaign is not None and campaign.runs_on(day)]

    def has_coupon(self, id: str) -> bool:
        return self._next_coupon(id) is not None

    def give(self, sale: str, campaign: Campaign) -> None:
        if self._read("SELECT 1 FROM campaign_paper WHERE sale = ?", (sale,)).fetchone():
            return
        number = self._next_coupon(campaign.id)
        if number is not None:
            self._write(
                "UPDATE campaign_coupon SET sale = ? WHERE campaign = ? AND no = ?", (sale, campaign.id, number)
            )
        elif not campaign.foot:
            return
        self._write("INSERT INTO campaign_paper VALUES (?, ?, ?, 0)", (sale, campaign.id, campaign.version))

    def _next_coupon(self, id: str) -> int | None:
        row = self._read(
            "SELECT no FROM campaign_coupon WHERE sale = '' AND campaign = ? ORDER BY no LIMIT 1", (id,)
        ).fetchone()
        return row[0] if row else None

    def paper_of(self, sale: str) -> CampaignPaper | None:
        row = self._read(
            "SELECT c.body FROM campaign_paper p JOIN campaign c ON c.id = p.campaign AND c.ver = p.ver"
            " WHERE p.sale = ? AND c.body <> ''",
            (sale,),
        ).fetchone()
        campaign = _campaign(row[0]) if row else None
        if campaign is None:
            return None
        coupon = self._read(
            "SELECT text FROM campaign_coupon WHERE sale = ? AND campaign = ?", (sale, campaign.id)
        ).fetchone()
        return CampaignPaper(campaign.id, campaign.foot, coupon[0] if coupon else "")

    def printed(self, sale: str) -> CampaignPaper | None:
        paper = self.paper_of(sale)
        if paper is None:
            return None
        changed = self._write("UPDATE campaign_paper SET printed = 1 WHERE sale = ? AND printed = 0", (sale,))
        return paper if changed.rowcount else None

    def times(self, day: date, way: Way, campaign: str) -> int:
        row = self._read(
            "SELECT times FROM campaign_shown WHERE day = ? AND campaign = ? AND way = ?",
            (day.isoformat(), campaign, way.value),
        ).fetchone()
        return int(row[0]) if row else 0

    def shown(self, day: date, way: Way, campaign: str) -> None:
        self._write(
            "INSERT INTO campaign_shown VALUES (?, ?, ?, 1)"
            " ON CONFLICT(day, campaign, way) DO UPDATE SET times = times + 1",
            (campaign, day.isoformat(), way.value),
        )

    def take_counts(self, before: date) -> Sequence[CampaignShown]:
        rows = self._read(
            "SELECT day, campaign, way, times FROM campaign_shown WHERE day < ? ORDER BY day, campaign",
            (before.isoformat(),),
        )
        if not rows:
            return []
        self._write("DELETE FROM campaign_shown WHERE day < ?", (before.isoformat(),))
        sums: dict[tuple[str, str], dict[str, int]] = {}
        for day, campaign, way, times in rows:
            sums.setdefault((day, campaign), {})[way] = times
        return [
            CampaignShown(campaign, date.fromisoformat(day), **{way.value: ways.get(way.value, 0) for way in Way})
            for (day, campaign), ways in sums.items()
        ]

    def forget(self, before: date) -> int:
        over = [id for (id,) in self._read("SELECT id FROM campaign WHERE last < ?", (before.isoformat(),))]
        for id in over:
            self._write("DELETE FROM campaign_coupon WHERE campaign = ?", (id,))
            self._write("DELETE FROM campaign WHERE id = ?", (id,))
        return len(over)


def _campaign(body: str) -> Campaign | None:
    """None: damaged. It is shown no more, and its publisher sends it again or not."""
    try:
        return read_kept(json.loads(body))
    except (ValueError, RecursionError, WireError) as error:
        _log.error("a campaign in the ledger cannot be read: %s", error)
        return None
