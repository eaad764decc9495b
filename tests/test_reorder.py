"""Reorder points: golden data, the same with eighty digits, and what packs and shelves make of them."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import ModelError
from edge.model.money import Milli
from edge.model.reorder import (
    DAYS,
    MAX_PROTECTED_DAYS,
    MAX_Z_CENTI,
    Demand,
    demand_of,
    is_too_much,
    reorder_point,
    suggested,
)

GOODS: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "golden_reorder.toml").read_text("utf-8"))["goods"]
DIGITS, NOISE = 80, Decimal(10) ** -60

days = st.lists(st.none() | st.integers(-5_000, 10**9).map(Milli), max_size=DAYS)
few_days = st.integers(0, 60)
factors = st.integers(0, MAX_Z_CENTI)


@pytest.mark.parametrize("row", GOODS, ids=lambda row: row["what"])
def test_the_golden_reorder_points(row: dict[str, Any]) -> None:
    daily = written(row["daily"])
    assert len(daily) == DAYS
    assert oracle(daily, row["lead"], row["review"], row["z"]) == row["rop"], "the file is wrong"
    assert reorder_point(demand_of(daily), row["lead"], row["review"], row["z"]) == row["rop"]


def test_there_are_forty_golden_rows_and_no_two_alike() -> None:
    assert len({row["what"] for row in GOODS}) == len(GOODS) >= 40


@given(days, few_days, few_days, factors)
def test_it_is_what_eighty_digits_say(daily: list[Milli | None], lead: int, review: int, z: int) -> None:
    assert reorder_point(demand_of(daily), lead, review, z) == oracle(daily, lead, review, z)


@given(days, few_days, few_days, factors)
def test_the_order_of_days_and_days_that_do_not_count_change_nothing(
    daily: list[Milli | None], lead: int, review: int, z: int
) -> None:
    counted = sorted(day for day in daily if day is not None)
    assert reorder_point(demand_of(counted), lead, review, z) == reorder_point(demand_of(daily), lead, review, z)


@given(days, few_days, few_days, st.integers(0, MAX_Z_CENTI - 1))
def test_more_safety_and_more_days_never_need_less(daily: list[Milli | None], lead: int, review: int, z: int) -> None:
    sold = [None if day is None else Milli(max(0, day)) for day in daily]
    point = reorder_point(demand_of(sold), lead, review, z)
    assert reorder_point(demand_of(sold), lead, review, z + 1) >= point
    assert reorder_point(demand_of(sold), lead + 1, review, z) >= point
    assert reorder_point(demand_of(sold), lead, review + 1, z) >= point


@pytest.mark.parametrize(
    ("lead", "review", "z"),
    [(-1, 7, 165), (2, -1, 165), (2, MAX_PROTECTED_DAYS - 1, 165), (2, 7, -1), (2, 7, MAX_Z_CENTI + 1)],
)
def test_a_supplier_that_there_cannot_be_is_refused(lead: int, review: int, z: int) -> None:
    with pytest.raises(ModelError, match=r"no (supplier|such)"):
        reorder_point(demand_of([Milli(1000)] * DAYS), lead, review, z)


def test_the_mean_is_of_days_that_count_and_never_below_zero() -> None:
    assert demand_of([None, Milli(1000), Milli(0), Milli(1000)]).mean == 666
    assert demand_of([None, None]) == Demand(0, 0, 0)
    assert demand_of([None, None]).mean == 0
    assert demand_of([Milli(-3000), Milli(1000)]).mean == 0


@pytest.mark.parametrize(
    ("rop", "there", "pack", "packs"),
    [
        (49, 49, 12, 0),
        (49, 48, 12, 1),
        (49, 37, 12, 1),
        (49, 36, 12, 2),
        (49, 0, 1, 49),
        (49, -7, 1, 49),
        (0, 0, 12, 0),
    ],
)
def test_an_order_goes_up_to_the_reorder_point_in_whole_packs(rop: int, there: int, pack: int, packs: int) -> None:
    assert suggested(rop, there, pack) == packs


@pytest.mark.parametrize(
    ("there", "shelf_min", "shelf_max", "packs"),
    [
        (10, 0, None, 0),
        (10, 24, None, 2),
        (0, 24, None, 2),
        (0, 0, 24, 1),
        (0, 0, 11, 0),
        (0, 24, 24, 2),
        (13, 48, 48, 2),
        (60, 48, 48, 0),
    ],
)
def test_the_shelf_shows_its_least_and_never_holds_more_than_its_most(
    there: int, shelf_min: int, shelf_max: int | None, packs: int
) -> None:
    assert suggested(10, there, 12, shelf_min=shelf_min, shelf_max=shelf_max) == packs


@pytest.mark.parametrize(("there", "shelf_max", "packs"), [(10, None, 0), (9, None, 3), (9, 45, 3), (9, 44, 0)])
def test_a_supplier_sells_no_fewer_packs_than_he_says(there: int, shelf_max: int | None, packs: int) -> None:
    assert suggested(10, there, 12, least=3, shelf_max=shelf_max) == packs


@pytest.mark.parametrize(
    ("pieces", "enough", "daily", "too_much"),
    [(21, 0, 1, False), (22, 0, 1, True), (22, 22, 1, False), (1, 0, 0, True), (1, 1, 0, False)],
)
def test_too_much_is_more_than_must_be_there_and_lasts_too_long(
    pieces: int, enough: int, daily: int, *, too_much: bool
) -> None:
    assert is_too_much(pieces, enough, Demand(1, 1000 * daily, 0), 21) is too_much


def test_an_empty_pack_and_an_impossible_shelf_are_refused() -> None:
    with pytest.raises(ModelError, match="a pack holds something"):
        suggested(10, 0, 0)
    with pytest.raises(ModelError, match="no less than its least"):
        suggested(10, 0, 12, shelf_min=30, shelf_max=24)


@given(*[st.integers(-50, 500)] * 2, st.integers(1, 60), st.integers(0, 200), st.none() | st.integers(0, 300))
def test_no_order_is_larger_than_it_must_be(rop: int, stock: int, pack: int, least: int, room: int | None) -> None:
    most = None if room is None else least + room
    pieces = pack * suggested(rop, stock, pack, shelf_min=least, shelf_max=most)
    there = max(0, stock)
    wanted = max(rop, least)
    assert pieces >= 0
    assert pieces == 0 or there + pieces - pack < wanted, "a pack too many"
    assert most is None or pieces == 0 or there + pieces <= most
    if most is None or there + pieces + pack <= most:
        assert there + pieces >= wanted, "a pack too few"


def written(text: str) -> list[Milli | None]:
    """As the golden file writes days: "5x 1000, -"."""
    found: list[Milli | None] = []
    for part in text.replace("\n", " ").split(","):
        *times, day = part.split()
        found += [None if day == "-" else Milli(int(day))] * int(times[0][:-1] if times else 1)
    return found


def oracle(daily: Sequence[Milli | None], lead: int, review: int, z_centi: int) -> int:
    """The formula as it stands in the book, with so many digits that what is left of a whole number is noise."""
    with localcontext() as context:
        context.prec = DIGITS
        sold = [Decimal(day) for day in daily if day is not None]
        if not sold:
            return 0
        mean = sum(sold, Decimal()) / len(sold)
        squares = sum(((day - mean) ** 2 for day in sold), Decimal())
        deviation = (squares / (len(sold) - 1)).sqrt() if len(sold) > 1 else Decimal()
        protected = Decimal(lead + review)
        point = (mean * protected + Decimal(z_centi) / 100 * deviation * protected.sqrt()) / 1000
        whole = point.to_integral_value()
        rounded = whole if abs(point - whole) < NOISE else point.to_integral_value(ROUND_CEILING)
        return max(0, int(rounded))
