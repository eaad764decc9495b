"""Every request is answered: what no service takes up yet is told so, with what to do instead."""

from __future__ import annotations

from edge.bus import Bus
from edge.messages import Asked, BadgeAccepted, Say, Tone
from edge.ports import Transaction


class Unanswered:
    """Needs no list of what there is: the bus calls it where nobody else said, showed or began anything."""

    def __init__(self, bus: Bus) -> None:
        bus.unanswered(Asked, self._card)
        bus.unanswered(BadgeAccepted, self._badge)

    def _card(self, _: Asked, tx: Transaction) -> None:
        tx.after_commit(Say("card.later", Tone.ATTENTION))

    def _badge(self, _: BadgeAccepted, tx: Transaction) -> None:
        tx.after_commit(Say("badge.later", Tone.ATTENTION))
