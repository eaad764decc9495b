"""Two hands at one wall, and what nobody saw: no second pulse, no stranger's door, and a hand-over that is booked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from parcel_bench import IN, OPENS_S, SEEN_S, STOP, ParcelBench, waybill

from edge.codec.command_card import card_code
from edge.errors import DiskFull
from edge.messages import WorkQueued
from edge.model.cell import CellState
from edge.model.counter import Waiting
from edge.model.door import Door
from edge.model.masking import Recipient
from edge.model.parcel import ParcelState
from edge.model.parcel_records import LockerForced

A, B, C = waybill(1), waybill(2), waybill(3)
FIND, OVERDUE, REFUSE = card_code(133), card_code(135), card_code(134)
CODE, OTHER = "123456", "654321"
LONG_S = 200.0
DAYS_2 = 2 * 86_400.0


@pytest.fixture
def shop(tmp_path: Path) -> ParcelBench:
    return ParcelBench(tmp_path / "shop")


@pytest.fixture
def blind(tmp_path: Path) -> ParcelBench:
    """Its cells have no sensors."""
    return ParcelBench(tmp_path / "blind", protocol="8a")


def deposited(shop: ParcelBench, *numbers: str) -> None:
    """Each behind a door of its own, from door 1 on; the first one's code is known."""
    shop.courier()
    shop.keys("1E")
    for door, number in enumerate(numbers, 1):
        shop.scan(number)
        shop.pass_s(OPENS_S)
        shop.put_in(door)
        if shop.protocol == "8a":
            shop.keys("E")
    shop.card(STOP)
    shop.reset_code(numbers[0], CODE)
    shop.hush()


def overdue(shop: ParcelBench) -> None:
    """Everything here is for a courier now, who is at the desk with the card 超期件."""
    shop.sleep_s(DAYS_2)
    shop.courier()
    shop.card(OVERDUE)
    shop.hush()


# --- one pulse at a time ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after_s", [0.05, 0.5, 1.0, 5.0])
def test_a_code_keyed_twice_opens_its_door_once_and_is_booked(shop: ParcelBench, after_s: float) -> None:
    deposited(shop, A)
    before = len(shop.pulsed)
    shop.code(CODE)
    shop.pass_s(after_s)
    shop.code(CODE)
    shop.pass_s(5)
    shop.take_out(1)
    assert shop.pulsed[before:] == [1]
    assert shop.known(A).state is ParcelState.PICKED_UP
    assert (len(shop.records("parcel.collected")), shop.records("door.ended")) == (1, [])


def test_minus_before_the_door_has_opened_sends_no_second_pulse(shop: ParcelBench) -> None:
    shop.courier()
    shop.keys("1E")
    shop.scan(A)
    shop.keys("-")
    shop.pass_s(OPENS_S)
    shop.shut(1)
    assert shop.pulsed == [1]
    assert (shop.known(A).state, shop.cell(1).state) == (ParcelState.CANCELLED, CellState.FREE)


def test_enter_twice_opens_one_door_for_a_courier(shop: ParcelBench) -> None:
    deposited(shop, A, B)
    overdue(shop)
    before = len(shop.pulsed)
    shop.keys("E")
    shop.keys("E")
    shop.pass_s(OPENS_S)
    assert (shop.pulsed[before:], shop.open_doors) == ([1], [1])


def test_a_door_that_stands_open_for_somebody_else_is_shut_first(shop: ParcelBench) -> None:
    deposited(shop, A)
    before = len(shop.pulsed)
    shop.leaf(1).is_open = True
    shop.pass_s(SEEN_S)
    shop.code(CODE)
    shop.pass_s(OPENS_S)
    assert (shop.prompts[-1], shop.pulsed[before:]) == ("door.shut_first", [])
    assert shop.known(A).state is ParcelState.STORED


# --- whose door ------------------------------------------------------------------------------------------------------


def two_for_one(shop: ParcelBench) -> None:
    deposited(shop, A, B)
    tx = shop.begin()
    for number in (A, B):
        parcel = tx.parcels.by_waybill(number)
        assert parcel is not None
        tx.parcels.keep(replace(parcel, recipient=Recipient("r1", "张*", "5678")))
    tx.commit()


def test_the_next_door_opens_for_who_stands_there_and_not_for_who_shuts_one_later(shop: ParcelBench) -> None:
    two_for_one(shop)
    shop.code(CODE)
    shop.pass_s(OPENS_S)
    shop.take_out(1, shut=False)
    shop.pass_s(LONG_S)
    shop.shut(1)
    assert (shop.open_doors, shop.known(A).state) == ([], ParcelState.PICKED_UP)


def test_stop_ends_the_queue_of_doors(shop: ParcelBench) -> None:
    two_for_one(shop)
    shop.code(CODE)
    shop.pass_s(OPENS_S)
    shop.take_out(1, shut=False)
    shop.card(STOP)
    shop.shut(1)
    assert shop.open_doors == []


def test_a_couriers_enter_opens_no_door_of_the_customer_before(shop: ParcelBench) -> None:
    deposited(shop, A)
    shop.code(CODE)
    shop.pass_s(OPENS_S)
    shop.shut(1)
    assert shop.prompts[-1] == "door.left_in"
    shop.courier()
    shop.keys("1E")
    shop.scan(B)
    shop.pass_s(OPENS_S)
    shop.keys("E")
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [2]


def test_a_refused_parcel_that_is_gone_opens_nobody_elses_door(blind: ParcelBench) -> None:
    deposited(blind, A)
    blind.code(CODE)
    blind.pass_s(OPENS_S)
    blind.take_out(1)
    blind.card(REFUSE)
    blind.scan(A)
    blind.pass_s(OPENS_S)
    blind.put_in(1)
    assert blind.known(A).state is ParcelState.REFUSED
    blind.courier()
    blind.card(OVERDUE)
    blind.keys("E")
    blind.restart()  # in the middle of the pulse
    blind.pass_s(1)
    if blind.leaf(1).is_open:
        blind.shut(1)
    blind.leaf(1).is_open = True  # the owner looks, with a key
    blind.pass_s(SEEN_S)
    blind.leaf(1).has_parcel = False
    blind.shut(1)
    blind.keys("-")
    assert blind.known(A).state is ParcelState.RETURNED, "who was let at it has it"
    deposited(blind, B)
    before = len(blind.pulsed)
    blind.courier()
    blind.card(OVERDUE)
    blind.keys("E")
    blind.pass_s(OPENS_S)
    assert (blind.pulsed[before:], blind.known(B).state) == ([], ParcelState.STORED)


# --- what nobody saw -------------------------------------------------------------------------------------------------


def test_a_parcel_in_doubt_stays_in_doubt_over_a_restart(blind: ParcelBench) -> None:
    blind.courier()
    blind.keys("1E")
    blind.scan(A)
    blind.pass_s(OPENS_S)
    blind.put_in(1)
    blind.card(STOP)
    assert (blind.cell(1).state, blind.known(A).doubt) == (CellState.CHECK, True)
    blind.restart()
    blind.pass_s(3)
    assert (blind.cell(1).state, blind.known(A).state) == (CellState.CHECK, ParcelState.CHECKING_IN)


@pytest.mark.parametrize("protocol", ["cu16", "8a"])
def test_a_board_that_is_lost_during_the_pulse_makes_no_thief_of_its_recipient(tmp_path: Path, protocol: str) -> None:
    shop = ParcelBench(tmp_path / "shop", protocol=protocol)
    deposited(shop, A)
    board = shop.model.boards[1]
    shop.code(CODE)
    board.answers = False
    shop.leaf(1).is_open = True  # the pulse had come through
    shop.pass_s(12)
    assert shop.known(A).doubt
    board.answers = True
    shop.pass_s(8)
    assert "door.forced" not in shop.prompts and shop.records("locker.forced") == []
    shop.take_out(1)
    if protocol == "8a":
        shop.keys("-")
    assert (shop.known(A).state, shop.cell(1).state) == (ParcelState.PICKED_UP, CellState.FREE)
    assert len(shop.records("parcel.collected")) == 1


def test_a_courier_who_asks_again_for_what_was_taken_meanwhile_has_it(shop: ParcelBench) -> None:
    deposited(shop, A)
    overdue(shop)
    shop.keys("E")
    shop.model.boards[1].answers = False
    shop.leaf(1).is_open, shop.leaf(1).has_parcel = True, False
    shop.pass_s(12)
    assert shop.known(A).doubt
    shop.leaf(1).is_open = False
    shop.model.boards[1].answers = True
    shop.pass_s(8)
    before = len(shop.pulsed)
    shop.keys("E")
    shop.pass_s(OPENS_S)
    assert (shop.known(A).state, shop.cell(1).state) == (ParcelState.RETURNED, CellState.FREE)
    assert (shop.pulsed[before:], shop.records("parcel.missing")) == ([], [])


def test_what_was_stolen_is_missing_and_nobody_is_booked_with_it(shop: ParcelBench) -> None:
    deposited(shop, A)
    shop.leaf(1).is_open = True
    shop.pass_s(SEEN_S)
    shop.take_out(1)
    assert shop.known(A).state is ParcelState.MISSING
    shop.code(CODE)
    shop.pass_s(OPENS_S)
    assert (shop.open_doors, shop.prompts[-1]) == ([], "parcel.ask_owner")
    assert shop.records("parcel.collected") == []


def test_a_cell_that_is_seen_to_be_empty_before_it_opens_opens_for_nobody(shop: ParcelBench) -> None:
    deposited(shop, A)
    shop.leaf(1).has_parcel = False  # a sensor, or a hand through the back
    shop.pass_s(SEEN_S)
    shop.code(CODE)
    shop.pass_s(OPENS_S)
    assert (shop.open_doors, shop.known(A).state) == ([], ParcelState.MISSING)
    assert "parcel.missing" in shop.prompts


def test_what_was_missing_and_is_scanned_at_the_desk_is_found_and_lies_on_the_shelf(shop: ParcelBench) -> None:
    test_what_was_stolen_is_missing_and_nobody_is_booked_with_it(shop)
    shop.card(IN)
    shop.scan(A)
    found = shop.known(A)
    assert (found.state, found.cell, found.shelf) == (ParcelState.STORED, "", "1-1-0001")
    assert len(shop.records("parcel.found")) == 1
    shop.card(STOP)
    shop.code(CODE)
    shop.scan(A)
    assert shop.known(A).state is ParcelState.PICKED_UP


def test_a_scan_elsewhere_puts_no_parcel_into_a_cell(blind: ParcelBench) -> None:
    blind.courier()
    blind.keys("1E")
    blind.scan(A)
    blind.pass_s(OPENS_S)
    blind.shut(1)  # with nothing in it
    blind.scan(A)  # it is in the courier's hand
    assert blind.records("parcel.stored") == []
    blind.pass_s(OPENS_S)
    assert blind.open_doors == [1], "once more, into the same cell"


def test_a_courier_says_whether_it_was_taken_where_nobody_can_see(blind: ParcelBench) -> None:
    deposited(blind, A, B)
    overdue(blind)
    blind.keys("E")
    blind.pass_s(OPENS_S)
    blind.shut(1)
    assert (blind.prompts[-1], blind.known(A).state) == ("door.took_q", ParcelState.OVERDUE)
    blind.keys("-")
    blind.keys("E")
    blind.pass_s(OPENS_S)
    blind.take_out(1)
    blind.keys("E")
    assert (blind.known(A).state, blind.cell(1).state) == (ParcelState.RETURNED, CellState.FREE)


def test_a_courier_gets_past_a_door_that_jams(shop: ParcelBench) -> None:
    deposited(shop, A, B)
    shop.leaf(1).jammed = True
    overdue(shop)
    shop.keys("E")
    shop.pass_s(3)
    assert shop.prompts[-1] == "door.fail"
    shop.keys("E")
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [2]
    shop.take_out(2)
    assert (shop.prompts[-1], shop.waits_for()) == ("parcel.rest_stuck", Waiting.NOTHING)


def test_taking_along_keeps_the_desk(shop: ParcelBench) -> None:
    deposited(shop, A, B)
    overdue(shop)
    for door in (1, 2):
        shop.pass_s(40)
        shop.keys("E")
        shop.pass_s(OPENS_S)
        shop.take_out(door)
    assert [shop.known(number).state for number in (A, B)] == [ParcelState.RETURNED] * 2


def test_what_comes_back_when_its_door_does_not_open_gets_a_place_on_the_shelf(shop: ParcelBench) -> None:
    deposited(shop, A)
    shop.code(CODE)
    shop.pass_s(OPENS_S)
    shop.take_out(1)
    shop.leaf(1).jammed = True
    shop.card(REFUSE)
    shop.scan(A)
    shop.pass_s(3)
    back = shop.known(A)
    assert (back.state, back.cell, back.shelf) == (ParcelState.REFUSED, "", "1-1-0001")


def test_a_full_wall_sends_the_next_scan_to_the_shelf(shop: ParcelBench) -> None:
    for board in shop.model.boards.values():
        for leaf in board.doors:
            leaf.has_parcel = True
    shop.pass_s(SEEN_S)
    shop.courier()
    shop.keys("1E")
    shop.scan(A)
    assert shop.prompts[-1] == "door.none"
    shop.scan(A)
    assert (shop.known(A).state, shop.known(A).shelf) == (ParcelState.STORED, "1-1-0001")


# --- a full disk -----------------------------------------------------------------------------------------------------


def test_a_wish_that_found_no_room_opens_no_door_later(shop: ParcelBench) -> None:
    deposited(shop, A)
    before, left = len(shop.pulsed), [DiskFull("full")] * 8

    def no_room(*_: object) -> None:
        if left:
            raise left.pop()

    shop.bus.on(WorkQueued, no_room)
    shop.code(CODE)
    shop.pass_s(600)
    shop.sell()
    shop.pass_s(OPENS_S)
    assert (left, shop.pulsed[before:], shop.known(A).state) == ([], [], ParcelState.STORED)
    shop.code(CODE)
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [1]


def test_of_a_board_that_found_no_room_its_newest_word_counts(shop: ParcelBench) -> None:
    is_full = True

    def no_room(*_: object) -> None:
        if is_full:
            raise DiskFull("full")

    shop.bus.on(LockerForced, no_room)
    shop.leaf(3).is_open = True
    shop.pass_s(SEEN_S)
    shop.shut(3)
    is_full = False
    shop.hush()
    shop.pass_s(LONG_S)
    assert (shop.doors.door("B03"), shop.prompts) == (Door.CLOSED, [])
