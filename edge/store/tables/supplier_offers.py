"""What suppliers ask for goods: the newest file that was imported, as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.model.money import Fen
from edge.model.supplier_offer import SupplierOffer

Run = Callable[..., Any]

VERSION = "offers.version"
"""In `meta`: how many files were imported."""


class SupplierOfferTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def replace_all(self, offers: Sequence[SupplierOffer]) -> int:
        """These and no others from now on; returns the version that they are."""
        version = self.version() + 1
        self._write("DELETE FROM supplier_offer")
        for o in offers:
            self._write(
                "INSERT INTO supplier_offer VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (o.sku, o.supplier, o.pack, o.cost, o.lead_days, o.least, o.discount, o.carton),
            )
        self._write("INSERT OR REPLACE INTO meta VALUES (?, ?)", (VERSION, str(version)))
        return version

    def version(self) -> int:
        row = self._read("SELECT v FROM meta WHERE k = ?", (VERSION,)).fetchone()
        return int(row[0]) if row is not None and str(row[0]).isdecimal() else 0

    def of(self, sku: str, gtin14: str | None) -> Sequence[SupplierOffer]:
        """By the sku, or the GTIN with which the file names the goods."""
        rows = self._read(
            "SELECT supplier, pack, cost, lead_days, least, discount, carton FROM supplier_offer WHERE sku IN (?, ?)"
            " ORDER BY supplier, pack", (sku, gtin14 or sku),
        )  # fmt: skip
        return [
            SupplierOffer(supplier, sku, pack, Fen(cost), days, least, Fen(discount), carton)
            for supplier, pack, cost, days, least, discount, carton in rows
        ]
