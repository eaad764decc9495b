"""What can be sold: a catalogue item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

from edge.model.money import Fen

Gtin14 = NewType("Gtin14", str)
"""A GTIN padded with zeros to 14 digits, check digit verified."""

OPEN_PRICE_SKU = "open"
"""The sku of goods without a barcode, sold at a keyed price to the default department (row 9)."""


DEPOSIT_SKU = "tab:"
"""Begins the sku of money that a customer pays back on the tab (row 43); the customer's number follows."""


SEND_SKU = "send:"
"""Begins the sku of the fee for a parcel that a customer sends (row 65); the parcel's id follows."""


ORDER_SKU = "svc:"
"""Begins the sku of a service order (row 68); the order's id follows."""


def is_goods(sku: str) -> bool:
    """Whether it stands on a shelf, so that the shop has more or less of it."""
    return sku != OPEN_PRICE_SKU and not sku.startswith((DEPOSIT_SKU, SEND_SKU, ORDER_SKU))


@dataclass(frozen=True, slots=True)
class Item:
    """One catalogue row (decisions 1). `price` None or 0 means that the price must be asked for, unless `free_gift`.

    `shelf_min`, `shelf_max`: pieces that its shelf shows at least, and holds at most.
    """

    sku: str
    name: str
    price: Fen | None
    gtin: Gtin14 | None = None
    name_en: str | None = None
    unit: str = ""
    weighed: bool = False
    plu: str | None = None
    dept: str | None = None
    tax: str | None = None
    age: int | None = None
    blocked: bool = False
    pack: int | None = None
    cost: Fen | None = None
    free_gift: bool = False
    shelf_min: int | None = None
    shelf_max: int | None = None

    @property
    def priced(self) -> bool:
        """Whether it can be sold without asking for a price."""
        return bool(self.price) or self.free_gift
