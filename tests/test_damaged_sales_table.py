"""A wrong entry in the table of sales, as a worn card makes it, does not stop the till."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, CounterBench
from test_ledger_damage import sql


def test_a_receipt_number_that_the_day_s_index_hides_is_not_given_again(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path)
    for _ in range(3):
        shop.sell(COLA)
    sql("UPDATE sale SET no = 1")(shop.ledger.path)
    shop.sell(NOODLES)
    assert [sale["receipt"][-4:] for sale in shop.sales()] == ["0001", "0002", "0003", "0004"]


@pytest.mark.parametrize("day", ["2026-19-39", "2026-11-2s", "~", "9999"])
def test_a_day_that_is_none_does_not_stop_the_till(day: str, tmp_path: Path) -> None:
    shop = CounterBench(tmp_path)
    shop.sell(COLA)
    shop.sell(COLA)
    with closing(sqlite3.connect(shop.ledger.path)) as connection:
        connection.execute("UPDATE sale SET bday = ? WHERE no = 1", (day,))
        connection.commit()
    shop.sell(NOODLES)
    assert [sale["bday"] for sale in shop.sales()] == ["2026-11-23"] * 3
