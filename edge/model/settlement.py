"""How a sale is paid: cash in parts, wallets, what is rounded off, what is taken back (product B1)."""

from __future__ import annotations

from dataclasses import replace

from edge.errors import ModelError
from edge.model.money import MAX_FEN, Fen, Rounding, cash_rounding
from edge.model.sale import Event, Method, Sale, State, Tender, moved

MAX_TENDERS = 30
"""A hundred yuan in fives, and half as many again: each counts as a part where note cards add up. All of them stand in
the one record of the sale, beside its lines (codec/record_body.py).
"""


def takes_part(sale: Sale) -> bool:
    """Whether a part of it can be paid in cash, so that there is room still for what pays the rest."""
    return len(sale.tenders) < MAX_TENDERS - 1


def takes_rest(sale: Sale) -> bool:
    """Whether what pays the rest has room: to be asked before a wallet is charged."""
    return len(sale.tenders) < MAX_TENDERS


def tender_cash(sale: Sale, tendered: Fen, rule: Rounding) -> Sale:
    """Cash for a sale in SUBTOTAL; what is over is change, what is short leaves it in SUBTOTAL (rows 24, 28).

    For a sale in PAY_UNKNOWN it pays the whole (product B1): what the wallet may have paid is asked back.
    """
    rounding = rounding_of(sale, rule)
    due = Fen(sale.due + rounding)
    if tendered == due == 0 and sale.tenders:
        return moved(replace(sale, payment=""), Event.PAID)  # goods were taken out since, and the parts are the whole
    if tendered < 0 or (tendered == 0 and due > 0) or tendered > MAX_FEN:
        raise ModelError("this is not an amount of cash", got=f"{tendered} fen")
    if tendered < due:
        if sale.state is not State.SUBTOTAL:
            raise ModelError("the cash does not cover the sale", expected=f"{due} fen", got=f"{tendered} fen")
        if not takes_part(sale):
            raise ModelError("a sale is paid in no more parts", expected=f"at most {MAX_TENDERS}")
        part = Tender(Method.CASH, applied=tendered, tendered=tendered)
        return moved(replace(sale, tenders=(*sale.tenders, part)), Event.PART_PAID)
    tender = Tender(Method.CASH, applied=due, tendered=tendered, change=Fen(tendered - due))
    paid = replace(sale, rounding=Fen(sale.rounding + rounding), tenders=(*sale.tenders, tender), payment="")
    return moved(paid, Event.PAID)


def rounding_of(sale: Sale, rule: Rounding) -> Fen:
    """What is rounded off when cash pays the rest: of all the cash of the sale, down, and never below what is due."""
    cash = sum(tender.applied for tender in sale.tenders if tender.method is Method.CASH)
    return Fen(max(cash_rounding(Fen(cash + sale.due), rule), -sale.due)) if sale.due > 0 else Fen(0)


def begin_payment(sale: Sale, payment: str) -> Sale:
    """A wallet payment of all that is due begins; raises IllegalMove when another has not ended."""
    if not takes_rest(sale):
        raise ModelError("a sale is paid in no more parts", expected=f"at most {MAX_TENDERS}")
    return replace(moved(sale, Event.PAY), payment=payment)


def tender_paid(sale: Sale, tender: Tender) -> Sale:
    """A tender that is no cash is certain now: what it covers is paid, exact to the fen."""
    if not 0 < tender.applied <= sale.due:
        raise ModelError("a tender pays at most what is due", expected=f"{sale.due} fen", got=f"{tender.applied} fen")
    paid = replace(sale, tenders=(*sale.tenders, tender), payment="")
    return moved(paid, Event.PAID if paid.due == 0 else Event.PART_PAID)


def not_paid(sale: Sale) -> Sale:
    """Its payment ended without money."""
    return replace(moved(sale, Event.NOT_PAID), payment="")


LAID_DOWN = (Method.CASH, Method.COUPON)
"""What lies on the counter until the sale is paid, and can be taken up again."""


def tender_taken_back(sale: Sale) -> Sale:
    """The last tender, cash or a coupon that is on the counter still, goes back to the customer (row 98)."""
    if not (sale.state in (State.OPEN, State.SUBTOTAL) and sale.tenders and sale.tenders[-1].method in LAID_DOWN):
        raise ModelError("there is nothing to give back")
    return replace(sale, tenders=sale.tenders[:-1])
