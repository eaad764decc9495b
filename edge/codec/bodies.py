"""The bodies of events: what `data` holds for each `type`, with an example of each (contract B4, decisions 4).

Receivers take what an older or newer box leaves out or adds; what our own terminal writes is `record_body`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from edge.codec.agent_bodies import AGENT_BODIES
from edge.codec.app_order_bodies import ORDER_BODIES
from edge.codec.cloud_bodies import CLOUD_BODIES
from edge.codec.day_bodies import DAY_BODIES
from edge.codec.identity_bodies import IDENTITY_BODIES
from edge.codec.insight_bodies import INSIGHT_BODIES
from edge.codec.licence_bodies import LICENCE_BODIES
from edge.codec.loan_bodies import LOAN_BODIES
from edge.codec.parcel_bodies import PARCEL_BODIES
from edge.codec.purchase_bodies import PURCHASE_BODIES
from edge.codec.refusal_bodies import REFUSAL_BODIES
from edge.codec.sale_bodies import (
    CouponUsedBody,
    EventBody,
    Money,
    PaymentChangedBody,
    PaymentReceivedBody,
    SaleCancelledBody,
    SaleCompletedBody,
    SaleRefundedBody,
    SaleVoidedBody,
    Sku,
)  # fmt: skip
from edge.codec.service_bodies import SERVICE_BODIES
from edge.codec.stock_bodies import STOCK_BODIES
from edge.codec.tab_bodies import TAB_BODIES
from edge.codec.warranty_bodies import WARRANTY_BODIES
from edge.codec.wire_term import Count, Epoch, Moment, Seq, StreamName, Text, Uuid7, Word

OTHER_TYPES = frozenset((
    "cash.opened", "promo.shown",
    "parcel.expired",
    "cfg.applied", "cfg.rejected", "cfg.local", "update.started", "update.done", "update.rolled_back",
    "tamper", "net.changed", "cert.renewed",
))  # fmt: skip
"""Types that the contract names and whose bodies nobody writes yet: stored as they come."""
OTHER_FAMILIES = frozenset(("payment", "tab", "cell"))
"""First words of types that the contract names as families."""


class DrawerOpenedBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"why": "sale", "of": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"}

    why: Word
    of: Uuid7 | None = None


class ItemUnknownBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"barcode": "6909999999990", "price": 1200}

    barcode: Sku
    price: Money


class BootBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"app": "0.1.0", "clean": False}

    app: Word
    clean: bool


class ClockSteppedBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "before": "2026-11-22T23:58:41.310Z", "after": "2026-11-23T02:00:05.000Z", "step_ms": 7283690, "src": "ntp"
    }  # fmt: skip

    before: Moment
    after: Moment
    step_ms: Annotated[int, Field(ge=-(10**13), le=10**13)]
    src: Word | None = None


class PrinterFaultBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"dev": "receipt_printer", "state": "cover_open"}

    dev: Word
    state: Word


class DeviceBody(EventBody):
    """Events that only say which device: printer.ok and paper.out."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"dev": "receipt_printer"}

    dev: Word


class PrintEndedBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "job": "019aadf2-6e01-7c3e-9d51-6a1b2c3d4e5f", "of": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f", "copy": 0,
        "outcome": "unknown", "reason": "the cover was opened while printing",
    }  # fmt: skip

    job: Word
    of: Word
    copy_no: Annotated[int, Field(ge=0, alias="copy")]
    outcome: Word
    reason: Text | None = None


class DrawerEndedBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"kick": "019aadf2-6e02-7c3e-9d51-6a1b2c3d4e5f", "outcome": "done"}

    kick: Word
    outcome: Word
    reason: Text | None = None


class SequenceRotatedBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "old": "01KAQ3Z8F0S7J6W2R9XDBN4V5C", "new": "01KAQ5M2C4T8K1V6P0YBHZ3N7D", "why": "restored"
    }  # fmt: skip

    old: Epoch
    new: Epoch
    why: Word


class CatalogueAppliedBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"ver": 20884, "items": 50012}

    ver: Count
    items: Count


class DiskLevelBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"level": "90", "free_mb": 812}

    level: Word
    free_mb: Count


class StoreSetAsideBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "file": "ledger.db", "kept_as": "aside/ledger.db.20261123T021401", "reason": "the hash chain is broken at 812"
    }  # fmt: skip

    file: Text
    kept_as: Text
    reason: Text


class CommandResultBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "cid": "019aadf2-4c02-7c3e-9d51-6a1b2c3d4e5f", "type": "print.text", "state": "failed",
        "code": "hw.printer_paper",
    }  # fmt: skip

    cid: Word
    type: Word
    state: Word
    code: Word | None = None
    by: Word | None = None


class AuthPassedBody(EventBody):
    """A badge opened what is its role's; `badge` is its id, never its code."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"dev": "counter_scanner", "role": "owner", "badge": "3f9a0c61d2be"}

    dev: Word
    role: Word
    badge: Word


class AuthFailedBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"dev": "counter_scanner", "why": "revoked", "badge": "3f9a0c61d2be"}

    dev: Word
    why: Word
    badge: Word | None = None


class CardBody(EventBody):
    """A badge that was issued or revoked, and by whom."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"badge": "3f9a0c61d2be", "role": "owner", "by": "ops@cloud"}

    badge: Word
    role: Word
    by: Text


class StreamDroppedBody(EventBody):
    """Rows of a bounded stream that were given up before the cloud had them."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"stream": "ev", "lo": 3100, "hi": 3420, "why": "full"}

    stream: StreamName
    lo: Seq
    hi: Seq
    why: Word


BODIES: dict[str, type[EventBody]] = {
    "sale.completed": SaleCompletedBody,
    "sale.refunded": SaleRefundedBody,
    "sale.voided": SaleVoidedBody,
    "sale.cancelled": SaleCancelledBody,
    "payment.changed": PaymentChangedBody,
    "payment.received": PaymentReceivedBody,
    "coupon.used": CouponUsedBody,
    "drawer.opened": DrawerOpenedBody,
    "item.unknown": ItemUnknownBody,
    "boot": BootBody,
    "clock.stepped": ClockSteppedBody,
    "printer.fault": PrinterFaultBody,
    "printer.ok": DeviceBody,
    "paper.out": DeviceBody,
    "print.ended": PrintEndedBody,
    "drawer.ended": DrawerEndedBody,
    "seq.rotated": SequenceRotatedBody,
    "cat.applied": CatalogueAppliedBody,
    "disk.level": DiskLevelBody,
    "store.set_aside": StoreSetAsideBody,
    "cmd.result": CommandResultBody,
    "auth.ok": AuthPassedBody,
    "auth.failed": AuthFailedBody,
    "card.issued": CardBody,
    "card.revoked": CardBody,
    "stream.dropped": StreamDroppedBody,
    **DAY_BODIES,
    **TAB_BODIES,
    **AGENT_BODIES,
    **LOAN_BODIES,
    **STOCK_BODIES,
    **PARCEL_BODIES,
    **INSIGHT_BODIES,
    **LICENCE_BODIES,
    **PURCHASE_BODIES,
    **SERVICE_BODIES,
    **ORDER_BODIES,
    **WARRANTY_BODIES,
    **REFUSAL_BODIES,
    **CLOUD_BODIES,
    **IDENTITY_BODIES,
}
"""Every type that has a body of its own."""


def is_known(kind: str) -> bool:
    """Whether the contract has this event type at all, with or without a body of ours."""
    return kind in BODIES or kind in OTHER_TYPES or kind.partition(".")[0] in OTHER_FAMILIES
