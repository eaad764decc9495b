"""A journal record → the body of its event. Plain dicts, no pydantic: every sale passes here before its commit.

Absent keys mean "not applicable" (contract B3). Money is fen, quantities are decimal texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from edge.codec.day_record_body import CURRENCY, DAY_BODY
from edge.codec.json_text import compact
from edge.codec.parcel_record_body import PARCEL_BODY
from edge.codec.tab_record_body import TAB_BODY
from edge.model.day_records import TrainingSale
from edge.model.money import Fen, Milli, quantity_text
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
    SaleCancelled,
    SaleCompleted,
    SaleRefunded,
    SaleVoided,
    SequenceRotated,
    StockMoved,
    StoreSetAside,
)
from edge.model.refund import RefundKind, RefundLine
from edge.model.sale import Line, LineKind, Sale, Saving, Tender

MAX_LINES_OCTETS = 13_300
"""All lines and promotions of a sale: with the tenders and what surrounds both, 500 octets with the envelope, they fit
one event of 16 KiB (B8). Longer names are cut.
"""
TENDERS_OCTETS = 2_500
"""As many tenders as a sale can have (model/settlement.py): 66 octets a part in cash, and for the wallet that pays the
rest 86 and a reference of 64 characters, escaped if need be. What they do not need the names of the goods have.
"""
OCTETS_OF_A_LINE, OCTETS_OF_A_DISCOUNT, OCTETS_OF_THE_REST, OCTETS_OF_VOIDS = 115, 27, 63, 15
"""At most, beside the texts: the keys of a plain line with the longest kind and numbers; those of a discount; all
others (a void, a scale, another price); of them that of a void alone.
"""
MAX_REASON = 200
MANY_LINES = 26
"""Fewer lines fit whatever their names are within MAX_NAME."""
MAX_NAME = 60


def record_body(record: Record) -> dict[str, object]:
    """The `data` of the record's event, ready for `json.dumps`."""
    return _BODY[type(record)](record)


def _sale_completed(record: SaleCompleted) -> dict[str, object]:
    sale, pay = record.sale, [_payment(tender) for tender in record.sale.tenders]
    shift = {"shift": record.shift} if record.shift is not None else {}
    return (
        {"receipt": record.receipt, "bday": record.business_day.isoformat(), "till": record.till}
        | shift
        | {
            "cur": CURRENCY,
            "total": sale.total,
            "rounding": sale.rounding,
            "disc": sale.discount,
            "offline": record.offline,
            "lines": _lines(sale, pay),
            "pay": pay,
        }
        | _promos(sale)
        | ({"dual_risk": sale.dual_risk} if sale.dual_risk else {})
        | ({"age_ok": True} if sale.age_ok else {})
    )


def _training_sale(record: TrainingSale) -> dict[str, object]:
    sale, pay = record.sale, [_payment(tender) for tender in record.sale.tenders]
    return {
        "till": record.till, "cur": CURRENCY, "total": sale.total, "rounding": sale.rounding,
        "lines": _lines(sale, pay), "pay": pay,
    }  # fmt: skip


def _sale_refunded(record: SaleRefunded | SaleVoided) -> dict[str, object]:
    refund = record.refund
    known = {"of_receipt": refund.receipt} if refund.receipt else {}
    body: dict[str, object] = {
        "of": refund.of, "receipt": record.receipt, **known,
        "bday": record.business_day.isoformat(), "till": record.till, "cur": CURRENCY, "total": refund.total,
        "why": record.why, "lines": [_refund_line(line) for line in refund.lines],
        "pay": [_payment(tender) for tender in record.money],
    }  # fmt: skip
    if len(refund.lines) > MANY_LINES:
        _cut_names(cast(list[dict[str, Any]], body["lines"]), MAX_LINES_OCTETS)
    shift = {"shift": record.shift} if record.shift is not None else {}
    unproved = {"without_receipt": True} if refund.kind is RefundKind.WITHOUT_RECEIPT else {}
    return body | shift | ({"by": refund.by} if refund.by else {}) | unproved


def _refund_line(line: RefundLine) -> dict[str, object]:
    return {
        "n": line.n, "sku": line.sku, "name": line.name[:MAX_NAME], "qty": quantity_text(line.qty), "amt": line.amount
    }  # fmt: skip


def _sale_cancelled(record: SaleCancelled) -> dict[str, object]:
    sale = record.sale
    body = {"why": record.why, "cur": CURRENCY, "total": sale.total, "lines": _lines(sale)}
    return body | _promos(sale)


def saving_body(saving: Saving) -> dict[str, object]:
    """What one promotion took off, as `promos` of a sale has it."""
    return {"id": saving.promo, "name": saving.name, "amt": saving.amount}


def _promos(sale: Sale) -> dict[str, object]:
    return {"promos": [saving_body(saving) for saving in sale.savings]} if sale.savings else {}


def fits(sale: Sale, *, voids: int = 0) -> bool:
    """Whether all lines and promotions fit MAX_LINES_OCTETS without the names, and so many voids that may come."""
    octets = _octets([_line(line) | {"name": ""} for line in sale.lines]) + _promos_octets(sale)
    if voids and octets <= MAX_LINES_OCTETS:
        octets += sum(sorted((_octets_of_void(line, sale) for line in sale.standing), reverse=True)[:voids])
    return octets <= MAX_LINES_OCTETS


def _octets_of_void(line: Line, sale: Sale) -> int:
    """With its comma, and the highest number that it can have."""
    void = replace(line.full, n=2 * len(sale.lines), kind=LineKind.VOID, qty=Milli(-line.qty), voids=line.n)
    return _octets(_line(replace(void, amount=Fen(-void.amount))) | {"name": ""}) + 1


def surely_fits(sale: Sale, *, voids: int = 0) -> bool:
    """As `fits`, by a look that is cheap and may answer no too often: each scan asks."""
    lines = sale.lines
    texts = "".join([line.sku + line.unit + line.promo + line.scale + line.why for line in lines])
    octets = len(lines) * OCTETS_OF_A_LINE + _octets(texts) + _promos_octets(sale)
    for line in lines:
        if line.discount:
            octets += OCTETS_OF_A_DISCOUNT
        if line.voids is not None or line.weighed or line.scale or line.was is not None:
            octets += OCTETS_OF_THE_REST
    if voids:
        longest = max((_octets(line.sku + line.unit) for line in lines), default=0)
        octets += voids * (OCTETS_OF_A_LINE + OCTETS_OF_VOIDS + longest)
    return octets <= MAX_LINES_OCTETS


def _lines(sale: Sale, pay: Sequence[object] = ()) -> list[dict[str, object]]:
    """`pay`: the tenders beside them."""
    told = [_line(line) for line in sale.lines]
    beside = _promos_octets(sale)
    if len(told) > MANY_LINES or beside:
        room = MAX_LINES_OCTETS - beside + max(0, TENDERS_OCTETS - _octets(pay))
        if _octets(told) > room:
            _cut_names(told, room)
    return told


def _promos_octets(sale: Sale) -> int:
    return _octets(_promos(sale)) if sale.savings else 0


def _octets(value: object) -> int:
    return len(compact(value).encode())


def _line(line: Line) -> dict[str, object]:
    told: dict[str, object] = {
        "n": line.n, "kind": line.kind.value, "sku": line.sku, "name": line.name[:MAX_NAME],
        "qty": quantity_text(line.qty),
    }  # fmt: skip
    if line.unit:
        told["unit"] = line.unit
    told["price"] = line.price
    told["amt"] = line.amount
    if line.discount:
        told["disc"], told["promo"] = line.discount, line.promo
    if line.voids is not None:
        told["voids"] = line.voids
        return told  # what the scale said stands in the line that is taken back
    if line.weighed:
        told["weighed"] = True
    if line.scale:
        told["scale"] = line.scale
    if line.was is not None:
        told["was"], told["why"] = line.was, line.why
    return told


def _cut_names(lines: list[dict[str, Any]], octets: int) -> None:
    """Shorten the longest names until all lines fit so many octets; skus and amounts are never touched."""
    rest = sum(len(compact(line | {"name": ""}).encode()) + 1 for line in lines)
    names = [line["name"] for line in lines]
    room = MAX_NAME
    while room and rest + sum(len(compact(name[:room]).encode()) - 2 for name in names) > octets:
        room -= 1
    for line in lines:
        line["name"] = line["name"][:room]


def _payment(tender: Tender) -> dict[str, object]:
    told: dict[str, object] = {"m": tender.method.value, "amt": tender.applied}
    if tender.tendered:
        told["tendered"] = tender.tendered
        told["change"] = tender.change
    if tender.payment:
        told["pid"] = tender.payment
    if tender.reference:
        told["ref"] = tender.reference
    return told


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
    return {"coupon": record.coupon, "promo": record.promotion, "sale": record.sale}


def _stock_moved(record: StockMoved) -> dict[str, object]:
    return {
        "of": record.of, "why": record.why,
        "moves": [{"sku": sku, "qty": quantity_text(qty)} for sku, qty in record.moves],
    }  # fmt: skip


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
    return body | ({"code": record.code} if record.code is not None else {})


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
    SaleCompleted: _sale_completed,
    SaleRefunded: _sale_refunded,
    SaleVoided: _sale_refunded,
    SaleCancelled: _sale_cancelled,
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
    TrainingSale: _training_sale,
    **DAY_BODY,
    **TAB_BODY,
    **PARCEL_BODY,
}

SV: dict[str, int] = {kind.type: 1 for kind in _BODY}
"""Schema version of each record's body; raised when its meaning changes."""
