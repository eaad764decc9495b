"""What this box keeps, and for how long: the table of product row 91, one row a kind of thing.

Never on the disk at all: a customer's payment code, a clear pick-up code, an app's token, the number of a member's
card; they are in RAM while they are needed (`codec/paycode.py`, `codec/pickup_code.py`, `codec/pseudonym.py`). The
cloud keeps the journal for five years. Logs go after 14 days: `store/logs.py`, and `systemd/journald-edge.conf`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge.clock import iso_ms
from edge.ports import Transaction
from edge.services.fee_expiry import parcels_in_baskets

KEEP = timedelta(days=90)
KEEP_WHEN_FULL = timedelta(days=35)
"""Of the journal, at 90 % of the disk (P11)."""
KEEP_COMMANDS = timedelta(days=30)
KEEP_PARCELS = timedelta(days=30)
"""After they are gone: for questions at the counter. Who had them stays in the journal (`edge journal --waybill`)."""
KEEP_CODES = timedelta(days=1)
"""A pick-up code opens nothing once its parcel is gone; for a day its hash tells whoever keys it again so."""
KEEP_AGENT_NOTES = timedelta(days=400)
"""A slip of the bank's terminal that comes back later than its bank asks about it is somebody's old paper."""
KEEP_UNPAID = timedelta(days=7)
KEEP_SERVICES = timedelta(days=35)
KEEP_PULSES = timedelta(days=1)
KEEP_CAMPAIGNS = timedelta(days=30)
KEEP_ASIDE = timedelta(days=90)
"""Damaged files hold what the whole ones held."""

Forget = Callable[[Transaction, datetime, int], int]
"""(transaction, before when, at most how many) → how many went. Where it takes no limit, all go at once."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One row: `what` is forgotten when it is older than `keep`, counted from `since`."""

    what: str
    since: str
    keep: timedelta
    forget: Forget
    against_twice: bool = False
    """What keeps a paper from being used again is as long here on a full disk: it is small, and money hangs on it."""

    def kept_for(self, *, short_of_room: bool) -> timedelta:
        return min(self.keep, KEEP_WHEN_FULL) if short_of_room and not self.against_twice else self.keep


TABLE: tuple[Kept, ...] = (
    Kept("journal, sales, refunds, receipts", "acknowledged, written", KEEP,
         lambda tx, before, limit: tx.retention.prune(iso_ms(before), limit=limit)),
    Kept("answers to commands", "received", KEEP_COMMANDS,
         lambda tx, before, limit: tx.retention.forget_commands(iso_ms(before))),
    Kept("wallet payments, coupons shown", "begun, sale forgotten", KEEP,
         lambda tx, before, limit: tx.retention.forget_payments(iso_ms(before))),
    Kept("parcels: recipient, place", "gone", KEEP_PARCELS,
         lambda tx, before, limit: tx.retention.forget_parcels(iso_ms(before), limit=limit)),
    Kept("parcels: hash of the pick-up code", "gone", KEEP_CODES,
         lambda tx, before, limit: tx.retention.forget_codes(iso_ms(before), limit=limit)),
    Kept("parcels announced that never came", "announced", KEEP_PARCELS,
         lambda tx, before, limit: tx.parcels.forget_expected(before)),
    Kept("quotes for parcels to send, not paid", "run out", KEEP_UNPAID,
         lambda tx, before, limit: tx.shipments.forget_unpaid(before, but=parcels_in_baskets(tx))),
    Kept("orders of suppliers", "over", KEEP,
         lambda tx, before, limit: tx.retention.forget_purchases(iso_ms(before), limit=limit)),
    Kept("service orders, whoever is owed nothing", "ended, sale forgotten", KEEP_SERVICES,
         lambda tx, before, limit: tx.services.forget(iso_ms(before), limit=limit)),
    Kept("loans: marks of their tokens", "ended", KEEP,
         lambda tx, before, limit: tx.loans.forget(iso_ms(before), limit=limit), against_twice=True),
    Kept("notes of the bank: numbers of its slips", "noted", KEEP_AGENT_NOTES,
         lambda tx, before, limit: tx.agent_notes.forget(iso_ms(before), limit=limit), against_twice=True),
    Kept("goods ordered for customers", "service order forgotten", KEEP_SERVICES,
         lambda tx, before, limit: tx.online_orders.forget(limit=limit)),
    Kept("orders from apps", "handed out or cancelled", KEEP_PARCELS,
         lambda tx, before, limit: tx.app_orders.forget(iso_ms(before), limit=limit)),
    Kept("slips: that they were printed", "asked for", KEEP,
         lambda tx, before, limit: tx.retention.forget_papers(iso_ms(before), limit=limit)),
    Kept("door pulses", "queued", KEEP_PULSES,
         lambda tx, before, limit: tx.retention.forget_pulses(iso_ms(before), limit=limit)),
    Kept("campaigns, and that they were revoked", "their last day", KEEP_CAMPAIGNS,
         lambda tx, before, limit: tx.campaigns.forget(before.date())),
    Kept("lines of plans", "their last day", KEEP_CAMPAIGNS,
         lambda tx, before, limit: tx.plans.forget(before.date())),
    Kept("former pseudonyms of tabs", "renamed", KEEP,
         lambda tx, before, limit: tx.tabs.forget_aliases(before)),
)  # fmt: skip
"""In this order at each turn. The text of a slip goes with the next one (`services/slips.py`)."""


def forget(tx: Transaction, *, limit: int, short_of_room: bool) -> int:
    """One turn of the whole table; how many went: not 0 means that there may be more."""
    now = tx.stamp.at
    return sum(row.forget(tx, now - row.kept_for(short_of_room=short_of_room), limit) for row in TABLE)
