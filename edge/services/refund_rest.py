"""What of a sale, and of the ways it was paid by, can still go back."""

from __future__ import annotations

from dataclasses import replace

from edge.errors import IllegalMove
from edge.model.money import Fen
from edge.model.refund import rest_of
from edge.model.sale import Event, Method, Sale, State, Tender, moved
from edge.model.tab import TabMove
from edge.ports import Transaction


def may(event: Event, sale: Sale, tx: Transaction) -> bool:
    """Whether the table has it: a sale that was taken back as a whole has no way on."""
    try:
        moved(replace(sale, state=State.VOIDED) if tx.refunds.is_voided(sale.id) else sale, event)
    except IllegalMove:
        return False
    return True


def something_left(sale: Sale, tx: Transaction) -> bool:
    returned = tx.refunds.returned(sale.id)
    return any(rest_of(line, returned) > 0 for line in sale.standing)


def left_of(sale: Sale, tender: Tender, tx: Transaction) -> Fen:
    """What can still go back this way; of a payment that the box forgot, nothing."""
    if tender.method is Method.TAB:
        back = sum(move.amount for move in tx.tabs.of_sale(sale.id) if move.kind is TabMove.RETURNED)
        return Fen(tender.applied - back)
    if not tender.payment:
        return Fen(0)
    payment = tx.payments.find(tender.payment)
    return Fen(payment.rest - tx.payments.promised(payment.id)) if payment is not None else Fen(0)


def in_cash(tender: Tender) -> Tender:
    return Tender(Method.CASH, tender.applied)
