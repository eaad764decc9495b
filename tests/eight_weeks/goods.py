"""What the shop sells and who delivers it: a village shop from autumn into winter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edge.model.item import Item
from edge.model.money import Fen
from edge.model.platform import Supplier
from edge.model.supplier_offer import SupplierOffer


@dataclass(frozen=True, slots=True)
class Ware:
    """`daily`: pieces wanted on an average day of the first weeks. `by_end`: how many times that in the last week.

    `feast`: how many times that in the holiday week. `cost` of a piece, at its wholesaler.
    """

    sku: str
    price: int
    cost: int
    pack: int
    daily: float
    by_end: float = 1.0
    feast: float = 1.0
    wholesaler: str = "drinks"

    @property
    def item(self) -> Item:
        return Item(self.sku, self.sku, Fen(self.price), cost=Fen(self.cost), pack=self.pack)


WHOLESALERS = tuple(
    Supplier(name, "weeks", name, name, Fen(28_800), Fen(1_000)) for name in ("drinks", "food", "household")
)
MARKET = Supplier("market", "weeks", "market", "market", Fen(20_000), Fen(600), lead_days=1)
"""Sells half packs of what is slow, dearer."""
SUPPLIERS = (*WHOLESALERS, MARKET)
WARES = (
    Ware("water", 200, 110, 24, 6.0, 0.6, 1.3),
    Ware("cola", 300, 205, 12, 4.0, 0.6, 1.8),
    Ware("iced tea", 350, 230, 15, 3.5, 0.3, 1.4),
    Ware("herbal tea", 450, 310, 12, 2.0, 0.8, 2.0),
    Ware("beer", 500, 350, 12, 4.5, 0.7, 1.8),
    Ware("milk", 350, 265, 12, 3.0, 1.1, 1.2),
    Ware("yoghurt", 650, 480, 8, 1.2, 0.9, 1.2),
    Ware("hot milk tea", 500, 320, 10, 0.6, 3.0, 1.0),
    Ware("spirits", 2_800, 2_050, 6, 0.4, 1.3, 2.5),
    Ware("juice", 900, 640, 6, 0.8, 1.0, 2.2),
    Ware("noodles", 450, 300, 12, 3.5, 1.5, 1.2, "food"),
    Ware("sausage", 200, 125, 20, 4.0, 1.2, 1.4, "food"),
    Ware("crisps", 600, 410, 10, 1.8, 1.0, 2.0, "food"),
    Ware("sunflower seeds", 800, 560, 10, 1.2, 1.4, 2.2, "food"),
    Ware("biscuits", 550, 370, 12, 1.5, 1.0, 1.3, "food"),
    Ware("chocolate", 900, 640, 12, 0.7, 1.6, 1.5, "food"),
    Ware("eggs", 1_200, 950, 6, 1.6, 1.1, 1.4, "food"),
    Ware("rice", 3_200, 2_700, 4, 0.5, 1.0, 1.3, "food"),
    Ware("cooking oil", 6_500, 5_600, 4, 0.25, 1.2, 1.4, "food"),
    Ware("soy sauce", 850, 600, 12, 0.5, 1.1, 1.1, "food"),
    Ware("hot pot base", 1_100, 760, 10, 0.4, 4.0, 1.5, "food"),
    Ware("chewing gum", 500, 330, 20, 1.5, 1.0, 1.3, "food"),
    Ware("paper tissues", 350, 220, 10, 2.2, 1.2, 1.1, "household"),
    Ware("toilet paper", 1_900, 1_380, 6, 0.8, 1.0, 1.1, "household"),
    Ware("washing powder", 1_500, 1_100, 6, 0.4, 1.0, 1.0, "household"),
    Ware("dish soap", 700, 470, 12, 0.4, 1.0, 1.1, "household"),
    Ware("soap", 450, 290, 12, 0.5, 0.9, 1.0, "household"),
    Ware("toothpaste", 1_200, 820, 12, 0.3, 1.0, 1.0, "household"),
    Ware("batteries", 600, 380, 12, 0.6, 1.2, 1.0, "household"),
    Ware("lighters", 200, 90, 50, 1.5, 1.1, 1.2, "household"),
    Ware("mosquito coils", 700, 450, 10, 0.8, 0.1, 1.0, "household"),
    Ware("gloves", 800, 500, 10, 0.15, 5.0, 1.0, "household"),
    Ware("light bulbs", 1_000, 640, 10, 0.12, 1.2, 1.0, "household"),
    Ware("umbrella", 2_500, 1_700, 4, 0.1, 1.0, 1.0, "household"),
)
"""Slow and fast, small packs and large, what goes out of season and what comes into it."""

TWO_AT_ONCE = frozenset({"water", "beer", "sausage"})
DISCOUNT = 25
"""Every third ware has its price as one that is a quarter higher, less a discount."""
HALF_PACK_DEARER = 106
SLOW_DAYS = 14
"""A pack that lasts for longer at first is one that the market halves."""


def _offers() -> Iterator[SupplierOffer]:
    for place, ware in enumerate(WARES):
        cost, discount = ware.cost * ware.pack, 0 if place % 3 else ware.cost * ware.pack * DISCOUNT // 100
        least = 2 if ware.sku in TWO_AT_ONCE else 1
        yield SupplierOffer(ware.wholesaler, ware.sku, ware.pack, Fen(cost + discount), 2, least, Fen(discount))
        if ware.pack > ware.daily * SLOW_DAYS:
            half = ware.pack // 2
            yield SupplierOffer(MARKET.id, ware.sku, half, Fen(ware.cost * half * HALF_PACK_DEARER // 100), 1)


OFFERS = tuple(_offers())
