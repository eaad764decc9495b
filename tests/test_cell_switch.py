"""A cell is taken out of use at the page, and given back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from parcel_bench import OPENS_S, STOP, ParcelBench, waybill

from edge.messages import PageAnswer, PageOrder
from edge.model.cell import Cell, CellEvent, CellState
from edge.model.cell_map import CellMap

CID = "019aadf2-4c02-7c3e-9d51-6a1b2c3d4e5"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ParcelBench]:
    yield ParcelBench(tmp_path / "shop")


def ordered(shop: ParcelBench, letter: str, kind: str, box: object) -> tuple[str, str]:
    answers: list[PageAnswer] = []
    shop.bus.route(PageAnswer, answers.append)
    shop.tell(PageOrder(f"{CID}{letter}", kind, {"box": box}, "technician"))
    return answers[-1].result["state"], answers[-1].result.get("err", {}).get("code", "")


def state(shop: ParcelBench, box: str) -> CellState:
    return shop.queries.cells([box])[0].state


def put_in(shop: ParcelBench) -> str:
    """The cell that a parcel was put into."""
    shop.go_online()
    shop.courier()
    shop.keys("1E")
    shop.scan(waybill(1))
    shop.pass_s(OPENS_S)
    shop.put_in(shop.open_doors[0])
    shop.card(STOP)
    return shop.queries.parcels()[0].cell


def test_a_cell_that_is_out_gets_no_parcel(shop: ParcelBench) -> None:
    assert ordered(shop, "a", "cell.out", "B01") == ("done", "")
    assert state(shop, "B01") is CellState.FAULT
    assert put_in(shop) == "B02"
    assert shop.records("cell.changed")[0]["data"] == {"box": "B01", "state": "fault", "why": "taken_out"}


def test_what_lies_in_it_stays_booked_there_and_it_is_looked_into_when_it_comes_back(shop: ParcelBench) -> None:
    box = put_in(shop)
    ordered(shop, "a", "cell.out", box)
    (cell,) = shop.queries.cells([box])
    assert cell.state is CellState.FAULT and cell.parcel == shop.queries.parcels()[0].id
    assert ordered(shop, "b", "cell.back", box) == ("done", "")
    assert state(shop, box) is CellState.CHECK


def test_no_door_that_opens_brings_it_back_and_no_power_cut(shop: ParcelBench) -> None:
    box = put_in(shop)
    ordered(shop, "a", "cell.out", box)
    shop.reset_code(waybill(1), "246813")
    shop.code("246813")
    shop.pass_s(OPENS_S)
    shop.take_out(shop.open_doors[0])
    (cell,) = shop.queries.cells([box])
    assert (cell.state, cell.parcel, cell.out) == (CellState.FAULT, "", True)
    shop.restart()
    assert state(shop, box) is CellState.FAULT
    assert ordered(shop, "b", "cell.back", box) == ("done", "") and state(shop, box) is CellState.CHECK


def test_a_broken_cell_can_be_taken_out_too(shop: ParcelBench) -> None:
    tx = shop.begin()
    tx.cells.keep(Cell("B01", CellState.FAULT))
    tx.commit()
    assert ordered(shop, "a", "cell.out", "B01") == ("done", "")
    assert shop.cell(1).out and shop.cell(1).moved(CellEvent.MEND).state is CellState.FAULT


def test_twice_is_once_and_an_unknown_cell_is_refused(shop: ParcelBench) -> None:
    assert ordered(shop, "a", "cell.back", "B01") == ("done", "") and state(shop, "B01") is CellState.FREE
    for letter in "bc":
        assert ordered(shop, letter, "cell.out", "B01") == ("done", "")
    for letter, box in zip("def", ("B99", None, "B01'; --"), strict=True):
        assert ordered(shop, letter, "cell.out", box) == ("rejected", "schema.invalid")
    assert len(shop.records("cell.changed")) == 1


def test_a_door_that_is_open_for_a_parcel_goes_first(shop: ParcelBench) -> None:
    shop.go_online()
    shop.courier()
    shop.keys("1E")
    shop.scan(waybill(1))
    (box,) = [place.id for place in shop.wall.places if state(shop, place.id) is CellState.RESERVED]
    assert ordered(shop, "a", "cell.out", box) == ("failed", "cmd.busy")


# --- off in the cell map ----------------------------------------------------------------------------------------------


class OffBench(ParcelBench):
    """The map has cell B01 out of service; its lock is looked at all the same."""

    @property
    def wall(self) -> CellMap:
        wall = super().wall
        return replace(wall, places=tuple(replace(one, in_service=one.id != "B01") for one in wall.places))


def test_a_cell_that_is_off_in_the_map_gets_no_parcel_and_its_door_is_nobodys_trouble(tmp_path: Path) -> None:
    shop = OffBench(tmp_path / "shop")
    assert put_in(shop) == "B02"
    shop.hush()
    shop.leaf(1).is_open = True
    shop.pass_s(600)
    assert "door.forced" not in shop.prompts and "door.left" not in shop.prompts
    assert [row["data"]["box"] for row in shop.records("locker.forced")] == ["B01"], "the journal has it"
    assert shop.records("locker.left_open") == []
    shop.leaf(3).is_open = True
    shop.pass_s(3)
    assert "door.forced" in shop.prompts


def test_what_lies_in_a_cell_that_was_put_off_since_is_watched_as_ever(tmp_path: Path) -> None:
    shop = ParcelBench(tmp_path / "shop")
    shop.in_cell(waybill(1), 1)
    shop.__class__ = OffBench
    shop.restart()
    shop.pass_s(5)
    shop.hush()
    shop.leaf(1).is_open = True
    shop.pass_s(3)
    assert "door.forced" in shop.prompts
