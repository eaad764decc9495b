"""Orders that must not begin, and boards that are set wrong: words that say what to do, and no door that moves."""

from __future__ import annotations

import pytest
from wall_bench import PROTOCOLS, SETTLED_S, WALLS, Wall

from edge.lock_bus import ORDERS_MAX, PULSE_GAP_S
from edge.lock_watch import LOST_LOOK_S
from edge.messages import BoardFound, BoardLost, BoardRead, CommandRefused, DeviceUp, DoorPulsed, Outcome
from edge.model.door import Door
from edge.sim.locker import Collision, LockerModel


@pytest.fixture(params=WALLS)
def wall(request: pytest.FixtureRequest) -> Wall:
    return Wall(request.param)


def test_an_order_to_a_board_that_is_lost_is_refused_with_what_is_the_matter_and_holds_up_no_other(wall: Wall) -> None:
    wall.model.boards[1].answers = False
    wall.bench.run_until(BoardLost)
    dead, alive = [wall.pulse(1, lock) for lock in (1, 2)], [wall.pulse(2, lock) for lock in (1, 2)]
    wall.bench.run(SETTLED_S)
    assert {wall.outcome(pulse) for pulse in dead} == {Outcome.NOT_STARTED}
    assert {wall.outcome(pulse) for pulse in alive} == {Outcome.DONE}
    reasons = {told.reason for told in wall.bench.all(DoorPulsed) if told.pulse in dead}
    assert all("board 1 does not answer" in reason for reason in reasons)
    wall.model.boards[1].answers = True
    wall.bench.run(30)
    assert wall.model.pulses == [(2, 1), (2, 2)]


def test_orders_to_boards_that_are_all_lost_are_refused_at_once(wall: Wall) -> None:
    for board in wall.model.boards.values():
        board.answers = False
    wall.bench.run(30)
    pulses = [wall.pulse(board, 1) for board in (1, 2)]
    wall.bench.run(0.5)
    assert {wall.outcome(pulse) for pulse in pulses} == {Outcome.NOT_STARTED}


def test_an_order_at_the_start_waits_until_its_board_was_heard(wall: Wall) -> None:
    wall.bench.ports.pull("device")
    wall.bench.send_nothing()
    wall.bench.run(2)
    wall.model.boards[2].answers = False
    wall.bench.ports.plug("device")
    wall.bench.run_until(DeviceUp)
    silent, heard = wall.pulse(2, 1), wall.pulse(1, 1)
    wall.bench.run(10)
    assert (wall.outcome(silent), wall.outcome(heard)) == (Outcome.NOT_STARTED, Outcome.DONE)
    assert wall.model.pulses == [(1, 1)]


def test_a_flood_of_orders_is_refused_beyond_a_bound(wall: Wall) -> None:
    for _ in range(4):
        for _ in range(ORDERS_MAX):
            wall.pulse(1, 1, expires_s=1.0)
        wall.bench.run(0.05)
    wall.bench.run(10)
    told = len(wall.bench.all(DoorPulsed)) + len(wall.bench.all(CommandRefused))
    assert told == 4 * ORDERS_MAX, "each once"
    assert wall.bench.all(CommandRefused)
    assert len(wall.model.pulses) <= 1.0 / PULSE_GAP_S + 1


# --- boards that are set wrong ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("collision", [Collision.MIXED, Collision.IN_TURN])
def test_two_boards_on_one_address_are_told_no_door_moves_and_one_set_right_recovers(
    protocol: str, collision: Collision
) -> None:
    wall = Wall(protocol, {1: 8, 2: 8})
    wall.model.collision = collision
    twin = wall.model.set_switches_alike(1, 8)
    twin.doors[0].is_open = twin.doors[6].is_open = True
    lost, took_s = wall.bench.run_until(BoardLost)
    assert lost.board == 1 and took_s < 10
    says = {Collision.MIXED: "two boards may have the address 1", Collision.IN_TURN: "two boards answer to address 1"}
    assert says[collision] in lost.reason
    pulse = wall.pulse(1, 3)
    wall.bench.run(20)
    assert wall.outcome(pulse) is Outcome.NOT_STARTED
    assert "two boards" in wall.bench.last(DoorPulsed).reason
    assert (wall.model.pulses, twin.pulses) == ([], [])
    assert wall.bench.all(BoardFound) == [], "it is not well for a moment either"
    wall.model.set_switches_right(3)
    found, took_s = wall.bench.run_until(BoardFound)
    assert found.board == 1 and took_s <= LOST_LOOK_S + 1
    wall.pulse(1, 3)
    wall.bench.run(SETTLED_S)
    assert wall.model.pulses == [(1, 3)] and wall.door(1, 3) is Door.OPEN


@pytest.mark.parametrize(
    ("protocol", "told_locks", "says"),
    [
        ("8a", 4, "told of 24 locks before and tells of 8 now"),
        ("8a", 32, "told of 24 locks before and tells of 32 now"),
        ("wkly", 4, "told of 24 locks before and tells of 8 now"),
        ("wkly", 32, "told of 24 locks before and tells of 32 now"),
        ("modbus", 4, "refuses to tell of 24 contacts (illegal address): set locks to how many it has"),
    ],
)  # fmt: skip
def test_a_board_that_tells_of_more_or_fewer_locks_than_before_is_told_and_no_door_moves(
    protocol: str, told_locks: int, says: str
) -> None:
    """It stays lost: what its doors do would be read with another board's wiring, also when the cable was out."""
    wall = Wall(protocol, {1: 24}, locks=24 if protocol == "modbus" else 0)
    wall.model.boards[1].told_locks = told_locks
    lost, _ = wall.bench.run_until(BoardLost)
    assert says in lost.reason
    read = len(wall.bench.all(BoardRead))
    for _ in range(30):
        pulse = wall.pulse(1, 3)
        wall.bench.run(1)
        assert (wall.outcome(pulse), wall.model.pulses) == (Outcome.NOT_STARTED, [])
    assert (wall.bench.all(BoardFound), wall.bench.all(BoardRead)[read:]) == ([], [])
    wall.bench.ports.pull("device")
    wall.bench.run(3)
    wall.bench.ports.plug("device")
    wall.bench.run(30)
    assert (wall.bench.all(BoardFound), wall.bench.all(BoardRead)[read:]) == ([], [])
    wall.model.boards[1].told_locks = None
    wall.bench.run_until(BoardFound)
    wall.pulse(1, 3)
    wall.bench.run(SETTLED_S)
    assert wall.model.pulses == [(1, 3)]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_adapter_that_hears_itself_does_no_harm(protocol: str) -> None:
    wall = Wall(protocol, echoes=True)
    pulse = wall.pulse(2, 5)
    wall.bench.run(SETTLED_S)
    assert (wall.outcome(pulse), wall.door(2, 5), wall.door(1, 5)) == (Outcome.DONE, Door.OPEN, Door.CLOSED)
    wall.model.boards[1].answers = False
    lost, _ = wall.bench.run_until(BoardLost)
    assert "board 1 does not answer" in lost.reason, "the echo is nobody's answer"
    assert wall.model.pulses == [(2, 5)]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_adapter_that_hears_itself_makes_no_dead_board_alive(protocol: str) -> None:
    """Eight locks that are all 0, in the 8A tongue, are the question itself."""

    def no_power(model: LockerModel) -> None:
        model.boards[1].answers = False

    wall = Wall(protocol, {1: 8}, echoes=True, begins=no_power)
    pulse = wall.pulse(1, 3)
    wall.bench.run(30)
    assert "board 1 does not answer" in wall.bench.last(BoardLost).reason
    assert wall.outcome(pulse) is Outcome.NOT_STARTED
    assert (wall.bench.all(BoardRead), wall.bench.all(BoardFound)) == ([], [])


@pytest.mark.parametrize("echoes", [False, True])
@pytest.mark.parametrize("think_s", [0.01, 0.03, 0.045])
def test_a_board_whose_answer_is_the_question_is_heard(think_s: float, *, echoes: bool) -> None:
    def eight(model: LockerModel) -> None:
        model.boards[1].told_locks = 8

    wall = Wall("8a", {1: 8}, echoes=echoes, think_s=think_s, begins=eight)
    for lock in (3, 8):
        pulse = wall.pulse(1, lock)
        wall.bench.run(SETTLED_S)
        assert (wall.outcome(pulse), wall.door(1, lock)) == (Outcome.DONE, Door.OPEN)
        wall.model.shut(1, lock)
        wall.bench.run(SETTLED_S)
        assert wall.door(1, lock) is Door.CLOSED
    assert wall.bench.all(BoardLost) == []
    wall.model.boards[1].answers = False
    wall.bench.run_until(BoardLost)
    before = len(wall.bench.all(BoardRead))
    wall.bench.run(30)
    assert wall.bench.all(BoardRead)[before:] == []


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("collision", [Collision.MIXED, Collision.IN_TURN])
def test_an_order_that_comes_when_a_second_board_has_just_been_seen_opens_no_door(
    protocol: str, collision: Collision
) -> None:
    wall = Wall(protocol)
    wall.model.collision = collision
    twin = wall.model.set_switches_alike(1, 8)
    asked = wall.model.boards[1].asked
    while wall.model.boards[1].asked == asked:
        wall.bench.run(0.005)
    wall.bench.run(0.15)
    other, pulse = wall.pulse(2, 1), wall.pulse(1, 3)
    wall.bench.run(SETTLED_S)
    assert (wall.outcome(other), wall.outcome(pulse)) == (Outcome.DONE, Outcome.NOT_STARTED)
    assert (wall.model.pulses, twin.pulses) == ([(2, 1)], [])


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_an_order_to_a_board_that_missed_one_look_is_sent_as_soon_as_it_answers(protocol: str) -> None:
    wall = Wall(protocol, {1: 8})
    wall.model.garble(1)
    asked = wall.model.boards[1].asked
    while wall.model.boards[1].asked == asked:
        wall.bench.run(0.005)
    wall.bench.run(0.07)
    begun = wall.bench.clock.now
    wall.pulse(1, 1)
    wall.bench.run(1)
    assert wall.model.pulses == [(1, 1)]
    assert wall.model.boards[1].pulses[0][1] - begun <= 0.15, "and not half a second later"
