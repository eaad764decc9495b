"""Prices that are set at the terminal's own page: as by the card 定价, and told to the books (product decision 7).

A basket that is open keeps the prices it was scanned at. Far below the price until now only the owner goes, as at the
counter.
"""

from __future__ import annotations

from collections.abc import Mapping

from edge.model.item import is_goods
from edge.model.money import Fen
from edge.model.repricing import far_below
from edge.model.stock_records import PriceSet
from edge.ports import Catalogue, Transaction
from edge.services.commands import Answered, CarryOut, Ordered
from edge.services.shop_prices import MAX_PRICE

SET_PRICE = "price.set"
OWNER = "owner"
MAX_SKU = 128


class PriceDesk:
    """`limit_percent`: so much below the price until now others than the owner may go."""

    def __init__(self, catalogue: Catalogue, *, limit_percent: int) -> None:
        self._catalogue = catalogue
        self._limit_percent = limit_percent

    @property
    def at_page(self) -> Mapping[str, CarryOut]:
        return {SET_PRICE: self.set_price}

    def set_price(self, ordered: Ordered, tx: Transaction) -> Answered:
        """args: sku, and price in fen; 0 gives the shop's own price up."""
        sku, price = ordered.args.get("sku"), ordered.args.get("price")
        if not isinstance(sku, str) or type(price) is not int or not 0 <= price <= MAX_PRICE:
            return Answered(ordered.cid, "rejected", "schema.invalid", "a sku and its price in fen")
        item, own = self._catalogue.by_sku(sku), tx.learned.price(sku)
        if (item is None and own is None) or not is_goods(sku) or len(sku) > MAX_SKU:
            return Answered(ordered.cid, "rejected", "schema.invalid", f"there are no goods {sku[:MAX_SKU]}")
        listed = item.price if item is not None else None
        before, after = own if own is not None else listed, Fen(price) if price else listed
        is_far = bool(before and after) and far_below(before or Fen(0), after or Fen(0), self._limit_percent)
        if is_far and ordered.by != OWNER:
            return Answered(ordered.cid, "rejected", "auth.denied", "so far below the price only the owner goes")
        if price == (own or 0):
            return Answered(ordered.cid, "done")
        if price:
            tx.learned.learn(sku, Fen(price))
        else:
            tx.learned.forget(sku)
        tx.append(PriceSet(sku, Fen(price) if price else None, ordered.by))
        return Answered(ordered.cid, "done")
