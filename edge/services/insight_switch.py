"""数据开关: the owner hears and reads what leaves the shop, and pauses insight; money and parcels go on (wow 12).

The owner's card first, then this one, which prints and asks; Enter switches, anything else leaves it as it is.
"""

from __future__ import annotations

from edge.bus import Bus
from edge.messages import Asked, Confirmed, Say
from edge.model.counter import Verb
from edge.model.leaving_slip import leaving_slip, switched_slip
from edge.ports import Transaction
from edge.services.basket import ask_confirm, basket_view, question
from edge.services.drawer_count import SlipWords
from edge.services.owner_gate import spend_on_question
from edge.services.slips import local_time, print_slip
from edge.services.till_day import TillRules

PAUSED = "insight.paused"
"""In `meta`: "1" while insight is paused. Whoever tells for insight asks for it, and tells the cloud of the switch."""


class InsightSwitch:
    """Built before whoever tells for insight, so that the switch and what is told of it are one transaction."""

    def __init__(self, bus: Bus, rules: TillRules, words: SlipWords) -> None:
        self._rules = rules
        self._words = words
        bus.on(Asked, self._asked)
        bus.on(Confirmed, self._confirmed)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is not Verb.DATA_SWITCH:
            return
        if question(tx.counter) is not None and tx.counter.verb is asked.verb:
            tx.after_commit(question(tx.counter))
        elif spend_on_question(tx) is not None:
            is_paused = paused(tx)
            print_slip(leaving_slip(paused=is_paused, **self._on_paper(tx)), tx)
            ask_confirm(asked.verb, 0 if is_paused else 1, tx)

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        """`value`: what it shall be, so that a question that is answered twice switches once."""
        if confirmed.verb is not Verb.DATA_SWITCH:
            return
        pause = confirmed.value == 1
        tx.put(PAUSED, "1" if pause else "")
        print_slip(switched_slip(paused=pause, **self._on_paper(tx)), tx)
        tx.after_commit(basket_view(tx.counter))
        tx.after_commit(Say("data.paused" if pause else "data.resumed"))

    def _on_paper(self, tx: Transaction) -> dict[str, str]:
        now = local_time(tx.stamp.at, self._rules.zone)
        return {"shop": self._words.shop, "now": now, "language": self._words.spoken(tx)}


def paused(tx: Transaction) -> bool:
    return tx.get(PAUSED) == "1"
