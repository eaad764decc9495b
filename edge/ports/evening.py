"""What the owner's report asks the ledger beside the day's sums."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from edge.model.evening import DaySold


class DaySales(Protocol):
    def sold(self, business_day: date, till: str) -> DaySold:
        """Since the last Z report: of a day that is open, so that all its rows are on the box. Raises CodecError."""
        ...
