"""Records of service orders → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.codec.day_record_body import CURRENCY
from edge.model import service_records as r
from edge.model.service_order import ServiceOrder


def _order(order: ServiceOrder, **more: object) -> dict[str, object]:
    """Neither the number that it is for nor what stands on its slips: the provider has them."""
    told: dict[str, object] = {
        "soid": order.id, "kind": order.kind.value, "offer": order.offer, "state": order.state.value, "cur": CURRENCY,
        "amt": order.amount, "price": order.price,
    }  # fmt: skip
    beside = {"sale": order.sale, "ref": order.reference, "fee": order.fee or None} | more
    return told | {key: value for key, value in beside.items() if value not in ("", None)}


def _plain(record: r.ServiceQuoted | r.ServiceSubmitted | r.ServiceExpired) -> dict[str, object]:
    return _order(record.order)


def _paid(record: r.ServicePaid) -> dict[str, object]:
    return _order(record.order, bday=record.business_day.isoformat())


def _why(
    record: r.ServiceUnknown | r.ServiceCompleted | r.ServiceFailed | r.ServiceReversed,
) -> dict[str, object]:
    return _order(record.order, why=record.why)


def _refunded(record: r.ServiceRefunded) -> dict[str, object]:
    return _order(record.order, rid=record.refund, back=record.amount, bday=record.business_day.isoformat())


def _cancelled(record: r.ServiceCancelled) -> dict[str, object]:
    day = record.business_day
    return _order(
        record.order, why=record.why, rid=record.refund, back=record.amount,
        bday=day.isoformat() if day is not None else None,
    )  # fmt: skip


def _disputed(record: r.ServiceDisputed) -> dict[str, object]:
    return _order(record.order, said=record.said)


def _handed(record: r.ServiceHandedOver) -> dict[str, object]:
    return _order(record.order, parcel=record.parcel)


def _overdue(record: r.ServiceOverdue) -> dict[str, object]:
    return _order(record.order, due=record.due.isoformat())


SERVICE_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType(
    {
        r.ServiceQuoted: _plain,
        r.ServicePaid: _paid,
        r.ServiceSubmitted: _plain,
        r.ServiceUnknown: _why,
        r.ServiceCompleted: _why,
        r.ServiceFailed: _why,
        r.ServiceRefunded: _refunded,
        r.ServiceCancelled: _cancelled,
        r.ServiceReversed: _why,
        r.ServiceExpired: _plain,
        r.ServiceDisputed: _disputed,
        r.ServiceHandedOver: _handed,
        r.ServiceOverdue: _overdue,
    }
)
"""Their part of `record_body`."""
