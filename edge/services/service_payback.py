"""Money of a service that was not done goes back the way it came, once, whatever is told how often (row 69).

failed ──► a wallet, a tab: at once        cash: at once while the customer stands here, else by the slip
                                                 slip ──► Enter: drawer, paper, journal in one commit
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, timedelta

from edge.bus import Bus
from edge.messages import Confirmed, Say, Tone
from edge.model.counter import Verb, at_rest
from edge.model.ledger_rows import CompletedSale
from edge.model.money import Fen
from edge.model.receipt import ReceiptText
from edge.model.records import SaleRefunded
from edge.model.refund import Refund, RefundKind, RefundLine, money_back, paid_for, rest_of, with_line
from edge.model.sale import ONE_PIECE, Line, Method, Tender
from edge.model.service_order import ServiceEvent, ServiceOrder, ServiceState, ordered_by
from edge.model.service_records import ServiceRefunded
from edge.ports import Transaction
from edge.services.basket import ask_confirm, basket_view, question
from edge.services.completion import Completion
from edge.services.money_back import ask_back
from edge.services.owner_gate import armed, spend
from edge.services.refund_booking import book_refund
from edge.services.refund_rest import left_of
from edge.services.shifts import needs_shift
from edge.services.till_day import day_of

PRESENT = timedelta(minutes=3)
"""So long after the payment its customer is taken to stand here still, and gets cash at once."""

_log = logging.getLogger("edge.service")


class ServicePayback:
    def __init__(self, bus: Bus, completion: Completion, text: ReceiptText) -> None:
        self._completion = completion
        self._text = text
        bus.on(SaleRefunded, self._back)
        bus.on(Confirmed, self._confirmed)

    def give_back(
        self, order: ServiceOrder, tx: Transaction, *, fee: Fen = Fen(0), by_slip: bool = False
    ) -> str | None:
        """The id of the refund that is booked or on its way; empty: cash waits for whoever shows the slip. None: there
        is no receipt any more to book it by, and it waits for the slip and the owner's card.

        `fee` is kept of it. `by_slip`: the slip was shown.
        """
        found, line = _sold(order, tx)
        if found is None or line is None:
            _log.error("the sale %s of service order %s is gone", order.sale, order.id)
            return self._without_receipt(order, Fen(order.price - fee), tx) if by_slip else None
        returned = tx.refunds.returned(found.sale.id)
        if rest_of(line, returned) <= 0:
            return order.id  # on its way since before
        refund = with_line(Refund(tx.new_id(), found.sale.id, found.receipt), found.sale, line, ONE_PIECE, returned)
        if fee:
            part = replace(refund.lines[0], amount=Fen(max(0, refund.total - fee)))
            refund = replace(refund, lines=(part,))
        money = money_back(found.sale, refund.total, returned, lambda tender: left_of(found.sale, tender, tx))
        is_cash = any(tender.method is Method.CASH for tender in money)
        if is_cash and not (by_slip or (order.state is ServiceState.FAILED and _is_here(order, tx))):
            return ""
        wallets = [tender for tender in money if tender.payment]
        if not wallets:
            book_refund(refund, money, self._completion, self._text, tx)
            return refund.id
        tx.refunds.await_money(refund, money)
        for tender in wallets:
            ask_back(tender.payment, tender.applied, tx, of=refund.id)
        return refund.id

    def owed(self, order: ServiceOrder, tx: Transaction, *, fee: Fen = Fen(0)) -> Fen:
        """What was paid for it, less `fee`: cash rounding has taken its share of the price."""
        found = tx.sales.by_id(order.sale)
        lines = [line.n for line in found.sale.standing if line.sku == order.sku] if found is not None else []
        paid = paid_for(found.sale)[lines[0]] if found is not None and lines else order.price
        return Fen(max(0, paid - fee))

    def _without_receipt(self, order: ServiceOrder, amount: Fen, tx: Transaction) -> str | None:
        """In cash, whatever way it came: nobody knows that any more. None, with a word: the owner's card is missing."""
        if (owner := spend(tx)) is None:
            tx.after_commit(Say("owner.first", Tone.ATTENTION))
            return None
        back, line = tx.new_id(), RefundLine(1, order.sku, order.named("zh-CN"), ONE_PIECE, amount)
        refund = Refund(back, back, "", (line,), RefundKind.WITHOUT_RECEIPT, owner)
        book_refund(refund, (Tender(Method.CASH, amount),), self._completion, self._text, tx)
        return refund.id

    def day(self, tx: Transaction) -> date:
        """The business day of what is booked now."""
        return day_of(tx, self._completion.rules)

    def ask(self, order: ServiceOrder, tx: Transaction) -> None:
        """The slip of one that failed is shown: its cash, or the word that it is on its way."""
        if is_on_its_way(order, tx):
            tx.after_commit(Say("svc.back_soon", Tone.ATTENTION))
        elif needs_shift(tx):
            tx.after_commit(Say("shift.needed", Tone.ERROR))
        elif _sold(order, tx)[1] is None and armed(tx) is None:
            tx.after_commit(Say("svc.no_sale", Tone.ALARM))
            tx.after_commit(Say("owner.first", Tone.ATTENTION))
        else:
            tx.keep(replace(tx.counter, barcode=order.id))
            ask_confirm(Verb.SERVICE_BACK, self.owed(order, tx), tx)

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        if confirmed.verb is not Verb.SERVICE_BACK or confirmed.barcode is None:
            return
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))
        order = tx.services.find(confirmed.barcode)
        if order is None or order.state is not ServiceState.FAILED or is_on_its_way(order, tx):
            tx.after_commit(question(tx.counter) or Say("svc.over", Tone.ATTENTION))
        else:
            self.give_back(order, tx, by_slip=True)

    def _back(self, record: SaleRefunded, tx: Transaction) -> None:
        for line in record.refund.lines:
            order = tx.services.find(ordered_by(line.sku) or "")
            if order is not None and order.state is ServiceState.FAILED and _is_of(order, record.refund):
                refunded = order.moved(ServiceEvent.REFUND, tx.stamp.at)
                tx.append(ServiceRefunded(refunded, record.refund.id, line.amount, record.business_day))


def _sold(order: ServiceOrder, tx: Transaction) -> tuple[CompletedSale | None, Line | None]:
    """Its sale, and its line there; None: gone."""
    found = tx.sales.by_id(order.sale)
    standing = found.sale.standing if found is not None else ()
    return found, next((line for line in standing if line.sku == order.sku), None)


def is_on_its_way(order: ServiceOrder, tx: Transaction) -> bool:
    """Whether its money went back, or a wallet is waited for."""
    _, line = _sold(order, tx)
    returned = tx.refunds.returned(order.sale)
    if line is None:  # of a sale that is gone the sum tells
        return any(fen == order.price for _, fen in returned.values())
    return rest_of(line, returned) <= 0


def _is_of(order: ServiceOrder, refund: Refund) -> bool:
    """Another sale may have paid for nothing by the same slip."""
    return refund.kind is RefundKind.WITHOUT_RECEIPT or refund.of == order.sale


def _is_here(order: ServiceOrder, tx: Transaction) -> bool:
    return order.paid_at is not None and timedelta(0) <= tx.stamp.at - order.paid_at <= PRESENT
