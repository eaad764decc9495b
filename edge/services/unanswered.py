"""Every request is answered: what no service takes up yet is told so, with what to do instead."""

from __future__ import annotations

from edge.bus import Bus
from edge.messages import (
    AppCodeScanned,
    Asked,
    AskedMeanwhile,
    BadgeAccepted,
    ParcelScanned,
    PickupCodeScanned,
    Say,
    Tone,
)
from edge.model.counter import NOTHING_TO_NOTE
from edge.ports import Transaction
from edge.services.basket import basket_view


class Unanswered:
    """Needs no list of what there is: the bus calls it where nobody else said, showed or began anything."""

    def __init__(self, bus: Bus) -> None:
        bus.unanswered(Asked, self._card)
        bus.unanswered(AskedMeanwhile, self._over)
        bus.unanswered(BadgeAccepted, self._badge)
        bus.unanswered(ParcelScanned, self._code)
        bus.unanswered(PickupCodeScanned, self._code)
        bus.unanswered(AppCodeScanned, self._code)

    def _card(self, asked: Asked, tx: Transaction) -> None:
        tx.after_commit(Say("card.closed" if asked.verb in NOTHING_TO_NOTE else "card.later", Tone.ATTENTION))

    def _over(self, _: AskedMeanwhile, tx: Transaction) -> None:
        """What it was about has ended at that very moment, and was told; the hand did not mean what is there now."""
        tx.after_commit(basket_view(tx.counter))

    def _badge(self, _: BadgeAccepted, tx: Transaction) -> None:
        tx.after_commit(Say("badge.later", Tone.ATTENTION))

    def _code(self, _: ParcelScanned | PickupCodeScanned | AppCodeScanned, tx: Transaction) -> None:
        tx.after_commit(Say("scan.unknown", Tone.ERROR))
