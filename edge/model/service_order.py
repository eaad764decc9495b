"""A service order: what somebody else does for a customer who pays here; its states, and the table of what may happen.

                                                  ┌── fail ──► failed ──refund──► refunded
 quoted ──pay──► paid ──submit──► submitted ──────┤
   │                │                │            └── complete ──► completed ──ask──► cancelling ──► cancelled_refunded
   ├─► expired      └───── lose ─────┴─► unknown ─┘ (the same)         │ └──reverse──► reversed       │
   └─► cancelled                                                       └──────────── keep ◄───────────┘

Two laws. What was paid is submitted, and asked about until it has an end: silence is none, and nothing goes back
before one. An end never changes but by its own rows of the table: what contradicts it is told, and moves no money
(product B4). One id names it from the first question on (row 70). That it lies in a basket, the basket says.

Goods may be paid when they are fetched: placed, they are submitted before, and dropped where they do not come; they are
paid when completed. While an order without a sale is on its way nobody owes anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from edge.errors import IllegalMove
from edge.model.item import ORDER_SKU
from edge.model.money import Fen
from edge.model.platform import ServiceKind
from edge.model.sale import Line, LineKind, Sale, add_open_price

SLIP_DIGITS = 12
"""Of a service slip's number: with a billion of them, another shop's is taken for one of ours once in a lifetime."""
MAX_LINES = 8
"""Of what stands on a slip beside the money."""


class ServiceState(StrEnum):
    QUOTED = "quoted"
    """What it costs is known, and until when that is good."""
    PAID = "paid"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    """Asked for, and nobody knows how it ended."""
    COMPLETED = "completed"
    FAILED = "failed"
    """It was not done; the customer's money is still here, or on its way back."""
    REFUNDED = "refunded"
    CANCELLING = "cancelling"
    CANCELLED_REFUNDED = "cancelled_refunded"
    """The provider took it back after it was done; the price went back, less a fee."""
    REVERSED = "reversed"
    """The provider undid it by itself: the owner sees to the money, by the receipt."""
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    """Before it was paid."""


class ServiceEvent(StrEnum):
    PAY = "pay"
    SUBMIT = "submit"
    LOSE = "lose"
    """No answer in time, the link is gone, the power was, or the provider does not know."""
    COMPLETE = "complete"
    FAIL = "fail"
    REFUND = "refund"
    ASK_BACK = "ask_back"
    """The customer does not want it any more, and the provider may be asked."""
    TAKE_BACK = "take_back"
    """The provider took it back."""
    PLACE = "place"
    """It is to be carried out, and paid when it is fetched."""
    CALL_OFF = "call_off"
    """What was ordered does not come, as its provider says before it is handed out."""
    KEEP = "keep"
    """The provider did not."""
    REVERSE = "reverse"
    EXPIRE = "expire"
    DROP = "drop"


_S, _E = ServiceState, ServiceEvent
_ENDS = {_E.COMPLETE: _S.COMPLETED, _E.FAIL: _S.FAILED}
_ROWS: dict[ServiceState, dict[ServiceEvent, ServiceState]] = {
    _S.QUOTED: {_E.PAY: _S.PAID, _E.PLACE: _S.SUBMITTED, _E.EXPIRE: _S.EXPIRED, _E.DROP: _S.CANCELLED},
    _S.PAID: {_E.SUBMIT: _S.SUBMITTED, _E.LOSE: _S.UNKNOWN},
    _S.SUBMITTED: _ENDS | {_E.LOSE: _S.UNKNOWN, _E.DROP: _S.CANCELLED},
    _S.UNKNOWN: _ENDS | {_E.DROP: _S.CANCELLED},
    _S.FAILED: {_E.REFUND: _S.REFUNDED},
    _S.COMPLETED: {
        _E.ASK_BACK: _S.CANCELLING,
        _E.REVERSE: _S.REVERSED,
        _E.PAY: _S.COMPLETED,
        _E.CALL_OFF: _S.FAILED,
        _E.DROP: _S.CANCELLED,
    },
    _S.CANCELLING: {_E.TAKE_BACK: _S.CANCELLED_REFUNDED, _E.KEEP: _S.COMPLETED, _E.REVERSE: _S.REVERSED},
}

SERVICE_MOVES: dict[tuple[ServiceState, ServiceEvent], ServiceState] = {
    (state, event): target for state, row in _ROWS.items() for event, target in row.items()
}
"""Everything else is an IllegalMove."""

OPEN = frozenset({_S.PAID, _S.SUBMITTED, _S.UNKNOWN, _S.CANCELLING})
"""Paid, and asked about until it has an end."""
OWING = OPEN | {_S.FAILED}
"""The shop owes the customer something: the service, or the money."""
UNPAID = frozenset({_S.QUOTED, _S.EXPIRED, _S.CANCELLED})


@dataclass(frozen=True, slots=True)
class ServiceOrder:
    """`id` is the order number at the provider, whatever is repeated. `offer` is what the shop calls it by.

    `amount` is what the customer gets, `price` what the customer pays. `until`: the quote is good until then, by our
    own clock. `subject` is the masked phone or number that it is for, `lines` stand on its slips. `sale` paid for it;
    empty: none has. `paid_at` and `at`: when it was paid, and when it came to its state. `reference` is the provider's
    number, `fee` what a cancel cost. `back_until` and `back_fee`: until when it can be given back, and what that costs;
    None: nobody said.
    """

    id: str
    kind: ServiceKind
    offer: str
    name: str
    name_en: str
    amount: Fen
    price: Fen
    until: datetime
    at: datetime
    state: ServiceState = ServiceState.QUOTED
    subject: str = ""
    lines: tuple[str, ...] = ()
    sale: str = ""
    paid_at: datetime | None = None
    reference: str = ""
    fee: Fen = Fen(0)
    cancellable: bool = False
    back_until: datetime | None = None
    back_fee: Fen | None = None

    @property
    def is_due(self) -> bool:
        """Ordered without money, and to be paid before it is handed out."""
        return self.state is ServiceState.COMPLETED and not self.sale

    @property
    def sku(self) -> str:
        return ORDER_SKU + self.id

    @property
    def slip(self) -> str:
        """The number of its service slip."""
        return slip_number(self.id)

    def named(self, language: str) -> str:
        return self.name_en if language == "en" else self.name

    def moved(self, event: ServiceEvent, at: datetime) -> ServiceOrder:
        """The order in its next state; raises IllegalMove for a pair that the table does not have."""
        target = SERVICE_MOVES.get((self.state, event))
        if target is None:
            raise IllegalMove(f"a service order in state {self.state} knows no {event}")
        return replace(self, state=target, at=at)


def slip_number(order_id: str) -> str:
    """What stands on its slip: made of the id, so that neither can be guessed from another one."""
    digest = int.from_bytes(hashlib.sha256(order_id.encode()).digest()[:8])
    return f"{digest % 10**SLIP_DIGITS:0{SLIP_DIGITS}d}"


def add_order(sale: Sale, order: ServiceOrder, language: str) -> Sale:
    """`sale` with the order as one more line, by its name in `language`; no promotion knows of it."""
    added = add_open_price(sale, name=order.named(language), price=order.price)
    line = replace(
        added.lines[-1], kind=LineKind.SERVICE, sku=order.sku, name_en=order.name_en, overridden=True
    )  # fmt: skip
    return replace(added, lines=(*added.lines[:-1], line))


def ordered_by(sku: str) -> str | None:
    """The id of the order that a line is of; None for goods, and for the fee of a parcel."""
    return sku.removeprefix(ORDER_SKU) if sku.startswith(ORDER_SKU) else None


def ordered(lines: Iterable[Line]) -> list[Line]:
    """Of standing lines those that are service orders."""
    return [line for line in lines if ordered_by(line.sku) is not None]


def masked_number(number: str) -> str:
    """138****8000: the ends of a phone or reference, enough for who knows it."""
    head = 3 if len(number) >= 10 else 0
    return f"{number[:head]}****{number[-4:]}" if len(number) > 4 else "****"


def in_groups(phone: str) -> str:
    """138 0013 8000: as people read it; other numbers by four."""
    cuts = (0, 3, 7, 11) if len(phone) == 11 else tuple(range(0, len(phone) + 4, 4))
    return " ".join(filter(None, (phone[a:b] for a, b in pairwise(cuts))))
