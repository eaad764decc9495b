"""The bodies of the events of orders that came from an app."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from edge.codec.sale_bodies import Currency, EventBody
from edge.codec.wire_term import Day, Part, Word

Sum = Annotated[int, Field(ge=0, le=10**9)]
LINE = {"sku": "6901234567892", "qty": "2", "got": "2", "price": 300}
ORDER = {"oid": "T-20261123-000817", "no": "17", "platform": "alibaba", "cur": "CNY", "lines": [LINE]}


class OrderLineBody(Part):
    """`qty` pieces were ordered, each for `price`; `got` of them are in the bag."""

    sku: Word
    qty: Word
    got: Word
    price: Sum


class OrderBody(EventBody):
    """`oid` is the platform's number, `no` the short one that is on its bag."""

    oid: Word
    no: str
    platform: str
    cur: Currency
    lines: Annotated[tuple[OrderLineBody, ...], Field(strict=False)]


class OrderPlacedBody(OrderBody):
    """The terminal has it, and has put its goods aside."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER | {"lines": [LINE | {"got": "0"}]}


class OrderPackedBody(OrderBody):
    """It waits in its bag. `back` fen, the money of what is not in it, is to be given back."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER | {"lines": [LINE | {"got": "1"}], "back": 300}

    back: Sum


class OrderHandedOverBody(OrderBody):
    """Its goods left the shop on business day `bday`; they were paid in the app, and are no sale of the till."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER | {"bday": "2026-11-23"}

    bday: Day


class OrderCancelledBody(OrderBody):
    """Nothing of it leaves the shop. `why` is the cloud's word, or none: nothing of it was here. All is given back."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = ORDER | {"back": 600, "why": "customer"}

    back: Sum
    why: Word


ORDER_BODIES: dict[str, type[EventBody]] = {
    "order.placed": OrderPlacedBody,
    "order.packed": OrderPackedBody,
    "order.handed_over": OrderHandedOverBody,
    "order.cancelled": OrderCancelledBody,
}
"""Their part of `bodies.BODIES`."""
