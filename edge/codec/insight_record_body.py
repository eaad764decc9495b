"""Records for insight → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.model.insight_records import InsightSwitched, StockOut


def _stock_out(record: StockOut) -> dict[str, object]:
    return {"sku": record.sku}


def _switched(record: InsightSwitched) -> dict[str, object]:
    return {"on": record.on}


INSIGHT_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType(
    {StockOut: _stock_out, InsightSwitched: _switched}
)
"""Their part of `record_body`."""
