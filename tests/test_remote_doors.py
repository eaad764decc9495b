"""Doors that the cloud wants opened: signed, once, and where a parcel lies only with a yes at the counter (row 60)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from counter_bench import COLA
from parcel_bench import OPENS_S
from word_bench import CHANCE, A, WordBench

from edge.clock import iso_ms
from edge.codec.topics import Down
from edge.messages import Outcome, PageOrder
from edge.model.cell import Cell, CellState
from edge.model.counter import Waiting
from edge.model.ids import uuid7
from edge.model.parcel import ParcelState


@pytest.fixture
def shop(tmp_path: Path) -> WordBench:
    return WordBench(tmp_path / "shop")


@pytest.fixture
def blind(tmp_path: Path) -> WordBench:
    return WordBench(tmp_path / "blind", protocol="8a")


def remote_wants_parcel(shop: WordBench) -> dict[str, Any]:
    shop.pass_s(2)
    return shop.order("B01", parcel=shop.known(A).id)


def test_an_empty_cell_opens_at_once_and_says_whose_word_it_was(shop: WordBench) -> None:
    before = len(shop.pulsed)
    shop.order("B03", why="look")
    shop.pass_s(OPENS_S)
    assert (shop.answers(), shop.open_doors) == ([("done", "")], [3])
    opened = shop.records("locker.opened")[-1]["data"]
    assert (opened["why"], opened["by"]) == ("remote", "svc:desk")
    assert "svc:desk" in shop.slips[-1] and "look" in shop.slips[-1]
    shop.shut(3)
    assert (shop.cell(3).state, shop.pulsed[before:]) == (CellState.FREE, [3])


def test_who_opened_it_at_the_page_stands_before_it_and_is_told_to_shut_it(shop: WordBench) -> None:
    shop.order("B03", why="look")
    shop.pass_s(OPENS_S)
    assert shop.prompts[-1] == "door.remote"
    shop.shut(3)
    shop.pass_s(2)
    args = {"box": "B04", "why": "technician"}
    shop.tell(PageOrder("019aadf2-4c02-7c3e-9d51-6a1b2c3d4e5f", "locker.open", args, "technician"))
    shop.pass_s(OPENS_S)
    assert (shop.open_doors, shop.prompts[-1]) == ([4], "door.looked")
    shop.paper(Outcome.DONE)
    assert shop.slips[-1].count("technician") == 1, "who it was is why, too"


def test_a_repeated_command_is_answered_and_pulses_nothing(shop: WordBench) -> None:
    before = len(shop.pulsed)
    command = shop.order("B03", why="look")
    shop.send(command)
    shop.pass_s(OPENS_S)
    shop.shut(3)
    shop.send(command)
    shop.pass_s(5)
    assert shop.pulsed[before:] == [3]
    assert shop.answers() == [("done", ""), ("done", "")]


def test_an_occupied_cell_needs_its_parcel_named_and_enter_at_the_counter(shop: WordBench) -> None:
    before = len(shop.pulsed)
    shop.order("B01")
    shop.pass_s(2)
    shop.order("B01", parcel="somebody-elses")
    assert shop.answers() == [("rejected", "auth.denied")] * 2
    remote_wants_parcel(shop)
    assert (shop.prompts[-1], shop.waits_for()) == ("door.remote_q", Waiting.OPEN_DOOR)
    assert shop.sent("res")[-1].wire()["out"] == {"wait": "confirm"}
    shop.pass_s(5)
    assert len(shop.pulsed) == before, "one fact is not enough"
    shop.keys("E")
    shop.pass_s(OPENS_S)
    assert shop.answers()[-2:] == [("running", ""), ("done", "")]
    shop.take_out(1)
    (collected,) = shop.records("parcel.collected")
    assert (collected["data"]["how"], collected["data"]["by"]) == ("remote", "svc:desk")
    assert shop.pulsed[before:] == [1]


@pytest.mark.parametrize(("answer", "code"), [("-", "auth.denied"), ("", "cmd.timeout")])
def test_without_enter_within_a_minute_it_fails(shop: WordBench, answer: str, code: str) -> None:
    before = len(shop.pulsed)
    remote_wants_parcel(shop)
    shop.pass_s(2)
    shop.keys(answer)
    shop.pass_s(61)
    assert shop.answers() == [("running", ""), ("failed", code)]
    shop.keys("E")
    shop.pass_s(3)
    assert len(shop.pulsed) == before


def test_an_enter_that_was_on_its_way_is_no_yes(shop: WordBench) -> None:
    before = len(shop.pulsed)
    remote_wants_parcel(shop)
    shop.keys("E")
    shop.pass_s(3)
    assert (len(shop.pulsed), shop.prompts[-1]) == (before, "door.remote_q")
    shop.keys("E")
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [1]


def test_who_sells_is_not_asked_and_goods_take_the_questions_place(shop: WordBench) -> None:
    before = len(shop.pulsed)
    shop.scan(COLA)
    remote_wants_parcel(shop)
    assert shop.answers() == [("rejected", "cmd.busy")]
    shop.card("ZZ1021")
    remote_wants_parcel(shop)
    shop.scan(COLA)
    shop.keys("EE")
    shop.pass_s(61)
    assert (len(shop.pulsed), len(shop.sales())) == (before, 2), "Enter was for the money"
    assert shop.answers()[-1] == ("failed", "cmd.timeout")


def test_what_cannot_be_is_refused_in_the_contracts_codes(shop: WordBench) -> None:
    shop.order("Z99")
    shop.order("B03", why="call 13812345678")
    shop.model.boards[2].answers = False
    shop.pass_s(20)
    shop.order("B09", why="look")
    assert shop.answers() == [
        ("rejected", "schema.invalid"), ("rejected", "schema.invalid"), ("rejected", "hw.locker_offline"),
    ]  # fmt: skip
    shop.leaf(3).jammed = True
    shop.order("B03", why="look")
    shop.pass_s(4)
    assert shop.answers()[-1] == ("failed", "hw.locker_jam")
    assert shop.cell(3).state is CellState.FAULT


def test_a_cell_of_which_nobody_knows_is_not_opened_without_somebody_here(blind: WordBench) -> None:
    tx = blind.begin()
    tx.cells.keep(Cell("B03", CellState.CHECK))
    tx.commit()
    before = len(blind.pulsed)
    blind.order("B03", why="look")
    blind.pass_s(2)
    assert (blind.answers(), len(blind.pulsed)) == ([("running", "")], before)
    blind.keys("E")
    blind.pass_s(OPENS_S)
    assert blind.open_doors == [3]


def test_one_a_second_and_thirty_an_hour_also_after_a_restart(shop: WordBench) -> None:
    before = len(shop.pulsed)
    shop.order("B03", why="look")
    shop.order("B04", why="look")
    assert shop.answers()[-1] == ("rejected", "quota.exceeded")
    for n in range(29):
        shop.pass_s(OPENS_S)
        for door in shop.open_doors:
            shop.shut(door)
        shop.order(f"B{3 + n % 14:02d}", why="look")  # one after the other: a coil must cool
    shop.pass_s(OPENS_S)
    for door in shop.open_doors:
        shop.shut(door)
    assert len(shop.pulsed) - before == 30
    shop.restart()
    shop.pass_s(5)
    shop.go_online()
    shop.order("B03", why="look")
    shop.pass_s(3)
    assert len(shop.pulsed) - before == 30
    shop.pass_s(3600)
    shop.order("B03", why="look")
    shop.pass_s(OPENS_S)
    assert shop.open_doors == [3]


def test_an_unsigned_command_opens_nothing(shop: WordBench) -> None:
    before = len(shop.pulsed)
    now = shop.clock.wall()
    command = {"cid": uuid7(now, CHANCE), "type": "locker.open", "iat": iso_ms(now), "ttl_s": 15, "by": "x",
               "args": {"box": "B03", "why": "look"}}  # fmt: skip
    shop.hear(Down.CMD, command)
    shop.pass_s(3)
    assert (shop.answers(), len(shop.pulsed)) == ([("rejected", "sig.required")], before)


@pytest.mark.parametrize("moment_s", [0.0, 0.02, 0.06, 0.1, 0.3, 0.5])
def test_power_lost_around_the_pulse_is_an_unknown_outcome_and_nothing_is_pulsed_again(
    shop: WordBench, moment_s: float
) -> None:
    command = shop.order("B03", why="look")
    shop.pass_s(moment_s)
    before = len(shop.pulsed)
    was_answered = ("done", "") in shop.answers()
    shop.restart()
    shop.pass_s(5)
    shop.go_online()
    shop.send(command | {"nonce": shop.link.nonce(), "ctr": shop.ctr + 1})
    shop.pass_s(5)
    assert len(shop.pulsed) == before
    assert shop.answers()[-1] == (("done", "") if was_answered else ("failed", "cmd.outcome_unknown"))
    if shop.leaf(3).is_open:
        shop.shut(3)
    assert shop.cell(3).state is CellState.FREE


def test_power_lost_while_enter_is_waited_for_opens_nothing(shop: WordBench) -> None:
    before = len(shop.pulsed)
    remote_wants_parcel(shop)
    shop.restart()
    shop.pass_s(5)
    shop.keys("E")
    shop.pass_s(65)
    assert (len(shop.pulsed), shop.known(A).state) == (before, ParcelState.STORED)
