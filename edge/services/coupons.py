"""Coupons: signed, good once; checked here. What they are worth is the shop's promotions' business, or they are a way
of paying (row 22).

A coupon belongs to the sale in which it was presented until that sale ends or gives it back by an undo: one that stands
aside keeps it, or the paper would be worth twice what it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from edge.bus import Bus
from edge.clock import Clk
from edge.codec.coupon import Coupon, read_coupon
from edge.errors import WireError
from edge.messages import CouponPresented, CouponScanned, CouponTendered, Say, Tone
from edge.model.records import CouponUsed, SaleCompleted
from edge.model.sale import Method
from edge.ports import Transaction
from edge.services.till_day import TillRules, day_of


class Coupons:
    """`keys`: who may sign coupons. `promotions`: ids of those that a coupon can name. Built after `Membership`."""

    def __init__(self, bus: Bus, rules: TillRules, *, keys: Mapping[str, bytes], promotions: Collection[str]) -> None:
        self._rules = rules
        self._keys = keys
        self._promotions = promotions
        bus.on(CouponScanned, self._scanned)
        bus.on(CouponPresented, self._presented)
        bus.on(SaleCompleted, self._used)

    def _scanned(self, scanned: CouponScanned, tx: Transaction) -> None:
        try:
            coupon = read_coupon(scanned.text, self._keys)
        except WireError:
            tx.after_commit(Say("coupon.forged", Tone.ERROR))
            return
        if (refusal := self._refusal(coupon, tx)) is not None:
            tx.after_commit(Say(refusal, Tone.ERROR))
        elif coupon.amount is not None:
            tx.after_commit(CouponTendered(coupon.id, coupon.amount, scanned.asked_mono))
        else:
            tx.after_commit(CouponPresented(coupon.promotion, scanned.asked_mono, coupon.id))

    def _refusal(self, coupon: Coupon, tx: Transaction) -> str | None:
        if coupon.amount is None and coupon.promotion not in self._promotions:
            return "coupon.not_here"
        if tx.coupons.is_used(coupon.id):
            return "coupon.used"
        if self._stands_aside(coupon, tx):
            return "coupon.held"
        is_over = coupon.until is not None and day_of(tx, self._rules) > coupon.until
        return "coupon.over" if is_over and tx.stamp.clk is Clk.OK else None

    def _stands_aside(self, coupon: Coupon, tx: Transaction) -> bool:
        sale = tx.coupons.sale_of(coupon.id)
        held = tx.held.of(sale) if sale is not None else None
        if held is None:
            return False
        tendered = {tender.reference for tender in held[1].tenders if tender.method is Method.COUPON}
        return coupon.promotion in held[1].coupons or coupon.id in tendered

    def _presented(self, presented: CouponPresented, tx: Transaction) -> None:
        """Only where the basket has taken it. Practice takes it from nobody."""
        sale = tx.counter.sale
        if presented.coupon and sale is not None and not sale.training and presented.promotion in sale.coupons:
            tx.coupons.present(presented.coupon, promotion=presented.promotion, sale=sale.id)

    def _used(self, record: SaleCompleted, tx: Transaction) -> None:
        """Those that took something off; another one that was better leaves a coupon as good as before."""
        worth = {saving.promo for saving in record.sale.savings}
        for coupon, promotion in tx.coupons.of(record.sale.id):
            if promotion in worth:
                tx.coupons.use(coupon)
                tx.append(CouponUsed(coupon, promotion, record.sale.id))
