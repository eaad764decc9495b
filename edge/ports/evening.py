"""What the owner's report asks the ledger beside the day's sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from edge.model.evening import DaySold
from edge.model.money import Fen, Milli


class DaySales(Protocol):
    def sold(self, business_day: date, till: str) -> DaySold:
        """Since the last Z report: of a day that is open, so that all its rows are on the box. Raises CodecError."""
        ...

    def quiet(self, since: date) -> Sequence[tuple[str, Milli, date]]:
        """(sku, on hand, day of its last sale) of goods that lie there and were sold last on `since` or before.

        What was never counted, or never sold as long as anybody knows, is not among them.
        """
        ...

    def gone(self) -> Mapping[str, Milli]:
        """What is on hand, by sku, of all goods of which nothing is left or less."""
        ...

    def last_costs(self) -> Mapping[str, Fen]:
        """Of a piece as it came last, by sku: `Stock.last_cost` of all goods."""
        ...
