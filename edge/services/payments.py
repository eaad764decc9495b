"""Wallet payments with the cloud: asked for once, asked about until they have an end, given back where unwanted (B2).

No answer is no failure: `unknown` is a state, and the provider's word its only way out. What a payment means for its
sale is `Wallets`' business, which hears of each change as the record or the PaymentProgress that is told here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count, islice

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec import wire_payment as wire
from edge.codec.day_record_body import CURRENCY
from edge.codec.topics import Topics, Up
from edge.codec.wire import payload
from edge.codec.wire_down import Response
from edge.codec.wire_up import Request
from edge.messages import CancelPayment, PaymentProgress, Publish, Say, Started, SubmitPayment, SubmitRefund, Tone
from edge.model.payment import (
    Payment,
    PaymentEvent,
    PaymentRefund,
    PaymentState,
    RefundState,
    payment_moved,
    payment_refunded,
)
from edge.model.records import PaymentChanged
from edge.ports import Transaction
from edge.services.link import LinkLost, Welcomed

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
MAX_ASKED = 1_000
"""Questions whose answers are told apart; of an older one the payment is asked again anyway."""

_EVENTS = {
    "accepted": PaymentEvent.ACCEPT, "wait_customer": PaymentEvent.ASK_CUSTOMER, "approved": PaymentEvent.APPROVE,
    "declined": PaymentEvent.DECLINE, "cancelled": PaymentEvent.CANCELLED, "unknown": PaymentEvent.LOSE,
}  # fmt: skip
_TOLD = frozenset(
    {PaymentState.SENT, PaymentState.UNKNOWN, PaymentState.APPROVED, PaymentState.DECLINED, PaymentState.CANCELLED}
)
"""What is worth money is journaled; the steps between are only said."""
_NO_END = (PaymentEvent.ACCEPT, PaymentEvent.ASK_CUSTOMER, PaymentEvent.LOSE)
_WORRY = frozenset({PaymentState.CANCELLING, PaymentState.UNKNOWN})

_log = logging.getLogger("edge.payment")


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


@dataclass(frozen=True, slots=True)
class RefundAgain:
    """A timer: is this refund settled?"""

    refund: str
    waits: int


class Payments:
    """`online` tells whether the cloud is there. Codes and open questions are in RAM, the payments in the ledger."""

    def __init__(self, bus: Bus, *, tid: str, topics: Topics, online: Callable[[], bool]) -> None:
        self._bus = bus
        self._tid = tid
        self._topics = topics
        self._online = online
        self._codes: dict[str, str] = {}
        self._asked: dict[str, str] = {}
        """Payment or refund by the cid of the question about it."""
        self._chain_numbers = count(1)
        self._chains: dict[str, int] = {}
        """By payment that has no end: the number of its newest chain of questions."""
        self._warned: set[str] = set()
        bus.on(Started, self._resume)
        bus.on(SubmitPayment, self._submit)
        bus.on(CancelPayment, self._cancel)
        bus.on(SubmitRefund, self._refund)
        bus.on(Response, self._answered)
        bus.on(PayAgain, self._pay_again)
        bus.on(PayOverdue, self._overdue)
        bus.on(PayLost, self._lost)
        bus.on(AskAgain, self._ask_again)
        bus.on(RefundAgain, self._refund_again)
        bus.on(LinkLost, self._link_lost)
        bus.on(Welcomed, self._welcomed)

    # --- asking ----------------------------------------------------------------------------------------------------

    def _resume(self, _: Started, tx: Transaction) -> None:
        """Power was lost in the middle: nobody knows, and it is never submitted again (decisions 1)."""
        for payment in tx.payments.unfinished():
            if payment.state is PaymentState.UNKNOWN:
                self._begin_chain(payment.id)
            else:
                self._move(payment, PaymentEvent.LOSE, tx, why="power")
        for refund in tx.payments.unfinished_refunds():
            self._bus.after(WAITS_S[0], RefundAgain(refund.id, 0))

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
        self._request(payment.id, wire.PAY, args, about=payment.id, tx=tx)

    def _pay_again(self, again: PayAgain, tx: Transaction) -> None:
        payment = tx.payments.find(again.payment)
        if payment is None or payment.state is not PaymentState.SENT:
            self._codes.pop(again.payment, None)  # acknowledged: it is not needed any more
        elif again.times > TIMES:
            self._move(payment, PaymentEvent.LOSE, tx, why="silence")
        else:
            self._pay(payment.id, tx)
            self._bus.after(AGAIN_S, PayAgain(payment.id, again.times + 1))

    def _overdue(self, overdue: PayOverdue, tx: Transaction) -> None:
        payment = tx.payments.find(overdue.payment)
        if payment is not None and not payment.final and payment.state not in _WORRY:
            self._begin_cancel(payment, tx, why="overdue")

    def _lost(self, lost: PayLost, tx: Transaction) -> None:
        payment = tx.payments.find(lost.payment)
        if payment is not None and not payment.final and payment.state is not PaymentState.UNKNOWN:
            self._move(payment, PaymentEvent.LOSE, tx, why="silence")

    def _cancel(self, cancel: CancelPayment, tx: Transaction) -> None:
        payment = tx.payments.find(cancel.payment)
        if payment is None:
            return
        if payment.final:
            self._give_back_unwanted(payment, tx)
        else:
            self._begin_cancel(payment, tx, why="asked")

    def _begin_cancel(self, payment: Payment, tx: Transaction, *, why: str) -> None:
        """Asked for once: from then on each question is for the end. Whoever asks again starts nothing."""
        if payment.given_up:
            return
        given_up = replace(payment, given_up=True)
        self._move(given_up, PaymentEvent.CANCEL, tx, why=why)
        self._ask_again(self._begin_chain(payment.id, wait_s=None), tx)

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
        self._ask(payment, tx)
        wait_s = WAITS_S[min(again.waits, len(WAITS_S) - 1)]
        self._bus.after(wait_s, replace(again, waits=again.waits + 1))

    def _ask(self, payment: Payment, tx: Transaction) -> None:
        """One question: for the end where it is not wanted any more and old enough for that, else about it."""
        ends = _is_cancelled(payment) and self._too_young_s(payment, tx) <= 0
        kind = wire.CANCEL if ends else wire.QUERY
        self._request(tx.new_id(), kind, wire.PaymentArgs(pid=payment.id), about=payment.id, tx=tx)

    def _is_overdue(self, payment: Payment, tx: Transaction) -> bool:
        return payment.boot != tx.stamp.boot or tx.stamp.up_ms - payment.up_ms >= PAID_WITHIN_S * 1000

    def _too_young_s(self, payment: Payment, tx: Transaction) -> float:
        if payment.channel != "wechat" or payment.boot != tx.stamp.boot:
            return 0.0
        return WECHAT_CANCEL_S - (tx.stamp.up_ms - payment.up_ms) / 1000

    def _link_lost(self, _: LinkLost, tx: Transaction) -> None:
        for payment in tx.payments.unfinished():
            if payment.state is not PaymentState.UNKNOWN:
                self._move(payment, PaymentEvent.LOSE, tx, why="link")

    def _welcomed(self, _: Welcomed, tx: Transaction) -> None:
        """The cloud is back: all that is open is asked at once, beside the timers."""
        for payment in tx.payments.unfinished():
            self._ask(payment, tx)
        for refund in tx.payments.unfinished_refunds():
            self._ask_refund(refund, tx)

    def _request(
        self, cid: str, kind: str, args: wire.PayArgs | wire.PaymentArgs | wire.RefundArgs, *, about: str,
        tx: Transaction,
    ) -> None:  # fmt: skip
        if not self._online():
            return
        self._asked[cid] = about
        for old in list(islice(self._asked, max(0, len(self._asked) - MAX_ASKED))):
            del self._asked[old]
        request = Request(
            tid=self._tid, cid=cid, type=kind, at=iso_ms(tx.stamp.at), exp_s=wire.EXPIRES_S,
            args=args.model_dump(mode="json"),
        )  # fmt: skip
        tx.after_commit(Publish(self._topics.up(self._tid, Up.REQ), payload(request), qos=1))

    # --- answers ---------------------------------------------------------------------------------------------------

    def _answered(self, response: Response, tx: Transaction) -> None:
        """An answer counts by the question that this box asked, and by amount and id (decisions 4)."""
        about = self._asked.get(response.cid)
        payment = tx.payments.find(about or response.cid)
        refund = tx.payments.find_refund(about or response.cid) if payment is None else None
        if payment is None and refund is None:
            if response.state is not None or "pid" in (response.out or {}):
                self._say_once(response.cid, "pay.no_match", tx)
        elif not response.ok:
            self._refused(response, payment, refund, tx)
        elif (answer := wire.read_answer(response)) is None:
            _log.warning("an answer about a payment cannot be read: %s", response.state)
        elif payment is not None:
            self._apply(response, answer, payment, tx)
        elif refund is not None:
            self._settle(response, answer, refund, tx)

    def _refused(
        self, response: Response, payment: Payment | None, refund: PaymentRefund | None, tx: Transaction
    ) -> None:
        """The request was not carried out. For good it is an end only where it was the first of its payment."""
        code, again = (response.err.code, response.err.retry) if response.err else ("internal", True)
        _log.info("a payment request was refused: %s", code)
        if refund is not None and refund.state is RefundState.SENT and not again:
            self._end_refund(refund, RefundState.REFUSED, tx, why=code)
        elif payment is not None and not payment.final and response.cid == payment.id:
            self._move(payment, PaymentEvent.LOSE if again else PaymentEvent.DECLINE, tx, why=code)

    def _apply(self, response: Response, answer: wire.PaymentAnswer, payment: Payment, tx: Transaction) -> None:
        event = _EVENTS.get(str(response.state))
        if event is None or answer.pid != payment.id:
            self._say_once(response.cid, "pay.no_match", tx)
        elif (answer.amt, answer.cur) != (payment.amount, CURRENCY) and not _never_came(event, answer):
            _log.error("payment %s: asked for %d, answered %s %s", payment.id, payment.amount, answer.amt, answer.cur)
            if not payment.final:
                self._move(payment, PaymentEvent.LOSE, tx, why="amount")
            self._say_once(payment.id, "pay.amount", tx, tone=Tone.ALARM)
        elif payment.final:
            self._told_again(payment, event, tx)
        else:
            self._codes.pop(payment.id, None)
            self._move(replace(payment, reference=answer.ref or payment.reference), event, tx)
            if payment.state is PaymentState.UNKNOWN and event in _NO_END and self._is_overdue(payment, tx):
                # Nobody stands there to type a password any more, and without an end it would be asked about for ever.
                self._begin_cancel(tx.payments.find(payment.id) or payment, tx, why="overdue")

    def _told_again(self, payment: Payment, event: PaymentEvent, tx: Transaction) -> None:
        """A final state never changes. Money that came after the end is asked back, and said."""
        if event is not PaymentEvent.APPROVE:
            return
        if payment.state in (PaymentState.DECLINED, PaymentState.CANCELLED):
            self._say_once(payment.id, "pay.conflict", tx, tone=Tone.ALARM)
            self._request(tx.new_id(), wire.CANCEL, wire.PaymentArgs(pid=payment.id), about=payment.id, tx=tx)
        else:
            self._say_once(payment.id, "pay.again", tx)

    def _move(self, payment: Payment, event: PaymentEvent, tx: Transaction, *, why: str = "") -> None:
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
        if after.state is PaymentState.APPROVED:
            self._give_back_unwanted(after, tx)

    def _say_once(self, about: str, prompt: str, tx: Transaction, *, tone: Tone = Tone.ATTENTION) -> None:
        """The broker may bring the same answer many times."""
        if about not in self._warned and len(self._warned) < MAX_ASKED:
            self._warned.add(about)
            tx.after_commit(Say(prompt, tone))

    # --- giving back -----------------------------------------------------------------------------------------------

    def _give_back_unwanted(self, payment: Payment, tx: Transaction) -> None:
        if payment.unwanted and payment.rest:
            refund = PaymentRefund(tx.new_id(), payment.id, payment.rest, of=payment.id)
            tx.payments.keep_refund(refund)
            tx.after_commit(SubmitRefund(refund.id))

    def _refund(self, submit: SubmitRefund, tx: Transaction) -> None:
        self._refund_again(RefundAgain(submit.refund, 0), tx)

    def _refund_again(self, again: RefundAgain, tx: Transaction) -> None:
        refund = tx.payments.find_refund(again.refund)
        if refund is None or refund.state is not RefundState.SENT:
            return
        self._ask_refund(refund, tx)
        self._bus.after(WAITS_S[min(again.waits, len(WAITS_S) - 1)], RefundAgain(refund.id, again.waits + 1))

    def _ask_refund(self, refund: PaymentRefund, tx: Transaction) -> None:
        args = wire.RefundArgs(pid=refund.payment, rid=refund.id, amt=refund.amount, cur=CURRENCY)
        self._request(tx.new_id(), wire.REFUND, args, about=refund.id, tx=tx)

    def _settle(self, response: Response, answer: wire.PaymentAnswer, refund: PaymentRefund, tx: Transaction) -> None:
        if refund.state is not RefundState.SENT:
            return
        if (answer.pid, answer.rid, answer.amt) != (refund.payment, refund.id, refund.amount):
            self._say_once(refund.id, "pay.amount", tx, tone=Tone.ALARM)
        elif response.state == "refunded":
            self._end_refund(refund, RefundState.DONE, tx)
        elif response.state == "declined":
            self._end_refund(refund, RefundState.REFUSED, tx, why="declined")

    def _end_refund(self, refund: PaymentRefund, state: RefundState, tx: Transaction, *, why: str = "refund") -> None:
        payment = tx.payments.find(refund.payment)
        tx.payments.keep_refund(replace(refund, state=state))
        if payment is None:
            return
        if state is RefundState.DONE:
            payment = payment_refunded(payment, refund.amount)
            tx.payments.keep(payment)
        tx.append(PaymentChanged(payment, why, refund=refund.id))


def _is_cancelled(payment: Payment) -> bool:
    """Whether its end is asked for, not only asked about."""
    return payment.state is PaymentState.CANCELLING or payment.given_up or payment.unwanted


def _never_came(event: PaymentEvent, answer: wire.PaymentAnswer) -> bool:
    return event is PaymentEvent.CANCELLED and answer.amt is None
