"""What the shop orders, and what suppliers ask for it, as services see it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from edge.model.purchase import PurchaseOrder, PurchaseState
from edge.model.supplier_offer import SupplierOffer


class Purchases(Protocol):
    """They change with the records about them; `keep` is for what a hand does to a proposal, and for what was sent."""

    def keep(self, order: PurchaseOrder) -> None: ...
    def find(self, order_id: str) -> PurchaseOrder | None:
        """None: there is none that can be read."""
        ...

    def by_number(self, number: str) -> PurchaseOrder | None: ...
    def by_waybill(self, waybill: str) -> PurchaseOrder | None:
        """The order that this parcel of a supplier brings; None: it is none of theirs."""
        ...

    def in_states(self, states: Collection[PurchaseState]) -> Sequence[PurchaseOrder]:
        """By their last move, the oldest first."""
        ...


class SupplierOffers(Protocol):
    def version(self) -> int:
        """Of the file that was imported last; 0: there never was one."""
        ...

    def of(self, sku: str, gtin14: str | None) -> Sequence[SupplierOffer]:
        """For these goods, by their sku or their GTIN."""
        ...
