"""Every lock board's driver against its model: what opens, what is told, and what must never happen to a door."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from device_bench import DeviceBench
from pydantic import ValidationError
from wall_bench import PROTOCOLS, SETTLED_S, WALLS, Wall

from edge.devices import driver_module
from edge.lock_bus import PULSE_GAP_S
from edge.lock_watch import LOOK_S, LOST_DEADLINE_S, LOST_LOOK_S, WATCH_S, WATCHED_FOR_S
from edge.messages import (
    BoardFound,
    BoardLost,
    BoardRead,
    DeviceDown,
    DoorPulsed,
    Outcome,
    PulseDoor,
)
from edge.model.door import Content, Door
from edge.services.doors import OPENS_WITHIN_S, UNSURE_AFTER_S
from edge.sim.locker import BURNS_S, LockerModel

ROUNDED_S = 1e-6


@pytest.fixture(params=WALLS)
def wall(request: pytest.FixtureRequest) -> Wall:
    return Wall(request.param)


def test_a_pulse_opens_its_door_and_no_other(wall: Wall) -> None:
    for board, lock in ((1, 1), (2, 8), (1, 5), (2, 1)):
        pulse = wall.pulse(board, lock)
        wall.bench.run(SETTLED_S)
        assert wall.outcome(pulse) is Outcome.DONE
        assert wall.door(board, lock) is Door.OPEN
        wall.model.shut(board, lock)
        wall.bench.run(SETTLED_S)
        assert wall.door(board, lock) is Door.CLOSED
    assert wall.model.pulses == [(1, 1), (2, 8), (1, 5), (2, 1)]


def test_what_a_door_does_is_told_within_two_seconds_and_while_one_moves_within_half_a_second(wall: Wall) -> None:
    wall.bench.run(20)
    wall.model.force(2, 3)
    told, took_s = wall.bench.run_until(BoardRead)
    assert (told.board, wall.door(2, 3)) == (2, Door.OPEN)
    assert took_s <= 2.5
    wall.model.shut(2, 3)
    _, took_s = wall.bench.run_until(BoardRead)
    assert took_s <= WATCH_S + LOST_DEADLINE_S


def test_a_door_that_a_pulse_does_not_open_is_told_shut_again_and_again_and_not_pulsed_again(wall: Wall) -> None:
    wall.model.door(1, 4).jammed = True
    wall.pulse(1, 4)
    before = len(wall.bench.all(BoardRead))
    wall.bench.run(2)
    told = wall.bench.all(BoardRead)[before:]
    assert len([read for read in told if read.board == 1]) >= 3
    assert wall.door(1, 4) is Door.CLOSED
    wall.bench.run(60)
    assert wall.model.door(1, 4).pulses == 1


def test_pulses_are_apart_so_that_the_supply_holds(wall: Wall) -> None:
    pulses = [wall.pulse(1, lock) for lock in range(1, 5)] + [wall.pulse(2, lock) for lock in range(1, 5)]
    wall.bench.run(20)
    assert {wall.outcome(pulse) for pulse in pulses} == {Outcome.DONE}
    assert all(wall.door(board, lock) is Door.OPEN for board in (1, 2) for lock in range(1, 5))
    times = sorted(at for board in wall.model.boards.values() for _, at in board.pulses)
    assert all(later - earlier >= PULSE_GAP_S - ROUNDED_S for earlier, later in pairwise(times))


def test_an_order_that_comes_too_late_moves_nothing(wall: Wall) -> None:
    first, late = wall.pulse(1, 1), wall.pulse(1, 2, expires_s=0.1)
    wall.bench.run(SETTLED_S)
    assert (wall.outcome(first), wall.outcome(late)) == (Outcome.DONE, Outcome.NOT_STARTED)
    assert wall.model.pulses == [(1, 1)]


def test_a_board_that_does_not_acknowledge_is_looked_at_and_not_pulsed_again(wall: Wall) -> None:
    for board in wall.model.boards.values():
        board.acknowledges = False
    pulse = wall.pulse(1, 6)
    wall.bench.run(SETTLED_S)
    assert (wall.outcome(pulse), wall.door(1, 6)) == (Outcome.DONE, Door.OPEN)
    wall.bench.run(30)
    assert wall.model.pulses == [(1, 6)]


def test_an_order_for_another_wall_is_left_alone(wall: Wall) -> None:
    wall.bench.send(PulseDoor("p", "another_wall", 1, 1, wall.bench.clock.now + 5))
    wall.bench.run(SETTLED_S)
    assert (wall.model.pulses, wall.bench.all(DoorPulsed)) == ([], [])


@pytest.mark.parametrize(("board", "lock"), [(1, 0), (1, -1), (1, 250), (3, 1)])
def test_an_order_for_no_lock_at_all_is_refused_in_words(wall: Wall, board: int, lock: int) -> None:
    """Lock 00 and lock 48 mean all of them to some boards."""
    pulse = wall.pulse(board, lock)
    wall.bench.run(SETTLED_S)
    assert wall.outcome(pulse) is Outcome.FAILED
    assert "there is no such" in wall.bench.last(DoorPulsed).reason
    assert wall.model.pulses == []


def test_a_board_that_is_lost_and_found_is_told_in_the_log_once(wall: Wall, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "edge.locks")
    wall.model.boards[2].answers = False
    wall.bench.run(60)
    wall.model.boards[2].answers = True
    wall.bench.run(10)
    told = [record.getMessage() for record in caplog.records if record.name == "edge.locks"]
    assert told == [
        "device: board 2 does not answer: check its power, its two data wires, and that its switches say 2",
        "device: board 2 answers again",
    ]


def test_a_board_that_is_pulled_out_is_lost_and_the_other_one_stays_quick(wall: Wall) -> None:
    wall.model.boards[1].answers = False
    lost, took_s = wall.bench.run_until(BoardLost)
    assert lost.board == 1 and "board 1 does not answer" in lost.reason
    assert took_s < 10
    wall.bench.run(10)
    asked = wall.bench.clock.now
    pulse = wall.pulse(2, 2)
    wall.bench.run(0.2)
    assert wall.model.boards[2].pulses[0][1] - asked <= 0.15, "not behind a board that is not there"
    wall.bench.run(SETTLED_S)
    assert (wall.outcome(pulse), wall.door(2, 2)) == (Outcome.DONE, Door.OPEN)
    wall.model.boards[1].answers = True
    found, took_s = wall.bench.run_until(BoardFound)
    assert found.board == 1 and took_s <= LOST_LOOK_S + 1
    wall.bench.run(1)
    assert wall.bench.all(BoardRead)[-1].board in (1, 2)
    assert wall.bench.all(DeviceDown) == [], "the port is well"


def test_an_order_to_a_board_that_says_nothing_is_sent_once(wall: Wall) -> None:
    wall.model.boards[1].answers = False
    pulse = wall.pulse(1, 3)
    wall.bench.run(30)
    assert wall.outcome(pulse) is Outcome.DONE, "its bytes left: the contacts tell the rest, when the board is back"
    assert wall.bench.last(DoorPulsed).reason == "the board did not answer"
    wall.model.boards[1].answers = True
    wall.bench.run(30)
    assert wall.model.pulses == []


def test_a_cable_that_is_pulled_gives_up_what_was_not_begun(wall: Wall) -> None:
    """It is back before the orders expire."""
    pulses = [wall.pulse(1, lock) for lock in (1, 2, 3)]
    wall.bench.run(0.0)
    begun = list(wall.model.pulses)
    wall.bench.ports.pull("device")
    wall.bench.send_nothing()
    wall.bench.run(2)
    wall.bench.ports.plug("device")
    wall.bench.run(30)
    told = {told.pulse: told.outcome for told in wall.bench.all(DoorPulsed)}
    assert set(told) == set(pulses)
    assert [told[pulse] for pulse in pulses[1:]] == [Outcome.NOT_STARTED] * 2
    assert told[pulses[0]] is Outcome.UNKNOWN
    assert wall.model.pulses == begun == [(1, 1)], "nothing opens when the cable is back"


@pytest.mark.parametrize("octets", (0, 1, 3, 4))
def test_a_cable_that_parts_in_the_middle_of_an_order_leaves_it_unknown(wall: Wall, octets: int) -> None:
    wall.bench.run(5)
    asked = wall.model.boards[2].asked
    while wall.model.boards[2].asked == asked:
        wall.bench.run(0.01)
    wall.bench.run(0.3)  # it waits for its next look
    wall.bench.ports.cut_after("device", octets)
    pulse = wall.pulse(1, 1)
    wall.bench.run(0.5)
    assert wall.outcome(pulse) is Outcome.UNKNOWN
    wall.bench.ports.plug("device")
    wall.bench.run(30)
    assert wall.model.pulses == []


def test_noise_split_and_cut_answers_open_nothing_and_are_got_over(wall: Wall) -> None:
    chance = Random(wall.protocol)
    for _ in range(200):
        match chance.randrange(4):
            case 0:
                wall.model.garble(chance.randrange(1, 4))
            case 1:
                wall.model.truncate(chance.randrange(1, 4))
            case 2:
                wall.model.babble(chance.randbytes(chance.randrange(1, 40)))
        wall.bench.send_nothing()
        wall.bench.run(chance.uniform(0.05, 3.0))
    assert wall.model.pulses == []
    wall.bench.run(20)
    for board, lock in ((1, 7), (2, 2)):
        pulse = wall.pulse(board, lock)
        wall.bench.run(SETTLED_S)
        assert wall.outcome(pulse) is Outcome.DONE and wall.door(board, lock) is Door.OPEN
    assert wall.model.pulses == [(1, 7), (2, 2)]
    assert wall.bench.all(DeviceDown) == []


def test_orders_amid_noise_open_their_own_door_once_or_nothing(wall: Wall) -> None:
    chance = Random(wall.protocol)
    asked = []
    for _ in range(60):
        wall.model.garble(chance.randrange(3))
        wall.model.truncate(chance.randrange(2))
        wall.model.babble(chance.randbytes(chance.randrange(12)))
        board, lock = chance.choice((1, 2)), chance.randrange(1, 9)
        pulse = wall.pulse(board, lock)
        wall.bench.run(chance.uniform(2.0, 4.0))
        if wall.outcome(pulse) is Outcome.DONE:
            asked.append((board, lock))
        wall.model.shut(board, lock)
    wall.bench.run(30)
    assert wall.model.pulses == asked, "each once, in order, and no other"
    assert len(asked) >= 50, "the others met a board that three answers in a row were spoilt of"


def test_no_coil_ever_burns(wall: Wall) -> None:
    for lock in range(1, 9):
        wall.pulse(1, lock)
        wall.bench.run(BURNS_S * 2)
    assert not any(door.burnt for door in wall.model.all_doors)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_settings_refuse_one_address_twice_one_beyond_the_switches_and_none(protocol: str) -> None:
    settings = driver_module(f"locker_{protocol}").Settings
    assert settings(port="/dev/x", boards=[1, 2]).boards == (1, 2)
    for wrong in ([1, 1], [400], [-1], []):
        with pytest.raises(ValidationError):
            settings(port="/dev/x", boards=wrong)


@pytest.mark.parametrize("protocol", ["8a", "modbus"])
def test_what_a_contact_means_is_unknown_until_somebody_has_looked(protocol: str) -> None:
    wall = Wall(protocol)
    told = wall.bench.last(BoardRead).contacts
    assert driver_module(f"locker_{protocol}").WIRING.door(told, 1) is Door.UNKNOWN


def test_item_sensors_are_told_where_there_are_any() -> None:
    for protocol, seen in (("cu16", Content.FULL), ("cu48", Content.FULL), ("8a", Content.UNKNOWN)):
        wall = Wall(protocol)
        wall.model.door(2, 6).has_parcel = True
        wall.bench.run(SETTLED_S)
        assert wall.content(2, 6) is seen
        assert wall.content(2, 5) is not Content.FULL


def test_an_answer_that_comes_behind_an_order_is_no_second_one_to_the_look_before_it() -> None:
    """Of a board that two answer for, each look lasts to its end; this one is heard at once."""
    wall = Wall("cu16", {1: 8})
    wall.model.door(1, 2).jammed = True
    wall.pulse(1, 2)
    wall.bench.run_until(DoorPulsed)
    wall.model.babble(bytes.fromhex("02 10 35 FF FF 00 00 03 48"))
    _, took_s = wall.bench.run_until(BoardRead)
    assert took_s <= 0.06


# --- answers that deceive --------------------------------------------------------------------------------------------


def test_what_one_answer_says_alone_is_not_told(wall: Wall) -> None:
    for seconds in (0.0, 0.7, 5.0):
        wall.model.deceive(1, 3, answers=1)
        wall.bench.run(seconds)
        wall.model.deceive(1, 5, answers=1)
        wall.bench.run(10)
    assert len([told for told in wall.bench.all(BoardRead) if told.board == 1]) == 1


def test_two_answers_that_say_the_same_with_silence_between_them_are_not_two_in_a_row(wall: Wall) -> None:
    asked = wall.model.boards[1].asked
    wall.model.deceive(1, 3, answers=1)
    while wall.model.boards[1].asked == asked:
        wall.bench.run(0.005)
    wall.bench.run(0.015)
    wall.model.boards[1].answers = False
    wall.bench.run(0.15)
    assert wall.model.boards[1].asked == asked + 1, "the look that asks once more met silence"
    wall.model.boards[1].answers = True
    wall.model.deceive(1, 3, answers=1)
    wall.bench.run(5)
    assert len([told for told in wall.bench.all(BoardRead) if told.board == 1]) == 1


def test_what_the_first_answer_says_after_a_start_or_a_loss_is_not_told(wall: Wall) -> None:
    for gone in ("a board", "the port"):
        before = len(wall.bench.all(BoardRead))
        if gone == "a board":
            wall.model.boards[1].answers = False
            wall.bench.run_until(BoardLost)
            wall.model.boards[1].answers = True
        else:
            wall.bench.ports.pull("device")
            wall.bench.run(1)
            wall.bench.ports.plug("device")
        wall.model.deceive(1, 3, answers=1)
        wall.bench.run(10)
        assert [told.board for told in wall.bench.all(BoardRead)[before:]].count(1) >= 1
        assert wall.door(1, 3) is Door.CLOSED
        assert len({told.contacts for told in wall.bench.all(BoardRead) if told.board == 1}) == 1


@pytest.mark.parametrize(("protocol", "think_s"), [("8a", 0.05), ("cu16", 0.05), ("wkly", 0.08), ("modbus", 0.05)])
def test_a_slow_board_tells_of_a_pulse_in_time_for_the_verdict(protocol: str, think_s: float) -> None:
    """See `services/doors.py`: one that opens before its time is up, one that stays shut by a look asked after it."""
    wall = Wall(protocol, think_s=think_s)
    wall.model.door(1, 4).jammed = True
    for lock in (3, 4):
        pulse = wall.pulse(1, lock)
        sent, _ = wall.bench.run_until(DoorPulsed)
        begun, before = wall.bench.clock.now, len(wall.bench.all(BoardRead))
        assert (sent.pulse, sent.outcome) == (pulse, Outcome.DONE)
        if lock == 3:
            wall.bench.run(OPENS_WITHIN_S)
            assert wall.door(1, 3) is Door.OPEN
        wall.bench.run(begun + UNSURE_AFTER_S - 0.5 - wall.bench.clock.now)
        late = [told for told in wall.bench.all(BoardRead)[before:] if told.asked_mono >= begun + OPENS_WITHIN_S]
        assert late and (wall.door(1, lock) is Door.OPEN) == (lock == 3)
        wall.bench.run(5)


# --- how often a board is looked at ----------------------------------------------------------------------------------


def test_a_board_is_asked_twice_a_second_as_long_as_a_door_of_it_is_open_and_every_two_seconds_else(wall: Wall) -> None:
    assert wall.looks(1, 20) <= 20 / LOOK_S + 1
    wall.pulse(1, 1)
    wall.bench.run(30)
    assert wall.looks(1, 20) >= 20 / 0.5
    wall.model.shut(1, 1)
    wall.bench.run(WATCHED_FOR_S + 1)
    assert wall.looks(1, 20) <= 20 / LOOK_S + 1


def test_a_door_that_is_open_at_the_start_or_forgotten_is_watched_as_any_other(wall: Wall) -> None:
    wall.model.force(1, 3)
    wall.bench.ports.pull("device")
    wall.bench.run(2)
    wall.bench.ports.plug("device")
    wall.bench.run(10)
    assert wall.looks(1, 20) >= 20 / 0.5
    wall.bench.run(1200)
    assert wall.looks(1, 20) >= 20 / 0.5
    assert wall.looks(2, 20) <= 20 / LOOK_S + 1, "none of its doors is open"


def test_a_contact_without_a_door_makes_nobody_hurry() -> None:
    wall = Wall("cu16", {1: 8})
    assert wall.looks(1, 20) <= 20 / LOOK_S + 1
    bare = DeviceBench("locker_cu16", model := LockerModel("cu16", {1: 8}), boards=[1])
    model.force(1, 1)
    bare.run(10)
    before = model.boards[1].asked
    bare.run(20)
    assert model.boards[1].asked - before <= 20 / LOOK_S + 1


def test_an_open_door_that_does_not_move_is_not_told_again_and_again(wall: Wall) -> None:
    wall.pulse(1, 1)
    wall.bench.run(WATCHED_FOR_S + 2)
    before = len(wall.bench.all(BoardRead))
    wall.bench.run(60)
    assert len(wall.bench.all(BoardRead)) == before


def test_a_board_that_thinks_for_long_is_found_once_and_stays() -> None:
    wall = Wall("8a", think_s=0.07)
    wall.bench.run(120)
    assert len(wall.bench.all(BoardLost)) <= 2, "each once, at the start"
    pulse = wall.pulse(2, 3)
    wall.bench.run(SETTLED_S)
    assert (wall.outcome(pulse), wall.door(2, 3)) == (Outcome.DONE, Door.OPEN)
