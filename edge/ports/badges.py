"""The badges of a shop as the services see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from edge.model.badge import Badge


class Badges(Protocol):
    def find(self, badge: str) -> Badge | None:
        """By its id; None where there is none, or none that can be read."""
        ...

    def keep(self, badge: Badge) -> None:
        """Durable on return; of too many the oldest that is over gives way. Raises DiskFull or StoreError."""
        ...

    def all(self) -> Sequence[Badge]: ...
