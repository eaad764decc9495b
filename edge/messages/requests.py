"""What a scan or a key turned out to mean: posted by scanning and keypad, handled by the trade it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field

from edge.model.badge import Role
from edge.model.counter import Verb
from edge.model.item import Gtin14, Item
from edge.model.money import Fen, Milli


@dataclass(frozen=True, slots=True)
class Asked:
    """A card or a key asked for something. `asked_mono` is when the device read it."""

    verb: Verb
    value: int
    asked_mono: float


@dataclass(frozen=True, slots=True)
class AskedMeanwhile(Asked):
    """The same while a wallet is waited for, or goods come back: only who sees to that takes it (`owner_gate.ask`)."""


@dataclass(frozen=True, slots=True)
class AskedAtDesk(Asked):
    """The same while a desk waits for something: yes, no, one step back, how many (`owner_gate.ask`)."""


@dataclass(frozen=True, slots=True)
class NumberKeyed:
    """A number and Enter while a desk waits: a code or a date keeps its leading zeros. `device`: the keypad; or the
    scanner, of a number on somebody else's paper.
    """

    device: str
    text: str = field(repr=False)
    asked_mono: float


@dataclass(frozen=True, slots=True)
class BadgeScanned:
    """Somebody's badge, by its hash: the code itself goes no further than the scanner's service. `device`: where."""

    device: str
    hash: str
    asked_mono: float


@dataclass(frozen=True, slots=True)
class BadgeAccepted:
    """A courier's or technician's badge is valid; `badge` is its id."""

    role: Role
    badge: str
    asked_mono: float


@dataclass(frozen=True, slots=True)
class OrderScanned:
    """Goods that are to be ordered for a customer; `item` None: they are not the shop's."""

    gtin: Gtin14
    item: Item | None
    asked_mono: float


@dataclass(frozen=True, slots=True)
class OrderShown:
    """Somebody wants what the assisted order `order` is of: its slip, or the code of its parcel."""

    order: str


@dataclass(frozen=True, slots=True)
class BagShown:
    """A paper of the order `order`, which came from an app: the list to pick it by, or its bag's label."""

    order: str


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
class DrawerWanted:
    """Somebody is to count, or moves cash that no sale explains: the drawer opens, where there is one."""

    why: str


@dataclass(frozen=True, slots=True)
class MemberScanned:
    """A member card of the shop, by its pseudonym; `former`: under keys that were given up since."""

    member: str
    asked_mono: float
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanLineScanned:
    """A line of a plan, by its number."""

    number: int
    asked_mono: float


@dataclass(frozen=True, slots=True)
class CouponPresented:
    """A coupon that was checked and is good for this sale, by the id of its promotion."""

    promotion: str
    asked_mono: float
    coupon: str = ""
    """The coupon's own number."""


@dataclass(frozen=True, slots=True)
class CouponTendered:
    """A coupon that was checked and is as good as money, up to `amount`."""

    coupon: str
    amount: Fen
    asked_mono: float


@dataclass(frozen=True, slots=True)
class CouponScanned:
    """A text with the shape of a coupon: whether it is one, its signature says."""

    text: str
    asked_mono: float


@dataclass(frozen=True, slots=True)
class TotalCardScanned:
    """The card 结账 or 现金（正好）: after digits it is the pad's Enter."""

    verb: Verb
    at_mono: float


@dataclass(frozen=True, slots=True)
class HoldSlipScanned:
    """A slip of a held sale, by its number."""

    number: int
    asked_mono: float


@dataclass(frozen=True, slots=True)
class PurchaseSlipScanned:
    """A slip of a purchase order, by the order's number; `line` 0: the whole of it."""

    number: str
    line: int
    asked_mono: float


@dataclass(frozen=True, slots=True)
class ServiceSlipScanned:
    """The slip of a service order, by its number."""

    number: str
    asked_mono: float


@dataclass(frozen=True, slots=True)
class PayCodeScanned:
    """A customer's wallet code: a bearer token, never written, logged or shown. `channel` is the wallet's."""

    channel: str
    asked_mono: float
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Enter after a question of `verb`: do it now, with the value and the goods or customer that were asked about."""

    verb: Verb
    value: int
    asked_mono: float
    barcode: str | None = None


@dataclass(frozen=True, slots=True)
class LabelScanned:
    """A label of the shop's scale. None: not on this kind of label; `pieces` in thousandths, as all quantities.

    `amount_step`, `grams_step`: what the last digit of each counts.
    """

    text: str
    plu: str
    amount: Fen | None
    grams: Milli | None
    pieces: Milli | None
    unit_price: Fen | None
    amount_step: Fen
    grams_step: Milli
    asked_mono: float


@dataclass(frozen=True, slots=True)
class WeighAsked:
    """These goods are sold by the kilogram, at `price`: their weight is needed."""

    item: Item
    price: Fen


@dataclass(frozen=True, slots=True)
class ParcelScanned:
    """A waybill, cleaned, and as the scanner read it; `carriers` are the ids of those whose numbers look like this."""

    device: str
    waybill: str
    raw: str
    carriers: tuple[str, ...]
    asked_mono: float


@dataclass(frozen=True, slots=True)
class AppCodeScanned:
    """What an app shows to who sends, brings or fetches a parcel: good for whoever has it, so never written, logged or
    shown.
    """

    device: str
    asked_mono: float
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PickupCodeScanned:
    """A pick-up code on a customer's phone; never written, logged or shown."""

    device: str
    asked_mono: float
    text: str = field(repr=False)
