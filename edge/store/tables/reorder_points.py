"""The reorder point of each sku, as the last night worked it out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from edge.model.money import Milli
from edge.model.reorder import ReorderPoint

Run = Callable[..., Any]


class ReorderPointTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def keep(self, point: ReorderPoint) -> None:
        self._write(
            "INSERT OR REPLACE INTO reorder VALUES (?, ?, ?, ?)",
            (point.sku, point.pieces, point.daily, point.until.isoformat()),
        )

    def find(self, sku: str) -> ReorderPoint | None:
        row = self._read("SELECT sku, rop, daily, until FROM reorder WHERE sku = ?", (sku,)).fetchone()
        return _point(row) if row else None

    def after(self, sku: str, *, limit: int) -> list[ReorderPoint]:
        found = self._read(
            "SELECT sku, rop, daily, until FROM reorder WHERE sku > ? ORDER BY sku LIMIT ?", (sku, limit)
        )
        return [_point(row) for row in found]


def _point(row: tuple[Any, ...]) -> ReorderPoint:
    sku, pieces, daily, until = row
    return ReorderPoint(sku, pieces, Milli(daily), date.fromisoformat(until))
