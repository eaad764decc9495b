"""What the journal keeps: facts in the past tense. `stream` decides the order they leave in (pk, tx, ev)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from edge.model.agent_records import AgentNoted as AgentNoted
from edge.model.app_order_records import OrderRecord as OrderRecord
from edge.model.cloud_records import CloudRecord as CloudRecord
from edge.model.day_records import CashCounted as CashCounted
from edge.model.day_records import CashMoved as CashMoved
from edge.model.day_records import DayClosed as DayClosed
from edge.model.day_records import ShiftClosed as ShiftClosed
from edge.model.day_records import ShiftOpened as ShiftOpened
from edge.model.day_records import TrainingSale as TrainingSale
from edge.model.identity_records import IdentityRecord as IdentityRecord
from edge.model.insight_records import InsightRecord as InsightRecord
from edge.model.licence_records import LicenceRecord as LicenceRecord
from edge.model.loan_records import LoanMoved as LoanMoved
from edge.model.money import Fen, Milli
from edge.model.parcel_records import ParcelRecord as ParcelRecord
from edge.model.payment import Payment
from edge.model.purchase_records import PurchaseRecord as PurchaseRecord
from edge.model.refund import Refund
from edge.model.refusal_records import RefusalRecord as RefusalRecord
from edge.model.sale import Sale, Tender
from edge.model.service_records import ServiceRecord as ServiceRecord
from edge.model.setup_records import SetupChecked as SetupChecked
from edge.model.stock_records import LotNoted as LotNoted
from edge.model.stock_records import PriceSet as PriceSet
from edge.model.stock_records import PurchaseClaimed as PurchaseClaimed
from edge.model.stock_records import StockCounted as StockCounted
from edge.model.stock_records import StockRecord as StockRecord
from edge.model.stream import Stream as Stream
from edge.model.tab_records import TabCharged as TabCharged
from edge.model.tab_records import TabEnrolled as TabEnrolled
from edge.model.tab_records import TabRepaid as TabRepaid
from edge.model.warranty_records import SerialSkipped as SerialSkipped


@dataclass(frozen=True, slots=True)
class SaleCompleted:
    """A sale was paid in full. Its event id is the sale's own id."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "sale.completed"
    sale: Sale
    receipt: str
    business_day: date
    till: str
    offline: bool
    shift: str | None = None
    """The id of its `shift.opened`. None: of a time before there were shifts."""


@dataclass(frozen=True, slots=True)
class SaleRefunded:
    """Goods of a completed sale came back, and `money` went the way it came. Its event id is the refund's own id.

    `receipt` is the refund's number, from the same count as the sales'.
    """

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "sale.refunded"
    refund: Refund
    money: tuple[Tender, ...]
    receipt: str
    business_day: date
    till: str
    why: str = "return"
    shift: str | None = None


@dataclass(frozen=True, slots=True)
class SaleVoided:
    """A completed sale was taken back as a whole (post-void)."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "sale.voided"
    refund: Refund
    money: tuple[Tender, ...]
    receipt: str
    business_day: date
    till: str
    why: str = "post_void"
    shift: str | None = None


@dataclass(frozen=True, slots=True)
class SaleCancelled:
    """A sale ended before it was paid. `why` is cancelled; page: put away at the page, by whom its `cmd.result` tells;
    empty: nothing was left in it; expired: the day ended.
    """

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "sale.cancelled"
    sale: Sale
    why: str


LATE, OVERDUE = "late", "overdue"
"""Why a payment is told of with a refund under way: its money came after its end; it waits to go back for too long."""


@dataclass(frozen=True, slots=True)
class PaymentChanged:
    """A wallet payment came to a state that is worth money: sent, unknown, or an end. `why` tells in a word."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "payment.changed"
    payment: Payment
    why: str = ""
    refund: str = ""
    """The id of the refund that it is about."""


CLOSED, LINKED, UNMATCHED = "closed", "linked", "unmatched"
"""What a notice of money was to this box."""


@dataclass(frozen=True, slots=True)
class PaymentReceived:
    """The cloud told of money that this box had not asked for. `how`: it closed a sale, is linked to one since that
    was booked as other payment, or matches none.
    """

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "payment.received"
    payment: Payment
    how: str
    at: datetime
    is_reported: bool = False
    """The sale that it is linked to is in a Z report already, which told of it as unverified."""


@dataclass(frozen=True, slots=True)
class CouponUsed:
    """A coupon took something off a sale, or paid of it (`promotion` is empty): it is worth nothing from now on."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "coupon.used"
    coupon: str
    promotion: str
    sale: str


@dataclass(frozen=True, slots=True)
class StockMoved:
    """Goods left or came beside sales. `of` is what they came with or went by: an id of its own, or a record's."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "stock.moved"
    of: str
    why: str
    moves: tuple[tuple[str, Milli], ...]
    """(sku, quantity): negative left the shop."""
    costs: tuple[tuple[str, Fen], ...] = ()
    """(sku, fen of one piece) of what came, where somebody told."""


@dataclass(frozen=True, slots=True)
class DrawerOpened:
    """The drawer was asked to open. `of` is the sale's id, when there is one."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "drawer.opened"
    why: str
    of: str | None = None


@dataclass(frozen=True, slots=True)
class ItemUnknown:
    """A barcode that the catalogue does not have was sold at a keyed price."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "item.unknown"
    barcode: str
    price: Fen


@dataclass(frozen=True, slots=True)
class Booted:
    """The terminal started. `clean` tells whether the stop before it was planned."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "boot"
    version: str
    clean: bool


@dataclass(frozen=True, slots=True)
class ClockStepped:
    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "clock.stepped"
    before: datetime
    after: datetime
    step_ms: int
    source: str


@dataclass(frozen=True, slots=True)
class PrinterFaulted:
    """The printer stopped printing: `state` is paper_out, cover_open, fault or offline."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "printer.fault"
    device: str
    state: str


@dataclass(frozen=True, slots=True)
class PaperOut:
    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "paper.out"
    device: str


@dataclass(frozen=True, slots=True)
class PrinterRecovered:
    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "printer.ok"
    device: str


@dataclass(frozen=True, slots=True)
class PrintEnded:
    """A receipt's paper: `outcome` is printed, unknown or failed. Copies have copy_no 1 and up."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "print.ended"
    job: str
    of: str
    copy_no: int
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DrawerEnded:
    """What became of a drawer pulse: done, unknown or expired."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "drawer.ended"
    kick: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SequenceRotated:
    """A new epoch began: un-acknowledged rows moved to it, renumbered from 1 with the same ids (P6)."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "seq.rotated"
    old: str
    new: str
    why: str


@dataclass(frozen=True, slots=True)
class CatalogueApplied:
    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "cat.applied"
    version: int
    items: int


@dataclass(frozen=True, slots=True)
class DiskLevelChanged:
    """The data partition crossed a level of P11: `level` is ok, 80, 90, 95 or 98."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "disk.level"
    level: str
    free_mb: int


@dataclass(frozen=True, slots=True)
class StoreSetAside:
    """A file was damaged, kept under `kept_as`, and a new one begun."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "store.set_aside"
    file: str
    kept_as: str
    reason: str


@dataclass(frozen=True, slots=True)
class CommandEnded:
    """The final answer to a command. One of the cloud is also sent as `up/res`; `by`: who gave it at the page."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "cmd.result"
    cid: str
    command: str
    state: str
    code: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class AuthPassed:
    """A valid badge was scanned at `device`; `badge` is its id."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "auth.ok"
    device: str
    role: str
    badge: str


@dataclass(frozen=True, slots=True)
class AuthFailed:
    """A badge was refused at `device`: `why` is unknown, revoked, expired or copied. `badge`: its id if known."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "auth.failed"
    device: str
    why: str
    badge: str | None = None


@dataclass(frozen=True, slots=True)
class CardIssued:
    """A badge is valid from now on; `by` is who gave it. Its name and its code are not in the journal."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "card.issued"
    badge: str
    role: str
    by: str


@dataclass(frozen=True, slots=True)
class CardRevoked:
    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "card.revoked"
    badge: str
    role: str
    by: str


Record = (
    SaleCompleted | SaleRefunded | SaleVoided | SaleCancelled | PaymentChanged | PaymentReceived | CouponUsed
    | StockMoved | DrawerOpened | ItemUnknown | Booted | ClockStepped | PrinterFaulted | PaperOut | PrinterRecovered
    | PrintEnded | DrawerEnded | SequenceRotated | CatalogueApplied | DiskLevelChanged | StoreSetAside | CommandEnded
    | AuthPassed | AuthFailed | CardIssued | CardRevoked | ShiftOpened | CashCounted | CashMoved | ShiftClosed
    | DayClosed | TrainingSale | TabEnrolled | TabCharged | TabRepaid | StockRecord | ParcelRecord | LicenceRecord
    | PurchaseRecord | ServiceRecord | InsightRecord | AgentNoted | LoanMoved | OrderRecord | SerialSkipped
    | RefusalRecord
    | CloudRecord
    | IdentityRecord
    | SetupChecked
)  # fmt: skip
