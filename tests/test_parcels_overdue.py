"""Parcels whose free time is over: their recipients are told all the same, and the cloud hears of it once."""

from __future__ import annotations

from pathlib import Path

import pytest
from parcel_bench import OPENS_S, STOP, ParcelBench, waybill

from edge.model.parcel import Parcel, ParcelEvent, ParcelState

A, B = waybill(1), waybill(2)
OFFLINE_S = 25 * 3600.0
"""Longer than the free time in a cell."""


@pytest.fixture
def shop(tmp_path: Path) -> ParcelBench:
    return ParcelBench(tmp_path / "shop")


def overdue(shop: ParcelBench) -> None:
    shop.sleep_s(OFFLINE_S)
    shop.pass_s(1)


# --- without a network -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("restarted", [False, True])
def test_who_was_not_told_before_the_free_time_ended_is_told_then(shop: ParcelBench, *, restarted: bool) -> None:
    shop.in_cell(A, 1)
    overdue(shop)
    assert (shop.known(A).state, shop.codes()) == (ParcelState.OVERDUE, {})
    if restarted:
        shop.restart()
    shop.go_online()
    code = shop.codes()[A]
    shop.code(code)
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [1]


# --- kept when it was to be handed out -------------------------------------------------------------------------------


def test_an_overdue_parcel_that_was_left_in_its_cell_is_overdue_once(shop: ParcelBench) -> None:
    shop.in_cell(A, 1)
    overdue(shop)
    shop.reset_code(A, "111111")
    shop.code("111111")
    shop.pass_s(OPENS_S)
    shop.shut(1)
    assert shop.prompts[-1] == "door.left_in"
    overdue(shop)
    assert shop.known(A).state is ParcelState.OVERDUE
    assert len(shop.records("parcel.overdue")) == 1


def test_an_overdue_parcel_that_nobody_scanned_is_overdue_after_a_restart(shop: ParcelBench) -> None:
    shop.courier()
    shop.scan(A, B)
    shop.card(STOP)
    shop.sleep_s(4 * OFFLINE_S)
    shop.pass_s(1)
    shop.reset_code(A, "111111")
    shop.code("111111")
    assert shop.known(A).state is ParcelState.RELEASING
    shop.restart()
    shop.pass_s(1)
    assert (shop.known(A).state, shop.known(B).state) == (ParcelState.OVERDUE, ParcelState.OVERDUE)
    assert len(shop.records("parcel.overdue")) == 2


def test_a_late_parcel_is_never_stored_again() -> None:
    late = Parcel("p_1", A, "SF", ParcelState.STORED).moved(ParcelEvent.EXPIRE)
    kept = late.moved(ParcelEvent.RELEASE).moved(ParcelEvent.KEEP)
    found = late.moved(ParcelEvent.MISS).moved(ParcelEvent.FIND)
    assert (late.state, kept.state, found.state) == (ParcelState.OVERDUE,) * 3
    in_time = Parcel("p_1", A, "SF", ParcelState.STORED).moved(ParcelEvent.RELEASE).moved(ParcelEvent.KEEP)
    assert (in_time.state, in_time.late) == (ParcelState.STORED, False)
