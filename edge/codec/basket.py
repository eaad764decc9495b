"""The open basket and completed sales as JSON text, for the ledger's own tables.

counter row:      {"sale": {id, state, rounding, lines[…], pay[…], undo[…], training?}, "waiting", "barcode", "verb", …}
completed sale:   the body of its `sale.completed` record, read back
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from edge.codec.json_text import as_text, as_whole, compact
from edge.codec.refund_text import refund_document, refund_of
from edge.codec.sale_record_body import saving_body
from edge.errors import CodecError
from edge.model.counter import Counter, Pack, Verb, Waiting
from edge.model.money import Fen, Milli, quantity_text
from edge.model.sale import Line, LineKind, Method, Sale, Saving, State, Tender
from edge.model.undo import Undo

_QUANTITY = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,3}))?")
_DAMAGED = (CodecError, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)
"""What a text of another shape comes to, wherever in it that shows."""


def write_counter(counter: Counter) -> str:
    """Compact JSON of what the counter must still know after a power cut."""
    document: dict[str, Any] = {"waiting": counter.waiting.value}
    if counter.barcode is not None:
        document["barcode"] = counter.barcode
    if counter.verb is not None:
        document["verb"] = counter.verb.value
    if counter.value:
        document["value"] = counter.value
    if counter.pieces is not None:
        document["pieces"] = counter.pieces
    if counter.per_kilo is not None:
        document["per_kilo"] = counter.per_kilo
    if counter.pack is not None:
        document["pack"] = [counter.pack.label, counter.pack.qty, counter.pack.weighed]
    if counter.refund is not None:
        document["refund"] = refund_document(counter.refund)
    if counter.sale is not None:
        document["sale"] = _sale(counter.sale)
    return compact(document)


def read_counter(text: str) -> Counter:
    """The reverse; raises CodecError when the text is not ours."""
    try:
        document = json.loads(text)
        sale, verb, pieces = document.get("sale"), document.get("verb"), document.get("pieces")
        per_kilo = document.get("per_kilo")
        return Counter(
            sale=_read_sale(sale) if sale else None,
            waiting=Waiting(document["waiting"]),
            barcode=as_text(document["barcode"]) if "barcode" in document else None,
            verb=Verb(verb) if verb else None,
            value=as_whole(document.get("value", 0)),
            pieces=Milli(as_whole(pieces)) if pieces is not None else None,
            per_kilo=Fen(as_whole(per_kilo)) if per_kilo is not None else None,
            pack=_read_pack(*document["pack"]) if "pack" in document else None,
            refund=refund_of(document["refund"]) if "refund" in document else None,
        )
    except _DAMAGED as error:
        raise CodecError("the open basket cannot be read", got=str(text)[:80]) from error


def write_sale(sale: Sale) -> str:
    """Compact JSON of a sale that is not completed yet."""
    return compact(_sale(sale))


def read_sale(text: str) -> Sale:
    """The reverse; raises CodecError when the text is not ours."""
    try:
        return _read_sale(json.loads(text))
    except _DAMAGED as error:
        raise CodecError("a held sale cannot be read", got=str(text)[:80]) from error


def completed_sale(sale_id: str, body: dict[str, Any]) -> Sale:
    """The sale that a `sale.completed` body tells of; raises CodecError when a key is missing."""
    try:
        lines = tuple(
            Line(
                n=as_whole(line["n"]), kind=LineKind(line["kind"]), sku=as_text(line["sku"]),
                name=as_text(line["name"]), qty=parse_quantity(line["qty"]), price=_fen(line["price"]),
                amount=_fen(line["amt"]), unit=as_text(line.get("unit") or ""), voids=_line_number(line.get("voids")),
                weighed=line.get("weighed") is True, scale=as_text(line.get("scale") or ""),
                discount=_fen(line.get("disc") or 0), promo=as_text(line.get("promo") or ""),
                overridden="was" in line, was=_fen(line["was"]) if "was" in line else None,
                why=as_text(line.get("why") or ""), serial=as_text(line.get("serial") or ""),
            )
            for line in body["lines"]
        )  # fmt: skip
        tenders = tuple(
            Tender(
                Method(p["m"]), _fen(p["amt"]), _fen(p.get("tendered") or p["amt"]), _fen(p.get("change") or 0),
                as_text(p.get("pid") or ""), as_text(p.get("ref") or ""),
            )
            for p in body["pay"]
        )  # fmt: skip
        return Sale(
            id=sale_id, state=State.COMPLETED, lines=lines, tenders=tenders, rounding=_fen(body.get("rounding") or 0),
            age_ok=body.get("age_ok") is True,
            savings=tuple(_saving(saving) for saving in body.get("promos") or ()),
        )  # fmt: skip
    except _DAMAGED as error:
        raise CodecError("a sale in the journal cannot be read", where=sale_id, got=repr(error)) from error


def parse_quantity(text: str) -> Milli:
    """ "0.735" → 735: the reverse of `quantity_text`. Raises CodecError for any other text."""
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise CodecError("this is not a quantity", expected="a number such as 2 or 0.735", got=repr(text[:20]))
    sign, whole, part = match.groups()
    return Milli((-1 if sign else 1) * (int(whole) * 1000 + int((part or "").ljust(3, "0"))))


def _read_pack(label: object, qty: object, weighed: object) -> Pack:
    return Pack(as_text(label), Milli(as_whole(qty)), weighed is True)


def _sale(sale: Sale) -> dict[str, Any]:
    training = {"training": True} if sale.training else {}
    return training | {
        "id": sale.id,
        "state": sale.state.value,
        "rounding": sale.rounding,
        "lines": [
            [line.n, line.kind.value, line.sku, line.name, quantity_text(line.qty), line.price, line.amount,
             line.unit, line.name_en, line.voids, line.weighed, line.scale, line.age,
             *([line.dept, line.overridden, line.discount, line.promo, line.was, line.why] if _has_more(line) else ()),
             *([line.serial] if line.serial else ())]
            for line in sale.lines
        ],
        "pay": [[t.method.value, t.applied, t.tendered, t.change, t.payment, t.reference] for t in sale.tenders],
        "undo": [_undo(step) for step in sale.undo],
        "age_ok": sale.age_ok,
        **({"payment": sale.payment} if sale.payment else {}),
        **({"member": sale.member} if sale.member else {}),
        **({"coupons": sale.coupons} if sale.coupons else {}),
        **({"promos": [saving_body(saving) for saving in sale.savings]} if sale.savings else {}),
    }  # fmt: skip


def _read_sale(document: dict[str, Any]) -> Sale:
    lines = tuple(_read_line(*line) for line in document["lines"])
    return Sale(
        id=as_text(document["id"]),
        state=State(document["state"]),
        rounding=_fen(document["rounding"]),
        lines=lines,
        tenders=tuple(_read_tender(*told) for told in document["pay"]),
        undo=tuple(_read_undo(*told) for told in document["undo"]),
        payment=as_text(document.get("payment", "")),
        age_ok=document.get("age_ok") is True,
        training=document.get("training") is True,
        savings=tuple(_saving(saving) for saving in document.get("promos", ())),
        member=as_text(document.get("member", "")),
        coupons=tuple(as_text(coupon) for coupon in document.get("coupons", ())),
    )


def _undo(step: Undo) -> list[object]:
    if step.member is not None or step.coupon:
        return [step.n, step.qty, step.price, step.amount, step.member, step.coupon]
    return [step.n, step.qty] if step.price is None else [step.n, step.qty, step.price, step.amount]


def _read_undo(
    n: object, qty: object, price: object = None, amount: object = 0, member: object = None, coupon: object = ""
) -> Undo:
    return Undo(
        as_whole(n), Milli(as_whole(qty)), None if price is None else _fen(price), _fen(amount),
        None if member is None else as_text(member), as_text(coupon),
    )  # fmt: skip


def _read_tender(
    method: str, applied: object, tendered: object, change: object, payment: object = "", reference: object = ""
) -> Tender:
    return Tender(
        Method(method), _fen(applied), _fen(tendered), _fen(change), as_text(payment), as_text(reference)
    )  # fmt: skip


def _read_line(
    n: object, kind: str, sku: object, name: object, qty: str, price: object, amount: object, unit: object,
    name_en: object, voids: object, weighed: object, scale: object = "", age: object = 0, *more: Any,
) -> Line:  # fmt: skip
    """What comes after `weighed` is not in a basket of before 0.1.0."""
    return Line(
        n=as_whole(n), kind=LineKind(kind), sku=as_text(sku), name=as_text(name), qty=parse_quantity(qty),
        price=_fen(price), amount=_fen(amount), unit=as_text(unit), name_en=as_text(name_en),
        voids=_line_number(voids), weighed=weighed is True, scale=as_text(scale), age=as_whole(age), **_more(more),
    )  # fmt: skip


def _has_more(line: Line) -> bool:
    return bool(line.dept or line.overridden or line.discount or line.was is not None or line.serial)


def _more(more: Sequence[Any]) -> dict[str, Any]:
    """Of a line with a promotion, or in a department."""
    if not more:
        return {}
    dept, overridden, discount, promo, was, why, *serial = more
    return {
        "dept": as_text(dept), "overridden": overridden is True, "discount": _fen(discount), "promo": as_text(promo),
        "was": None if was is None else _fen(was), "why": as_text(why), "serial": as_text(serial[0]) if serial else "",
    }  # fmt: skip


def _saving(saving: Any) -> Saving:
    return Saving(as_text(saving["id"]), as_text(saving["name"]), _fen(saving["amt"]))


def _fen(value: object) -> Fen:
    return Fen(as_whole(value))


def _line_number(value: object) -> int | None:
    return None if value is None else as_whole(value)
