"""Service orders, as services see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from edge.model.money import Fen
from edge.model.service_order import ServiceOrder


class ServiceOrders(Protocol):
    """By the id that they had from the first question on. They change with the records that are about them."""

    def find(self, order_id: str) -> ServiceOrder | None: ...

    def by_slip(self, number: str) -> ServiceOrder | None:
        """Whose service slip has this number; None: it is not one of ours, or forgotten."""
        ...

    def open(self) -> Sequence[ServiceOrder]:
        """Paid, and without an end, in the order of their ids."""
        ...

    def owing(self) -> Sequence[ServiceOrder]:
        """The same, and those that failed and whose money is still here."""
        ...

    def over(self, now: datetime, *, limit: int) -> Sequence[ServiceOrder]:
        """Quoted, and good no more."""
        ...

    def waiting(self) -> int:
        """How many are quoted: neither paid nor over."""
        ...

    def paid_on(self, offer: str, day: date) -> Fen:
        """What was paid for one offer on a business day, without what went back."""
        ...

    def forget(self, before_at: str, *, limit: int) -> int:
        """At most `limit` that came to their end before; how many it was."""
        ...
