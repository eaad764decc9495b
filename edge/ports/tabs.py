"""What customers owe, as services see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from edge.model.tab import Movement, Tab


class Tabs(Protocol):
    """Customers by the number of their card. They change with the records that are about them."""

    def find(self, customer: str) -> Tab | None:
        """None: never enrolled."""
        ...

    def newest(self, customer: str, limit: int) -> Sequence[Movement]:
        """The newest so many, in the order in which they came."""
        ...

    def of_sale(self, sale_id: str) -> Sequence[Movement]:
        """All that a sale changed, and what came back of it."""
        ...
