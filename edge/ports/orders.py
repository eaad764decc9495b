"""Orders beside the till, as services see them: goods ordered for customers, and orders that come from apps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from edge.model.app_order import AppOrder
from edge.model.money import Milli
from edge.model.online_order import OnlineOrder


class OnlineOrders(Protocol):
    """By the id of their service order. That one was handed out, its record says."""

    def keep(self, order: OnlineOrder) -> None: ...
    def find(self, order_id: str) -> OnlineOrder | None: ...
    def of_parcel(self, parcel: str) -> OnlineOrder | None:
        """What the parcel with this id brings; None: it is an ordinary one."""
        ...

    def late(self, today: date, *, limit: int) -> Sequence[OnlineOrder]:
        """Ordered, not fetched, and to come before `today`, those first that were to come first."""
        ...

    def forget(self, *, limit: int) -> int: ...


class AppOrders(Protocol):
    """By the platform's id. They change with the records that are about them, and with each piece that is picked."""

    def keep(self, order: AppOrder) -> None: ...
    def find(self, order_id: str) -> AppOrder | None: ...
    def by_slip(self, number: str) -> AppOrder | None:
        """Whose papers have this number."""
        ...

    def by_code(self, code: str) -> AppOrder | None:
        """By the hash of what its bearer shows."""
        ...

    def open(self) -> Sequence[AppOrder]:
        """Neither handed out nor cancelled, the oldest first."""
        ...

    def reserved(self, sku: str) -> Milli:
        """How much of a sku is put aside for them: it is on hand, and nobody else's."""
        ...

    def forget(self, before_at: str, *, limit: int) -> int: ...
