"""Campaigns that this shop was given, as services see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from edge.model.campaign import Campaign, CampaignPaper, Way
from edge.model.insight_records import CampaignShown


class Campaigns(Protocol):
    def version(self, id: str) -> tuple[int, bool] | None:
        """(version, whether it is revoked) of what was last heard of it; None: nothing."""
        ...

    def keep(self, campaign: Campaign, body: str) -> None:
        """`body`, without the coupons, is what `read_kept` reads."""
        ...

    def revoke(self, id: str, version: int, last: date) -> None:
        """It is shown no more, and its texts are gone; that it was revoked is known until after `last`."""
        ...

    def count(self) -> int:
        """All that are not revoked."""
        ...

    def running(self, day: date) -> Sequence[Campaign]:
        """Those that are shown on this day, by id."""
        ...

    def has_coupon(self, id: str) -> bool:
        """Whether one is left to be given."""
        ...

    def give(self, sale: str, campaign: Campaign) -> None:
        """Its foot, and its next coupon if there is one, go on the receipt of this sale; the first giving counts."""
        ...

    def paper_of(self, sale: str) -> CampaignPaper | None:
        """None: nothing, or it was revoked or changed since."""
        ...

    def printed(self, sale: str) -> CampaignPaper | None:
        """Its receipt came out: what was on it, the first time it is told."""
        ...

    def times(self, day: date, way: Way, campaign: str) -> int:
        """How often it was shown so on this day."""
        ...

    def shown(self, day: date, way: Way, campaign: str) -> None: ...
    def take_counts(self, before: date) -> Sequence[CampaignShown]:
        """What was counted on earlier days, and forget it."""
        ...

    def forget(self, before: date) -> int:
        """All that ended before, revoked ones too; how many."""
        ...
