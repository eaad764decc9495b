"""A customer shows a wallet code: the sale waits for the cloud's word; or is parked, or paid in cash meanwhile (B1).

scan of a code ──► paying ──approved──► completed, or part paid
                     │  └──declined, cancelled──► subtotal
                     └──unknown──► pay_unknown ──► the same three, however late
                                        ├──cash──► completed; what the wallet paid is asked back
                                        └──hold──► stands aside until the answer comes
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from edge.bus import Bus
from edge.messages import (
    AskedMeanwhile,
    CancelPayment,
    Confirmed,
    PayCodeScanned,
    PaymentProgress,
    Say,
    Show,
    SubmitPayment,
    Tone,
    View,
)
from edge.model.counter import Counter, Verb, Waiting
from edge.model.money import Fen
from edge.model.payment import PAID, Payment, PaymentEvent, PaymentState, RefundState, payment_moved
from edge.model.records import PaymentChanged
from edge.model.sale import Event, Method, Sale, State, Tender, moved
from edge.model.settlement import begin_payment, not_paid, takes_rest, tender_paid
from edge.ports import Transaction
from edge.services.basket import basket_view, question, unanswered, waits_for_wallet
from edge.services.completion import Completion
from edge.services.hold_slips import note_paid
from edge.services.money_back import ask_back
from edge.services.storage import CASH_ONLY, LevelKnown
from edge.services.tendering import cash_tendered

_CLOSED = (PaymentState.DECLINED, PaymentState.CANCELLED)
_NEWS = (PaymentState.WAIT_CUSTOMER, PaymentState.CANCELLING)
"""What the counter did not know before the cloud said so; that the cloud has it, nobody there needs to hear."""


class Wallets:
    """`online` tells whether the cloud is there: without it no code is even tried (product 0, finding 3)."""

    def __init__(self, bus: Bus, completion: Completion, *, online: Callable[[], bool]) -> None:
        self._completion = completion
        self._online = online
        self._cash_only = False
        bus.on(PayCodeScanned, self._begin)
        bus.on(PaymentChanged, self._changed)
        bus.on(PaymentProgress, self._progress)
        bus.on(AskedMeanwhile, self._asked)
        bus.on(Confirmed, self._confirmed)
        bus.on(LevelKnown, self._level)

    def _level(self, known: LevelKnown, tx: Transaction) -> None:
        self._cash_only = known.level >= CASH_ONLY

    # --- the code --------------------------------------------------------------------------------------------------

    def _begin(self, scanned: PayCodeScanned, tx: Transaction) -> None:
        counter, sale = tx.counter, tx.counter.sale
        if sale is None or not sale.standing:
            tx.after_commit(Say("pay.first_scan", Tone.ATTENTION))
        elif waits_for_wallet(counter):
            tx.after_commit(_waiting_words(sale, tx))
        elif (first := unanswered(counter)) is not None:
            tx.after_commit(first)
        elif sale.training:
            tx.after_commit(Say("train.cash", Tone.ATTENTION))
        elif self._cash_only:
            tx.after_commit(Say("store.full", Tone.ERROR))
        elif not self._online():
            tx.after_commit(Say("pay.offline", Tone.ERROR))
        elif not self._completion.is_closed_to(sale, tx):
            self._pay(sale, scanned, tx)

    def _pay(self, sale: Sale, scanned: PayCodeScanned, tx: Transaction) -> None:
        frozen = sale if sale.state is State.SUBTOTAL else moved(sale, Event.SUBTOTAL)
        if frozen.due <= 0:
            tx.after_commit(Say("pay.nothing_due", Tone.ATTENTION))
            return
        if not takes_rest(frozen):
            tx.after_commit(Say("pay.many_parts", Tone.ERROR, amounts=(("a", frozen.due),)))
            return
        created = Payment(
            id=tx.new_id(), sale=sale.id, channel=scanned.channel, amount=frozen.due, boot=tx.stamp.boot,
            up_ms=tx.stamp.up_ms,
        )  # fmt: skip
        payment = payment_moved(created, PaymentEvent.SEND)
        tx.payments.keep(payment)
        tx.keep(Counter(sale=begin_payment(frozen, payment.id)))
        tx.append(PaymentChanged(payment))
        tx.after_commit(SubmitPayment(payment.id, scanned.code))
        tx.after_commit(basket_view(tx.counter, payment))
        tx.after_commit(_begun_words(sale, payment))

    # --- what became of it -----------------------------------------------------------------------------------------

    def _progress(self, progress: PaymentProgress, tx: Transaction) -> None:
        sale, payment = tx.counter.sale, tx.payments.find(progress.payment)
        if sale is None or payment is None or sale.payment != payment.id:
            return
        tx.after_commit(basket_view(tx.counter, payment))
        if payment.state in _NEWS:
            tx.after_commit(_waiting_words(sale, tx))

    def _changed(self, record: PaymentChanged, tx: Transaction) -> None:
        payment, sale = record.payment, tx.counter.sale
        if record.refund:
            self._refunded(record, tx)
            return
        if sale is not None and sale.payment == payment.id:
            self._settle_counter(sale, payment, tx)
        elif (held := tx.held.of(payment.sale)) is not None and held[1].payment == payment.id:
            self._settle_parked(*held, payment, tx)
        elif payment.unwanted and payment.state is PaymentState.APPROVED:
            tx.after_commit(Say("pay.came_too", Tone.ALARM, amounts=(("a", payment.amount),)))
        elif payment.state is PaymentState.APPROVED:
            _give_back(payment, tx)
        elif payment.unwanted and payment.state in _CLOSED:
            tx.after_commit(Say("pay.cash_over", words=(("channel", payment.channel),)))

    def _refunded(self, record: PaymentChanged, tx: Transaction) -> None:
        """Of one that nobody wanted any more; what goods were brought back for is `Refunds`' business."""
        refund = tx.payments.find_refund(record.refund)
        if refund is None or refund.of != record.payment.id or refund.state is RefundState.SENT:
            return
        done = refund.state is RefundState.DONE
        # Of money that came after the end nobody stands there any more to be given cash.
        failed = "refund.wallet_failed" if record.payment.state in PAID else "refund.wallet_stuck"
        prompt = "refund.wallet" if done else failed
        tx.after_commit(Say(prompt, Tone.OK if done else Tone.ALARM, amounts=(("a", refund.amount),)))

    def _settle_counter(self, sale: Sale, payment: Payment, tx: Transaction) -> None:
        late = sale.state is State.PAY_UNKNOWN
        if payment.state is PaymentState.UNKNOWN:
            tx.keep(Counter(sale=moved(sale, Event.DOUBT)))
            tx.after_commit(basket_view(tx.counter))
            tx.after_commit(Say("pay.unknown", Tone.ERROR))
        elif payment.state is PaymentState.APPROVED and not _fits(payment, sale):
            tx.keep(Counter(sale=not_paid(sale)))
            tx.after_commit(basket_view(tx.counter))
            _give_back(payment, tx)
        elif payment.state is PaymentState.APPROVED:
            paid = tender_paid(sale, _tender(payment))
            received = (("a", payment.amount), ("b", paid.due))
            done = paid.state is State.COMPLETED
            tx.after_commit(Show(View.RECEIVED, amount=payment.amount) if done else Show(View.MISSING, amount=paid.due))
            prompt = "pay.ok_sale" if done else "pay.part"
            tx.after_commit(Say(prompt, Tone.MONEY_IN, amounts=received, words=(("channel", payment.channel),)))
            if done:
                self._completion.complete(paid, tx, asked_mono=tx.stamp.mono)
            else:
                tx.keep(Counter(sale=paid))
        elif payment.state in _CLOSED:
            tx.keep(Counter(sale=not_paid(sale)))
            tx.after_commit(basket_view(tx.counter))
            tx.after_commit(Say(_closed_words(payment, late=late), Tone.ERROR))

    def _settle_parked(self, number: int, sale: Sale, payment: Payment, tx: Transaction) -> None:
        """The customer is gone or waits aside; whoever is at the counter now is not disturbed but by the voice."""
        if payment.state is PaymentState.APPROVED and not _fits(payment, sale):
            tx.held.change(number, moved(not_paid(sale), Event.HOLD))
            _give_back(payment, tx)
        elif payment.state is PaymentState.APPROVED:
            paid = tender_paid(sale, _tender(payment))
            if paid.state is State.COMPLETED:
                self._completion.complete(paid, tx, asked_mono=tx.stamp.mono, on_counter=False)
                tx.held.take(number)  # not before: who hears of the sale can see that it stood aside
                note_paid(number, paid.id, tx)
            else:
                tx.held.change(number, moved(paid, Event.HOLD))
            prompt = "pay.unknown_later.paid" if paid.due == 0 else "pay.part"
            words, amounts = (("channel", payment.channel),), (("a", payment.amount), ("b", paid.due))
            tx.after_commit(Say(prompt, Tone.MONEY_IN, amounts=amounts, words=words))
        elif payment.state in _CLOSED:
            tx.held.change(number, moved(not_paid(sale), Event.HOLD))
            tx.after_commit(Say("pay.unknown_later.parked", Tone.ERROR))

    # --- hands while it is not settled -----------------------------------------------------------------------------

    def _asked(self, asked: AskedMeanwhile, tx: Transaction) -> None:
        counter, sale = tx.counter, tx.counter.sale
        if sale is None or not waits_for_wallet(counter):
            return
        unknown = sale.state is State.PAY_UNKNOWN
        match asked.verb:
            case Verb.STOP if counter.waiting is not Waiting.NOTHING:
                tx.keep(Counter(sale=sale))
                tx.after_commit(_waiting_words(sale, tx))
            case Verb.STOP | Verb.CANCEL_SALE:
                self._give_up(sale, tx)
            case Verb.ENTER if unknown and counter.waiting is Waiting.NOTHING:
                tx.keep(replace(counter, waiting=Waiting.CONFIRM, verb=Verb.EXACT_CASH, value=sale.due))
                tx.after_commit(question(tx.counter))
            case Verb.CASH if unknown:
                self._take_cash(sale, Fen(asked.value), asked.asked_mono, tx)
            case Verb.EXACT_CASH if unknown:
                self._take_cash(sale, None, asked.asked_mono, tx)
            case Verb.CASH | Verb.EXACT_CASH:
                tx.after_commit(Say("pay.cancel_first", Tone.ATTENTION))
            case Verb.ENTER if counter.waiting is Waiting.CONFIRM:
                pass  # `Checkout` hands it on as Confirmed
            case Verb.HOLD if unknown:
                pass  # `Holding` sets a doubtful sale aside
            case _:
                tx.after_commit(_waiting_words(sale, tx))

    def _give_up(self, sale: Sale, tx: Transaction) -> None:
        """That it is being cancelled is said as the payment's next state, once; where there is none, here."""
        payment = tx.payments.find(sale.payment)
        tx.after_commit(CancelPayment(sale.payment))
        if not self._online():
            tx.after_commit(Say("pay.cancel_later", Tone.ATTENTION))
        elif payment is None or payment.state in (PaymentState.UNKNOWN, PaymentState.CANCELLING):
            tx.after_commit(Say("pay.cancelling", Tone.ATTENTION))

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        sale = tx.counter.sale
        if confirmed.verb is not Verb.EXACT_CASH or sale is None or sale.state is not State.PAY_UNKNOWN:
            return
        self._take_cash(sale, None, confirmed.asked_mono, tx)

    def _take_cash(self, sale: Sale, tendered: Fen | None, asked_mono: float, tx: Transaction) -> None:
        """The owner will not wait: cash pays the sale, and the payment is unwanted from now on."""
        if self._completion.is_closed_to(sale, tx):
            return
        payment = tx.payments.find(sale.payment)
        paid = cash_tendered(sale, tendered, self._completion.rules.rounding, tx)
        if paid is None:
            return
        if payment is not None:
            tx.payments.keep(replace(payment, unwanted=True))
            tx.after_commit(CancelPayment(payment.id))
            paid = replace(paid, dual_risk=payment.id)
        self._completion.complete(paid, tx, asked_mono=asked_mono)
        if payment is not None:  # the customer asks whether it is paid twice
            tx.after_commit(Say("pay.cash_then", words=(("channel", payment.channel),)))


def _begun_words(sale: Sale, payment: Payment) -> Say:
    """Of a basket whose total nobody has said yet it says that, too (row 27)."""
    prompt = "pay.wait"
    if sale.state is not State.SUBTOTAL:
        prompt = "pay.wait_short" if sale.tenders else "pay.wait_total"
    words = (("channel", payment.channel),)
    return Say(prompt, Tone.ATTENTION, amounts=(("a", payment.amount),), words=words)


def _fits(payment: Payment, sale: Sale) -> bool:
    """Whether the sale still owes what was paid for it."""
    return 0 < payment.amount <= sale.due


def _give_back(payment: Payment, tx: Transaction) -> None:
    """It pays no sale that the box has, or more than is due: recorded, told, and on its way back, whatever happens."""
    ask_back(payment.id, payment.rest, tx, of=payment.id)
    tx.after_commit(Say("pay.no_sale", Tone.ALARM, amounts=(("a", payment.amount),)))


def _tender(payment: Payment) -> Tender:
    return Tender(Method(payment.channel), payment.amount, payment=payment.id, reference=payment.reference)


def _closed_words(payment: Payment, *, late: bool) -> str:
    if late:
        return "pay.unknown_later.unpaid"
    return "pay.declined" if payment.state is PaymentState.DECLINED else "pay.cancelled"


def _waiting_words(sale: Sale, tx: Transaction) -> Say:
    """What the counter waits for, while the payment is under way."""
    payment = tx.payments.find(sale.payment)
    state = payment.state if payment is not None else PaymentState.UNKNOWN
    match state:
        case PaymentState.WAIT_CUSTOMER:
            return Say("pay.password", Tone.ATTENTION)
        case PaymentState.CANCELLING:
            return Say("pay.cancelling", Tone.ATTENTION)
        case PaymentState.UNKNOWN:
            is_given_up = payment is not None and payment.given_up
            return Say("pay.cancelling" if is_given_up else "pay.unknown", Tone.ATTENTION)
        case _:
            channel = payment.channel if payment is not None else ""
            return Say("pay.wait", Tone.ATTENTION, words=(("channel", channel),))
