"""What only the owner may ask for, and the one place through which everything that a hand asks for goes.

An owner's verb reaches its service only within a minute after the owner's card was scanned, and one scan lets one pass.
The service then asks for Enter or a number: a photo of a card is a copy, so somebody must also stand here.
Armed is a row of the ledger: a rollback takes it back, and each start of the terminal forgets it.
"""

from __future__ import annotations

from edge.messages import Asked, AskedMeanwhile, Say, Tone
from edge.model.counter import EARNEST_VERBS, OWNER_VERBS, SHIFT_VERBS, Verb
from edge.ports import Transaction
from edge.services.questions import asked_first, is_meanwhile
from edge.services.shifts import needs_shift
from edge.services.training import practising

ARMED_S = 60.0
"""From the owner's card to the command card: time to find it, too little to forget that it is on."""

_ARMED = "owner.armed"
"""In `meta`: badge and end, in monotonic seconds; empty: not armed."""


def arm(badge: str, tx: Transaction) -> None:
    """The owner's card was scanned: for ARMED_S one owner's verb may pass."""
    tx.put(_ARMED, f"{badge} {tx.stamp.mono + ARMED_S}")


def disarm(tx: Transaction) -> None:
    """A start of the terminal, a card that is a copy or revoked, or it is used up."""
    if tx.get(_ARMED):
        tx.put(_ARMED, "")


def armed(tx: Transaction) -> str | None:
    """The owner's badge that was scanned within ARMED_S and not used yet; services with limits of their own ask too."""
    badge, _, until = (tx.get(_ARMED) or "").partition(" ")
    try:
        left_s = float(until) - tx.stamp.mono
    except ValueError:
        return None
    return badge if 0 < left_s <= ARMED_S else None


def spend(tx: Transaction) -> str | None:
    """As `armed`; it is used up by this."""
    badge = armed(tx)
    disarm(tx)
    return badge


def ask(verb: Verb, value: int, at_mono: float, tx: Transaction) -> None:
    """Post what a card or a key asks for: not past a question that stands; the owner's only after the owner's card;
    nothing real in practice, no money where a shift must be opened first; while a payment has no end or goods come
    back, only to who sees to that.
    """
    if verb in EARNEST_VERBS and practising(tx):
        tx.after_commit(Say("train.not_now", Tone.ATTENTION))
    elif verb in SHIFT_VERBS and needs_shift(tx):
        tx.after_commit(Say("shift.needed", Tone.ERROR))
    elif (first := asked_first(verb, tx.counter)) is not None:
        tx.after_commit(first)
    elif verb in OWNER_VERBS and spend(tx) is None:
        tx.after_commit(Say("owner.first", Tone.ATTENTION))
    elif is_meanwhile(verb, tx.counter):
        tx.after_commit(AskedMeanwhile(verb, value, at_mono))
    else:
        tx.after_commit(Asked(verb, value, at_mono))
