"""A shop that orders nothing by its terminal: whatever comes is received as it is scanned."""

from __future__ import annotations

from collections.abc import Sequence

from edge.model.stock import Arrived, Delivery
from edge.ports import Transaction


class NoDeliveries:
    """See `edge.ports.Deliveries`."""

    def of_waybill(self, waybill: str, tx: Transaction) -> str | None:
        return None

    def expected(self, order: str, tx: Transaction) -> Delivery | None:
        return None

    def begun(self, order: str, tx: Transaction) -> None:
        """Nobody waits for it."""

    def arrived(self, delivery: Delivery, of: str, came: Sequence[Arrived], tx: Transaction) -> None:
        """Nobody waits for it."""
