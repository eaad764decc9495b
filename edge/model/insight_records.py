"""Records for insight: what ran out, and whether the owner lets such things leave the shop."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from edge.model.stream import Stream


@dataclass(frozen=True, slots=True)
class StockOut:
    """By the shop's books the last piece was sold: until goods come, or one is sold all the same."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "stock.out"
    sku: str


@dataclass(frozen=True, slots=True)
class InsightSwitched:
    """The owner switched insight off or on. What is sold while it is off is for the books alone."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "insight.switched"
    on: bool


@dataclass(frozen=True, slots=True)
class CampaignShown:
    """How often a campaign was shown on one day of the shop, by each way; coupons are among the receipts."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "campaign.shown"
    campaign: str
    day: date
    display: int = 0
    voice: int = 0
    receipt: int = 0
    coupon: int = 0


@dataclass(frozen=True, slots=True)
class PlanAnswered:
    """The shopkeeper accepted a line of a plan: `advice` is add, drop or reprice."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "plan.answered"
    plan: str
    advice: str
    sku: str


InsightRecord = StockOut | InsightSwitched | CampaignShown | PlanAnswered
