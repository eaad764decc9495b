"""What reprices a sale without being goods: a member card and coupons, before the first tender (rows 21, 22)."""

from __future__ import annotations

from dataclasses import replace

from edge.errors import ModelError
from edge.model.money import Milli
from edge.model.sale import Event, Sale, moved, with_undo
from edge.model.undo import Undo

MAX_COUPONS = 10
"""More than a customer finds in a purse."""


def with_member(sale: Sale, member: str) -> Sale:
    """The sale of a member; before the first tender only (row 21)."""
    if sale.tenders:
        raise ModelError("something of this sale is paid already")
    changed = replace(moved(sale, Event.CHANGE), member=member)
    return changed if member == sale.member else with_undo(changed, Undo(0, Milli(0), member=sale.member))


def with_coupon(sale: Sale, promotion: str) -> Sale:
    """The sale with one more coupon, by the id of its promotion; before the first tender only (row 22)."""
    if sale.tenders:
        raise ModelError("something of this sale is paid already")
    changed = moved(sale, Event.CHANGE)
    if promotion in sale.coupons:
        return changed
    if len(sale.coupons) >= MAX_COUPONS:
        raise ModelError("too many coupons for one sale", expected=f"at most {MAX_COUPONS}")
    more = replace(changed, coupons=(*sale.coupons, promotion))
    return with_undo(more, Undo(0, Milli(0), coupon=promotion))
