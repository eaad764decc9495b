"""The bodies of events for insight."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from edge.codec.sale_bodies import EventBody, Sku
from edge.codec.wire_term import Count, Day, Word


class StockOutBody(EventBody):
    """By the shop's books the last piece was sold; it is there again with the next event that moves or sells one."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"sku": "6901234567892"}

    sku: Sku


class InsightSwitchedBody(EventBody):
    """`on` False: until it is true again, no sale of this shop counts in any analysis, and no insight event comes."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"on": False}

    on: bool


class CampaignShownBody(EventBody):
    """How often a campaign was shown on one day of the shop: texts on the display, voice lines, receipts, coupons."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "campaign": "milk-2026w48", "day": "2026-11-24", "display": 31, "voice": 12, "receipt": 164, "coupon": 20,
    }  # fmt: skip

    campaign: Word
    day: Day
    display: Count
    voice: Count
    receipt: Count
    coupon: Count


class PlanAnsweredBody(EventBody):
    """The shopkeeper accepted a line of the plan; lines that are not accepted have no event."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"plan": "p-2026w48", "do": "add", "sku": "6901234567892"}

    plan: Word
    do: Literal["add", "drop", "reprice"]
    sku: Sku


INSIGHT_BODIES: dict[str, type[EventBody]] = {
    "stock.out": StockOutBody,
    "insight.switched": InsightSwitchedBody,
    "campaign.shown": CampaignShownBody,
    "plan.answered": PlanAnsweredBody,
}
"""Their part of `bodies.BODIES`."""
