"""Reports: what each business day sold, read from the journal's own rows, and what ran out (product row 93).

A day of 500 sales takes some 10 ms to read; one that is over does not change, so it is read once.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from zoneinfo import ZoneInfo

from edge.codec.sold_lines import returned_lines, sold_lines
from edge.errors import CodecError
from edge.model.evening import SoldLine
from edge.model.item import is_goods
from edge.model.money import Fen, Milli
from edge.model.sold_day import HOURS, RanOut, SoldDay, SoldGoods
from edge.model.tab import customer_of
from edge.store.reading import reading

MOST_DAYS = 31
"""Of one report; so many days that are over are kept."""
MOST_RAN_OUT = 20

_SOLD = "SELECT j.at, j.body FROM sale s JOIN journal j ON j.n = s.n WHERE s.bday = ?"
_BACK = "SELECT j.body FROM refund r JOIN journal j ON j.n = r.n WHERE r.bday = ?"
_LAST = "SELECT max(bday) FROM (SELECT max(bday) AS bday FROM sale UNION ALL SELECT max(bday) FROM refund)"
_RAN_OUT = (
    "SELECT d.sku, count(*), max(d.day), coalesce((SELECT t.on_hand FROM stock t WHERE t.sku = d.sku) <= 0, 0)"
    " FROM sales_day d WHERE d.day BETWEEN ? AND ? AND d.shelf > 0 GROUP BY d.sku ORDER BY 4 DESC, 2 DESC, 1 LIMIT ?"
)


class SoldDays:
    """`zone` is the shop's clock. Called from any thread."""

    def __init__(self, path: Path, zone: ZoneInfo) -> None:
        self._path = path
        self._zone = zone
        self._over: dict[date, SoldDay] = {}
        self._lock = threading.Lock()

    def newest(self) -> date | None:
        """The last business day on which something was sold or came back."""
        with reading(self._path) as connection:
            (found,) = connection.execute(_LAST).fetchone()
        return date.fromisoformat(found) if found else None

    def days(self, last: date, count: int) -> Sequence[SoldDay]:
        """`count` days, MOST_DAYS at most, the oldest first; `last` and later ones are read anew each time."""
        wanted = [last - timedelta(days=back) for back in range(min(count, MOST_DAYS) - 1, -1, -1)]
        with self._lock:
            with reading(self._path) as connection:
                found = {day: self._over.get(day) or self._read(connection, day) for day in wanted}
            kept = self._over | found
            self._over = {day: one for day, one in kept.items() if last - timedelta(days=MOST_DAYS) < day < last}
            return list(found.values())

    def ran_out(self, first: date, last: date) -> Sequence[RanOut]:
        """Goods that were away for some time of that period, those that are still away first."""
        with reading(self._path) as connection:
            rows = connection.execute(_RAN_OUT, (first.isoformat(), last.isoformat(), MOST_RAN_OUT)).fetchall()
        return [RanOut(sku, days, date.fromisoformat(day), bool(is_out)) for sku, days, day, is_out in rows]

    def _read(self, connection: Connection, day: date) -> SoldDay:
        """A sale that cannot be read is left out: `edge journal --verify` tells of it."""
        hours = [[0, 0] for _ in range(HOURS)]
        goods: defaultdict[str, list[SoldLine]] = defaultdict(list)
        for at, body in connection.execute(_SOLD, (day.isoformat(),)):
            try:
                lines, total = sold_lines(body)
            except CodecError:
                continue
            repaid = sum(line.amount for line in lines if customer_of(line.sku) is not None)
            if repaid == 0 or total != repaid:
                hour = hours[datetime.fromisoformat(at).astimezone(self._zone).hour]
                hour[0] += 1
                hour[1] += total - repaid
            _sort(lines, goods)
        back = 0
        for (body,) in connection.execute(_BACK, (day.isoformat(),)):
            try:
                lines = returned_lines(body)
            except CodecError:
                continue
            back += sum(line.amount for line in lines)
            _sort(lines, goods)
        return SoldDay(
            day, tuple((count, Fen(fen)) for count, fen in hours), Fen(back),
            {sku: _summed(lines) for sku, lines in goods.items()},
        )  # fmt: skip


def _sort(lines: Sequence[SoldLine], goods: defaultdict[str, list[SoldLine]]) -> None:
    for line in lines:
        if is_goods(line.sku):
            goods[line.sku].append(line)


def _summed(lines: Sequence[SoldLine]) -> SoldGoods:
    qty, fen = sum(line.qty for line in lines), sum(line.amount for line in lines)
    return SoldGoods(lines[-1].name, Milli(qty), Fen(fen))
