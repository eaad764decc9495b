"""A sale, paid or not, and what comes back of it → the body of its event; and whether so many lines fit one event."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from edge.codec.day_record_body import CURRENCY
from edge.codec.json_text import compact
from edge.model.day_records import TrainingSale
from edge.model.money import Fen, Milli, quantity_text
from edge.model.records import SaleCancelled, SaleCompleted, SaleRefunded, SaleVoided
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
MANY_LINES = 26
"""Fewer lines fit whatever their names are within MAX_NAME."""
MAX_NAME = 60


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
    if line.serial:
        told["serial"] = line.serial
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


SALE_BODY: dict[type[Any], Callable[[Any], dict[str, object]]] = {
    SaleCompleted: _sale_completed,
    SaleRefunded: _sale_refunded,
    SaleVoided: _sale_refunded,
    SaleCancelled: _sale_cancelled,
    TrainingSale: _training_sale,
}
