"""Member cards and coupons: what reprices the open basket without being goods (rows 21, 22)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from edge.bus import Bus
from edge.errors import ModelError
from edge.messages import CouponPresented, MemberScanned, Say, Tone
from edge.model.counter import Waiting
from edge.model.membership import with_coupon, with_member
from edge.model.sale import Sale
from edge.model.undo import Undo
from edge.ports import Transaction
from edge.services.basket import basket_view, fits_one_record, question, refunding
from edge.services.empty_sale import EmptySale
from edge.services.first_goods import sale_for
from edge.services.offers import Offers


def undo_told(step: Undo, sale: Sale, tx: Transaction) -> Say:
    """Of a card or a coupon that was just taken back from `sale`; a coupon is as good as before from now on."""
    if step.coupon:
        tx.coupons.release(step.coupon, sale=sale.id)
        return Say("undo.coupon", amounts=(("a", sale.total),))
    return Say("undo.member_before" if sale.member else "undo.member", amounts=(("a", sale.total),))


class Membership:
    """Anywhere before the first tender, before the goods too. The number of a card is never spoken nor journaled."""

    def __init__(self, bus: Bus, offers: Offers, empty: EmptySale) -> None:
        self._offers = offers
        self._empty = empty
        bus.on(
            MemberScanned, lambda scanned, tx: self._apply(lambda s: with_member(s, scanned.member), "member.ok", tx)
        )
        bus.on(CouponPresented, lambda had, tx: self._apply(lambda s: with_coupon(s, had.promotion), "coupon.ok", tx))

    def _apply(self, change: Callable[[Sale], Sale], prompt: str, tx: Transaction) -> None:
        if tx.counter.waiting is Waiting.CUSTOMER and prompt == "member.ok":
            return  # `Tabs` takes it
        if refunding(tx.counter) or tx.counter.waiting is Waiting.CONFIRM:  # what is to be confirmed was said already
            tx.after_commit(question(tx.counter) or Say("refund.goods", Tone.ATTENTION))
            return
        if (begun := sale_for(tx)) is None:
            return
        try:
            sale = self._offers.priced(change(begun), tx)
        except ModelError:
            tx.after_commit(Say("member.late", Tone.ERROR))
            return
        if not fits_one_record(sale):
            tx.after_commit(Say("sale.no_change", Tone.ERROR))
            return
        tx.keep(replace(tx.counter, sale=sale))
        tx.after_commit(basket_view(tx.counter))
        tx.after_commit(Say(prompt))
        self._empty.watch(sale)
