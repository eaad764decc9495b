"""Goods that were ordered for a customer: what of, and the parcels that bring them (product row 75)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class OnlineOrder:
    """`id` is that of its service order, in which the money is. `comes_on`: as the provider said; None: it did not.

    `later`: it may be paid when it is fetched. `parcels`: the ids of those that bring it; empty: none is known yet.
    `handed_at`: when the customer got it. `slot`: when it is brought home and installed; empty: it is fetched here.
    `late`: that it did not come in time has been told.
    """

    id: str
    barcode: str
    pieces: int
    comes_on: date | None = None
    later: bool = False
    parcels: tuple[str, ...] = ()
    handed_at: datetime | None = None
    slot: str = ""
    late: bool = False

    def is_late(self, today: date) -> bool:
        """Whether the day that was told is over. What is brought home nobody here hears of."""
        is_waited_for = self.handed_at is None and not self.slot
        return is_waited_for and self.comes_on is not None and self.comes_on < today
