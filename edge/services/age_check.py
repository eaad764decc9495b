"""Tobacco and alcohol are not for the young: the first such goods of a basket ask, Enter confirms (product row 40)."""

from __future__ import annotations

from dataclasses import replace

from edge.bus import Bus
from edge.messages import Confirmed, Say
from edge.model.counter import Verb, at_rest
from edge.ports import Transaction
from edge.services.basket import basket_view


class AgeCheck:
    """The answer is part of the sale and of its record. Minus takes the goods out instead: that is `Checkout`'s."""

    def __init__(self, bus: Bus) -> None:
        bus.on(Confirmed, self._confirmed)

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        sale = tx.counter.sale
        if confirmed.verb is not Verb.OF_AGE or sale is None:
            return
        tx.keep(at_rest(replace(sale, age_ok=True)))
        tx.after_commit(basket_view(tx.counter))
        tx.after_commit(Say("age.ok"))
