"""`edge lockers scan`, `commission` and `edge check`, in front of a wall on a pty."""

from __future__ import annotations

from pathlib import Path

import pytest
from technician_bench import Technician, kept, lockers, plugged, shop_file

from edge.__main__ import main
from edge.cli.locker_words import Words
from edge.cli.lockers import pulse_said
from edge.config_tables import Language
from edge.messages import DoorPulsed, Outcome
from edge.sim.locker import Collision, LockerModel


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return shop_file(tmp_path)


@pytest.mark.chaos
@pytest.mark.parametrize("protocol", ["8a", "cu16", "cu48"])
def test_scan_finds_what_answers_names_what_does_not_and_moves_no_door(
    protocol: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = shop_file(tmp_path, protocol, boards=(1, 2))
    model = LockerModel(protocol, {1: 8, 3: 8})
    with plugged(model, tmp_path):
        assert lockers(config, "scan") == 1
    out = capsys.readouterr().out
    assert f"locker_{protocol} at" in out and "address 1: answers" in out
    assert f'write driver = "locker_{protocol}"' in out and "boards = [3]" in out
    assert "board 2 does not answer" in out
    assert model.pulses == [] and not any(door.is_open for door in model.all_doors)


@pytest.mark.chaos
@pytest.mark.parametrize(
    ("protocol", "board", "locks", "baud"),
    [("dc", 2, 12, 9600), ("cu16", 0, 16, 19200), ("cu48", 4, 48, 19200), ("wkly", 0, 8, 9600), ("modbus", 5, 8, 9600)],
)
def test_scan_finds_another_family_than_the_settings_say(
    protocol: str, board: int, locks: int, baud: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = shop_file(tmp_path, "8a", boards=(1,))
    with plugged(LockerModel(protocol, {board: locks}), tmp_path):
        assert lockers(config, "scan") == 1
    assert f'write driver = "locker_{protocol}", baud = {baud}, boards = [{board}]' in capsys.readouterr().out


@pytest.mark.chaos
@pytest.mark.parametrize("echoes", [False, True])
def test_scan_finds_a_board_whose_answer_is_the_question_and_none_in_an_echo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, echoes: bool
) -> None:
    config, model = shop_file(tmp_path, "8a", boards=(1, 2)), LockerModel("8a", {1: 8}, echoes=echoes)
    model.boards[1].told_locks = 8
    with plugged(model, tmp_path):
        assert lockers(config, "scan") == 1
    out = capsys.readouterr().out
    assert "address 1: answers, tells of 8 locks" in out
    assert out.count("answers, tells") == 1 and "board 2 does not answer" in out


@pytest.mark.chaos
def test_check_warns_of_each_board_that_does_not_answer_in_words(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = LockerModel("8a", {1: 8, 2: 8})
    model.boards[2].answers = False
    with plugged(model, tmp_path):
        assert main(["check", "--config", str(config)]) == 0
        out = capsys.readouterr().out
        assert "warning: locker_wall: board 2 does not answer: check its power" in out
        assert "locker_wall: there, boards that answer: 1" in out and "devices: 1 of 1 there" in out
        model.boards[1].answers = False
        assert main(["check", "--config", str(config)]) == 0
        out = capsys.readouterr().out
        assert "board 1 does not answer" in out and "devices: 0 of 1 there" in out
    assert model.pulses == []


@pytest.mark.parametrize(
    ("outcome", "reason", "says"),
    [
        (Outcome.DONE, "", "Door 3 got one pulse"),
        (Outcome.DONE, "the board refused", "The board refused"),
        (Outcome.DONE, "the board did not answer", "The board did not answer"),
        (Outcome.UNKNOWN, "writing failed", "Nobody knows whether door 3 got a pulse: writing failed"),
        (Outcome.NOT_STARTED, "it came too late", "No pulse was sent: it came too late"),
        (Outcome.FAILED, "no such lock", "No pulse was sent: no such lock"),
    ],
)
def test_a_technician_hears_what_became_of_a_pulse_and_no_more(outcome: Outcome, reason: str, says: str) -> None:
    told = DoorPulsed("wall", "pulse", outcome, reason)
    assert Words(Language.ENGLISH)(pulse_said(told), door=3, reason=reason).startswith(says)


@pytest.mark.chaos
def test_a_board_that_refuses_a_pulse_is_told_and_its_door_is_asked_for_again(tmp_path: Path) -> None:
    config = shop_file(tmp_path, "modbus", boards=(1,))
    assert lockers(config, "map", "--board", "1", "--from-lock", "8", "--locks", "1", "--size", "M") == 0
    model = LockerModel("modbus", {1: 7})
    with plugged(model, tmp_path):
        person = Technician(config)
        person.reads("Close all doors")
        person.types()
        person.reads("Open door 1")
        person.types("p")
        person.reads("Type yes")
        person.types("yes")
        person.reads("The board refused: it has no such lock, or no pulse of its own. Door 1 got none.")
        person.reads("Open door 1")
        person.types("q")
        assert person.ends() == 1
    assert model.pulses == []


@pytest.mark.chaos
def test_a_technician_is_led_through_a_board_and_then_its_doors_are_known(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = LockerModel("8a", {1: 8, 2: 8}, contact=0, high_first=True)
    for board in ("1", "2"):
        assert lockers(config, "map", "--board", board, "--locks", "8", "--size", "M") == 0
    with plugged(model, tmp_path) as turn:
        assert lockers(config, "show") == 1
        assert "board 1 on locker_wall is not set up" in capsys.readouterr().out
        person = Technician(config, "--board", "1")
        person.reads("Close all doors of board 1 (1, 2, 3, 4, 5, 6, 7, 8)")
        person.types()
        person.reads("Open door 1 (lock 1) with its key")
        person.types()
        person.reads("No contact changed")
        turn(1, 1, True)
        person.types()
        person.reads("Close door 1 again")
        turn(1, 1, False)
        person.types()
        person.reads("Open door 8 (lock 8)")
        person.types("p")
        person.reads("Type yes")
        person.types("no")
        person.reads("No door was opened.")
        assert model.pulses == []
        person.types("p")
        person.reads("Type yes")
        person.types("yes")
        person.reads("Door 8 got one pulse.")
        person.reads("Close door 8 again")
        assert model.pulses == [(1, 8)]
        turn(1, 8, False)
        person.types()
        person.reads("the contact of an open door is 0, bytes come highest locks first")
        person.reads("Kept.")
        assert person.ends() == 0
        assert kept(tmp_path)["boards"][0] == {
            "device": "locker_wall", "board": 1, "open_bit": 0, "high_first": True,
        }  # fmt: skip
        turn(1, 4, True)
        assert lockers(config, "show") == 1, "board 2 is not set up yet"
        out = capsys.readouterr().out
        assert "4\tA1-04\tlocker_wall\t1\t4\tM\topen" in out
        assert "5\tA1-05\tlocker_wall\t1\t5\tM\tclosed" in out
        assert "9\tA2-01\tlocker_wall\t2\t1\tM\tunknown" in out
    assert model.pulses == [(1, 8)]


@pytest.mark.chaos
def test_two_boards_on_one_address_and_a_wrong_door_are_told_and_nothing_is_kept(tmp_path: Path) -> None:
    config = shop_file(tmp_path, boards=(1,), language="zh-CN")
    assert lockers(config, "map", "--board", "1", "--locks", "8", "--size", "M") == 0
    model = LockerModel("8a", {1: 8})
    model.set_switches_alike(1, 8)
    model.collision = Collision.IN_STEP
    with plugged(model, tmp_path) as turn:
        person = Technician(config)
        person.reads("请关上 1 号锁板的所有门")
        person.types()
        person.reads("请用钥匙打开 1 号门")
        turn(1, 1, True)
        person.types()
        person.reads("没有触点变化")
        person.reads("两块锁板用同一个地址")
        turn(1, 1, False)
        model.set_switches_right(2)
        turn(1, 2, True)
        person.types()
        person.reads("变的是第 ")
        person.reads("开错门了")
        person.reads("从头来过")
        person.types("q")
        person.reads("没有保存")
        assert person.ends() == 1
    assert kept(tmp_path)["boards"] == [
        {"device": "locker_wall", "board": 1, "open_bit": None, "high_first": None}
    ]  # fmt: skip
    assert model.pulses == []


@pytest.mark.chaos
def test_a_board_that_does_not_answer_is_told_at_the_step_and_the_step_stays(config: Path, tmp_path: Path) -> None:
    assert lockers(config, "map", "--board", "1", "--locks", "8", "--size", "M") == 0
    model = LockerModel("8a", {1: 8})
    with plugged(model, tmp_path):
        model.boards[1].answers = False
        person = Technician(config, "--board", "1")
        person.reads("Close all doors")
        person.types()
        person.reads("board 1 does not answer: check its power")
        model.boards[1].answers = True
        person.reads("Close all doors")
        person.types()
        person.reads("Open door 1")
        person.types("p")
        person.reads("Type yes")
        assert person.ends() == 1, "the keyboard is gone"
        assert model.pulses == []
        person.reads("Nothing was kept for board 1")
