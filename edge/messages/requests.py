"""What a scan or a key turned out to mean: posted by scanning and keypad, handled by the trade it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

from edge.model.counter import Verb
from edge.model.item import Item


@dataclass(frozen=True, slots=True)
class Asked:
    """A card or a key asked for something. `asked_mono` is when the device read it."""

    verb: Verb
    value: int
    asked_mono: float


@dataclass(frozen=True, slots=True)
class ItemScanned:
    """Goods that the catalogue has."""

    item: Item
    asked_mono: float


@dataclass(frozen=True, slots=True)
class UnknownScanned:
    """A valid barcode that the catalogue does not have."""

    barcode: str
    asked_mono: float


@dataclass(frozen=True, slots=True)
class SlipScanned:
    """A receipt of ours, by its number."""

    receipt: str
    asked_mono: float


@dataclass(frozen=True, slots=True)
class MemberScanned:
    """A member card of the shop, by its number."""

    member: str
    asked_mono: float


@dataclass(frozen=True, slots=True)
class CouponPresented:
    """A coupon that was checked and is good for this sale, by the id of its promotion."""

    promotion: str
    asked_mono: float


@dataclass(frozen=True, slots=True)
class HoldSlipScanned:
    """A slip of a held sale, by its number."""

    number: int
    asked_mono: float


@dataclass(frozen=True, slots=True)
class PayCodeScanned:
    """A customer's wallet code: a bearer token, never written, logged or shown. `channel` is the wallet's."""

    channel: str
    asked_mono: float
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Enter after a question of `verb`: do it now, with the value that was asked about."""

    verb: Verb
    value: int
    asked_mono: float
