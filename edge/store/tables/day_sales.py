"""What the open business day has sold, line by line, from the journal's own rows: a report's reading, no projection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from edge.codec.sold_lines import returned_lines, sold_lines
from edge.model.evening import DaySold, SoldLine
from edge.model.money import Fen, Milli

Run = Callable[..., Any]

_QUIET = (
    "SELECT sku, on_hand, last FROM (SELECT t.sku, t.on_hand, (SELECT max(d.day) FROM sales_day d"
    " WHERE d.sku = t.sku AND d.sold > 0) AS last FROM stock t WHERE t.on_hand > 0) WHERE last <= ?"
)
"""All goods are looked at, as a shop has some thousands; each one's newest day is found by its key."""
_SINCE_Z = "bday = ?1 AND till = ?2 AND no > (SELECT coalesce(max(last_no), 0) FROM z_report WHERE bday = ?1)"


class DaySalesTable:
    def __init__(self, read: Run) -> None:
        self._read = read

    def sold(self, business_day: date, till: str) -> DaySold:
        """A day's rows at once: 500 sales take some 10 ms, and nobody asks but the owner in the evening."""
        day = (business_day.isoformat(), till)
        lines: list[SoldLine] = []
        sales: list[tuple[str, Fen]] = []
        for at, body in self._read(f"SELECT j.at, j.body FROM sale JOIN journal j USING (n) WHERE {_SINCE_Z}", day):
            its_lines, total = sold_lines(body)
            lines += its_lines
            sales.append((at, total))
        for (body,) in self._read(f"SELECT j.body FROM refund JOIN journal j USING (n) WHERE {_SINCE_Z}", day):
            lines += returned_lines(body)
        return DaySold(tuple(lines), tuple(sales))

    def quiet(self, since: date) -> Sequence[tuple[str, Milli, date]]:
        """What lies there and was sold last on `since` or before."""
        rows = self._read(_QUIET, (since.isoformat(),))
        return [(sku, Milli(on_hand), date.fromisoformat(last)) for sku, on_hand, last in rows]

    def gone(self) -> Mapping[str, Milli]:
        """At once: goods by goods it took a third of the report."""
        return {sku: Milli(left) for sku, left in self._read("SELECT sku, on_hand FROM stock t WHERE on_hand <= 0")}

    def last_costs(self) -> Mapping[str, Fen]:
        rows = self._read("SELECT sku, cost FROM stock_came t WHERE cost IS NOT NULL")
        return {sku: Fen(cost) for sku, cost in rows}
