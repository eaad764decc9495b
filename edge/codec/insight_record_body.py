"""Records for insight → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.model.insight_records import CampaignShown, InsightSwitched, PlanAnswered, StockOut


def _stock_out(record: StockOut) -> dict[str, object]:
    return {"sku": record.sku}


def _switched(record: InsightSwitched) -> dict[str, object]:
    return {"on": record.on}


def _shown(record: CampaignShown) -> dict[str, object]:
    return {
        "campaign": record.campaign, "day": record.day.isoformat(), "display": record.display, "voice": record.voice,
        "receipt": record.receipt, "coupon": record.coupon,
    }  # fmt: skip


def _answered(record: PlanAnswered) -> dict[str, object]:
    return {"plan": record.plan, "do": record.advice, "sku": record.sku}


INSIGHT_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType(
    {StockOut: _stock_out, InsightSwitched: _switched, CampaignShown: _shown, PlanAnswered: _answered}
)
"""Their part of `record_body`."""
