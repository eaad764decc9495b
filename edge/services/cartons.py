"""Cartons: one code on the outside, so many pieces inside, which is what the shop has more or less of.

A GTIN-14 with a packaging indicator names the goods in it. How many there are is told by its own line of the catalogue,
else by that of the goods (`pack`), else by somebody who was asked once.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.bus import Bus
from edge.codec.gtin import inner_gtin, is_gtin, to_gtin14
from edge.messages import GoodsScanned, ItemScanned, UnknownScanned
from edge.model.item import Gtin14, Item
from edge.model.money import Milli
from edge.ports import Catalogue, Transaction
from edge.services.scanning import short_gtin
from edge.services.shop_prices import stranger


@dataclass(frozen=True, slots=True)
class Goods:
    """What stands on a shelf: `each` of it in what was scanned, whose code is `code`; None: nobody knows how many."""

    item: Item
    code: str
    each: Milli | None = Milli(1000)


class Cartons:
    """A carton that is sold moves its pieces: noted when it is scanned, read when the sale is booked."""

    def __init__(self, bus: Bus, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        bus.on(ItemScanned, lambda scanned, tx: self._scanned(scanned.item.sku, scanned.item.gtin, tx))
        bus.on(UnknownScanned, self._unknown)

    def _unknown(self, scanned: UnknownScanned, tx: Transaction) -> None:
        """A carton that is sold at a keyed price: its goods may be known all the same."""
        if is_gtin(scanned.barcode):
            self._scanned(scanned.barcode, to_gtin14(scanned.barcode), tx)

    def _scanned(self, sku: str, gtin: Gtin14 | None, tx: Transaction) -> None:
        if gtin is None or inner_gtin(gtin) is None:
            return
        goods = goods_of(gtin, self._catalogue, tx)
        if goods.each is not None:
            tx.stock.pack(sku, goods.item.sku, goods.each // 1000)


def goods_of(gtin: Gtin14, catalogue: Catalogue, tx: Transaction) -> Goods:
    """What `gtin` is the code of, known or not; of a carton the goods in it."""
    item, inner = catalogue.by_gtin(gtin), inner_gtin(gtin)
    code = item.sku if item is not None else short_gtin(gtin)
    if inner is None:
        return Goods(item or stranger(code), code)
    inside = catalogue.by_gtin(inner)
    goods = inside or item or stranger(short_gtin(inner))
    told = tx.stock.packed(code)
    pack = next((one.pack for one in (item, inside) if one is not None and one.pack), told[1] if told else None)
    return Goods(goods, code, None if pack is None else Milli(pack * 1000))


def goods_on(scanned: GoodsScanned, catalogue: Catalogue, tx: Transaction) -> Goods | None:
    """None: a label of the shop's scale, for goods that nobody knows."""
    if scanned.gtin is not None:
        return goods_of(scanned.gtin, catalogue, tx)
    item = catalogue.by_plu(scanned.plu)
    return Goods(item, item.sku) if item is not None else None
