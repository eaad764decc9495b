"""Subtotal and cash: what is short is a part of the payment, what is over is change (rows 24, 28)."""

from __future__ import annotations

from edge.bus import Bus
from edge.messages import Asked, Confirmed, Say, Show, Tone, View
from edge.model.counter import Counter, Verb, Waiting, settled
from edge.model.money import MAX_FEN, Fen, Rounding
from edge.model.records import PaymentChanged
from edge.model.sale import Event, Method, Sale, State, Tender, moved
from edge.model.settlement import LAID_DOWN, rounding_of, takes_part, tender_cash, tender_paid, tender_taken_back
from edge.ports import Transaction
from edge.services.basket import ask_confirm, basket_view, due_view, question, unanswered
from edge.services.completion import Completion
from edge.services.offers import Offers, hint_shown

MUCH_CHANGE = Fen(10_000)
"""Who gives a banknote too many? It is a price or a barcode in the wrong place, and waits for Enter."""


class Tendering:
    """Cash, and what the shopkeeper takes on her own eyes: other payment, which nobody has verified (row 29)."""

    def __init__(self, bus: Bus, completion: Completion, offers: Offers) -> None:
        self._completion = completion
        self._offers = offers
        self._told: tuple[str, Fen] | None = None
        """The sale and its due, as it was said last: only of that Enter is exact cash."""
        bus.on(Asked, self._asked)
        bus.on(Confirmed, self._confirmed)
        bus.on(PaymentChanged, self._attempted)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        answers = asked.verb is Verb.ENTER and tx.counter.waiting is not Waiting.NOTHING
        if answers or asked.verb not in _ENDS:
            return
        if tx.counter.waiting is Waiting.CONFIRM and tx.counter.verb is Verb.CASH:
            tx.keep(settled(tx.counter))  # another amount than the one that is to be confirmed
        if (first := unanswered(tx.counter)) is not None:
            tx.after_commit(first)
            return
        match asked.verb:
            case Verb.ENTER:
                self._enter(asked, tx)
            case Verb.SUBTOTAL:
                self._subtotal(tx)
            case Verb.EXACT_CASH:
                self._cash(None, asked.asked_mono, tx)
            case Verb.CASH if tx.counter.sale is not None and asked.value - tx.counter.sale.due >= MUCH_CHANGE:
                ask_confirm(Verb.CASH, asked.value, tx)
            case Verb.CASH:
                self._cash(Fen(asked.value), asked.asked_mono, tx)
            case Verb.OTHER_PAYMENT:
                self._ask_other(tx)

    def _enter(self, asked: Asked, tx: Transaction) -> None:
        sale = tx.counter.sale
        if sale is None or sale.state is not State.SUBTOTAL or (sale.id, sale.due) != self._told:
            self._subtotal(tx)
        else:
            self._cash(None, asked.asked_mono, tx)

    def _attempted(self, record: PaymentChanged, tx: Transaction) -> None:
        """After a wallet was tried the total is said anew before a single Enter books it as cash (row 24)."""
        if self._told is not None and record.payment.sale == self._told[0]:
            self._told = None

    def _subtotal(self, tx: Transaction) -> None:
        sale = tx.counter.sale
        if sale is None or not sale.standing:
            tx.after_commit(Say("sale.empty", Tone.ATTENTION))
            return
        frozen = moved(sale, Event.SUBTOTAL)
        self._told = (frozen.id, frozen.due)
        tx.keep(Counter(sale=frozen))
        hint = self._offers.hint(frozen, tx)
        name, name_en = hint_shown(hint)
        tx.after_commit(Show(due_view(frozen), name=name, name_en=name_en, amount=frozen.due))
        if sale.state is State.OPEN and frozen.discount:
            tx.after_commit(Say("promo.got", amounts=(("a", frozen.discount),)))
        if sale.state is State.OPEN and hint is not None:
            tx.after_commit(Say("promo.hint", amounts=(("a", hint.missing), ("b", hint.saves))))
        tx.after_commit(_due_said(frozen))

    def _cash(self, tendered: Fen | None, asked_mono: float, tx: Transaction) -> None:
        """None is the exact amount."""
        sale = tx.counter.sale
        if sale is None or not sale.standing:
            tx.after_commit(basket_view(tx.counter))  # else the number stands there until the next customer
            tx.after_commit(Say("sale.empty", Tone.ATTENTION))
            return
        if self._completion.is_closed_to(sale, tx):
            return
        frozen = sale if sale.state is State.SUBTOTAL else moved(sale, Event.SUBTOTAL)
        paid = cash_tendered(frozen, tendered, self._completion.rules.rounding, tx)
        if paid is None:
            return
        if paid.state is State.COMPLETED:
            self._completion.complete(paid, tx, asked_mono=asked_mono)
            return
        self._told = (paid.id, paid.due)
        tx.keep(Counter(sale=paid))

    def _ask_other(self, tx: Transaction) -> None:
        """The shop's own QR code or another way that this box cannot see: only by card and Enter."""
        sale = tx.counter.sale
        if sale is None or not sale.standing:
            tx.after_commit(Say("sale.empty", Tone.ATTENTION))
            return
        if self._completion.is_closed_to(sale, tx):
            return
        frozen = sale if sale.state is State.SUBTOTAL else moved(sale, Event.SUBTOTAL)
        tx.keep(Counter(frozen, waiting=Waiting.CONFIRM, verb=Verb.OTHER_PAYMENT, value=frozen.due))
        tx.after_commit(Show(due_view(frozen), amount=frozen.due))
        tx.after_commit(question(tx.counter))

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        sale = tx.counter.sale
        if confirmed.verb is Verb.CASH:
            self._cash(Fen(confirmed.value), confirmed.asked_mono, tx)
        if confirmed.verb is not Verb.OTHER_PAYMENT or sale is None or sale.due <= 0:
            return
        if self._completion.is_closed_to(sale, tx):
            return
        paid = tender_paid(sale, Tender(Method.EXTERNAL_UNVERIFIED, sale.due))
        tx.after_commit(Show(View.RECEIVED, amount=sale.due))
        tx.after_commit(Say("pay.other_ok", amounts=(("a", sale.due),)))
        self._completion.complete(paid, tx, asked_mono=confirmed.asked_mono)


_ENDS = (Verb.ENTER, Verb.SUBTOTAL, Verb.EXACT_CASH, Verb.CASH, Verb.OTHER_PAYMENT)


def cash_tendered(sale: Sale, tendered: Fen | None, rule: Rounding, tx: Transaction) -> Sale | None:
    """The sale with this cash, shown and said; None is the exact amount. None comes back for what is no amount.

    Where it pays a doubtful wallet's sale, it pays the whole.
    """
    due = Fen(sale.due + rounding_of(sale, rule))
    given = due if tendered is None else tendered
    if given > MAX_FEN or (given <= 0 < due):
        tx.after_commit(Say("err.amount", Tone.ERROR))
        return None
    if given < due and sale.state is State.PAY_UNKNOWN:
        tx.after_commit(Show(View.MISSING, amount=Fen(due - given)))
        tx.after_commit(Say("pay.cash_whole", Tone.ERROR, amounts=(("a", due),)))
        return None
    if given < due and not takes_part(sale):
        tx.after_commit(Show(due_view(sale), amount=sale.due))
        tx.after_commit(Say("pay.many_parts", Tone.ERROR, amounts=(("a", due),)))
        return None
    paid = tender_cash(sale, given, rule)
    if paid.state is State.COMPLETED:
        tx.after_commit(Show(View.CHANGE, price=given, amount=paid.tenders[-1].change))
        tx.after_commit(money_said(paid.tenders[-1]) if paid.paid else Say("sale.done"))
    else:
        tx.after_commit(Show(View.MISSING, amount=paid.due))
        amounts = (("a", given), ("b", paid.due))
        tx.after_commit(Say("sale.part", Tone.ATTENTION, amounts=amounts))
    return paid


def given_back(sale: Sale, tx: Transaction) -> Sale | None:
    """The last tender taken back by an undo, and said; None where it does not lie on the counter."""
    if not sale.tenders or sale.tenders[-1].method not in LAID_DOWN:
        return None
    back, last = tender_taken_back(sale), sale.tenders[-1]
    is_cash = last.method is Method.CASH
    prompt, amount = ("sale.cash_back", last.applied) if is_cash else ("undo.coupon", back.due)
    tx.after_commit(Say(prompt, Tone.ATTENTION, amounts=(("a", amount),)))
    tx.after_commit(Show(due_view(back), amount=back.due))
    return back


def _due_said(sale: Sale) -> Say:
    """What is to pay; where parts that were paid are the whole, that Enter ends it."""
    if sale.tenders and sale.due == 0:
        return Say("pay.nothing_due", Tone.ATTENTION)
    return Say("sale.short" if sale.tenders else "sale.total", amounts=(("a", sale.due),))


def money_said(tender: Tender) -> Say:
    """What was received for a sale, and what goes back."""
    if tender.method is Method.CASH:
        amounts = (("a", tender.tendered), ("b", tender.change))
        return Say("sale.change" if tender.change else "sale.exact", Tone.MONEY_IN, amounts=amounts)
    words = (("channel", tender.method.value),)
    return Say("pay.was", Tone.MONEY_IN, amounts=(("a", tender.applied),), words=words)
