"""Promotions: each that the shop's file or the cloud has, in plain words, and whether it holds at this moment."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from edge.model.promotion import Cut, CutKind, Kind, Promotion, Span
from edge.web.shop_facts import ShopFacts
from edge.web.site import Asking, Shown, View

NAMED = 6
"""So many goods are named; of more their number is told."""


class Holds(StrEnum):
    NOW = "now"
    PAUSES = "pauses"
    """Another hour, or another day of the week."""
    LATER = "later"
    OVER = "over"


class PromotionShown(Shown):
    """`pieces` take part, `free` of them cost nothing; `cut` and `value` (fen, or percent): what is paid less.

    `from_fen`: of the whole bill. `goods`: names of some, `more` others; `depts`: whole departments. Dates are empty
    where there is none, `weekdays` (0 is Monday) where it is each.
    """

    id: str
    name: str
    kind: Kind
    holds: Holds
    pieces: int
    free: int
    cut: CutKind
    value: int
    from_fen: int
    starts: str
    ends: str
    weekdays: tuple[int, ...]
    hours: str
    goods: tuple[str, ...]
    more: int
    depts: tuple[str, ...]


class Promotions(Shown):
    """Those that hold now first."""

    promotions: tuple[PromotionShown, ...]


def promotions_view(shop: ShopFacts) -> View:
    def read(_: Asking) -> Promotions:
        found, at = shop.promotions(), shop.local()
        skus = {one.id: sorted({sku for slot in one.slots for sku in slot.goods.skus}) for one in found}
        names = shop.item_names([sku for every in skus.values() for sku in every[:NAMED]])
        shown = []
        for one in found:
            its = skus[one.id]
            shown.append(_shown(one, at, tuple(names.get(sku, sku) for sku in its[:NAMED]), len(its)))
        order = list(Holds)
        return Promotions(promotions=tuple(sorted(shown, key=lambda one: order.index(one.holds))))

    return View("promotions", "/promotions", Promotions, read)


def _shown(one: Promotion, at: datetime, names: tuple[str, ...], goods: int) -> PromotionShown:
    span, cut = one.span, _cut(one)
    free = sum(each == Cut(CutKind.PERCENT, 100) for slot in one.slots for each in slot.cuts)
    hours = "" if span.hours is None else f"{span.hours[0]:%H:%M}–{span.hours[1]:%H:%M}"
    return PromotionShown(
        id=one.id, name=one.name, kind=one.kind, holds=_holds(span, at), cut=cut.kind, value=cut.value,
        pieces=sum(len(slot.cuts) for slot in one.slots) - (free if one.kind is Kind.BOGO else 0), free=free,
        from_fen=one.from_fen, starts=span.starts.isoformat() if span.starts else "",
        ends=span.ends.isoformat() if span.ends else "", weekdays=tuple(sorted(span.weekdays)), hours=hours,
        goods=names, more=goods - len(names),
        depts=tuple(sorted({dept for slot in one.slots for dept in slot.goods.depts})),
    )  # fmt: skip


def _cut(one: Promotion) -> Cut:
    """What is paid less; of one price for several pieces the whole price."""
    if one.bill is not None:
        return one.bill
    cuts = [cut for slot in one.slots for cut in slot.cuts]
    shares = [cut.value for cut in cuts if cut.kind is CutKind.SHARE]
    return Cut(CutKind.SHARE, sum(shares)) if shares else cuts[-1]


def _holds(span: Span, at: datetime) -> Holds:
    if span.holds(at):
        return Holds.NOW
    if span.starts and at.date() < span.starts:
        return Holds.LATER
    return Holds.OVER if span.ends and at.date() > span.ends else Holds.PAUSES
