"""What only the owner may ask for, and the one place through which everything that a hand asks for goes.

An owner's verb reaches its service only within a minute after the owner's card was scanned, and one scan lets one
question be asked: what is refused uses nothing up. The service asks for Enter or a number: a photo of a card is a copy,
so somebody must also stand here, before that minute is over (product C3).
Armed is a row of the ledger: a rollback takes it back, and each start of the terminal forgets it.
"""

from __future__ import annotations

from edge.messages import Asked, AskedAtDesk, AskedMeanwhile, Say, Tone
from edge.model.counter import (
    AT_DESK,
    DESK,
    EARNEST_VERBS,
    IN_STORE_ROOM,
    ORDERING,
    OWNER_VERBS,
    SHIFT_VERBS,
    STORE_ROOM,
    YES_OR_NO,
    Counter,
    Verb,
    Waiting,
    at_rest,
)
from edge.ports import Transaction
from edge.services.basket import basket_view
from edge.services.questions import asked_first, is_meanwhile
from edge.services.shifts import needs_shift
from edge.services.training import practising

ARMED_S = 60.0
"""From the owner's card to the command card, and to the Enter that confirms it: time to find both, too little to forget
that it is on.
"""
COUNTING_S = 900.0
"""To an answer for which the drawer is counted first: notes and coins of a day."""

_ARMED = "owner.armed"
"""In `meta`: badge and end, in monotonic seconds; empty: not armed."""
_ASKED = "owner.asked"
"""In `meta`: until when the question that the owner's card let pass may be answered, in monotonic seconds."""
_ANSWERS = frozenset({Verb.ENTER, Verb.COUNTED})


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
    return badge if 0 < _left_s(until, tx) <= ARMED_S else None


def spend(tx: Transaction) -> str | None:
    """As `armed`; it is used up by this."""
    badge = armed(tx)
    disarm(tx)
    return badge


def spend_on_question(tx: Transaction, *, lasts_s: float = 0.0) -> str | None:
    """The card is used up by a question that is asked now, and can be answered as long as the card would have armed.

    `lasts_s`: so long at least. None, with a word: it does not arm any more, and nothing may be asked.
    """
    _, _, until = (tx.get(_ARMED) or "").partition(" ")
    badge = spend(tx)
    if badge is None:
        tx.after_commit(Say("owner.first", Tone.ATTENTION))
    else:
        tx.put(_ASKED, str(max(float(until), tx.stamp.mono + lasts_s)))
    return badge


def drop_late(tx: Transaction) -> bool:
    """Whether the owner's question that stands can be answered no more: it is dropped, with a word."""
    if not _is_owners(tx.counter) or 0 < _left_s(tx.get(_ASKED) or "", tx) <= COUNTING_S:
        return False
    tx.keep(at_rest(tx.counter.sale))
    tx.after_commit(basket_view(tx.counter))
    tx.after_commit(Say("owner.late", Tone.ATTENTION))
    return True


def ask(verb: Verb, value: int, at_mono: float, tx: Transaction) -> None:
    """Post what a card or a key asks for: not past a question that stands; the owner's only after the owner's card, and
    no answer to it that comes too late; nothing real in practice, no money where a shift must be opened first; while a
    payment has no end or goods come back, only to who sees to that.
    """
    if drop_late(tx) and verb in _ANSWERS:
        return
    if verb is Verb.STOP:
        disarm(tx)
    if verb in EARNEST_VERBS and practising(tx):
        tx.after_commit(Say("train.not_now", Tone.ATTENTION))
    elif verb in SHIFT_VERBS and needs_shift(tx):
        tx.after_commit(Say("shift.needed", Tone.ERROR))
    elif (first := asked_first(verb, tx.counter)) is not None:
        tx.after_commit(first)
    elif verb in OWNER_VERBS and armed(tx) is None:
        tx.after_commit(Say("owner.first", Tone.ATTENTION))
    elif verb in _for_desk(tx.counter.waiting):
        tx.after_commit(AskedAtDesk(verb, value, at_mono))
    elif is_meanwhile(verb, tx.counter):
        tx.after_commit(AskedMeanwhile(verb, value, at_mono))
    else:
        tx.after_commit(Asked(verb, value, at_mono))


def _for_desk(waiting: Waiting) -> frozenset[Verb]:
    """What the desk, the store room or whoever asks yes or no answers itself while this is waited for."""
    if waiting is Waiting.PURCHASE:
        return ORDERING
    if waiting in STORE_ROOM:
        return IN_STORE_ROOM | AT_DESK if waiting in DESK | YES_OR_NO else IN_STORE_ROOM
    return AT_DESK if waiting in DESK | YES_OR_NO else frozenset()


def _is_owners(counter: Counter) -> bool:
    """Whether what is asked is the owner's alone; of a price far below Enter looks for the card itself."""
    return counter.waiting in _ASKING and counter.verb in OWNER_VERBS | {Verb.DAY_COUNTED, Verb.TAB_LIMIT}


_ASKING = frozenset({Waiting.CONFIRM, Waiting.AMOUNT, Waiting.CUSTOMER})


def _left_s(until: str, tx: Transaction) -> float:
    """Seconds until then; 0 where that is no time."""
    try:
        return float(until) - tx.stamp.mono
    except ValueError:
        return 0.0
