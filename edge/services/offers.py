"""The shop's promotions at the shop's own time, for the services that change a basket or speak of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from edge.messages import Say
from edge.model.item import Item
from edge.model.money import Fen, quantity_text, yuan
from edge.model.promotion import Kind, Promotion
from edge.model.promotion_pricing import Hint, Pricing
from edge.model.sale import ONE_PIECE, LineKind, Sale
from edge.ports import Transaction

_ADDED = {LineKind.OPEN_PRICE: "item.open"}
"""A barcode is no name to be spoken."""


class Offers:
    """`own`: the shop's file; `every`: with those that stand beside it (`ToldPromotions`). `hint_percent`: how near a
    threshold must be before the customer is told of it.
    """

    def __init__(self, own: Sequence[Promotion], zone: ZoneInfo, hint_percent: int) -> None:
        self.own = self.every = tuple(own)
        self.zone = zone
        self.hint_percent = hint_percent
        self.pricing = Pricing(self.own)
        self.coupons = _coupons(self.own)
        """Promotions that a coupon can open; the same set for as long as the terminal runs."""

    @classmethod
    def of(cls, promotions: Sequence[Promotion], zone: ZoneInfo, hint_percent: int = 20) -> Offers:
        return cls(promotions, zone, hint_percent)

    def stand(self, others: Sequence[Promotion]) -> None:
        """From now on these hold beside the shop's own. Between two sales."""
        self.every = every = (*self.own, *others)
        self.pricing = Pricing(every)
        self.coupons.clear()
        self.coupons.update(_coupons(every))

    def priced(self, sale: Sale, tx: Transaction) -> Sale:
        """At the lowest payable total now. After each change of a basket; a subtotal freezes it."""
        return self.pricing.priced(sale, self._now(tx))

    def hint(self, sale: Sale, tx: Transaction) -> Hint | None:
        return self.pricing.hint(sale, self._now(tx), self.hint_percent)

    def names(self, item: Item, tx: Transaction) -> tuple[str, ...]:
        """Of the promotions that these goods are in now."""
        return self.pricing.of(item, self._now(tx))

    def _now(self, tx: Transaction) -> datetime:
        return tx.stamp.at.astimezone(self.zone)


def _coupons(promotions: Sequence[Promotion]) -> set[str]:
    return {promotion.id for promotion in promotions if promotion.kind is Kind.COUPON}


def price_told(item: Item, price: Fen, promotions: Sequence[str]) -> Say:
    """The answer to a price check; more than two names are not listened to."""
    words = (("item", item.name), ("what", "，".join(promotions[:2])))
    plain = "price.kilo" if item.weighed else "price.is"
    return Say("price.promo" if promotions else plain, amounts=(("a", price),), words=words)


def added_told(before: Sale, after: Sale) -> Say:
    """The newest line and what it adds to the bill: the second of two for the price of one adds nothing.

    Its own price where it also reached a threshold of the whole bill.
    """
    line, more = after.lines[-1], Fen(after.total - before.total)
    costs = more if 0 <= more <= line.gross else line.gross
    if line.qty > ONE_PIECE and not line.weighed:  # pieces that were keyed may be of minutes ago
        words = (("item", line.name), ("n", quantity_text(line.qty)))
        return Say("item.qty", amounts=(("a", costs),), words=words)
    return Say(_ADDED.get(line.kind, "item.added"), amounts=(("a", costs),), words=(("item", line.name),))


def hint_shown(hint: Hint | None) -> tuple[str, str]:
    """What the line display says of it, in Chinese and in ASCII; empty for none. At most 20 cells up to ¥100."""
    if hint is None:
        return "", ""
    missing, saves = _short(hint.missing), _short(hint.saves)
    return f"再买￥{missing}减￥{saves}", f"{missing} more: {saves} off"


def _short(fen: Fen) -> str:
    return yuan(fen).removesuffix(".00")
