"""The cloud's promotions, whole sets: at most two versions of each name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.ports import PromotionSet

Run = Callable[..., Any]


class PromotionSetTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def all(self) -> Sequence[PromotionSet]:
        rows = self._read("SELECT name, ver, body, in_force FROM promotion_set ORDER BY name, ver")
        return [PromotionSet(name, ver, body, bool(in_force)) for name, ver, body, in_force in rows]

    def keep(self, name: str, version: int, body: str) -> None:
        self._write("DELETE FROM promotion_set WHERE name = ? AND NOT in_force", (name,))
        self._write("INSERT INTO promotion_set(name, ver, body) VALUES (?, ?, ?)", (name, version, body))

    def enforce(self, name: str, version: int) -> None:
        self._write("DELETE FROM promotion_set WHERE name = ? AND ver <> ?", (name, version))
        self._write("UPDATE promotion_set SET in_force = 1 WHERE name = ? AND ver = ?", (name, version))
