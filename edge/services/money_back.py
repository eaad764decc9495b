"""Wallet money that goes back: of a payment that nobody wants any more, that came after its end, or of goods (B2).

Each refund has an id and is asked for by it until the cloud says done or refused, also after a power cut. One that
stays without an answer is told, to the shopkeeper and to the cloud. Whose money it is and what the books say then is
the business of `Wallets`, `WalletCash` and `Refunds`, which hear of the end as PaymentChanged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from edge.bus import Bus
from edge.codec import wire_payment as wire
from edge.codec.day_record_body import CURRENCY
from edge.messages import CancelPayment, Say, Started, SubmitRefund, Tone
from edge.model.ids import made_at
from edge.model.money import Fen
from edge.model.payment import Payment, PaymentRefund, PaymentState, RefundState, payment_refunded
from edge.model.records import LATE, OVERDUE, PaymentChanged
from edge.ports import Transaction
from edge.services.link import Welcomed
from edge.services.payment_requests import PaymentRequests

WAITS_S = (5.0, 10.0, 20.0, 40.0, 60.0)
"""Between two questions about a refund; the last one stands until it is overdue."""
OVERDUE_AFTER = timedelta(hours=1)
"""Providers answer within minutes: from then on somebody must know of it."""
OVERDUE_WAIT_S = 600.0
TRIED_AGAIN_AFTER = timedelta(hours=1)
"""Money that came late and whose refund was refused is tried once more, if the cloud still tells of it then."""


@dataclass(frozen=True, slots=True)
class RefundAgain:
    """A timer: is this refund settled?"""

    refund: str
    waits: int = 0


def ask_back(payment: str, amount: Fen, tx: Transaction, *, of: str) -> PaymentRefund:
    """So much of a payment goes back, once, whatever happens; `of`: the payment itself, or a refund of goods."""
    refund = PaymentRefund(tx.new_id(), payment, amount, of=of)
    tx.payments.keep_refund(refund)
    tx.after_commit(SubmitRefund(refund.id))
    return refund


class MoneyBack:
    def __init__(self, bus: Bus, requests: PaymentRequests) -> None:
        self._bus = bus
        self._requests = requests
        self._told: set[str] = set()
        """Refunds that are overdue and were told since the start."""
        bus.on(Started, self._resume)
        bus.on(PaymentChanged, self._changed)
        bus.on(CancelPayment, self._cancelled)
        bus.on(SubmitRefund, self._submitted)
        bus.on(RefundAgain, self._ask_again)
        bus.on(Welcomed, self._welcomed)

    def came_late(self, payment: Payment, tx: Transaction) -> None:
        """The provider has charged one that was declined or cancelled: its state stays, the money goes back."""
        before = tx.payments.refunds_of(payment.id)
        if any(refund.state is not RefundState.REFUSED for refund in before):
            return  # it is on its way, or was given back: told again
        if before and timedelta(0) <= tx.stamp.at - made_at(before[-1].id) < TRIED_AGAIN_AFTER:
            return
        refund = ask_back(payment.id, payment.amount, tx, of=payment.id)
        tx.append(PaymentChanged(payment, LATE, refund=refund.id))
        tx.after_commit(Say("pay.conflict", Tone.ALARM))

    def end(self, refund: PaymentRefund, state: RefundState, tx: Transaction, *, why: str) -> None:
        if refund.state is not RefundState.SENT:
            return
        tx.payments.keep_refund(replace(refund, state=state))
        payment = tx.payments.find(refund.payment)
        if payment is None:
            return
        if state is RefundState.DONE:
            payment = payment_refunded(payment, refund.amount)
            tx.payments.keep(payment)
        tx.append(PaymentChanged(payment, why, refund=refund.id))

    # --- what nobody wants any more --------------------------------------------------------------------------------

    def _changed(self, record: PaymentChanged, tx: Transaction) -> None:
        if not record.refund:
            self._give_back_unwanted(record.payment, tx)

    def _cancelled(self, cancel: CancelPayment, tx: Transaction) -> None:
        """It may have been approved before its cancelling was begun."""
        payment = tx.payments.find(cancel.payment)
        if payment is not None:
            self._give_back_unwanted(payment, tx)

    def _give_back_unwanted(self, payment: Payment, tx: Transaction) -> None:
        """Once, whatever became of it: what was refused is given back in cash."""
        is_charged = payment.unwanted and payment.state is PaymentState.APPROVED
        if is_charged and not tx.payments.refunds_of(payment.id):
            ask_back(payment.id, payment.rest, tx, of=payment.id)

    # --- asking until it has an end --------------------------------------------------------------------------------

    def _resume(self, _: Started, tx: Transaction) -> None:
        for refund in tx.payments.unfinished_refunds():
            self._bus.after(WAITS_S[0], RefundAgain(refund.id))

    def _submitted(self, submit: SubmitRefund, tx: Transaction) -> None:
        self._ask_again(RefundAgain(submit.refund), tx)

    def _ask_again(self, again: RefundAgain, tx: Transaction) -> None:
        refund = tx.payments.find_refund(again.refund)
        if refund is None or refund.state is not RefundState.SENT:
            self._told.discard(again.refund)
            return
        is_overdue = tx.stamp.at - made_at(refund.id) >= OVERDUE_AFTER
        wait_s = OVERDUE_WAIT_S if is_overdue else WAITS_S[min(again.waits, len(WAITS_S) - 1)]
        self._bus.after(wait_s, RefundAgain(refund.id, again.waits + 1))
        self._ask(refund, tx)
        if is_overdue and refund.id not in self._told:
            self._tell(refund, tx)

    def _tell(self, refund: PaymentRefund, tx: Transaction) -> None:
        """Once after each start."""
        payment = tx.payments.find(refund.payment)
        self._told.add(refund.id)
        if payment is not None:
            tx.append(PaymentChanged(payment, OVERDUE, refund=refund.id))
        tx.after_commit(Say("refund.wallet_slow", Tone.ATTENTION, amounts=(("a", refund.amount),)))

    def _welcomed(self, _: Welcomed, tx: Transaction) -> None:
        """The cloud is back: all that is open is asked for at once, beside the timers."""
        for refund in tx.payments.unfinished_refunds():
            self._ask(refund, tx)

    def _ask(self, refund: PaymentRefund, tx: Transaction) -> None:
        args = wire.RefundArgs(pid=refund.payment, rid=refund.id, amt=refund.amount, cur=CURRENCY)
        self._requests.send(tx.new_id(), wire.REFUND, args, about=refund.id, tx=tx)
