"""Every request is answered: what no service takes up yet is told so, with what to do instead."""

from __future__ import annotations

from edge.bus import Bus
from edge.messages import Asked, BadgeAccepted, Say, Tone
from edge.model.counter import NOTHING_TO_NOTE, Verb
from edge.ports import Transaction

_OTHERWISE = {Verb.REFUND_ALL: "refund.first", **dict.fromkeys(NOTHING_TO_NOTE, "card.closed")}
"""What is said instead of card.later: of a card that only means something amid a refund, and of what is not written."""


class Unanswered:
    """Needs no list of what there is: the bus calls it where nobody else said, showed or began anything."""

    def __init__(self, bus: Bus) -> None:
        bus.unanswered(Asked, self._card)
        bus.unanswered(BadgeAccepted, self._badge)

    def _card(self, asked: Asked, tx: Transaction) -> None:
        tx.after_commit(Say(_OTHERWISE.get(asked.verb, "card.later"), Tone.ATTENTION))

    def _badge(self, _: BadgeAccepted, tx: Transaction) -> None:
        tx.after_commit(Say("badge.later", Tone.ATTENTION))
