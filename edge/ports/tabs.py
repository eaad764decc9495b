"""What customers owe, as services see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from edge.model.tab import Movement, Tab


class Tabs(Protocol):
    """Customers by their pseudonym, or by one of before. They change with the records that are about them."""

    def find(self, customer: str) -> Tab | None:
        """None: never enrolled."""
        ...

    def rename(self, former: str, customer: str) -> None:
        """The store's key is another one: who was called `former` is called `customer`, in old papers too."""
        ...

    def numbers(self) -> Sequence[str]:
        """Whose tabs are named by the number of their card still, as before there were pseudonyms."""
        ...

    def forget_aliases(self, before: datetime) -> int:
        """What they were called in papers that are as old."""
        ...

    def newest(self, customer: str, limit: int) -> Sequence[Movement]:
        """The newest so many, in the order in which they came."""
        ...

    def of_sale(self, sale_id: str) -> Sequence[Movement]:
        """All that a sale changed, and what came back of it."""
        ...
