"""A journal record → the body of its event. Plain dicts, no pydantic: every sale passes here before its commit.

Absent keys mean "not applicable" (contract B3). Money is fen, quantities are decimal texts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from edge.codec.agent_record_body import AGENT_BODY
from edge.codec.app_order_record_body import ORDER_BODY
from edge.codec.cloud_record_body import CLOUD_BODY
from edge.codec.day_record_body import CURRENCY, DAY_BODY
from edge.codec.identity_record_body import IDENTITY_BODY
from edge.codec.insight_record_body import INSIGHT_BODY
from edge.codec.licence_record_body import LICENCE_BODY
from edge.codec.loan_record_body import LOAN_BODY
from edge.codec.parcel_record_body import PARCEL_BODY
from edge.codec.purchase_record_body import PURCHASE_BODY
from edge.codec.refusal_record_body import REFUSAL_BODY
from edge.codec.sale_record_body import SALE_BODY
from edge.codec.service_record_body import SERVICE_BODY
from edge.codec.stock_record_body import STOCK_BODY
from edge.codec.tab_record_body import TAB_BODY
from edge.codec.warranty_record_body import WARRANTY_BODY
from edge.model.money import quantity_text
from edge.model.records import (
    AuthFailed,
    AuthPassed,
    Booted,
    CardIssued,
    CardRevoked,
    CatalogueApplied,
    ClockStepped,
    CommandEnded,
    CouponUsed,
    DiskLevelChanged,
    DrawerEnded,
    DrawerOpened,
    ItemUnknown,
    PaperOut,
    PaymentChanged,
    PaymentReceived,
    PrintEnded,
    PrinterFaulted,
    PrinterRecovered,
    Record,
    SequenceRotated,
    StockMoved,
    StoreSetAside,
)

MAX_REASON = 200


def record_body(record: Record) -> dict[str, object]:
    """The `data` of the record's event, ready for `json.dumps`."""
    return _BODY[type(record)](record)


def _payment_changed(record: PaymentChanged) -> dict[str, object]:
    payment = record.payment
    body: dict[str, object] = {
        "pid": payment.id, "sale": payment.sale, "m": payment.channel, "amt": payment.amount, "cur": CURRENCY,
        "state": payment.state.value,
    }  # fmt: skip
    if payment.refunded:
        body["refunded"] = payment.refunded
    if payment.reference:
        body["ref"] = payment.reference
    if record.refund:
        body["rid"] = record.refund
    return body | ({"why": record.why} if record.why else {})


def _payment_received(record: PaymentReceived) -> dict[str, object]:
    payment = record.payment
    body: dict[str, object] = {
        "pid": payment.id, "m": payment.channel, "amt": payment.amount, "cur": CURRENCY, "how": record.how,
        "at": _moment(record.at),
    }  # fmt: skip
    if payment.sale:
        body["sale"] = payment.sale
    return body | ({"ref": payment.reference} if payment.reference else {})


def _coupon_used(record: CouponUsed) -> dict[str, object]:
    told: dict[str, object] = {"coupon": record.coupon, "sale": record.sale}
    return told | ({"promo": record.promotion} if record.promotion else {})


def _stock_moved(record: StockMoved) -> dict[str, object]:
    costs = dict(record.costs)
    moves = [
        {"sku": sku, "qty": quantity_text(qty)} | ({"cost": costs[sku]} if sku in costs else {})
        for sku, qty in record.moves
    ]
    return {"of": record.of, "why": record.why, "moves": moves}


def _drawer_opened(record: DrawerOpened) -> dict[str, object]:
    body: dict[str, object] = {"why": record.why}
    return body | ({"of": record.of} if record.of is not None else {})


def _item_unknown(record: ItemUnknown) -> dict[str, object]:
    return {"barcode": record.barcode, "price": record.price}


def _booted(record: Booted) -> dict[str, object]:
    return {"app": record.version, "clean": record.clean}


def _clock_stepped(record: ClockStepped) -> dict[str, object]:
    return {
        "before": _moment(record.before), "after": _moment(record.after), "step_ms": record.step_ms,
        "src": record.source,
    }  # fmt: skip


def _printer_faulted(record: PrinterFaulted) -> dict[str, object]:
    return {"dev": record.device, "state": record.state}


def _device(record: PaperOut | PrinterRecovered) -> dict[str, object]:
    return {"dev": record.device}


def _print_ended(record: PrintEnded) -> dict[str, object]:
    return {
        "job": record.job, "of": record.of, "copy": record.copy_no, "outcome": record.outcome,
    } | _reason(record.reason)  # fmt: skip


def _drawer_ended(record: DrawerEnded) -> dict[str, object]:
    return {"kick": record.kick, "outcome": record.outcome} | _reason(record.reason)


def _sequence_rotated(record: SequenceRotated) -> dict[str, object]:
    return {"old": record.old, "new": record.new, "why": record.why}


def _catalogue_applied(record: CatalogueApplied) -> dict[str, object]:
    return {"ver": record.version, "items": record.items}


def _disk_level(record: DiskLevelChanged) -> dict[str, object]:
    return {"level": record.level, "free_mb": record.free_mb}


def _store_set_aside(record: StoreSetAside) -> dict[str, object]:
    return {"file": record.file, "kept_as": record.kept_as, "reason": record.reason[:MAX_REASON]}


def _command_ended(record: CommandEnded) -> dict[str, object]:
    body: dict[str, object] = {"cid": record.cid, "type": record.command, "state": record.state}
    more = {"code": record.code, "by": record.by}
    return body | {name: value for name, value in more.items() if value is not None}


def _auth_passed(record: AuthPassed) -> dict[str, object]:
    return {"dev": record.device, "role": record.role, "badge": record.badge}


def _auth_failed(record: AuthFailed) -> dict[str, object]:
    body: dict[str, object] = {"dev": record.device, "why": record.why}
    return body | ({"badge": record.badge} if record.badge is not None else {})


def _card(record: CardIssued | CardRevoked) -> dict[str, object]:
    return {"badge": record.badge, "role": record.role, "by": record.by}


def _reason(reason: str) -> dict[str, object]:
    return {"reason": reason[:MAX_REASON]} if reason else {}


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


_BODY: dict[type[Any], Callable[[Any], dict[str, object]]] = {
    PaymentChanged: _payment_changed,
    PaymentReceived: _payment_received,
    CouponUsed: _coupon_used,
    StockMoved: _stock_moved,
    DrawerOpened: _drawer_opened,
    ItemUnknown: _item_unknown,
    Booted: _booted,
    ClockStepped: _clock_stepped,
    PrinterFaulted: _printer_faulted,
    PaperOut: _device,
    PrinterRecovered: _device,
    PrintEnded: _print_ended,
    DrawerEnded: _drawer_ended,
    SequenceRotated: _sequence_rotated,
    CatalogueApplied: _catalogue_applied,
    DiskLevelChanged: _disk_level,
    StoreSetAside: _store_set_aside,
    CommandEnded: _command_ended,
    AuthPassed: _auth_passed,
    AuthFailed: _auth_failed,
    CardIssued: _card,
    CardRevoked: _card,
    **SALE_BODY,
    **DAY_BODY,
    **TAB_BODY,
    **AGENT_BODY,
    **LOAN_BODY,
    **STOCK_BODY,
    **PARCEL_BODY,
    **INSIGHT_BODY,
    **LICENCE_BODY,
    **PURCHASE_BODY,
    **SERVICE_BODY,
    **ORDER_BODY,
    **WARRANTY_BODY,
    **REFUSAL_BODY,
    **CLOUD_BODY,
    **IDENTITY_BODY,
}

SV: dict[str, int] = {kind.type: 1 for kind in _BODY}
"""Schema version of each record's body; raised when its meaning changes."""
