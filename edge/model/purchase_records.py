"""Records of what a shop orders: each says what the order is from then on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edge.model.purchase import PurchaseOrder
from edge.model.stream import Stream


@dataclass(frozen=True, slots=True)
class PurchaseSuggested:
    """A slip proposes it; nobody has promised anything."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "purchase.suggested"
    order: PurchaseOrder


@dataclass(frozen=True, slots=True)
class PurchaseConfirmed:
    """Its owner said yes, at the counter or on the phone (`order.by`); also to what the supplier offered instead."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "purchase.confirmed"
    order: PurchaseOrder


@dataclass(frozen=True, slots=True)
class PurchasePlaced:
    """The cloud has it, and tells the supplier."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "purchase.placed"
    order: PurchaseOrder


@dataclass(frozen=True, slots=True)
class PurchaseAccepted:
    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "purchase.accepted"
    order: PurchaseOrder


@dataclass(frozen=True, slots=True)
class PurchaseChanged:
    """The supplier would deliver `order.offered` instead."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "purchase.changed"
    order: PurchaseOrder


@dataclass(frozen=True, slots=True)
class PurchaseRejected:
    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "purchase.rejected"
    order: PurchaseOrder


@dataclass(frozen=True, slots=True)
class PurchaseShipped:
    """It is under way; `order.waybills` are its parcels so far."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "purchase.shipped"
    order: PurchaseOrder


@dataclass(frozen=True, slots=True)
class Got:
    """What came of line `n`: pieces that were counted, and how many of them are damaged. `n` 0: of no line."""

    n: int
    sku: str
    pieces: int
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class PurchaseReceived:
    """It was taken in, as ordered or not (`order.state`)."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "purchase.received"
    order: PurchaseOrder
    got: tuple[Got, ...]


@dataclass(frozen=True, slots=True)
class PurchaseCancelled:
    """Nobody delivers it. `order.why` says whose word that was: `owner`, or the supplier's."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "purchase.cancelled"
    order: PurchaseOrder


@dataclass(frozen=True, slots=True)
class PurchaseExpired:
    """A proposal that was not confirmed within a day, or that a newer one takes the place of."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "purchase.expired"
    order: PurchaseOrder


PurchaseRecord = (
    PurchaseSuggested | PurchaseConfirmed | PurchasePlaced | PurchaseAccepted | PurchaseChanged | PurchaseRejected
    | PurchaseShipped | PurchaseReceived | PurchaseCancelled | PurchaseExpired
)  # fmt: skip
PURCHASES = (
    PurchaseSuggested, PurchaseConfirmed, PurchasePlaced, PurchaseAccepted, PurchaseChanged, PurchaseRejected,
    PurchaseShipped, PurchaseReceived, PurchaseCancelled, PurchaseExpired,
)  # fmt: skip
