"""Prices that were keyed in this shop (product decision 7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge.model.money import Fen

Run = Callable[..., Any]


class LearnedPriceTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def price(self, barcode: str) -> Fen | None:
        row = self._read("SELECT price FROM learned_price WHERE barcode = ?", (barcode,)).fetchone()
        return Fen(row[0]) if row else None

    def learn(self, barcode: str, price: Fen) -> None:
        self._write("INSERT OR REPLACE INTO learned_price VALUES (?, ?)", (barcode, price))

    def forget(self, barcode: str) -> None:
        self._write("DELETE FROM learned_price WHERE barcode = ?", (barcode,))
