"""All that leaves the shop as events: each type with its purpose, each field by its name; nothing else (row 89).

A type or a field that is not here leaves by no record: a test walks them all. There is no face, no voice, no address of
anybody's phone or radio, and nobody's way through the shop: the box has no camera and no microphone, and looks at no
radio. A person is `customer`, a pseudonym under the store's own key (`codec/pseudonym.py`), `badge`, `courier` or `by`:
the id of a badge. `name` is of goods and promotions. `parcel.stored` says photo: null, since its contract has the key.

What is here for INSIGHT alone stays away while the owner has switched insight off; money and parcels go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Purpose(StrEnum):
    MONEY = "money"
    """Sold, paid, owed, bought, counted: the shop's books."""
    CUSTODY = "custody"
    """Who had which parcel."""
    TRUST = "trust"
    """Who did what with whose right, and what the shop may do."""
    HEALTH = "health"
    """Whether the box and what hangs on it works."""
    INSIGHT = "insight"
    """What sells, what is missing, what was shown."""


@dataclass(frozen=True, slots=True)
class Leaves:
    """`fields` by their path: `lines.sku` is in each of `lines`."""

    purpose: Purpose
    fields: frozenset[str]


PAUSED = "insight.paused"
"""In `meta`: "1" while the owner has switched insight off."""

_LINE = """lines.n lines.kind lines.sku lines.name lines.qty lines.unit lines.price lines.amt lines.disc lines.promo
 lines.voids lines.tax lines.weighed lines.scale lines.serial lines.was lines.why"""
_BACK = "lines.n lines.sku lines.name lines.qty lines.amt"
_PAY = "pay.m pay.amt pay.tendered pay.change pay.pid pay.ref"
_SALE = "receipt bday till shift cur total"
_PROMOS = "promos.id promos.name promos.amt"
_ORDER = "po number supplier rev"
_ORDERED = "lines.n lines.sku lines.pack lines.packs lines.cost"
_SERVICE = "soid kind offer state cur amt price sale ref fee"
_APP = "oid no platform cur lines.sku lines.qty lines.got lines.price"
_PARCEL = "parcel waybill carrier box size shelf"

_MONEY = {
    "sale.completed": f"{_SALE} rounding disc tax offline {_LINE} {_PROMOS} {_PAY} dual_risk by age_ok",
    "sale.refunded": f"{_SALE} of of_receipt why {_BACK} {_PAY} by without_receipt",
    "sale.voided": f"{_SALE} of of_receipt why {_BACK} {_PAY} by",
    "sale.cancelled": f"why cur total {_LINE} {_PROMOS}",
    "training.sale": f"till cur total rounding {_LINE} {_PAY}",
    "payment.changed": "pid sale m amt cur state refunded rid ref why",
    "payment.received": "pid sale m amt cur how at ref",
    "coupon.used": "coupon promo sale",
    "stock.moved": "of why moves.sku moves.qty moves.cost",
    "stock.counted": "count lines.sku lines.qty lines.was lines.moved lines.again",
    "lot.noted": "sku qty until how",
    "price.set": "sku cur price by",
    "purchase.claimed": "of order lines.sku lines.short lines.over lines.damaged",
    "service.quoted": _SERVICE,
    "service.paid": f"{_SERVICE} bday",
    "service.submitted": _SERVICE,
    "service.unknown": f"{_SERVICE} why",
    "service.completed": f"{_SERVICE} why",
    "service.failed": f"{_SERVICE} why",
    "service.refunded": f"{_SERVICE} rid back bday",
    "service.cancelled": f"{_SERVICE} why rid back bday",
    "service.reversed": f"{_SERVICE} why",
    "service.expired": _SERVICE,
    "service.overdue": f"{_SERVICE} due",
    "service.disputed": f"{_SERVICE} said",
    "service.agent_note": "service slip way cur amt shift bday till",
    "service.loan": "soid service mark state why way cur amt ref shift bday",
    "service.handed_over": f"{_SERVICE} parcel",
    "order.placed": _APP,
    "order.packed": f"{_APP} back",
    "order.handed_over": f"{_APP} bday",
    "order.cancelled": f"{_APP} back why",
    "purchase.suggested": f"{_ORDER} cur {_ORDERED} lines.name lines.on_hand lines.too_much",
    "purchase.confirmed": f"{_ORDER} cur {_ORDERED} goods fee total by",
    "purchase.changed": f"{_ORDER} cur {_ORDERED} goods fee total why",
    "purchase.placed": f"{_ORDER} why",
    "purchase.accepted": f"{_ORDER} why",
    "purchase.rejected": f"{_ORDER} why",
    "purchase.cancelled": f"{_ORDER} why",
    "purchase.expired": f"{_ORDER} why",
    "purchase.shipped": f"{_ORDER} waybills",
    "purchase.received": f"{_ORDER} state lines.n lines.sku lines.ordered lines.got lines.damaged",
    "drawer.opened": "why of",
    "shift.opened": "shift bday till cur float auto by",
    "shift.closed": """shift bday till cur float cash_sales cash_refunds paid_in paid_out agent_in agent_out loan_out
 expected counted over_short sales by""",
    "cash.counted": "shift why cur amt by",
    "cash.moved": "shift bday why cur amt pid by",
    "report.z": """no bday till cur sales total rounding disc repaid pay.m pay.n pay.amt refunds refunded no_receipt
 voids voided back.m back.n back.amt paid_in paid_out agent_in agent_out loan_out services services_back no_sale
 cancelled expired shifts over_short first last
 parcels.carrier parcels.stored parcels.collected parcels.returned parcels.handed_over auto by""",
    "tab.enrolled": "customer cur limit by",
    "tab.charged": "customer sale cur amt balance",
    "tab.repaid": "customer sale cur amt balance",
}
_CUSTODY = {
    "parcel.expected": f"{_PARCEL} consent",
    "parcel.stored": f"{_PARCEL} auth courier how dev door due consent photo",
    "parcel.cancelled": f"{_PARCEL} why",
    "parcel.refused": f"{_PARCEL} why",
    "parcel.collected": f"{_PARCEL} how dev door by",
    "parcel.overdue": f"{_PARCEL} due",
    "parcel.returned": f"{_PARCEL} why courier door",
    "parcel.missing": _PARCEL,
    "parcel.found": _PARCEL,
    "parcel.labelled": f"{_PARCEL} grams cur fee sale",
    "parcel.accepted": f"{_PARCEL} grams cur fee sale",
    "parcel.handed_over": f"{_PARCEL} courier",
    "parcel.notified": "parcel waybill state why",
    "parcel.reminded": "parcel waybill hours",
    "locker.opened": "box why parcel by",
    "locker.closed": "box item parcel open_s",
    "locker.forced": "box parcel",
    "locker.left_open": "box since parcel",
    "cell.changed": "box state why parcel",
    "door.ended": "pulse box outcome reason",
    "pickup.locked": "dev wrong wait_s",
}
_TRUST = {
    "serial.skipped": "sale n sku",
    "auth.ok": "dev role badge",
    "auth.failed": "dev why badge",
    "card.issued": "badge role by",
    "card.revoked": "badge role by",
    "cmd.result": "cid type state code by",
    "insight.switched": "on",
    "licence.kept": "platform no ver until services withdrawn",
    "licence.refused": "why platform",
    "licence.ending": "platform no ver until days",
    "licence.barred": "service platform why",
    "service.refused": "why offer soid",
    "platform.refused": "file line what expected got",
    "cert.renewed": "old new ends",
    "terminal.suspended": "on by why",
    "cfg.applied": "ver sha",
    "cfg.rejected": "ver sha status code msg",
    "message.refused": "code on n",
    "cat.rejected": "ver code msg",
    "promo.applied": "set ver count",
    "support.opened": "by minutes",
    "support.closed": "why",
}
_HEALTH = {
    "boot": "app clean",
    "clock.stepped": "before after step_ms src",
    "printer.fault": "dev state",
    "printer.ok": "dev",
    "paper.out": "dev",
    "print.ended": "job of copy outcome reason",
    "drawer.ended": "kick outcome reason",
    "seq.rotated": "old new why",
    "cat.applied": "ver items",
    "disk.level": "level free_mb",
    "store.set_aside": "file kept_as reason",
    "stream.dropped": "stream lo hi why",
    "setup.checked": "app by well parts.dev parts.part parts.works parts.code parts.seen",
}
_INSIGHT = {
    "item.unknown": "barcode price",
    "stock.out": "sku",
    "campaign.shown": "campaign day display voice receipt coupon",
    "plan.answered": "plan do sku",
}

CLOSED_LIST: Mapping[str, Leaves] = MappingProxyType(
    {
        kind: Leaves(purpose, frozenset(fields.split()))
        for purpose, kinds in (
            (Purpose.MONEY, _MONEY), (Purpose.CUSTODY, _CUSTODY), (Purpose.TRUST, _TRUST), (Purpose.HEALTH, _HEALTH),
            (Purpose.INSIGHT, _INSIGHT),
        )
        for kind, fields in kinds.items()
    }
)  # fmt: skip
"""By the type of the event."""
INSIGHT_TYPES = frozenset(kind for kind, leaves in CLOSED_LIST.items() if leaves.purpose is Purpose.INSIGHT)
