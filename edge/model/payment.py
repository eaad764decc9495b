"""One wallet payment, made by the cloud for this box: its states, and the table of what may happen when (product B2).

                        ┌──────── approve ────────────────────────────────┐
    created ─send─► sent ─accept─► accepted ─ask─► wait_customer ─────────┤
                     │                 │                │                 ▼
                     ├──── cancel ─────┴──► cancelling ─┴─ approve ─► approved ─refund─► partially_refunded, refunded
                     ├──── decline ───────► declined       │
                     └──── lose ──────────► unknown ───────┴─ cancelled ─► cancelled

A final state never changes except to refunded. `unknown` is left by the provider's word alone. Money that comes after
`declined` or `cancelled` all the same goes back as a refund, and the state stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from edge.errors import IllegalMove
from edge.model.money import Fen


class PaymentState(StrEnum):
    CREATED = "created"
    SENT = "sent"
    """Persisted; the request leaves after the commit. Whether it arrived, only an answer tells."""
    ACCEPTED = "accepted"
    WAIT_CUSTOMER = "wait_customer"
    """The customer types a password."""
    CANCELLING = "cancelling"
    UNKNOWN = "unknown"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    """Closed unpaid, or paid and given back."""
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


class PaymentEvent(StrEnum):
    SEND = "send"
    ACCEPT = "accept"
    """The cloud has it."""
    ASK_CUSTOMER = "ask_customer"
    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    """Asked for: by a card, or since nobody paid in time."""
    CANCELLED = "cancelled"
    LOSE = "lose"
    """No answer in time, the link is gone, the power was."""
    REFUND_PART = "refund_part"
    REFUND_REST = "refund_rest"


_S, _E = PaymentState, PaymentEvent
_ANSWERS = {_E.APPROVE: _S.APPROVED, _E.DECLINE: _S.DECLINED, _E.CANCELLED: _S.CANCELLED}
_UNDER_WAY = _ANSWERS | {_E.ASK_CUSTOMER: _S.WAIT_CUSTOMER, _E.CANCEL: _S.CANCELLING, _E.LOSE: _S.UNKNOWN}
_ROWS: dict[PaymentState, dict[PaymentEvent, PaymentState]] = {
    _S.CREATED: {_E.SEND: _S.SENT},
    _S.SENT: _UNDER_WAY | {_E.ACCEPT: _S.ACCEPTED},
    _S.ACCEPTED: _UNDER_WAY | {_E.ACCEPT: _S.ACCEPTED},
    _S.WAIT_CUSTOMER: _UNDER_WAY | {_E.ACCEPT: _S.WAIT_CUSTOMER},
    # What the provider is still doing is no news to somebody who wants it cancelled, or has lost sight of it.
    _S.CANCELLING: _ANSWERS | {
        _E.ACCEPT: _S.CANCELLING, _E.ASK_CUSTOMER: _S.CANCELLING, _E.CANCEL: _S.CANCELLING, _E.LOSE: _S.UNKNOWN,
    },
    _S.UNKNOWN: _ANSWERS | {
        _E.ACCEPT: _S.UNKNOWN, _E.ASK_CUSTOMER: _S.UNKNOWN, _E.CANCEL: _S.UNKNOWN, _E.LOSE: _S.UNKNOWN,
    },
    _S.APPROVED: {_E.REFUND_PART: _S.PARTIALLY_REFUNDED, _E.REFUND_REST: _S.REFUNDED},
    _S.PARTIALLY_REFUNDED: {_E.REFUND_PART: _S.PARTIALLY_REFUNDED, _E.REFUND_REST: _S.REFUNDED},
}  # fmt: skip

PAYMENT_MOVES: dict[tuple[PaymentState, PaymentEvent], PaymentState] = {
    (state, event): target for state, row in _ROWS.items() for event, target in row.items()
}
"""Everything else is an IllegalMove."""

FINAL = frozenset({_S.APPROVED, _S.DECLINED, _S.CANCELLED, _S.PARTIALLY_REFUNDED, _S.REFUNDED})
PAID = frozenset({_S.APPROVED, _S.PARTIALLY_REFUNDED, _S.REFUNDED})


@dataclass(frozen=True, slots=True)
class Payment:
    """`id` is the order number at the provider, whatever is repeated. The customer's code is not here: it lives in RAM.

    `boot`, `up_ms`: when it was sent, as the box's own clock counts. `unwanted`: the sale was paid otherwise meanwhile;
    money that comes still is given back. `reference` is the provider's own number. `given_up`: its cancelling was asked
    for, and is until it has an end, whatever is lost meanwhile.
    """

    id: str
    sale: str
    channel: str
    amount: Fen
    boot: int
    up_ms: int
    state: PaymentState = PaymentState.CREATED
    refunded: Fen = Fen(0)
    unwanted: bool = False
    reference: str = ""
    given_up: bool = False

    @property
    def final(self) -> bool:
        return self.state in FINAL

    @property
    def rest(self) -> Fen:
        """What of it can still be given back."""
        return Fen(self.amount - self.refunded) if self.state in PAID else Fen(0)


def payment_moved(payment: Payment, event: PaymentEvent) -> Payment:
    """The payment in its next state; raises IllegalMove for a pair that the table does not have."""
    target = PAYMENT_MOVES.get((payment.state, event))
    if target is None:
        raise IllegalMove(f"a payment in state {payment.state} knows no {event}")
    return replace(payment, state=target)


def payment_refunded(payment: Payment, amount: Fen) -> Payment:
    """`amount` of it given back; raises IllegalMove for more than is left.

    Of money that came after the end the state stays: closed unpaid, or paid and given back, is the same for the sale.
    """
    if payment.state in (_S.DECLINED, _S.CANCELLED) and 0 < amount <= payment.amount - payment.refunded:
        return replace(payment, refunded=Fen(payment.refunded + amount))
    if not 0 < amount <= payment.rest:
        raise IllegalMove("more than was paid cannot be given back", expected=f"{payment.rest} fen", got=f"{amount}")
    event = PaymentEvent.REFUND_REST if amount == payment.rest else PaymentEvent.REFUND_PART
    return replace(payment_moved(payment, event), refunded=Fen(payment.refunded + amount))


class RefundState(StrEnum):
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PaymentRefund:
    """Money of a payment that goes back. Asked for by its `id` until the cloud says done or refused, however often.

    `of` is the id of what it belongs to: the refund of goods, the post-void, or the payment itself when unwanted.
    """

    id: str
    payment: str
    amount: Fen
    of: str
    state: RefundState = RefundState.SENT
