"""The customer tab (赊账本): goods now, money later, by the card of a customer whom the owner trusts (product row 43).

    basket ── card 记账 ──► customer's card ──► "so much, then you owe so much?" ──Enter──► the sale stands on the tab
    no basket ── card 记账 ──► customer's card ──► the balance ──Enter──► statement
                                                      └── an amount, Enter ──► a repayment, paid like any sale
    owner's card ── card 记账 ──► customer's card ──► an amount, Enter ──► "limit so much?" ──Enter──► enrolled

Charges and repayments are booked with the sale that they belong to, in its commit. No name and no phone: a card.
"""

from __future__ import annotations

from collections.abc import Iterator

from edge.bus import Bus
from edge.messages import Asked, Confirmed, MemberScanned, Say, Show, Tone, View
from edge.model.counter import Counter, Verb, Waiting, at_rest, takes_amount
from edge.model.money import Fen
from edge.model.records import SaleCompleted, SaleRefunded, SaleVoided
from edge.model.sale import Event, LineKind, Method, Sale, State, Tender, moved
from edge.model.settlement import tender_paid
from edge.model.tab import MAX_LIMIT_FEN, STATEMENT_LINES, Tab, add_deposit, customer_of, deposited
from edge.model.tab_records import TabCharged, TabEnrolled, TabRepaid
from edge.model.tab_slip import tab_slip
from edge.ports import Transaction
from edge.services.basket import question, unanswered
from edge.services.completion import Completion
from edge.services.drawer_count import SlipWords, has_basket
from edge.services.new_line import put_in
from edge.services.offers import Offers
from edge.services.owner_gate import armed, drop_late, spend_on_question
from edge.services.slips import local_time, print_slip
from edge.services.training import practising

_OWNER = "tab.owner"
"""In `meta`: the owner's badge that lets the limit pass which is being asked for."""


class Tabs:
    """Remembers nothing: who owes what, and what is being asked, stands in the ledger."""

    def __init__(self, bus: Bus, completion: Completion, offers: Offers, words: SlipWords) -> None:
        self._completion = completion
        self._offers = offers
        self._words = words
        bus.on(Asked, self._asked)
        bus.on(MemberScanned, self._card)
        bus.on(Confirmed, self._confirmed)
        bus.on(SaleCompleted, self._sold)
        bus.on(SaleRefunded, self._taken_back)
        bus.on(SaleVoided, self._taken_back)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        counter = tx.counter
        if asked.verb is Verb.TAB:
            self._begin(tx)
        elif asked.verb is Verb.COUNTED and takes_amount(counter) and counter.barcode is not None:
            if counter.verb is Verb.TAB_LIMIT:
                self._ask_limit(counter.barcode, Fen(asked.value), tx)
            elif counter.verb is Verb.TAB_LOOK:
                self._repay(counter.barcode, Fen(asked.value), tx)

    def _begin(self, tx: Transaction) -> None:
        """The owner's card before it: to set a limit. Else a basket goes on the tab, or the tab is looked at."""
        counter, sale = tx.counter, tx.counter.sale
        verb = Verb.TAB if has_basket(tx) else Verb.TAB_LOOK
        if practising(tx) or (sale is not None and sale.training):
            tx.after_commit(Say("train.cash", Tone.ATTENTION))
        elif not _is_of_tabs(counter) and (first := unanswered(counter)) is not None:
            tx.after_commit(first)
        elif armed(tx) is not None and (owner := spend_on_question(tx)) is not None:
            tx.put(_OWNER, owner)
            self._ask_card(Verb.TAB_LIMIT, tx)
        elif verb is Verb.TAB and sale is not None and deposited(sale.standing):
            tx.keep(at_rest(sale))
            tx.after_commit(Say("tab.no_debt", Tone.ERROR))
        elif sale is not None and sale.member:
            self._about(verb, sale.member, tx)
        else:
            self._ask_card(verb, tx)

    def _ask_card(self, verb: Verb, tx: Transaction) -> None:
        tx.keep(Counter(tx.counter.sale, Waiting.CUSTOMER, verb=verb))
        tx.after_commit(question(tx.counter))

    def _card(self, scanned: MemberScanned, tx: Transaction) -> None:
        counter = tx.counter
        if drop_late(tx):
            return
        if counter.waiting is Waiting.CUSTOMER and counter.verb is Verb.TAB_LIMIT:
            tx.keep(Counter(counter.sale, Waiting.AMOUNT, scanned.member, Verb.TAB_LIMIT))
            tx.after_commit(question(tx.counter))
        elif counter.waiting is Waiting.CUSTOMER and counter.verb is not None:
            self._about(counter.verb, scanned.member, tx)

    def _about(self, verb: Verb, customer: str, tx: Transaction) -> None:
        """It is known whose tab."""
        tab, sale = tx.tabs.find(customer), tx.counter.sale
        if tab is None:
            tx.keep(at_rest(sale))
            tx.after_commit(Say("tab.none", Tone.ERROR))
        elif verb is Verb.TAB and sale is not None:
            self._ask_charge(sale, tab, tx)
        else:
            tx.keep(Counter(sale, Waiting.CONFIRM, customer, Verb.TAB_LOOK, tab.balance))
            tx.after_commit(question(tx.counter))

    # --- on the tab ------------------------------------------------------------------------------------------------

    def _ask_charge(self, sale: Sale, tab: Tab, tx: Transaction) -> None:
        """The basket stays open meanwhile: after a power cut Enter must not be cash, which it is after a subtotal."""
        if sale.due <= 0:
            tx.keep(at_rest(sale))
            tx.after_commit(Say("pay.nothing_due", Tone.ATTENTION))
        elif sale.due > tab.left:
            tx.keep(at_rest(sale))
            tx.after_commit(Say("tab.over", Tone.ERROR, amounts=(("a", tab.left),)))
        else:
            tx.keep(Counter(sale, Waiting.CONFIRM, tab.customer, Verb.TAB, tab.balance + sale.due))
            tx.after_commit(Show(View.TOTAL, amount=sale.due))
            tx.after_commit(question(tx.counter))

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        customer = confirmed.barcode
        if customer is None:
            return
        match confirmed.verb:
            case Verb.TAB:
                self._charge(customer, confirmed.asked_mono, tx)
            case Verb.TAB_LIMIT:
                self._enrol(customer, Fen(confirmed.value), tx)
            case Verb.TAB_LOOK:
                self._print(customer, tx)

    def _charge(self, customer: str, asked_mono: float, tx: Transaction) -> None:
        """The sale as it was asked about: nothing can change it before Enter but what ends the question."""
        sale, tab = tx.counter.sale, tx.tabs.find(customer)
        if sale is None or tab is None or not 0 < sale.due <= tab.left:
            tx.after_commit(Say("err.generic", Tone.ERROR))
            return
        if self._completion.is_closed_to(sale, tx):
            return
        frozen = sale if sale.state is State.SUBTOTAL else moved(sale, Event.SUBTOTAL)
        paid = tender_paid(frozen, Tender(Method.TAB, sale.due, reference=customer))
        tx.after_commit(Show(View.RECEIVED, amount=sale.due))
        tx.after_commit(Say("tab.ok", amounts=(("a", sale.due),)))
        self._completion.complete(paid, tx, asked_mono=asked_mono)

    # --- paid back -------------------------------------------------------------------------------------------------

    def _repay(self, customer: str, amount: Fen, tx: Transaction) -> None:
        """A line of a sale; what is paid back in sales that stand aside or lie here counts as paid."""
        tab = tx.tabs.find(customer)
        open_now = Fen((tab.balance if tab is not None else 0) - _promised(customer, tx))
        if amount <= 0:
            tx.after_commit(Say("err.amount", Tone.ERROR))
        elif amount > open_now:
            tx.after_commit(Say("tab.too_much", Tone.ERROR, amounts=(("a", Fen(max(0, open_now))),)))
        else:
            put_in(lambda sale, _: add_deposit(sale, customer, amount), self._offers, tx)

    def _print(self, customer: str, tx: Transaction) -> None:
        tab = tx.tabs.find(customer)
        if tab is None:
            return
        zone, words = self._completion.rules.zone, self._words
        slip = tab_slip(
            tab, tx.tabs.newest(customer, STATEMENT_LINES),
            shop=words.shop, now=local_time(tx.stamp.at, zone), zone=zone, language=words.spoken(tx),
        )  # fmt: skip
        print_slip(slip, tx)
        tx.after_commit(Say("tab.printed"))

    # --- the owner's word ------------------------------------------------------------------------------------------

    def _ask_limit(self, customer: str, limit: Fen, tx: Transaction) -> None:
        if limit > MAX_LIMIT_FEN:
            tx.after_commit(Say("err.amount", Tone.ERROR))
            return
        tx.keep(Counter(tx.counter.sale, Waiting.CONFIRM, customer, Verb.TAB_LIMIT, limit))
        tx.after_commit(question(tx.counter))

    def _enrol(self, customer: str, limit: Fen, tx: Transaction) -> None:
        tx.append(TabEnrolled(customer, limit, tx.get(_OWNER) or ""))
        tx.put(_OWNER, "")
        tx.after_commit(Say("tab.enrolled", amounts=(("a", limit),)))

    # --- booked with the sale --------------------------------------------------------------------------------------

    def _sold(self, record: SaleCompleted, tx: Transaction) -> None:
        sale = record.sale
        for tender in sale.tenders:
            if tender.method is Method.TAB:
                self._book(TabCharged, tender.reference, sale.id, tender.applied, tx)
        for line in sale.standing:
            if line.kind is LineKind.DEPOSIT and (customer := customer_of(line.sku)) is not None:
                self._book(TabRepaid, customer, sale.id, line.amount, tx)

    def _taken_back(self, record: SaleRefunded | SaleVoided, tx: Transaction) -> None:
        """A repayment that was given out again is owed again: what it took off the debt, though cash was rounded."""
        found = tx.sales.by_id(record.refund.of)
        repaid = {line.n: line.amount for line in found.sale.standing} if found is not None else {}
        for line in record.refund.lines:
            if (customer := customer_of(line.sku)) is not None:
                self._book(TabCharged, customer, record.refund.of, repaid.get(line.n, line.amount), tx)
        for tender in record.money:
            if tender.method is Method.TAB and (tab := tx.tabs.find(tender.reference)) is not None:
                tx.after_commit(owes_told(tab.balance))

    def _book(
        self, kind: type[TabCharged] | type[TabRepaid], customer: str, sale: str, amount: Fen, tx: Transaction
    ) -> None:
        before = tx.tabs.find(customer)
        owed = before.balance if before is not None else 0
        balance = Fen(owed + amount if kind is TabCharged else owed - amount)
        tx.append(kind(customer, sale, amount, balance))
        tx.after_commit(owes_told(balance))


def owes_told(balance: Fen) -> Say:
    """Nobody can say an amount below zero."""
    return Say("tab.owes" if balance >= 0 else "tab.credit", amounts=(("a", Fen(abs(balance))),))


def _is_of_tabs(counter: Counter) -> bool:
    return counter.verb in (Verb.TAB, Verb.TAB_LIMIT, Verb.TAB_LOOK)


def _promised(customer: str, tx: Transaction) -> Fen:
    """What this customer pays back in baskets that are not paid yet."""
    baskets = [sale for sale in (tx.counter.sale, *_held(tx)) if sale is not None]
    return Fen(sum(deposited(line for line in sale.standing if customer_of(line.sku) == customer) for sale in baskets))


def _held(tx: Transaction) -> Iterator[Sale | None]:
    return (tx.held.find(number) for number in tx.held.numbers())
