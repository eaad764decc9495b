"""What lies in the shop, as services see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from edge.model.money import Milli


class Stock(Protocol):
    def on_hand(self, sku: str) -> Milli | None:
        """None: never counted (product decision 7). May be negative."""
        ...

    def sold(self, moves: Sequence[tuple[str, Milli]]) -> None:
        """Add to what was sold since the last count, and to stock where it is known."""
        ...

    def wrong(self, *, limit: int) -> Sequence[tuple[str, Milli]]:
        """(sku, on hand) of what is below zero or no whole piece, by sku."""
        ...
