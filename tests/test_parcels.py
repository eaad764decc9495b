"""Parcels in and out: shelf, cells, codes, the ladder, and what the power may do meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from parcel_bench import COURIER, IN, OPENS_S, STOP, ParcelBench, waybill

from edge.codec.command_card import card_code
from edge.messages import Outcome
from edge.model.cell import CellState
from edge.model.counter import Waiting
from edge.model.parcel import ParcelState

A, B, C = waybill(1), waybill(2), waybill(3)


@pytest.fixture
def shop(tmp_path: Path) -> ParcelBench:
    shop = ParcelBench(tmp_path / "shop")
    shop.go_online()
    shop.hush()
    return shop


def deposited(shop: ParcelBench, number: str = A, door: int = 1, code: str = "123456") -> None:
    """A parcel in a small cell, and its code known."""
    shop.courier()
    shop.keys("1E")
    shop.scan(number)
    shop.pass_s(OPENS_S)
    shop.put_in(door)
    assert shop.known(number).state is ParcelState.STORED
    shop.card(STOP)
    shop.reset_code(number, code)
    shop.hush()


# --- onto the shelf --------------------------------------------------------------------------------------------------


def test_one_scan_puts_a_parcel_onto_the_shelf_with_a_sticker_and_a_record(shop: ParcelBench) -> None:
    shop.card(IN)
    assert shop.last_words == "请扫快递单"
    shop.scan(A)
    parcel = shop.known(A)
    assert (parcel.state, parcel.shelf) == (ParcelState.STORED, "1-1-0001")
    (stored,) = shop.records("parcel.stored")
    assert stored["data"]["shelf"] == "1-1-0001" and stored["stream"] == "pk"
    assert (shop.prompts[-1], shop.last_words) == ("parcel.seq", "零零零一")


def test_a_parcel_that_is_here_is_not_taken_in_twice(shop: ParcelBench) -> None:
    shop.card(IN)
    shop.scan(A)
    shop.scan(A)
    assert shop.prompts[-1] == "parcel.dup"
    assert len(shop.records("parcel.stored")) == 1


def test_the_desk_ends_a_minute_after_the_last_scan_with_a_slip_that_counts(shop: ParcelBench) -> None:
    shop.courier()
    for number in range(40):
        shop.scan(waybill(number))
        shop.pass_s(1.0)
    assert shop.waits_for() is Waiting.PARCEL_IN
    shop.pass_s(70)
    assert shop.waits_for() is Waiting.NOTHING
    assert shop.prompts[-1] == "parcel.done"
    assert len(shop.records("parcel.stored")) == 40
    assert {row["data"]["courier"] for row in shop.records("parcel.stored")} == {COURIER}
    assert len({row["data"]["shelf"] for row in shop.records("parcel.stored")}) == 40


def test_another_place_on_the_shelf_is_keyed(shop: ParcelBench) -> None:
    shop.card(IN)
    shop.keys("3.2E")
    shop.scan(A)
    assert shop.known(A).shelf == "3-2-0001"


# --- into a cell -----------------------------------------------------------------------------------------------------


def test_a_parcel_goes_into_the_smallest_cell_and_is_stored_when_the_door_is_shut(shop: ParcelBench) -> None:
    shop.courier()
    shop.keys("2E")
    shop.scan(A)
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [5], "the first medium one"
    assert shop.known(A).state is ParcelState.CHECKING_IN
    shop.put_in(5)
    assert shop.known(A).state is ParcelState.STORED
    assert (shop.cell(5).state, shop.cell(5).parcel) == (CellState.OCCUPIED, shop.known(A).id)
    assert [row["type"] for row in shop.records() if row["stream"] == "pk"] == [
        "locker.opened", "locker.closed", "parcel.stored",
    ]  # fmt: skip
    assert shop.pulsed == [5]


def test_a_door_that_does_not_open_is_out_of_use_and_the_next_one_is_tried(shop: ParcelBench) -> None:
    shop.leaf(1).jammed = True
    shop.courier()
    shop.keys("1E")
    shop.scan(A)
    shop.pass_s(4)
    assert shop.open_doors == [2]
    assert shop.cell(1).state is CellState.FAULT
    shop.put_in(2)
    assert shop.known(A).cell == "B02"
    assert shop.pulsed == [1, 2], "one pulse each"


def test_after_three_doors_it_is_the_shelf(shop: ParcelBench) -> None:
    for door in (1, 2, 3):
        shop.leaf(door).jammed = True
    shop.courier()
    shop.keys("1E")
    shop.scan(A)
    shop.pass_s(10)
    assert "door.none" in shop.prompts
    assert shop.pulsed == [1, 2, 3]
    assert shop.known(A).state is ParcelState.CANCELLED


def test_a_deposit_that_is_taken_back_leaves_the_cell_to_be_looked_into(shop: ParcelBench) -> None:
    shop.courier()
    shop.keys("1E")
    shop.scan(A)
    shop.pass_s(OPENS_S)
    shop.keys("-")
    assert shop.known(A).state is ParcelState.CANCELLED
    assert shop.cell(1).state is CellState.CHECK
    shop.shut(1)
    assert shop.cell(1).state is CellState.FREE, "its sensor sees that it is empty"


# --- out of a cell ---------------------------------------------------------------------------------------------------


def test_a_right_code_opens_the_door_and_the_parcel_is_gone_when_it_is_shut_and_empty(shop: ParcelBench) -> None:
    deposited(shop)
    shop.code("123456")
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [1]
    assert shop.prompts[-1] == "door.open"
    shop.take_out(1)
    assert shop.known(A).state is ParcelState.PICKED_UP
    assert shop.cell(1).state is CellState.FREE
    (collected,) = shop.records("parcel.collected")
    assert collected["data"]["how"] == "code" and collected["data"]["box"] == "B01"


def test_a_parcel_that_is_left_in_stays_and_enter_opens_its_door_once_more(shop: ParcelBench) -> None:
    deposited(shop)
    shop.code("123456")
    shop.pass_s(OPENS_S)
    shop.shut(1)
    assert shop.prompts[-1] == "door.left_in"
    assert shop.known(A).state is ParcelState.STORED
    shop.keys("E")
    shop.pass_s(OPENS_S)
    shop.take_out(1)
    assert shop.known(A).state is ParcelState.PICKED_UP


def test_a_door_that_does_not_open_leaves_parcel_and_code_as_they_were(shop: ParcelBench) -> None:
    deposited(shop)
    shop.leaf(1).jammed = True
    shop.code("123456")
    shop.pass_s(4)
    assert shop.prompts[-1] == "door.fail"
    assert (shop.known(A).state, shop.cell(1).state) == (ParcelState.STORED, CellState.FAULT)
    assert shop.pulsed == [1, 1], "one at the deposit, one now"
    shop.leaf(1).jammed = False
    shop.code("123456")
    shop.pass_s(OPENS_S)
    shop.take_out(1)
    assert shop.known(A).state is ParcelState.PICKED_UP


def test_three_wrong_codes_and_the_keypad_waits_also_after_a_power_cut(shop: ParcelBench) -> None:
    deposited(shop)
    for _ in range(3):
        shop.code("000000")
    assert shop.prompts[-1] == "parcel.locked"
    shop.code("123456")
    assert shop.prompts[-1] == "parcel.locked" and shop.open_doors == []
    shop.restart()
    shop.pass_s(3)
    shop.code("123456")
    assert shop.prompts[-1] == "parcel.locked"
    shop.pass_s(61)
    shop.code("123456")
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [1]


def test_from_the_shelf_only_its_own_waybill_lets_a_parcel_go(shop: ParcelBench) -> None:
    shop.card(IN)
    shop.scan(A)
    shop.scan(B)
    shop.card(STOP)
    shop.reset_code(A, "111111")
    shop.code("111111")
    assert (shop.prompts[-1], shop.shown[-1].name) == ("parcel.where", "1-1-0001")
    shop.scan(B)
    assert shop.prompts[-1] == "parcel.wrong"
    assert shop.known(B).state is ParcelState.STORED
    shop.scan(A)
    assert shop.known(A).state is ParcelState.PICKED_UP
    assert shop.waits_for() is Waiting.NOTHING


# --- without item sensors ---------------------------------------------------------------------------------------------


@pytest.fixture
def blind(tmp_path: Path) -> ParcelBench:
    """A wall that cannot see into its cells."""
    shop = ParcelBench(tmp_path / "blind", protocol="8a")
    shop.go_online()
    shop.hush()
    return shop


def put_in_blindly(shop: ParcelBench, number: str = A, code: str = "123456") -> None:
    shop.courier()
    shop.keys("1E")
    shop.scan(number)
    shop.pass_s(OPENS_S)
    shop.put_in(shop.open_doors[0])
    shop.keys("E")
    shop.card(STOP)
    shop.reset_code(number, code)


def test_without_a_sensor_a_person_says_that_it_is_in(blind: ParcelBench) -> None:
    blind.courier()
    blind.keys("1E")
    blind.scan(A)
    blind.pass_s(OPENS_S)
    blind.put_in(1)
    assert (blind.prompts[-1], blind.known(A).state) == ("door.in_q", ParcelState.CHECKING_IN)
    blind.keys("E")
    assert blind.known(A).state is ParcelState.STORED
    assert blind.records("parcel.stored")[0]["data"]["how"] == "word"


def test_without_a_sensor_the_next_scan_says_it_too(blind: ParcelBench) -> None:
    blind.courier()
    blind.keys("1E")
    for number, door in ((A, 1), (B, 2), (C, 3)):
        blind.scan(number)
        blind.pass_s(OPENS_S)
        blind.put_in(door)
    assert [blind.known(number).state for number in (A, B)] == [ParcelState.STORED] * 2
    assert blind.known(C).state is ParcelState.CHECKING_IN


def test_without_a_sensor_who_says_nothing_leaves_a_cell_to_be_looked_into(blind: ParcelBench) -> None:
    blind.courier()
    blind.keys("1E")
    blind.scan(A)
    blind.pass_s(OPENS_S)
    blind.put_in(1)
    blind.pass_s(70)
    assert (blind.known(A).doubt, blind.cell(1).state) == (True, CellState.CHECK)
    assert "door.look" in blind.prompts


def test_without_a_sensor_the_code_opens_the_cell_again_for_five_minutes(blind: ParcelBench) -> None:
    put_in_blindly(blind)
    blind.code("123456")
    blind.pass_s(OPENS_S)
    blind.take_out(1)
    assert blind.known(A).state is ParcelState.PICKED_UP
    blind.pass_s(200)
    blind.code("123456")
    blind.pass_s(OPENS_S)
    assert blind.open_doors == [1]
    assert blind.cell(1).state is CellState.CHECK, "nobody else gets it meanwhile"
    blind.shut(1)
    assert blind.cell(1).state is CellState.FREE
    blind.pass_s(400)
    blind.code("123456")
    assert blind.prompts[-1] == "parcel.wrong_code"
    assert blind.open_doors == []


# --- power -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment_s", [0.0, 0.02, 0.06, 0.1, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("shut", [True, False])
def test_power_lost_around_the_pulse_of_a_pickup_never_pulses_again(
    shop: ParcelBench, moment_s: float, *, shut: bool
) -> None:
    deposited(shop)
    shop.code("123456")
    shop.pass_s(moment_s)
    before = len(shop.pulsed)
    shop.restart()
    if shut and shop.leaf(1).is_open:
        shop.leaf(1).has_parcel = False
        shop.leaf(1).is_open = False
    shop.pass_s(5)
    assert len(shop.pulsed) == before
    if shop.leaf(1).is_open:
        shop.take_out(1)
    assert shop.known(A).state is (ParcelState.STORED if shop.leaf(1).has_parcel else ParcelState.PICKED_UP)
    assert shop.cell(1).state is (CellState.OCCUPIED if shop.leaf(1).has_parcel else CellState.FREE)


@pytest.mark.parametrize("moment_s", [0.0, 0.02, 0.06, 0.1, 0.3, 0.5, 1.0])
@pytest.mark.parametrize("put", [True, False])
def test_power_lost_around_the_pulse_of_a_deposit_leaves_what_the_sensor_sees(
    shop: ParcelBench, moment_s: float, *, put: bool
) -> None:
    shop.courier()
    shop.keys("1E")
    shop.scan(A)
    shop.pass_s(moment_s)
    before = len(shop.pulsed)
    shop.restart()
    if shop.leaf(1).is_open:
        shop.leaf(1).has_parcel, shop.leaf(1).is_open = put, False
    shop.pass_s(6)
    assert len(shop.pulsed) == before
    is_in = shop.leaf(1).has_parcel
    assert shop.known(A).state is (ParcelState.STORED if is_in else ParcelState.CANCELLED)
    assert shop.cell(1).state is (CellState.OCCUPIED if is_in else CellState.FREE)


# --- the day's report ------------------------------------------------------------------------------------------------


def test_the_days_report_counts_each_carriers_parcels(shop: ParcelBench) -> None:
    from_two_carriers, done = (A, B, "YT0000000000017"), list[str]()
    shop.courier()
    for number in from_two_carriers:
        shop.scan(number)
    shop.card(STOP)
    shop.reset_code(A, "123456")
    shop.code("123456")
    shop.scan(A)
    shop.printer_ready()
    shop.card(card_code(166))
    while shop.printed[-1].job not in done:  # three stickers, the courier's slip, and then the report
        done.append(shop.printed[-1].job)
        shop.paper(Outcome.DONE)
    report = str(shop.printed[-1].slip)
    assert "顺丰" in report and "收2  取1" in report and "圆通" in report
