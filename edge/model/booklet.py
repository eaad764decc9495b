"""The booklet: goods that the shop does not stock, and that can be ordered for a customer (product row 75)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edge.model.item import Gtin14
from edge.model.money import Fen


@dataclass(frozen=True, slots=True)
class BookletItem:
    """`barcode` are the 13 digits that are printed, `price` what the booklet says: what it costs, the cloud says when
    it is asked.

    `days` until it is here, `offer` the id of the service that brings it; empty: the first that the shop may sell.
    """

    gtin: Gtin14
    barcode: str
    name: str
    name_en: str
    price: Fen
    days: int
    offer: str = ""

    def named(self, language: str) -> str:
        return (self.name_en or self.name) if language == "en" else self.name


class Booklet:
    """In the order in which they are printed. No goods: the shop has no booklet."""

    def __init__(self, items: Sequence[BookletItem] = ()) -> None:
        self.items = tuple(items)
        self._by_gtin = {item.gtin: item for item in self.items}

    def find(self, gtin: Gtin14) -> BookletItem | None:
        return self._by_gtin.get(gtin)
