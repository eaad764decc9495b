"""Goods that were ordered for a customer: what of, and the parcels that bring them (product row 75)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class OnlineOrder:
    """`id` is that of its service order, in which the money is. `comes_on`: as the provider said; None: it did not.

    `later`: it may be paid when it is fetched. `parcels`: the ids of those that bring it; empty: none is known yet.
    `handed_at`: when the customer got it. `slot`: when it is brought home and installed; empty: it is fetched here.
    """

    id: str
    barcode: str
    pieces: int
    comes_on: date | None = None
    later: bool = False
    parcels: tuple[str, ...] = ()
    handed_at: datetime | None = None
    slot: str = ""
