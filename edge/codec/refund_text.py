"""A refund under way as JSON, for the counter's row and for one that waits for its wallet."""

from __future__ import annotations

import json
from typing import Any

from edge.codec.json_text import as_text, as_whole, compact
from edge.errors import CodecError
from edge.model.money import Fen, Milli
from edge.model.refund import Refund, RefundKind, RefundLine
from edge.model.sale import Method, Tender

_DAMAGED = (CodecError, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)


def refund_document(refund: Refund) -> dict[str, Any]:
    return {
        "id": refund.id, "of": refund.of, "receipt": refund.receipt, "kind": refund.kind.value, "by": refund.by,
        "lines": [[r.n, r.sku, r.name, r.qty, r.amount, r.unit, r.weighed] for r in refund.lines],
    }  # fmt: skip


def refund_of(document: dict[str, Any]) -> Refund:
    """The reverse; raises CodecError when it is not ours."""
    try:
        return Refund(
            id=as_text(document["id"]), of=as_text(document["of"]), receipt=as_text(document["receipt"]),
            kind=RefundKind(document["kind"]), by=as_text(document["by"]),
            lines=tuple(
                RefundLine(as_whole(n), as_text(sku), as_text(name), Milli(as_whole(qty)), Fen(as_whole(amount)),
                           as_text(unit), weighed is True)
                for n, sku, name, qty, amount, unit, weighed in document["lines"]
            ),
        )  # fmt: skip
    except _DAMAGED as error:
        raise CodecError("a refund cannot be read", got=str(document)[:80]) from error


def write_pending(refund: Refund, money: tuple[Tender, ...]) -> str:
    """Compact JSON of a refund whose money is on its way."""
    told = [[tender.method.value, tender.applied, tender.payment, tender.reference] for tender in money]
    return compact({"refund": refund_document(refund), "money": told})


def read_pending(text: str) -> tuple[Refund, tuple[Tender, ...]]:
    """The reverse; raises CodecError when the text is not ours."""
    try:
        document = json.loads(text)
        money = tuple(
            Tender(Method(method), Fen(as_whole(amount)), payment=as_text(payment), reference=as_text(reference))
            for method, amount, payment, reference in document["money"]
        )
        return refund_of(document["refund"]), money
    except _DAMAGED as error:
        raise CodecError("a refund cannot be read", got=str(text)[:80]) from error
