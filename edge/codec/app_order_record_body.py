"""Records of orders from apps → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.codec.day_record_body import CURRENCY
from edge.model import app_order_records as r
from edge.model.app_order import AppOrder


def _order(order: AppOrder, **more: object) -> dict[str, object]:
    lines = [
        {"sku": line.sku, "qty": str(line.asked), "got": str(line.picked), "price": line.price} for line in order.lines
    ]
    return {"oid": order.id, "no": order.no, "platform": order.platform, "cur": CURRENCY, "lines": lines} | more


def _placed(record: r.OrderPlaced) -> dict[str, object]:
    return _order(record.order)


def _packed(record: r.OrderPacked) -> dict[str, object]:
    return _order(record.order, back=record.order.back)


def _handed_over(record: r.OrderHandedOver) -> dict[str, object]:
    return _order(record.order, bday=record.business_day.isoformat())


def _cancelled(record: r.OrderCancelled) -> dict[str, object]:
    return _order(record.order, back=record.order.back, why=record.why)


ORDER_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType(
    {
        r.OrderPlaced: _placed,
        r.OrderPacked: _packed,
        r.OrderHandedOver: _handed_over,
        r.OrderCancelled: _cancelled,
    }
)
"""Their part of `record_body`."""
