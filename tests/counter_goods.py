"""What the counter's bench sells: a catalogue in memory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from edge.codec.catalogue_row import canonical_plu
from edge.codec.gtin import check_digit
from edge.model.item import Gtin14, Item
from edge.model.money import Fen


def ean(head: str) -> str:
    """Twelve digits and their check digit."""
    return f"{head}{check_digit(head)}"


COLA, NOODLES, TISSUES, BAG, OLD_MILK, NEW_TEA = (
    ean(f"69012345678{digit}") for digit in "012345"
)  # fmt: skip
STRANGE = ean("690999999999")  # a barcode that no catalogue has
STRANGE_NAME = f"新商品{STRANGE[-4:]}"


def goods(barcode: str, name: str, price: int | None, **more: Any) -> Item:
    return Item(barcode, name, None if price is None else Fen(price), gtin=Gtin14(f"0{barcode}"), **more)


SHELF = (
    goods(COLA, "可乐", 300),
    goods(NOODLES, "方便面", 450),
    goods(TISSUES, "纸巾", 1251),
    goods(BAG, "赠品袋", 0, free_gift=True),
    goods(OLD_MILK, "过期牛奶", 600, blocked=True),
    goods(NEW_TEA, "新茶", None),
)


class Goods:
    """A catalogue in memory."""

    def __init__(self, items: Iterable[Item], version: int = 1) -> None:
        self._items = tuple(items)
        self.version = version

    def by_gtin(self, gtin14: str) -> Item | None:
        return next((item for item in self._items if item.gtin == gtin14), None)

    def by_sku(self, sku: str) -> Item | None:
        return next((item for item in self._items if item.sku == sku), None)

    def by_plu(self, plu: str) -> Item | None:
        return next((item for item in self._items if item.plu is not None and item.plu == canonical_plu(plu)), None)

    def __len__(self) -> int:
        return len(self._items)

    def close(self) -> None:
        """Nothing is open."""
