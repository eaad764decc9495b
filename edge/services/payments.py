"""Wallet payments with the cloud: asked for once, and asked about until they have an end (B2).

No answer is no failure: `unknown` is a state, and the provider's word its only way out. What a payment means for its
sale is `Wallets`' business, which hears of each change as the record or the PaymentProgress that is told here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count

from edge.bus import Bus
from edge.codec import wire_payment as wire
from edge.codec.day_record_body import CURRENCY
from edge.messages import CancelPayment, MessageFailed, PaymentProgress, Started, SubmitPayment
from edge.model.payment import Payment, PaymentEvent, PaymentState, payment_moved
from edge.model.records import PaymentChanged
from edge.ports import Transaction
from edge.services.link import LinkLost, Welcomed
from edge.services.payment_requests import PaymentRequests

AGAIN_S = 5.0
TIMES = 3
"""A request that nobody acknowledged leaves again after AGAIN_S, so many times; then nobody knows (product B2)."""
PAID_WITHIN_S = 60.0
"""The customer's time; then the payment is cancelled."""
LOST_AFTER_S = 90.0
WAITS_S = (5.0, 10.0, 20.0, 40.0, 60.0)
"""Between two questions about a payment that nobody knows of; the last one stands."""
WECHAT_CANCEL_S = 15.0
"""WeChat refuses to reverse a payment that is younger (devices 4.3)."""
RETRY_S = 2.0
"""How soon a step that found no room on the disk is tried again."""

_TOLD = frozenset(
    {PaymentState.SENT, PaymentState.UNKNOWN, PaymentState.APPROVED, PaymentState.DECLINED, PaymentState.CANCELLED}
)
"""What is worth money is journaled; the steps between are only said."""
_NO_END = (PaymentEvent.ACCEPT, PaymentEvent.ASK_CUSTOMER, PaymentEvent.LOSE)
_WORRY = frozenset({PaymentState.CANCELLING, PaymentState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class PayAgain:
    """A timer: has the request for this payment been acknowledged?"""

    payment: str
    times: int


@dataclass(frozen=True, slots=True)
class PayOverdue:
    """A timer: has the customer paid?"""

    payment: str


@dataclass(frozen=True, slots=True)
class PayLost:
    """A timer: a payment that has no end by now is unknown."""

    payment: str


@dataclass(frozen=True, slots=True)
class AskAgain:
    """A timer: has this payment an end? `waits`: how often it was asked. `chain`: only the newest one goes on."""

    payment: str
    chain: int
    waits: int = 0


_STEPS = (CancelPayment, PayAgain, PayOverdue, PayLost)
"""Each comes once: one that fails comes again. An AskAgain arms the next one before anything can fail."""


class Payments:
    """The customer's codes are in RAM, the payments in the ledger."""

    def __init__(self, bus: Bus, requests: PaymentRequests) -> None:
        self._bus = bus
        self._requests = requests
        self._codes: dict[str, str] = {}
        self._chain_numbers = count(1)
        self._chains: dict[str, int] = {}
        """By payment that has no end: the number of its newest chain of questions."""
        bus.on(Started, self._resume)
        bus.on(SubmitPayment, self._submit)
        bus.on(CancelPayment, self._cancel)
        bus.on(PayAgain, self._pay_again)
        bus.on(PayOverdue, self._overdue)
        bus.on(PayLost, self._lost)
        bus.on(AskAgain, self._ask_again)
        bus.on(LinkLost, self._link_lost)
        bus.on(Welcomed, self._welcomed)
        bus.on(MessageFailed, self._not_done)

    # --- what the cloud said of it ---------------------------------------------------------------------------------

    def hear(self, payment: Payment, event: PaymentEvent, tx: Transaction, *, reference: str, why: str = "") -> None:
        """News of one that has no end."""
        self._codes.pop(payment.id, None)
        self.move(replace(payment, reference=reference or payment.reference), event, tx, why=why)
        if payment.state is PaymentState.UNKNOWN and event in _NO_END and self._is_overdue(payment, tx):
            # Nobody stands there to type a password any more, and without an end it would be asked about for ever.
            self._begin_cancel(tx.payments.find(payment.id) or payment, tx, why="overdue")

    def move(self, payment: Payment, event: PaymentEvent, tx: Transaction, *, why: str = "") -> None:
        after = payment_moved(payment, event)
        tx.payments.keep(after)
        if after.state is payment.state:
            return
        if after.state is PaymentState.UNKNOWN:
            self._begin_chain(payment.id)
        if after.state in _TOLD:
            tx.append(PaymentChanged(after, why))
        else:
            tx.after_commit(PaymentProgress(payment.id))

    # --- asking for the money --------------------------------------------------------------------------------------

    def _submit(self, submit: SubmitPayment, tx: Transaction) -> None:
        self._codes[submit.payment] = submit.code
        self._pay(submit.payment, tx)
        self._bus.after(AGAIN_S, PayAgain(submit.payment, 1))
        self._bus.after(PAID_WITHIN_S, PayOverdue(submit.payment))
        self._bus.after(LOST_AFTER_S, PayLost(submit.payment))

    def _pay(self, payment_id: str, tx: Transaction) -> None:
        payment, code = tx.payments.find(payment_id), self._codes.get(payment_id)
        if payment is None or code is None:
            return
        args = wire.PayArgs.model_validate({
            "pid": payment.id, "sale": payment.sale, "m": payment.channel, "amt": payment.amount, "cur": CURRENCY,
            "code": code,
        })  # fmt: skip
        self._requests.send(payment.id, wire.PAY, args, about=payment.id, tx=tx)

    def _pay_again(self, again: PayAgain, tx: Transaction) -> None:
        payment = tx.payments.find(again.payment)
        if payment is None or payment.state is not PaymentState.SENT:
            self._codes.pop(again.payment, None)  # acknowledged: it is not needed any more
        elif again.times > TIMES:
            self._codes.pop(again.payment, None)
            self.move(payment, PaymentEvent.LOSE, tx, why="silence")
        else:
            self._pay(payment.id, tx)
            self._bus.after(AGAIN_S, PayAgain(payment.id, again.times + 1))

    # --- nobody waits any longer -----------------------------------------------------------------------------------

    def _overdue(self, overdue: PayOverdue, tx: Transaction) -> None:
        payment = tx.payments.find(overdue.payment)
        if payment is not None and not payment.final and payment.state not in _WORRY:
            self._begin_cancel(payment, tx, why="overdue")

    def _lost(self, lost: PayLost, tx: Transaction) -> None:
        payment = tx.payments.find(lost.payment)
        if payment is not None and not payment.final and payment.state is not PaymentState.UNKNOWN:
            self.move(payment, PaymentEvent.LOSE, tx, why="silence")

    def _cancel(self, cancel: CancelPayment, tx: Transaction) -> None:
        """One that has its end meanwhile is `MoneyBack`'s business."""
        payment = tx.payments.find(cancel.payment)
        if payment is not None and not payment.final:
            self._begin_cancel(payment, tx, why="asked")

    def _begin_cancel(self, payment: Payment, tx: Transaction, *, why: str) -> None:
        """Asked for once: from then on each question is for the end. Whoever asks again starts nothing."""
        if payment.given_up:
            return
        given_up = replace(payment, given_up=True)
        self.move(given_up, PaymentEvent.CANCEL, tx, why=why)
        self._ask_again(self._begin_chain(payment.id, wait_s=None), tx)

    def _resume(self, _: Started, tx: Transaction) -> None:
        """Power was lost in the middle: nobody knows, and it is never submitted again (decisions 1)."""
        for payment in tx.payments.unfinished():
            if payment.state is PaymentState.UNKNOWN:
                self._begin_chain(payment.id)
            else:
                self.move(payment, PaymentEvent.LOSE, tx, why="power")

    def _link_lost(self, _: LinkLost, tx: Transaction) -> None:
        for payment in tx.payments.unfinished():
            if payment.state is not PaymentState.UNKNOWN:
                self.move(payment, PaymentEvent.LOSE, tx, why="link")

    def _not_done(self, failed: MessageFailed, tx: Transaction) -> None:
        if isinstance(failed.message, _STEPS):
            self._bus.after(RETRY_S, failed.message)

    # --- asking about it -------------------------------------------------------------------------------------------

    def _begin_chain(self, payment: str, *, wait_s: float | None = WAITS_S[0]) -> AskAgain:
        """Its first question, in `wait_s` from now; None: the caller asks. A chain of before ends."""
        self._chains[payment] = next(self._chain_numbers)
        first = AskAgain(payment, self._chains[payment])
        if wait_s is not None:
            self._bus.after(wait_s, first)
        return first

    def _ask_again(self, again: AskAgain, tx: Transaction) -> None:
        """Ask for the end, or about it; while the link is down only the time goes by."""
        payment = tx.payments.find(again.payment)
        if again.chain != self._chains.get(again.payment):
            return
        if payment is None or payment.final or payment.state not in _WORRY:
            del self._chains[again.payment]
            return
        too_young_s = self._too_young_s(payment, tx)
        if _is_cancelled(payment) and too_young_s > 0:
            self._bus.after(too_young_s, again)
            return
        wait_s = WAITS_S[min(again.waits, len(WAITS_S) - 1)]
        self._bus.after(wait_s, replace(again, waits=again.waits + 1))
        self._ask(payment, tx)

    def _ask(self, payment: Payment, tx: Transaction) -> None:
        """One question: for the end where it is not wanted any more and old enough for that, else about it."""
        ends = _is_cancelled(payment) and self._too_young_s(payment, tx) <= 0
        kind = wire.CANCEL if ends else wire.QUERY
        self._requests.send(tx.new_id(), kind, wire.PaymentArgs(pid=payment.id), about=payment.id, tx=tx)

    def _welcomed(self, _: Welcomed, tx: Transaction) -> None:
        """The cloud is back: all that is open is asked at once, beside the timers."""
        for payment in tx.payments.unfinished():
            self._ask(payment, tx)

    def _is_overdue(self, payment: Payment, tx: Transaction) -> bool:
        return payment.boot != tx.stamp.boot or tx.stamp.up_ms - payment.up_ms >= PAID_WITHIN_S * 1000

    def _too_young_s(self, payment: Payment, tx: Transaction) -> float:
        if payment.channel != "wechat" or payment.boot != tx.stamp.boot:
            return 0.0
        return WECHAT_CANCEL_S - (tx.stamp.up_ms - payment.up_ms) / 1000


def _is_cancelled(payment: Payment) -> bool:
    """Whether its end is asked for, not only asked about."""
    return payment.state is PaymentState.CANCELLING or payment.given_up or payment.unwanted
