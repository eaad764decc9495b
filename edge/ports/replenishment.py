"""What was sold day by day, and what follows from it for the next order, as services see it."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from edge.model.money import Milli
from edge.model.reorder import DAYS, Demand


class SalesDays(Protocol):
    """Booked by sales and by goods that come back."""

    def daily(self, sku: str, day: date, days: int = DAYS) -> list[Milli | None]:
        """What was sold on each of the last `days` business days up to `day`, oldest first.

        None: it was without stock at some time of that day, or was not known yet. Below zero: more came back without a
        receipt than was sold.
        """
        ...

    def stocked(self, sku: str, day: date, on_hand: Milli | None) -> None:
        """What lies there since a delivery, a count or a write-off on `day`; sales and refunds say so themselves.

        A sku of which nobody had heard is known from now on: days without a sale count.
        """
        ...

    def next_sku(self, after: str) -> str | None:
        """The first one behind `after` that has a day; None: there is none."""
        ...

    def forget(self, before: date, *, limit: int) -> int:
        """At most `limit` days that are older, but for each sku's newest one of them; how many it was."""
        ...


class Demands(Protocol):
    def keep(self, sku: str, demand: Demand) -> None: ...
    def find(self, sku: str) -> Demand | None:
        """As the last night that could tell worked it out; None: no night has."""
        ...
