"""Bugs to plant in the stock of goods, each with the sentence by which the simulated year must find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from edge.model.money import Milli
from edge.model.records import StockCounted, StockMoved
from edge.services import writing_off
from edge.services.store_room import StoreRoom
from edge.store.tables.stock import StockTable

Plant = Callable[[pytest.MonkeyPatch], None]


def forget_what_came(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(StockTable, "book_moves", lambda *_: None)


def count_one_too_many(patch: pytest.MonkeyPatch) -> None:
    book = StockTable.book_count

    def generous(table: Any, record: StockCounted) -> None:
        book(table, replace(record, lines=tuple(replace(line, qty=Milli(line.qty + 1000)) for line in record.lines)))

    patch.setattr(StockTable, "book_count", generous)


def write_off_into_the_shop(patch: pytest.MonkeyPatch) -> None:
    """What nobody will buy any more comes once more."""
    patch.setattr(
        writing_off, "StockMoved",
        lambda of, why, moves: StockMoved(of, why, tuple((sku, Milli(-qty)) for sku, qty in moves)),
    )  # fmt: skip


def keep_the_first_number(patch: pytest.MonkeyPatch) -> None:
    """How many there are is heard, and one is kept."""
    keyed = StoreRoom._set
    patch.setattr(StoreRoom, "_set", lambda room, trade, text, tx: keyed(room, trade, "1", tx))


STOCK_QUIET: tuple[tuple[Plant, str], ...] = (
    (forget_what_came, "came of .*: stock says 0"),
    (count_one_too_many, "on hand of"),
    (write_off_into_the_shop, "goods are|were scanned for write_off"),
    (keep_the_first_number, "were scanned for"),
)
