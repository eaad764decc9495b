"""A coupon that is as good as money pays what it can of the bill, as a tender of its own (row 22).

What it is worth beyond what is due is lost. It is used up by the sale that it paid a part of, and until then an undo
gives it back, like cash that lies on the counter.
"""

from __future__ import annotations

from edge.bus import Bus
from edge.messages import CouponTendered, Say, Show, Tone, View
from edge.model.counter import Counter
from edge.model.money import Fen
from edge.model.records import CouponUsed, SaleCompleted
from edge.model.sale import Event, Method, Sale, State, Tender, moved
from edge.model.service_order import ordered
from edge.model.settlement import takes_part, tender_paid
from edge.model.shipment import fees
from edge.ports import Transaction
from edge.services.basket import unanswered, waits_for_wallet, wallet_words
from edge.services.completion import Completion


class CouponTender:
    def __init__(self, bus: Bus, completion: Completion) -> None:
        self._completion = completion
        bus.on(CouponTendered, self._tendered)
        bus.on(SaleCompleted, self._used)

    def _tendered(self, tendered: CouponTendered, tx: Transaction) -> None:
        sale = tx.counter.sale
        if waits_for_wallet(tx.counter):
            tx.after_commit(wallet_words(tx.counter))
        elif (first := unanswered(tx.counter)) is not None:
            tx.after_commit(first)
        elif sale is None or not sale.standing:
            tx.after_commit(Say("pay.first_scan", Tone.ATTENTION))
        elif (refusal := _refusal(sale, tendered)) is not None:
            tx.after_commit(refusal)
        elif sale.training:
            tx.after_commit(Say("train.cash", Tone.ATTENTION))
        elif not self._completion.is_closed_to(sale, tx):
            self._pay(sale, tendered, tx)

    def _pay(self, sale: Sale, tendered: CouponTendered, tx: Transaction) -> None:
        frozen = sale if sale.state is State.SUBTOTAL else moved(sale, Event.SUBTOTAL)
        worth = Fen(min(tendered.amount, frozen.due))
        paid = tender_paid(frozen, Tender(Method.COUPON, worth, reference=tendered.coupon))
        tx.coupons.present(tendered.coupon, promotion="", sale=sale.id)
        if paid.state is State.COMPLETED:
            tx.after_commit(Show(View.RECEIVED, amount=worth))
            tx.after_commit(Say("coupon.paid", amounts=(("a", worth),)))
            self._completion.complete(paid, tx, asked_mono=tendered.asked_mono)
        else:
            tx.keep(Counter(paid))
            tx.after_commit(Show(View.MISSING, amount=paid.due))
            tx.after_commit(Say("coupon.part", Tone.ATTENTION, amounts=(("a", worth), ("b", paid.due))))

    def _used(self, record: SaleCompleted, tx: Transaction) -> None:
        for tender in record.sale.tenders:
            if tender.method is Method.COUPON:
                tx.coupons.use(tender.reference)
                tx.append(CouponUsed(tender.reference, "", record.sale.id))


def _refusal(sale: Sale, tendered: CouponTendered) -> Say | None:
    if any(tender.reference == tendered.coupon for tender in sale.tenders if tender.method is Method.COUPON):
        return Say("coupon.in_sale", Tone.ATTENTION)
    if ordered(sale.standing) or fees(sale.standing):
        return Say("coupon.no_services", Tone.ERROR)
    if sale.due <= 0:
        return Say("pay.nothing_due", Tone.ATTENTION)
    return None if takes_part(sale) else Say("pay.many_parts", Tone.ERROR, amounts=(("a", sale.due),))
