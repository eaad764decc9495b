"""The rows of the journal that moved money, a business day at a time: for tables of a period (product row 94).

Each day is read on a connection of its own: whoever takes a table slowly holds nothing up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from edge.store.reading import reading

_ROWS = (
    "SELECT j.type, j.at, j.body, j.n FROM sale s JOIN journal j ON j.n = s.n WHERE s.bday = ?1"
    " UNION ALL SELECT j.type, j.at, j.body, j.n FROM refund r JOIN journal j ON j.n = r.n WHERE r.bday = ?1 ORDER BY 4"
)


class MoneyDays:
    """Called from any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, day: date) -> Sequence[tuple[str, str, str]]:
        """(type, at, body) of sales, refunds and voids of that business day, the oldest first."""
        with reading(self._path) as connection:
            return [row[:3] for row in connection.execute(_ROWS, (day.isoformat(),))]
