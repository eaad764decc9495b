"""最近收款: the last payments by wallet once more, each with its time and whether it had a sale (product row 80).

Said without the tone of money that comes in, and beginning with 最近: nobody may take it for a payment of now (row 81).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.messages import Asked, Say, Tone
from edge.model.counter import Verb
from edge.model.heard_payment import HeardPayment
from edge.model.payment import PaymentState
from edge.ports import Transaction

LAST = 5


class LastPayments:
    """Changes nothing, so that whoever waits for a wallet can ask, too."""

    def __init__(self, bus: Bus, *, zone: ZoneInfo) -> None:
        self._zone = zone
        bus.on(Asked, self._asked)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is not Verb.LAST_PAYMENTS:
            return
        found = tx.heard.newest(LAST)
        if not found:
            tx.after_commit(Say("pay.heard_nothing", Tone.ATTENTION))
            return
        said = tuple(self._told(found, tx.stamp.at.astimezone(self._zone).date(), tx))
        tx.after_commit(Say("pay.heard", words=(("n", str(len(found))),), then=said))

    def _told(self, found: Sequence[HeardPayment], today: date, tx: Transaction) -> Iterator[Say]:
        """The newest first; another day than the one before is named."""
        day = today
        for payment in found:
            at = datetime.fromisoformat(payment.at).astimezone(self._zone)
            if at.date() != day:
                day = at.date()
                yield Say("pay.heard_day", words=(("n", str(day.day)),))
            yield Say(_prompt(payment, tx), amounts=(("a", payment.amount),), words=(("t", f"{at:%H:%M}"),))


def _prompt(heard: HeardPayment, tx: Transaction) -> str:
    payment = tx.payments.find(heard.id)
    if payment is not None and payment.state is PaymentState.REFUNDED:
        return "pay.heard_back"
    return "pay.heard_sale" if heard.sale else "pay.heard_none"
