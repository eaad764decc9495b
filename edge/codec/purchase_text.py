"""Purchase orders as JSON text, for the ledger's own table.

{"n": number, "sup": supplier, "state", "lines": [[n, sku, name, pack, suggested, cost, packs, on hand, carton, fills,
why, [[supplier, piece, pack, lead days]…], dropped, sold a day, too much]…], "fee", "made", "at", …}
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from edge.codec.json_text import as_text, as_whole, compact
from edge.errors import CodecError
from edge.model.money import Fen, Milli
from edge.model.purchase import Compared, PurchaseLine, PurchaseOrder, PurchaseState

_DAMAGED = (CodecError, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError)


def write_order(order: PurchaseOrder) -> str:
    return compact({
        "id": order.id, "n": order.number, "sup": order.supplier, "state": order.state.value,
        "lines": [_line(line) for line in order.lines], "fee": order.fee, "made": moment(order.made_at),
        "at": moment(order.at), "free": order.free_from, "delivery": order.delivery_fee, "rev": order.rev,
        "agrees": order.agrees, "sent": order.sent, "by": order.by, "offered": [_line(line) for line in order.offered],
        "offered_fee": order.offered_fee, "waybills": list(order.waybills), "why": order.why,
    })  # fmt: skip


def read_order(text: str) -> PurchaseOrder:
    """The reverse; raises CodecError when the text is not ours."""
    try:
        found = json.loads(text)
        free = found["free"]
        return PurchaseOrder(
            id=as_text(found["id"]), number=as_text(found["n"]), supplier=as_text(found["sup"]),
            state=PurchaseState(found["state"]), lines=_lines(found["lines"]), fee=_fen(found["fee"]),
            made_at=datetime.fromisoformat(found["made"]), at=datetime.fromisoformat(found["at"]),
            free_from=None if free is None else _fen(free), delivery_fee=_fen(found["delivery"]),
            rev=as_whole(found["rev"]), agrees=as_whole(found["agrees"]), sent=found["sent"] is True,
            by=as_text(found["by"]),
            offered=_lines(found["offered"]), offered_fee=_fen(found["offered_fee"]),
            waybills=tuple(as_text(waybill) for waybill in found["waybills"]), why=as_text(found["why"]),
        )  # fmt: skip
    except _DAMAGED as error:
        raise CodecError("a purchase order cannot be read", got=str(text)[:80]) from error


def moment(at: datetime) -> str:
    """As the table orders by it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _line(line: PurchaseLine) -> list[Any]:
    compared = [[other.supplier, other.piece, other.pack, other.lead_days] for other in line.compared]
    return [
        line.n, line.sku, line.name, line.pack, line.suggested, line.cost, line.packs, line.on_hand, line.carton,
        line.fills, line.why, compared, line.dropped, line.daily, line.too_much,
    ]  # fmt: skip


def _lines(found: list[Any]) -> tuple[PurchaseLine, ...]:
    return tuple(_read_line(*fields) for fields in found)


def _read_line(
    n: object, sku: object, name: object, pack: object, suggested: object, cost: object, packs: object,
    on_hand: object, carton: object, fills: object, why: object, compared: list[Any], dropped: object = None,
    daily: object = 0, too_much: object = None,
) -> PurchaseLine:  # fmt: skip
    others = tuple(
        Compared(as_text(supplier), _fen(piece), as_whole(size), as_whole(days))
        for supplier, piece, size, days in compared
    )
    return PurchaseLine(
        as_whole(n), as_text(sku), as_text(name), as_whole(pack), as_whole(suggested), _fen(cost), as_whole(packs),
        None if on_hand is None else Milli(as_whole(on_hand)), as_text(carton), fills is True, as_text(why), others,
        dropped is True, Milli(as_whole(daily)), too_much is True,
    )  # fmt: skip


def _fen(value: object) -> Fen:
    return Fen(as_whole(value))
