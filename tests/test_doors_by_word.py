"""Doors that the owner opens at the counter, without a code (product row 60)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from parcel_bench import OPENS_S, OUT, STOP
from word_bench import A, WordBench

from edge.model.cell import CellEvent, CellState
from edge.model.counter import Waiting
from edge.model.parcel import ParcelState


@pytest.fixture
def shop(tmp_path: Path) -> WordBench:
    return WordBench(tmp_path / "shop")


@pytest.fixture
def blind(tmp_path: Path) -> WordBench:
    return WordBench(tmp_path / "blind", protocol="8a")


def owner_keys(shop: WordBench, door: str) -> None:
    shop.as_owner(OUT)
    shop.keys(f"{door}E")


def test_the_owner_opens_a_free_cell_for_a_look_and_it_is_free_again(shop: WordBench) -> None:
    before = len(shop.pulsed)
    owner_keys(shop, "3")
    assert shop.cell(3).state is CellState.CHECK, "nobody else gets it meanwhile"
    shop.pass_s(OPENS_S)
    assert (shop.open_doors, shop.prompts[-1]) == ([3], "door.looked")
    shop.shut(3)
    assert shop.cell(3).state is CellState.FREE
    assert shop.pulsed[before:] == [3]
    opened = shop.records("locker.opened")[-1]["data"]
    assert opened["why"] == "owner" and opened["by"]
    assert "柜门 3" in shop.slips[-1]


def test_what_the_owner_leaves_in_a_free_cell_keeps_it_out_of_use(shop: WordBench) -> None:
    owner_keys(shop, "3")
    shop.pass_s(OPENS_S)
    shop.put_in(3)
    assert (shop.prompts[-1], shop.cell(3).state) == ("door.full", CellState.CHECK)


def test_without_a_sensor_the_owner_says_what_is_in_the_cell(blind: WordBench) -> None:
    owner_keys(blind, "3")
    blind.pass_s(OPENS_S)
    blind.shut(3)
    assert blind.prompts[-1] == "door.full_ask"
    blind.keys("-")
    assert blind.cell(3).state is CellState.FREE


def test_an_occupied_cell_is_asked_about_and_handed_out_on_the_owners_word(shop: WordBench) -> None:
    before = len(shop.pulsed)
    owner_keys(shop, "1")
    assert (shop.prompts[-1], shop.waits_for()) == ("door.owner_q", Waiting.OPEN_DOOR)
    shop.pass_s(5)
    assert len(shop.pulsed) == before
    shop.keys("E")
    shop.pass_s(OPENS_S)
    shop.take_out(1)
    assert (shop.known(A).state, shop.cell(1).state) == (ParcelState.PICKED_UP, CellState.FREE)
    (collected,) = shop.records("parcel.collected")
    assert collected["data"]["how"] == "owner" and collected["data"]["by"]
    assert A in shop.slips[-1]


def test_what_the_owner_leaves_in_an_occupied_cell_is_still_there(shop: WordBench) -> None:
    owner_keys(shop, "1")
    shop.pass_s(2)
    shop.keys("E")
    shop.pass_s(OPENS_S)
    shop.shut(1)
    assert (shop.known(A).state, shop.cell(1).state) == (ParcelState.STORED, CellState.OCCUPIED)
    shop.code("123456")
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [1], "its code is as good as before"


@pytest.mark.parametrize("answer", ["-", "", "card"])
def test_an_occupied_cell_stays_shut_without_a_yes(shop: WordBench, answer: str) -> None:
    before = len(shop.pulsed)
    owner_keys(shop, "1")
    shop.pass_s(2)
    if answer == "card":
        shop.card(STOP)
    else:
        shop.keys(answer)
    shop.pass_s(61)
    shop.keys("E")
    shop.pass_s(3)
    assert (len(shop.pulsed), shop.waits_for()) == (before, Waiting.NOTHING)


def test_a_door_number_without_the_owners_card_is_a_wrong_code_like_others(shop: WordBench) -> None:
    before = len(shop.pulsed)
    shop.code("3")
    assert (shop.prompts[-1], len(shop.pulsed)) == ("parcel.wrong_code", before)
    shop.as_owner()
    shop.pass_s(61)
    shop.code("3")
    assert (shop.prompts[-1], len(shop.pulsed)) == ("parcel.wrong_code", before)


def test_one_card_opens_one_door(shop: WordBench) -> None:
    owner_keys(shop, "3")
    shop.pass_s(OPENS_S)
    shop.shut(3)
    shop.code("4")
    shop.pass_s(OPENS_S)
    assert (shop.open_doors, shop.prompts[-1]) == ([], "parcel.wrong_code")


def test_a_door_that_there_is_not_and_a_silent_board_use_the_card_not_up(shop: WordBench) -> None:
    owner_keys(shop, "99")
    assert shop.prompts[-1] == "door.unknown"
    shop.model.boards[1].answers = False
    shop.pass_s(20)
    shop.keys("3E")
    assert shop.prompts[-1] == "door.silent"
    shop.model.boards[1].answers = True
    shop.pass_s(20)
    shop.keys("3E")
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [3]


def test_an_owners_code_of_six_digits_is_a_code(shop: WordBench) -> None:
    owner_keys(shop, "123456")
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [1]
    shop.take_out(1)
    assert shop.records("parcel.collected")[0]["data"]["how"] == "code"


def test_a_cell_that_did_not_open_is_mended_by_the_owners_look(shop: WordBench) -> None:
    shop.leaf(3).jammed = True
    owner_keys(shop, "3")
    shop.pass_s(4)
    assert (shop.cell(3).state, shop.prompts[-1]) == (CellState.FAULT, "door.fail")
    shop.leaf(3).jammed = False
    owner_keys(shop, "3")
    shop.pass_s(OPENS_S)
    shop.shut(3)
    assert shop.cell(3).state is CellState.FREE


def test_a_parcel_that_lies_there_or_not_is_looked_for_by_the_owner(shop: WordBench) -> None:
    tx = shop.begin()
    tx.cells.keep(tx.cells.find("B01").moved(CellEvent.DOUBT))
    tx.parcels.keep(replace(tx.parcels.by_waybill(A), doubt=True))
    tx.commit()
    owner_keys(shop, "1")
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [1], "a look, nothing is handed out"
    shop.shut(1)
    assert (shop.cell(1).state, shop.known(A).state) == (CellState.OCCUPIED, ParcelState.STORED)
    assert not shop.known(A).doubt
