"""What a stormy year found at the parcel station: clocks that go back, desks that turn to something else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from parcel_bench import IN, OPENS_S, SEEN_S, STOP, ParcelBench, waybill

from edge.codec.command_card import card_code
from edge.model.cell import CellState
from edge.model.counter import Waiting
from edge.model.parcel import ParcelState

A, B = waybill(1), waybill(2)
REFUSE = card_code(134)


@pytest.fixture
def shop(tmp_path: Path) -> ParcelBench:
    shop = ParcelBench(tmp_path / "shop")
    shop.go_online()
    shop.hush()
    return shop


def on_shelf(shop: ParcelBench, *numbers: str) -> None:
    shop.card(IN)
    shop.scan(*numbers)
    shop.card(STOP)


def test_what_was_to_be_handed_out_is_kept_when_the_desk_turns_to_something_else(shop: ParcelBench) -> None:
    on_shelf(shop, A)
    shop.reset_code(A, "111111")
    shop.code("111111")
    shop.card(REFUSE)
    shop.pass_s(200)
    assert shop.known(A).state is ParcelState.STORED


def test_nobody_takes_along_what_the_one_before_did_not(shop: ParcelBench) -> None:
    on_shelf(shop, A, B)
    shop.reset_code(A, "111111")
    shop.reset_code(B, "222222")
    shop.code("111111")
    shop.code("222222")
    shop.scan(A)
    assert shop.prompts[-1] == "parcel.wrong"
    assert shop.known(A).state is ParcelState.STORED
    shop.scan(B)
    assert shop.known(B).state is ParcelState.PICKED_UP


def test_a_clock_that_is_set_back_does_not_hide_the_newest_pulse(shop: ParcelBench) -> None:
    shop.courier()
    shop.keys("1E")
    shop.scan(A)
    shop.pass_s(OPENS_S)
    shop.put_in(1)
    shop.card(STOP)
    shop.reset_code(A, "111111")
    shop.clock.at -= timedelta(days=40)
    shop.hush()
    shop.code("111111")
    shop.pass_s(OPENS_S)
    assert "door.forced" not in shop.prompts
    shop.take_out(1)
    assert (shop.known(A).state, shop.cell(1).state) == (ParcelState.PICKED_UP, CellState.FREE)


def in_doubt(shop: ParcelBench) -> None:
    """Behind a door that no sensor sees, and nobody has said so."""
    shop.courier()
    shop.keys("1E")
    shop.scan(A)
    shop.pass_s(OPENS_S)
    shop.put_in(1)
    shop.pass_s(70)
    assert shop.known(A).doubt


def test_a_door_in_doubt_that_is_opened_and_shut_by_hand_is_asked_about(tmp_path: Path) -> None:
    shop = ParcelBench(tmp_path / "blind", protocol="8a")
    in_doubt(shop)
    shop.leaf(1).is_open = True
    shop.pass_s(SEEN_S)
    shop.shut(1)
    assert (shop.prompts[-1], shop.waits_for()) == ("door.full_ask", Waiting.CELL)
    shop.keys("E")
    assert (shop.known(A).state, shop.cell(1).state) == (ParcelState.STORED, CellState.OCCUPIED)


def test_a_parcel_in_doubt_that_is_scanned_again_is_in_somebodys_hands(tmp_path: Path) -> None:
    shop = ParcelBench(tmp_path / "blind", protocol="8a")
    in_doubt(shop)
    shop.card(IN)
    shop.scan(A)
    assert (shop.known(A).state, shop.known(A).shelf) == (ParcelState.STORED, "1-1-0001")
    assert (shop.cell(1).state, shop.cell(1).parcel) == (CellState.CHECK, ""), (
        "whoever looks into it says what is there"
    )


def test_a_board_that_is_lost_while_a_door_is_open_does_not_hide_who_took_what_out(tmp_path: Path) -> None:
    """Whoever stands there asks once more, in vain, and shuts the door before the board is back."""
    shop = ParcelBench(tmp_path / "blind", protocol="8a")
    shop.courier()
    shop.keys("1E")
    shop.scan(A)
    shop.pass_s(OPENS_S)
    shop.put_in(1)
    shop.keys("E")
    shop.card(STOP)
    shop.reset_code(A, "111111")
    shop.code("111111")
    shop.pass_s(OPENS_S)
    shop.leaf(1).has_parcel = False
    shop.model.boards[1].answers = False
    shop.pass_s(5)
    shop.code("111111")
    shop.pass_s(2)
    shop.shut(1)
    shop.model.boards[1].answers = True
    shop.pass_s(20)
    assert (shop.known(A).state, shop.cell(1).state) == (ParcelState.PICKED_UP, CellState.FREE)


def test_one_spoilt_answer_whose_check_fits_hands_no_parcel_out(shop: ParcelBench) -> None:
    shop.courier()
    shop.keys("1E")
    shop.scan(A)
    shop.pass_s(OPENS_S)
    door = shop.open_doors[0]
    shop.put_in(door)
    shop.keys("E")
    shop.pass_s(SEEN_S)
    shop.reset_code(A, "111111")
    shop.code("111111")
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [door]
    place = next(place for place in shop.wall.places if place.door == door)
    shop.model.deceive(place.board, place.lock, answers=1)
    shop.pass_s(10)
    assert shop.leaf(door).has_parcel and shop.leaf(door).is_open
    assert shop.records("locker.closed")[1:] == [], "the courier closed it once, nobody has since"
    assert shop.known(A).state is ParcelState.RELEASING
