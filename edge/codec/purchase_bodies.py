"""The bodies of purchase orders' events (product B5)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints

from edge.codec.sale_bodies import Currency, Decimal, EventBody, Sku
from edge.codec.wire_term import Part, Text, Uuid7, Word
from edge.model.purchase import MAX_LINES, MAX_PACKS, MAX_WAYBILLS, NUMBER_DIGITS

PO = "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"

Price = Annotated[int, Field(ge=0, le=10**9)]
Sum = Annotated[int, Field(ge=0, le=10**13)]
"""Forty lines of the dearest packs."""
LineNumber = Annotated[int, Field(ge=1, le=99)]
Packs = Annotated[int, Field(ge=1, le=MAX_PACKS)]
Pack = Annotated[int, Field(ge=1, le=100_000)]
Pieces = Annotated[int, Field(ge=0, le=10**9)]
SlipNumber = Annotated[str, StringConstraints(pattern=f"^[0-9]{{{NUMBER_DIGITS}}}$")]
Parcel = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{6,40}$")]
_OF = {"po": PO, "number": "041772935", "supplier": "supplier-1", "rev": 0}
_BILL = {
    "cur": "CNY", "goods": 28_800, "fee": 0, "total": 28_800,
    "lines": [{"n": 1, "sku": "6901234567892", "pack": 24, "packs": 6, "cost": 4_800}],
}  # fmt: skip


class OrderBody(EventBody):
    """`po` names the order for good, `number` is on its slip; `rev` is the supplier's last word on it."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = _OF

    po: Uuid7
    number: SlipNumber
    supplier: Word
    rev: Annotated[int, Field(ge=0, le=10**6)]


class SuggestedLine(Part):
    """`packs` of `pack` pieces at `cost` fen a pack, discount off. No `on_hand`: never counted.

    `too_much`: they last for longer than the shop wants, so that nobody who takes all of it takes them.
    """

    n: LineNumber
    sku: Sku
    name: Annotated[str, StringConstraints(max_length=64)]
    pack: Pack
    packs: Packs
    cost: Price
    on_hand: Decimal | None = None
    too_much: Literal[True] | None = None


class PurchaseSuggestedBody(OrderBody):
    """A slip proposes this; nothing is ordered."""

    EXAMPLE: ClassVar[dict[str, Any]] = _OF | {
        "cur": "CNY",
        "lines": [{"n": 1, "sku": "6901234567892", "name": "可乐", "pack": 24, "packs": 6, "cost": 4_800,
                   "on_hand": "7"}],
    }  # fmt: skip

    cur: Currency
    lines: Annotated[tuple[SuggestedLine, ...], Field(strict=False, max_length=MAX_LINES)]


class OrderedLine(Part):
    n: LineNumber
    sku: Sku
    pack: Pack
    packs: Packs
    cost: Price


class PurchaseBillBody(OrderBody):
    """`goods` is the sum of the lines, `fee` their delivery."""

    cur: Currency
    lines: Annotated[tuple[OrderedLine, ...], Field(strict=False, max_length=MAX_LINES)]
    goods: Sum
    fee: Price
    total: Sum


class PurchaseConfirmedBody(PurchaseBillBody):
    """Its owner orders this: `by` is the id of the badge, or who gave the command from the phone."""

    EXAMPLE: ClassVar[dict[str, Any]] = _OF | _BILL | {"by": "3f9a0c61d2be"}

    by: Text


class PurchaseChangedBody(PurchaseBillBody):
    """The supplier would deliver this instead; its owner has not said yes."""

    EXAMPLE: ClassVar[dict[str, Any]] = _OF | _BILL | {"rev": 1, "why": "short"}

    why: Text | None = None


class PurchaseMovedBody(OrderBody):
    """The cloud has it (placed), the supplier takes it (accepted) or not (rejected), nobody wants or delivers it
    (cancelled), nobody confirmed it (expired).
    """

    EXAMPLE: ClassVar[dict[str, Any]] = _OF | {"rev": 1}

    why: Text | None = None


class PurchaseShippedBody(OrderBody):
    EXAMPLE: ClassVar[dict[str, Any]] = _OF | {"rev": 2, "waybills": ["SF1000000000017"]}

    waybills: Annotated[tuple[Parcel, ...], Field(strict=False, max_length=MAX_WAYBILLS)]


class GotLine(Part):
    """Pieces; `got` were counted, `damaged` of them are. No `n`: nobody ordered them."""

    n: LineNumber | None = None
    sku: Sku
    ordered: Pieces
    got: Pieces
    damaged: Pieces | None = None


class PurchaseReceivedBody(OrderBody):
    """What came of it; stock and cost have events of their own."""

    EXAMPLE: ClassVar[dict[str, Any]] = _OF | {
        "rev": 2, "state": "received_with_diff",
        "lines": [{"n": 1, "sku": "6901234567892", "ordered": 144, "got": 144, "damaged": 2}],
    }  # fmt: skip

    state: Literal["received", "received_with_diff"]
    lines: Annotated[tuple[GotLine, ...], Field(strict=False, max_length=200)]


PURCHASE_BODIES: dict[str, type[EventBody]] = {
    "purchase.suggested": PurchaseSuggestedBody,
    "purchase.confirmed": PurchaseConfirmedBody,
    "purchase.changed": PurchaseChangedBody,
    "purchase.placed": PurchaseMovedBody,
    "purchase.accepted": PurchaseMovedBody,
    "purchase.rejected": PurchaseMovedBody,
    "purchase.cancelled": PurchaseMovedBody,
    "purchase.expired": PurchaseMovedBody,
    "purchase.shipped": PurchaseShippedBody,
    "purchase.received": PurchaseReceivedBody,
}
"""Their part of `bodies.BODIES`."""
