"""Badges at the counter: the owner's card arms, a wrong one is told why, and guessing takes for ever (product C3)."""

from __future__ import annotations

import math

from edge.bus import Bus
from edge.codec.badge import badge_id
from edge.messages import BadgeAccepted, BadgeScanned, Say, Started, Tone
from edge.model.badge import Badge, Role
from edge.model.counter import Counter, Verb, Waiting
from edge.model.money import Fen
from edge.model.records import AuthFailed, AuthPassed
from edge.ports import Badges, Transaction
from edge.services.owner_gate import arm, disarm
from edge.services.wrong_tries import WrongTries

COPIED_S = 1.0
"""No hand carries one card from scanner to scanner within this time: one of the two is a copy."""

WRONG = "badge.wrong"
"""In `meta`: wrong badges by scanner (`WrongTries`)."""
_SEEN = "badge.seen"
"""In `meta`: badge, time and scanner of the last good one."""


class BadgeReader:
    """All that decides is in the ledger and the documents: a rollback takes back a try, a restart ends no wait."""

    def __init__(self, bus: Bus, badges: Badges) -> None:
        self._badges = badges
        self._wrong = WrongTries(WRONG)
        bus.on(Started, self._start)
        bus.on(BadgeScanned, self._scanned)

    def _start(self, _: Started, tx: Transaction) -> None:
        disarm(tx)
        if tx.get(_SEEN):
            tx.put(_SEEN, "")
        self._wrong.resume(tx)

    def _scanned(self, scan: BadgeScanned, tx: Transaction) -> None:
        if (wait_s := self._wrong.of(scan.device, tx).wait_s(tx.stamp.mono)) > 0:
            minutes = str(math.ceil(wait_s / 60))
            tx.after_commit(Say("badge.wait", Tone.ERROR, words=(("n", minutes),)))
            return
        badge = self._badges.find(badge_id(scan.hash))
        why = _refusal(badge, scan, tx)
        if badge is None or why:
            self._refuse(why, badge, scan, tx)
            return
        self._wrong.right(scan.device, tx)
        tx.put(_SEEN, f"{badge.id} {tx.stamp.mono} {scan.device}")
        tx.append(AuthPassed(scan.device, badge.role.value, badge.id))
        self._accept(badge, scan, tx)

    def _accept(self, badge: Badge, scan: BadgeScanned, tx: Transaction) -> None:
        if badge.role is not Role.OWNER:
            tx.after_commit(BadgeAccepted(badge.role, badge.id, scan.asked_mono))
            return
        arm(badge.id, tx)
        tx.after_commit(_what_is_next(tx.counter))

    def _refuse(self, why: str, badge: Badge | None, scan: BadgeScanned, tx: Transaction) -> None:
        if why == "copied":
            disarm(tx)
        self._wrong.wrong(scan.device, tx)
        tx.append(AuthFailed(scan.device, why, badge.id if badge else None))
        tx.after_commit(Say(f"badge.{why}", Tone.ERROR))


def _what_is_next(counter: Counter) -> Say:
    """Where something waits for the owner, how it goes on: what was keyed or scanned for it is not known to be right
    still, so a hand says it again. Else the card of what is to be done.
    """
    if counter.waiting is Waiting.CONFIRM and counter.verb is Verb.CHANGE_PRICE:
        return Say("owner.change", Tone.ATTENTION, amounts=(("a", Fen(counter.value)),))
    if counter.waiting is Waiting.AMOUNT and counter.verb is Verb.SHELF_PRICE:
        return Say("owner.shelf", Tone.ATTENTION)
    if counter.waiting is Waiting.RECEIPT and counter.barcode is not None:
        return Say("owner.goods", Tone.ATTENTION)
    if counter.waiting is Waiting.PURCHASE:
        return Say("buy.enter", Tone.ATTENTION)
    return Say("owner.armed")


def _refusal(badge: Badge | None, scan: BadgeScanned, tx: Transaction) -> str:
    """unknown, revoked, expired, copied; an empty text for a good one."""
    if badge is None or badge.hash != scan.hash:
        return "unknown"
    if badge.revoked_at is not None:
        return "revoked"
    if badge.is_over(tx.stamp.at):
        return "expired"
    return "copied" if _was_elsewhere(badge.id, scan.device, tx) else ""


def _was_elsewhere(badge: str, device: str, tx: Transaction) -> bool:
    seen, _, rest = (tx.get(_SEEN) or "").partition(" ")
    at_mono, _, there = rest.partition(" ")
    try:
        return seen == badge and there != device and tx.stamp.mono - float(at_mono) < COPIED_S
    except ValueError:
        return False
