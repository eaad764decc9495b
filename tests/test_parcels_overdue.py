"""Parcels whose free time is over: their recipients are told all the same, and the cloud hears of it once."""

from __future__ import annotations

from pathlib import Path

import pytest
from parcel_bench import OPENS_S, STOP, ParcelBench, waybill

from edge.model.parcel import ParcelState

A, B = waybill(1), waybill(2)
OFFLINE_S = 25 * 3600.0
"""Longer than the free time in a cell."""


@pytest.fixture
def shop(tmp_path: Path) -> ParcelBench:
    return ParcelBench(tmp_path / "shop")


def in_cell(shop: ParcelBench, number: str, door: int) -> None:
    shop.courier()
    shop.keys("1E")
    shop.scan(number)
    shop.pass_s(OPENS_S)
    shop.put_in(door)
    shop.card(STOP)


def overdue(shop: ParcelBench) -> None:
    shop.sleep_s(OFFLINE_S)
    shop.pass_s(1)


# --- without a network -----------------------------------------------------------------------------------------------


def test_who_was_not_told_before_the_free_time_ended_is_told_then(shop: ParcelBench) -> None:
    in_cell(shop, A, 1)
    overdue(shop)
    assert (shop.known(A).state, shop.codes()) == (ParcelState.OVERDUE, {})
    shop.go_online()
    code = shop.codes()[A]
    shop.code(code)
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [1]


def test_who_was_not_told_before_the_free_time_ended_is_told_after_a_restart(shop: ParcelBench) -> None:
    in_cell(shop, A, 1)
    overdue(shop)
    shop.restart()
    shop.go_online()
    code = shop.codes()[A]
    shop.code(code)
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [1]
