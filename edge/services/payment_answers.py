"""What the cloud answers about wallet money: believed by the question that this box asked, by id and by amount.

An answer about a payment moves it (`Payments`); one about a refund ends it, and money that comes after the end of its
payment goes back (`MoneyBack`).
"""

from __future__ import annotations

import logging

from edge.bus import Bus
from edge.codec import wire_payment as wire
from edge.codec.day_record_body import CURRENCY
from edge.codec.wire_down import Response
from edge.messages import Say, Tone
from edge.model.payment import PAID, Payment, PaymentEvent, PaymentRefund, RefundState
from edge.ports import Transaction
from edge.services.money_back import MoneyBack
from edge.services.payment_requests import PaymentRequests
from edge.services.payments import Payments

MAX_SAID = 1_000
"""Payments of which a wrong answer was said; the oldest is said again."""

_EVENTS = {
    "accepted": PaymentEvent.ACCEPT, "wait_customer": PaymentEvent.ASK_CUSTOMER, "approved": PaymentEvent.APPROVE,
    "declined": PaymentEvent.DECLINE, "cancelled": PaymentEvent.CANCELLED, "unknown": PaymentEvent.LOSE,
}  # fmt: skip
_REFUND_ENDS = {"refunded": RefundState.DONE, "declined": RefundState.REFUSED}
_OF_MONEY = frozenset({*_EVENTS, *_REFUND_ENDS})
"""Other requests are answered with states of their own: a parcel's recipient was told, `done`."""

_log = logging.getLogger("edge.payment")


class PaymentAnswers:
    def __init__(self, bus: Bus, requests: PaymentRequests, payments: Payments, back: MoneyBack) -> None:
        self._requests = requests
        self._payments = payments
        self._back = back
        self._said: dict[str, None] = {}
        bus.on(Response, self._answered)

    def _answered(self, response: Response, tx: Transaction) -> None:
        about = self._requests.about(response.cid)
        payment = tx.payments.find(about)
        refund = tx.payments.find_refund(about) if payment is None else None
        if payment is None and refund is None:
            out = response.out or {}
            if "pid" in out or (response.state in _OF_MONEY and "soid" not in out):
                self._say_once(response.cid, "pay.no_match", tx)
        elif not response.ok:
            self._refused(response, payment, refund, tx)
        elif (answer := wire.read_answer(response)) is None:
            _log.warning("an answer about a payment cannot be read: %s", response.state)
        elif payment is not None:
            self._told_of_payment(response, answer, payment, tx)
        elif refund is not None:
            self._told_of_refund(response, answer, refund, tx)

    def _refused(
        self, response: Response, payment: Payment | None, refund: PaymentRefund | None, tx: Transaction
    ) -> None:
        """The request was not carried out. For good it is an end only where it was the first of its payment."""
        code, again = (response.err.code, response.err.retry) if response.err else ("internal", True)
        _log.info("a payment request was refused: %s", code)
        if refund is not None and not again:
            self._back.end(refund, RefundState.REFUSED, tx, why=code)
        elif payment is not None and not payment.final and response.cid == payment.id:
            self._payments.move(payment, PaymentEvent.LOSE if again else PaymentEvent.DECLINE, tx, why=code)

    def _told_of_payment(
        self, response: Response, answer: wire.PaymentAnswer, payment: Payment, tx: Transaction
    ) -> None:
        event = _EVENTS.get(str(response.state))
        if event is None or answer.pid != payment.id:
            self._say_once(response.cid, "pay.no_match", tx)
        elif not _is_of(answer, payment.amount, charged=event is PaymentEvent.APPROVE):
            _log.error("payment %s: asked for %d, answered %s %s", payment.id, payment.amount, answer.amt, answer.cur)
            if not payment.final:
                self._payments.move(payment, PaymentEvent.LOSE, tx, why="amount")
            self._say_once(payment.id, "pay.amount", tx, tone=Tone.ALARM)
        elif not payment.final:
            self._payments.hear(payment, event, tx, reference=answer.ref or "")
        elif event is not PaymentEvent.APPROVE:
            pass  # a final state never changes
        elif payment.state in PAID:
            self._say_once(payment.id, "pay.again", tx)
        else:
            self._back.came_late(payment, tx)

    def _told_of_refund(
        self, response: Response, answer: wire.PaymentAnswer, refund: PaymentRefund, tx: Transaction
    ) -> None:
        state = _REFUND_ENDS.get(str(response.state))
        is_meant = (answer.pid, answer.rid) == (refund.payment, refund.id)
        if refund.state is not RefundState.SENT:
            return
        if not is_meant or not _is_of(answer, refund.amount, charged=state is RefundState.DONE):
            self._say_once(refund.id, "pay.amount", tx, tone=Tone.ALARM)
        elif state is not None:
            self._back.end(refund, state, tx, why="refund" if state is RefundState.DONE else "declined")

    def _say_once(self, about: str, prompt: str, tx: Transaction, *, tone: Tone = Tone.ATTENTION) -> None:
        """The broker may bring the same answer many times."""
        if about in self._said:
            return
        self._said[about] = None
        if len(self._said) > MAX_SAID:
            del self._said[next(iter(self._said))]
        tx.after_commit(Say(prompt, tone))


def _is_of(answer: wire.PaymentAnswer, amount: int, *, charged: bool) -> bool:
    """Of this amount; where no money moved an answer need not name one."""
    if answer.amt is None and answer.cur is None:
        return not charged
    return (answer.amt, answer.cur or CURRENCY) == (amount, CURRENCY)
