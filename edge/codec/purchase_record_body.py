"""Records of purchase orders → the bodies of their events. Plain dicts, as in `record_body`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from edge.codec.day_record_body import CURRENCY
from edge.model.money import quantity_text
from edge.model.purchase import PurchaseLine, PurchaseOrder
from edge.model.purchase_records import (
    PurchaseAccepted,
    PurchaseCancelled,
    PurchaseChanged,
    PurchaseConfirmed,
    PurchaseExpired,
    PurchasePlaced,
    PurchaseReceived,
    PurchaseRejected,
    PurchaseShipped,
    PurchaseSuggested,
)

NAME_MAX = 24
"""Characters of a name in a record: forty lines fit one event, and the catalogue has the rest."""


def _order(order: PurchaseOrder) -> dict[str, object]:
    return {"po": order.id, "number": order.number, "supplier": order.supplier, "rev": order.rev}


def _suggested(record: PurchaseSuggested) -> dict[str, object]:
    return _order(record.order) | {"cur": CURRENCY, "lines": [_proposed(line) for line in record.order.lines]}


def _proposed(line: PurchaseLine) -> dict[str, object]:
    told: dict[str, object] = {
        "n": line.n, "sku": line.sku, "name": line.name[:NAME_MAX], "pack": line.pack, "packs": line.suggested,
        "cost": line.cost,
    }  # fmt: skip
    told |= {"on_hand": quantity_text(line.on_hand)} if line.on_hand is not None else {}
    return told | ({"too_much": True} if line.too_much else {})


def _confirmed(record: PurchaseConfirmed) -> dict[str, object]:
    order = record.order
    return _order(order) | _bill(order.taken, order.fee) | {"by": order.by}


def _changed(record: PurchaseChanged) -> dict[str, object]:
    order = record.order
    return _order(order) | _bill(order.offered, order.offered_fee) | _why(order.why)


def _bill(lines: Iterable[PurchaseLine], fee: int) -> dict[str, object]:
    taken = [line for line in lines if line.packs]
    told = [{"n": line.n, "sku": line.sku, "pack": line.pack, "packs": line.packs, "cost": line.cost} for line in taken]
    goods = sum(line.amount for line in taken)
    return {"cur": CURRENCY, "lines": told, "goods": goods, "fee": fee, "total": goods + fee}


def _shipped(record: PurchaseShipped) -> dict[str, object]:
    return _order(record.order) | {"waybills": list(record.order.waybills)}


def _received(record: PurchaseReceived) -> dict[str, object]:
    order = record.order
    ordered = {line.n: line for line in order.taken}
    got: list[dict[str, object]] = []
    for one in record.got:
        line = ordered.get(one.n)
        told: dict[str, object] = {
            "sku": one.sku, "ordered": line.pieces if line is not None else 0, "got": one.pieces,
        }  # fmt: skip
        got.append(told | ({"n": one.n} if one.n else {}) | ({"damaged": one.damaged} if one.damaged else {}))
    return _order(order) | {"state": order.state.value, "lines": got}


def _moved(
    record: PurchasePlaced | PurchaseAccepted | PurchaseRejected | PurchaseCancelled | PurchaseExpired,
) -> dict[str, object]:
    return _order(record.order) | _why(record.order.why)


def _why(why: str) -> dict[str, object]:
    return {"why": why} if why else {}


PURCHASE_BODY: Mapping[type, Callable[[Any], dict[str, object]]] = MappingProxyType(
    {
        PurchaseSuggested: _suggested,
        PurchaseConfirmed: _confirmed,
        PurchasePlaced: _moved,
        PurchaseAccepted: _moved,
        PurchaseChanged: _changed,
        PurchaseRejected: _moved,
        PurchaseShipped: _shipped,
        PurchaseReceived: _received,
        PurchaseCancelled: _moved,
        PurchaseExpired: _moved,
    }
)
"""Their part of `record_body`."""
