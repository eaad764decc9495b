"""Doors that open without a code: at the owner's word, and at the cloud's, which needs a second one here (row 60)."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import COLA, TID, TOPICS, Habits
from parcel_bench import OPENS_S, OUT, STOP, ParcelBench, waybill
from test_jws import KEYS, SECRET

from edge.clock import iso_ms
from edge.codec.json_text import pack_object
from edge.codec.jws import write_jws
from edge.codec.topics import Down
from edge.messages import CloudMessage, Outcome
from edge.model.cell import CellState
from edge.model.counter import Waiting
from edge.model.ids import uuid7
from edge.model.parcel import ParcelState

A = waybill(1)
CHANCE = Random(1)


class WordBench(ParcelBench):
    """A cloud that signs, and a parcel in cell 1."""

    ctr = 0

    def __init__(self, folder: Path, **more: Any) -> None:
        super().__init__(folder, habits=Habits(parcels=True, command_keys=KEYS), **more)
        self.go_online()
        self.courier()
        self.keys("1E")
        self.scan(A)
        self.pass_s(OPENS_S)
        self.put_in(1)
        self.keys("E")
        self.card(STOP)
        self.reset_code(A, "123456")
        self.printer_ready()
        self.paper(Outcome.DONE)  # the courier's slip
        self.hush()

    def order(self, box: str, *, parcel: str | None = None, why: str = "collect") -> dict[str, Any]:
        """locker.open, as the cloud sends it; returns the command."""
        self.ctr += 1
        now, args = self.clock.wall(), {"box": box, "why": why} | ({"parcel": parcel} if parcel else {})
        command = {
            "v": 1, "tid": TID, "cid": uuid7(now, CHANCE), "type": "locker.open", "iat": iso_ms(now), "ttl_s": 15,
            "args": args, "by": "svc:desk", "nonce": self.link.nonce(), "ctr": self.ctr,
        }  # fmt: skip
        self.send(command)
        return command

    def send(self, command: dict[str, Any]) -> None:
        octets = pack_object({"jws": write_jws(command, kid="cmd-2026q4", sign=SECRET.sign)})
        self.tell(CloudMessage(TOPICS.down(TID, Down.CMD), octets))

    def answers(self) -> list[tuple[str, str]]:
        """(state, code) of each answer so far."""
        found = [result.wire() for result in self.sent("res")]
        return [(one["state"], one.get("err", {}).get("code", "")) for one in found]

    @property
    def slips(self) -> list[str]:
        return [str(one.slip) for one in self.printed]


@pytest.fixture
def shop(tmp_path: Path) -> WordBench:
    return WordBench(tmp_path / "shop")


@pytest.fixture
def blind(tmp_path: Path) -> WordBench:
    return WordBench(tmp_path / "blind", protocol="8a")


def owner_keys(shop: WordBench, door: str) -> None:
    shop.as_owner(OUT)
    shop.keys(f"{door}E")


def remote_wants_parcel(shop: WordBench) -> dict[str, Any]:
    shop.pass_s(2)
    return shop.order("B01", parcel=shop.known(A).id)


# --- the owner at the counter ----------------------------------------------------------------------------------------


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


# --- the cloud -------------------------------------------------------------------------------------------------------


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
    tx.cells.keep(tx.cells.find("B03").__class__("B03", CellState.CHECK))
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
    for _ in range(29):
        shop.pass_s(OPENS_S)
        for door in shop.open_doors:
            shop.shut(door)
        shop.order("B03", why="look")
    shop.pass_s(OPENS_S)
    shop.shut(3)
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
