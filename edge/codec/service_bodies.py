"""The bodies of the events of service orders. None of them has the phone or number that an order is for."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from edge.codec.sale_bodies import Currency, EventBody
from edge.codec.wire_term import Day, Uuid7, Word

Sum = Annotated[int, Field(ge=0, le=10**9)]
ORDER = {
    "soid": "019aadf2-6e01-7c3e-9d51-6a1b2c3d4e5f", "kind": "top_up", "offer": "phone", "state": "quoted", "cur": "CNY",
    "amt": 1000, "price": 1000,
}  # fmt: skip
SALE = {"sale": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"}
REFUND = {"rid": "019aadf2-7f01-7c3e-9d51-6a1b2c3d4e5f"}


class ServiceBody(EventBody):
    """`soid` names the order from the first question on, here and at the provider; `offer` is the platform's id of what
    was ordered, `kind` how (top_up, bill, travel, order, loan, repayment, agent_note). `state` is the order's from now
    on. `amt` is what the customer gets, `price` what the customer pays. `ref`: the provider's own number.
    """

    soid: Uuid7
    kind: Word
    offer: Word
    state: Word
    cur: Currency
    amt: Sum
    price: Sum
    sale: Uuid7 | None = None
    ref: Word | None = None
    fee: Sum | None = None


class ServiceQuotedBody(ServiceBody):
    """The provider said what it costs."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER


class ServicePaidBody(ServiceBody):
    """The sale `sale` paid for it, on business day `bday`."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER | SALE | {"state": "paid", "bday": "2026-11-23"}

    bday: Day


class ServiceSubmittedBody(ServiceBody):
    """It leaves for the provider after this event; whether it arrived, only an answer tells."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER | SALE | {"state": "submitted"}


class ServiceUnknownBody(ServiceBody):
    """Nobody knows how it ended; it is asked about. `why`: silence, link, offline, power, provider or amount."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER | SALE | {"state": "unknown", "why": "silence"}

    why: Word


class ServiceCompletedBody(ServiceBody):
    """It was done. `why` kept: the provider was asked to take it back, and did not."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER | SALE | {"state": "completed", "ref": "T20261123000017"}

    why: Word | None = None


class ServiceFailedBody(ServiceBody):
    """It was not done, and will not be; the price goes back."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER | SALE | {"state": "failed", "why": "declined"}

    why: Word


class ServiceRefundedBody(ServiceBody):
    """`back` fen of one that failed went back, by the `sale.refunded` whose id is `rid`."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = (
        ORDER | SALE | REFUND | {"state": "refunded", "back": 1000, "bday": "2026-11-23"}
    )

    rid: Uuid7
    back: Sum
    bday: Day


class ServiceCancelledBody(ServiceBody):
    """`why` dropped: before it was paid. A code of the provider: it was to be paid when it is fetched, and is
    not done. asked: the provider is asked to take it back. back: it did, and `back` fen,
    the price less `fee`, went back by the `sale.refunded` whose id is `rid`.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = (
        ORDER | SALE | REFUND
        | {"kind": "travel", "state": "cancelled_refunded", "why": "back", "fee": 200, "back": 800}
        | {"bday": "2026-11-23"}
    )  # fmt: skip

    why: Word
    rid: Uuid7 | None = None
    back: Sum | None = None
    bday: Day | None = None


class ServiceReversedBody(ServiceBody):
    """The provider undid what it had done; the shop's owner sees to the money."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER | SALE | {"state": "reversed", "why": "reversed"}

    why: Word


class ServiceExpiredBody(ServiceBody):
    """Nobody paid for it in time."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER | {"state": "expired"}


class ServiceDisputedBody(ServiceBody):
    """The provider says `said` after it had told another end. Nothing is moved by it: somebody must look."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER | SALE | {"state": "refunded", "said": "completed"}

    said: Word


class ServiceHandedOverBody(ServiceBody):
    """What was ordered went to the customer in the parcel `parcel`. Without a `sale` nobody has paid for it."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER | SALE | {"kind": "order", "state": "completed", "parcel": "p-7"}

    parcel: Word


class ServiceOverdueBody(ServiceBody):
    """What was ordered was to come by the day `due`, and has not. The provider is asked about it each day."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER | SALE | {"kind": "order", "state": "completed", "due": "2026-11-26"}

    due: Day


SERVICE_BODIES: dict[str, type[EventBody]] = {
    "service.quoted": ServiceQuotedBody,
    "service.paid": ServicePaidBody,
    "service.submitted": ServiceSubmittedBody,
    "service.unknown": ServiceUnknownBody,
    "service.completed": ServiceCompletedBody,
    "service.failed": ServiceFailedBody,
    "service.refunded": ServiceRefundedBody,
    "service.cancelled": ServiceCancelledBody,
    "service.reversed": ServiceReversedBody,
    "service.expired": ServiceExpiredBody,
    "service.disputed": ServiceDisputedBody,
    "service.handed_over": ServiceHandedOverBody,
    "service.overdue": ServiceOverdueBody,
}
"""Their part of `bodies.BODIES`."""
