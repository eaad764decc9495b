"""What the owner's report asks the ledger beside the day's sums."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from edge.model.evening import DaySold
from edge.model.money import Milli


class DaySales(Protocol):
    def sold(self, business_day: date, till: str) -> DaySold:
        """Since the last Z report: of a day that is open, so that all its rows are on the box. Raises CodecError."""
        ...

    def quiet(self, since: date) -> Sequence[tuple[str, Milli, date]]:
        """(sku, on hand, day of its last sale) of goods that lie there and were sold last on `since` or before.

        What was never counted, or never sold as long as anybody knows, is not among them.
        """
        ...
