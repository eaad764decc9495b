"""The open basket and completed sales as JSON text, for the ledger's own tables.

counter row:      {"sale": {id, state, rounding, lines[…], pay[…], undo[…]}, "waiting", "barcode", "verb", …}
completed sale:   the body of its `sale.completed` record, read back
"""

from __future__ import annotations

import json
from typing import Any

from edge.errors import CodecError
from edge.model.counter import Counter, Verb, Waiting
from edge.model.money import Fen, Milli, quantity_text
from edge.model.sale import Line, LineKind, Method, Sale, State, Tender, Undo


def write_counter(counter: Counter) -> str:
    """Compact JSON of what the counter must still know after a power cut."""
    document: dict[str, Any] = {"waiting": counter.waiting.value}
    if counter.barcode is not None:
        document["barcode"] = counter.barcode
    if counter.verb is not None:
        document["verb"], document["value"] = counter.verb.value, counter.value
    if counter.pieces is not None:
        document["pieces"] = counter.pieces
    if counter.sale is not None:
        document["sale"] = _sale(counter.sale)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def read_counter(text: str) -> Counter:
    """The reverse; raises CodecError when the text is not ours."""
    try:
        document = json.loads(text)
        sale, verb, pieces = document.get("sale"), document.get("verb"), document.get("pieces")
        return Counter(
            sale=_read_sale(sale) if sale else None,
            waiting=Waiting(document["waiting"]),
            barcode=document.get("barcode"),
            verb=Verb(verb) if verb else None,
            value=int(document.get("value", 0)),
            pieces=Milli(pieces) if pieces is not None else None,
        )
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise CodecError("the open basket cannot be read", got=text[:80]) from error


def completed_sale(sale_id: str, body: dict[str, Any]) -> Sale:
    """The sale that a `sale.completed` body tells of; raises CodecError when a key is missing."""
    try:
        lines = tuple(
            Line(
                n=line["n"], kind=LineKind(line["kind"]), sku=line["sku"], name=line["name"],
                qty=parse_quantity(line["qty"]), price=Fen(line["price"]), amount=Fen(line["amt"]),
                unit=line.get("unit") or "", voids=line.get("voids"),
            )
            for line in body["lines"]
        )  # fmt: skip
        tenders = tuple(
            Tender(Method(p["m"]), Fen(p["amt"]), Fen(p.get("tendered") or p["amt"]), Fen(p.get("change") or 0))
            for p in body["pay"]
        )
        return Sale(
            id=sale_id, state=State.COMPLETED, lines=lines, tenders=tenders, rounding=Fen(body.get("rounding") or 0)
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CodecError("a sale in the journal cannot be read", where=sale_id, got=repr(error)) from error


def parse_quantity(text: str) -> Milli:
    """ "0.735" → 735: the reverse of `quantity_text`."""
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.lstrip("-").partition(".")
    return Milli(sign * (int(whole) * 1000 + int(part.ljust(3, "0") or 0)))


def _sale(sale: Sale) -> dict[str, Any]:
    return {
        "id": sale.id,
        "state": sale.state.value,
        "rounding": sale.rounding,
        "lines": [
            [line.n, line.kind.value, line.sku, line.name, quantity_text(line.qty), line.price, line.amount,
             line.unit, line.name_en, line.voids, line.weighed]
            for line in sale.lines
        ],
        "pay": [[t.method.value, t.applied, t.tendered, t.change] for t in sale.tenders],
        "undo": [[step.n, step.qty] for step in sale.undo],
    }  # fmt: skip


def _read_sale(document: dict[str, Any]) -> Sale:
    lines = tuple(
        Line(n=n, kind=LineKind(kind), sku=sku, name=name, qty=parse_quantity(qty), price=Fen(price),
             amount=Fen(amount), unit=unit, name_en=name_en, voids=voids, weighed=weighed)
        for n, kind, sku, name, qty, price, amount, unit, name_en, voids, weighed in document["lines"]
    )  # fmt: skip
    return Sale(
        id=document["id"],
        state=State(document["state"]),
        rounding=Fen(document["rounding"]),
        lines=lines,
        tenders=tuple(Tender(Method(m), Fen(a), Fen(t), Fen(c)) for m, a, t, c in document["pay"]),
        undo=tuple(Undo(n, Milli(qty)) for n, qty in document["undo"]),
    )
