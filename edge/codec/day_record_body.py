"""Records of the shop day → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from edge.model import takings
from edge.model.day_records import CashCounted, CashMoved, DayClosed, ShiftClosed, ShiftOpened
from edge.model.takings import Takings

CURRENCY = "CNY"


def _shift_opened(record: ShiftOpened) -> dict[str, object]:
    body: dict[str, object] = {
        "shift": record.shift, "bday": record.business_day.isoformat(), "till": record.till, "cur": CURRENCY,
        "float": record.float,
    }  # fmt: skip
    return body | ({"auto": True} if record.by_itself else {})


def _cash_counted(record: CashCounted) -> dict[str, object]:
    return {"shift": record.shift, "why": record.why, "cur": CURRENCY, "amt": record.amount}


def _cash_moved(record: CashMoved) -> dict[str, object]:
    body: dict[str, object] = {
        "shift": record.shift, "bday": record.business_day.isoformat(), "why": record.why, "cur": CURRENCY,
        "amt": record.amount,
    }  # fmt: skip
    return body | ({"pid": record.payment} if record.payment else {})


def _shift_closed(record: ShiftClosed) -> dict[str, object]:
    took = record.takings
    body: dict[str, object] = {
        "shift": record.shift, "bday": record.business_day.isoformat(), "till": record.till, "cur": CURRENCY,
        "float": record.float,
        "cash_sales": took.fen(takings.PAID + takings.CASH), "cash_refunds": took.fen(takings.BACK + takings.CASH),
        "paid_in": took.fen(takings.PAID_IN), "paid_out": took.fen(takings.PAID_OUT), "expected": record.expected,
        **_beside(took),
    }  # fmt: skip
    if record.counted is not None:
        body["counted"] = record.counted
    if record.over_short is not None:
        body["over_short"] = record.over_short
    return body | {"sales": took.times(takings.SALE)}


def _day_closed(record: DayClosed) -> dict[str, object]:
    took = record.takings
    body: dict[str, object] = {
        "no": record.no, "bday": record.business_day.isoformat(), "till": record.till, "cur": CURRENCY,
        "sales": took.times(takings.SALE), "total": took.fen(takings.SALE), "rounding": took.fen(takings.ROUNDING),
        "disc": took.fen(takings.DISCOUNT), "repaid": took.fen(takings.TAB_REPAID), "pay": _methods(took, takings.PAID),
        "refunds": took.times(takings.REFUND), "refunded": took.fen(takings.REFUND),
        "no_receipt": took.fen(takings.NO_RECEIPT),
        "voids": took.times(takings.VOID), "voided": took.fen(takings.VOID), "back": _methods(took, takings.BACK),
        "paid_in": took.fen(takings.PAID_IN), "paid_out": took.fen(takings.PAID_OUT), **_beside(took),
        "no_sale": took.times(takings.NO_SALE), "cancelled": took.times(takings.CANCELLED),
        "expired": took.times(takings.EXPIRED), "shifts": took.times(takings.OVER_SHORT),
        "over_short": took.fen(takings.OVER_SHORT),
    }  # fmt: skip
    if took.times(takings.SERVICES) or took.times(takings.SERVICES_BACK):
        body |= {"services": took.fen(takings.SERVICES), "services_back": took.fen(takings.SERVICES_BACK)}
    if record.first is not None and record.last is not None:
        body |= {"first": record.first, "last": record.last}
    if took.carriers:
        body["parcels"] = [_parcels(took, carrier) for carrier in took.carriers]
    return body | ({"auto": True} if record.by_itself else {})


def _beside(took: Takings) -> dict[str, int]:
    """Cash that neither a sale nor the shopkeeper explains, where there was some."""
    kinds = (*takings.TILL_IN[1:], *takings.TILL_OUT[1:])
    return {what: took.fen(what) for what in kinds if took.times(what)}


def _parcels(took: Takings, carrier: str) -> dict[str, object]:
    counts = {side.removesuffix("."): took.times(side + carrier) for side in takings.PARCEL_SIDES}
    return ({"carrier": carrier} if carrier else {}) | {side: count for side, count in counts.items() if count}


def _methods(took: Takings, side: str) -> list[dict[str, object]]:
    return [{"m": method, "n": times, "amt": fen} for method, times, fen in took.methods(side)]


DAY_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType(
    {
        ShiftOpened: _shift_opened,
        CashCounted: _cash_counted,
        CashMoved: _cash_moved,
        ShiftClosed: _shift_closed,
        DayClosed: _day_closed,
    }
)
