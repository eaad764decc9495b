"""Plans of the platform, and what the shopkeeper made of them, as services see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from edge.model.plan import PlanLine, Wish


class Plans(Protocol):
    def knows(self, plan: str) -> bool: ...
    def keep(self, lines: Sequence[PlanLine]) -> None:
        """They get their numbers; those of before that nobody accepted are over."""
        ...

    def open(self, day: date) -> Sequence[PlanLine]:
        """Lines that can still be accepted on this day, by number."""
        ...

    def find(self, number: int) -> PlanLine | None:
        """`until` None: a newer plan has taken its place."""
        ...

    def accept(self, number: int) -> None: ...
    def wish(self, sku: str, name: str) -> None:
        """Also of goods that were dropped: they are wanted again."""
        ...

    def wishes(self) -> Sequence[Wish]:
        """The oldest first."""
        ...

    def fulfil(self, sku: str) -> None:
        """It was ordered, or is not wanted any more."""
        ...

    def drop(self, sku: str) -> None:
        """Not to be suggested for ordering any more."""
        ...

    def is_dropped(self, sku: str) -> bool: ...
    def forget(self, before: date) -> int:
        """Lines whose last day was before; how many. What came of them stays."""
        ...
