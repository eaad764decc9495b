"""Goods that are ordered for customers, as services see them."""

from __future__ import annotations

from typing import Protocol

from edge.model.online_order import OnlineOrder


class OnlineOrders(Protocol):
    """By the id of their service order. That one was handed out, its record says."""

    def keep(self, order: OnlineOrder) -> None: ...
    def find(self, order_id: str) -> OnlineOrder | None: ...
    def of_parcel(self, parcel: str) -> OnlineOrder | None:
        """What the parcel with this id brings; None: it is an ordinary one."""
        ...

    def forget(self, *, limit: int) -> int: ...
