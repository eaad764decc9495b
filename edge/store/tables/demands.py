"""What is sold of each sku, as the last night worked it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge.model.reorder import Demand

Run = Callable[..., Any]


class DemandTable:
    """`squares` is text: a thousand kilograms a day, squared, is more than a number of SQLite holds."""

    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def keep(self, sku: str, demand: Demand) -> None:
        self._write(
            "INSERT OR REPLACE INTO demand VALUES (?, ?, ?, ?)",
            (sku, demand.days, demand.total, str(demand.squares)),
        )  # fmt: skip

    def find(self, sku: str) -> Demand | None:
        row = self._read("SELECT days, total, squares FROM demand WHERE sku = ?", (sku,)).fetchone()
        return Demand(row[0], row[1], int(row[2])) if row else None
