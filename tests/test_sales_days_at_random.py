"""Any weeks of one sku, against a list of all that happened, read from front to back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.model.item import Item
from edge.model.money import Fen, Milli
from edge.model.records import SaleCompleted, SaleRefunded
from edge.model.refund import Refund, RefundLine
from edge.model.reorder import DAYS
from edge.model.sale import Line, Sale, add_item
from edge.store.schema import migrate
from edge.store.tables.sales_days import SalesDaysTable
from edge.store.transaction import Rows

COLA = Item("cola", "可乐", Fen(300))
FIRST = date(2026, 9, 1)
KINDS = ("sold", "came", "back", "back, unknown", "counted anew")
steps = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 4), st.integers(1, 5), st.integers(0, 10)), max_size=40
)
"""(what, days since the step before, pieces, an old sale's number)."""


@dataclass
class Told:
    """Of the sku: what was sold on which day, and the level after each step with its day."""

    level: int | None
    sold: list[tuple[date, int]] = field(default_factory=list)
    levels: list[tuple[date, int | None]] = field(default_factory=list)
    came_back: list[tuple[date, int]] = field(default_factory=list)

    def daily(self, until: date) -> list[int | None]:
        return [self._of(until - timedelta(days=DAYS - 1 - passed)) for passed in range(DAYS)]

    def _of(self, day: date) -> int | None:
        before = [level for at, level in self.levels if at < day]
        during = [level for at, level in self.levels if at == day]
        if not before and not during:
            return None
        if before and before[-1] == 0:
            return None
        if 0 in during:
            return None
        sold = sum(pieces for at, pieces in self.sold if at == day)
        return 1000 * (sold - sum(pieces for at, pieces in self.came_back if at == day))


LEDGER = sqlite3.connect(":memory:")
migrate(LEDGER)


@settings(max_examples=300)
@given(st.none() | st.integers(0, 12), steps, st.integers(0, 40))
def test_any_weeks_are_as_the_list_of_all_steps_says(
    level: int | None, moves: list[tuple[str, int, int, int]], later: int
) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        LEDGER.backup(connection)

        def read(sql: str, values: tuple[object, ...]) -> Rows:
            return Rows(connection.execute(sql, values))

        table, told, day = SalesDaysTable(read, connection.execute), Told(level), FIRST
        for kind, passed, pieces, old in moves:
            day += timedelta(days=passed)
            step(table, told, kind, day, pieces, old)
        day += timedelta(days=later)
        assert table.daily("cola", day) == told.daily(day)
        while table.forget(day - timedelta(days=DAYS), limit=3):
            assert table.daily("cola", day) == told.daily(day), "what was forgotten was needed"


def step(table: SalesDaysTable, told: Told, kind: str, day: date, pieces: int, old: int) -> None:
    """The same to the table and to the list."""

    def moved(by: int) -> None:
        told.level = None if told.level is None else told.level + by
        told.levels.append((day, told.level))

    def on_hand(sku: str) -> Milli | None:
        return None if told.level is None else Milli(1000 * told.level)

    if kind == "sold":
        moved(-pieces)
        told.sold.append((day, pieces))
        table.book_sale(sale(day, pieces), pieces_of, on_hand)
    elif kind.startswith("back"):
        sold_on = told.sold[old % len(told.sold)][0] if told.sold and kind == "back" else None
        moved(pieces)
        told.came_back.append((sold_on or day, pieces))
        table.book_back(back(day, pieces), sold_on, pieces_of, on_hand)
    else:
        moved(pieces)
        if kind == "counted anew":
            told.level = old
            told.levels[-1] = (day, old)
        table.stocked("cola", day, on_hand("cola"))
        if len(told.levels) == 1 and told.level is None:
            told.levels.pop()  # nothing was heard of it


def pieces_of(lines: Iterable[Line | RefundLine]) -> list[tuple[str, Milli]]:
    return [(line.sku, line.qty) for line in lines]


def sale(day: date, pieces: int) -> SaleCompleted:
    sold = add_item(Sale("s"), COLA, qty=Milli(1000 * pieces))
    return SaleCompleted(sold, f"{day:%y%m%d}-1-0001", day, "1", offline=True)


def back(day: date, pieces: int) -> SaleRefunded:
    refund = Refund("r", "s", "", (RefundLine(1, "cola", "可乐", Milli(1000 * pieces), Fen(0)),))
    return SaleRefunded(refund, (), f"{day:%y%m%d}-1-0002", day, "1")
