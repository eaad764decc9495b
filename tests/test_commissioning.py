"""Setting up a lock board: derived from contacts alone, and never guessed."""

from __future__ import annotations

from itertools import product

import pytest

from edge.errors import IllegalMove, ModelError
from edge.model.commissioning import STEPS, Commissioning, Finding, Step, Trouble, Verdict, commissioning
from edge.model.door import Contacts, Door, Wiring

UNKNOWN = Wiring()


class Board:
    """What one says: `groups` bytes, wired in one way; `floats` are contacts without a lock."""

    def __init__(self, groups: int, *, open_bit: int = 1, high_first: bool = True, floats: int = 0) -> None:
        self.groups, self.open_bit, self.high_first, self.floats = groups, open_bit, high_first, floats
        self.locks = range(1, 8 * groups - floats + 1)

    def says(self, *open_locks: int) -> Contacts:
        bits = sum(((lock in open_locks) == bool(self.open_bit)) << lock - 1 for lock in self.locks)
        return Contacts(bits.to_bytes(self.groups, "big" if self.high_first else "little"))


def led(board: Board, *answers: tuple[int, ...]) -> tuple[Commissioning, list[Finding | None]]:
    """A technician who does these things; `answers` are the doors that are open at each step."""
    machine, found = commissioning(board.locks, UNKNOWN), []
    for open_locks in answers:
        machine, finding = machine.looked(board.says(*open_locks))
        found.append(finding)
    return machine, found


@pytest.mark.parametrize(
    ("groups", "open_bit", "high_first", "floats"), [*product((1, 2, 3, 7), (0, 1), (False, True), (0, 3))]
)
def test_polarity_and_order_come_out_of_two_doors(groups: int, open_bit: int, *, high_first: bool, floats: int) -> None:
    board = Board(groups, open_bit=open_bit, high_first=high_first, floats=floats)
    first, last = board.locks[0], board.locks[-1]
    machine, found = led(board, (), (first,), (), (last,), ())
    assert found == [None] * 5 and machine.step is Step.DONE
    for lock in board.locks:
        assert machine.found.door(board.says(lock), lock) is Door.OPEN
        assert machine.found.door(board.says(), lock) is Door.CLOSED
    if groups > 1:
        assert machine.found == Wiring(open_bit, high_first)


def test_cells_in_the_middle_byte_alone_are_set_up_too() -> None:
    board = Board(3)
    machine = commissioning(range(9, 17), UNKNOWN)
    for open_locks in ((), (9,), (), (16,), ()):
        machine, finding = machine.looked(board.says(*open_locks))
        assert finding is None
    assert [lock for lock in range(9, 17) if machine.found.door(board.says(12), lock) is Door.OPEN] == [12]


def test_cells_from_the_middle_to_the_end_are_decided_by_the_second_door() -> None:
    for high_first in (False, True):
        board = Board(3, high_first=high_first)
        machine = commissioning(range(9, 25), UNKNOWN)
        for open_locks in ((), (9,), (), (24,), ()):
            machine, finding = machine.looked(board.says(*open_locks))
            assert finding is None
        assert machine.found == Wiring(1, high_first)


def test_a_door_that_changes_nothing_is_asked_for_again() -> None:
    machine, found = led(Board(3), (), ())
    assert found[-1] == Finding(Trouble.NOTHING_CHANGED, (1,))
    assert (machine.step, machine.lock) == (Step.OPEN_FIRST, 1)
    machine, finding = machine.looked(Board(3).says(1))
    assert finding is None and machine.step is Step.SHUT_FIRST


def test_two_doors_at_once_are_refused_from_the_beginning() -> None:
    machine, found = led(Board(3), (), (1, 2))
    assert found[-1] is not None and found[-1].trouble is Trouble.MANY_CHANGED
    assert (machine.step, machine.wiring) == (Step.SHUT_ALL, UNKNOWN)


def test_another_door_is_named_and_teaches_nothing() -> None:
    machine, found = led(Board(2, high_first=False), (), (3,))
    assert found[-1] == Finding(Trouble.WRONG_DOOR, (3,))
    assert (machine.step, machine.wiring) == (Step.SHUT_ALL, UNKNOWN)
    machine, found = led(Board(2, high_first=False), (), (1,), (), (3,))
    assert found[-1] == Finding(Trouble.WRONG_DOOR, (3,))
    assert (machine.step, machine.wiring) == (Step.SHUT_ALL, UNKNOWN)


def test_a_mirrored_door_of_the_other_byte_does_not_pass_for_the_second_one() -> None:
    """Lock 8 is where lock 16 would be if the bytes came the other way."""
    _, found = led(Board(2), (), (1,), (), (8,))
    assert found[-1] == Finding(Trouble.WRONG_DOOR, (8,))


def test_a_door_that_was_open_all_the_time_shows_when_its_bit_has_a_meaning() -> None:
    machine, found = led(Board(3), (5,), (1, 5))
    assert found == [None, Finding(Trouble.NOT_ALL_SHUT, (5,))]
    assert machine.step is Step.SHUT_ALL


def test_a_door_that_is_not_shut_again_is_waited_for_and_another_that_moves_starts_anew() -> None:
    machine, found = led(Board(3), (), (1,), (1,))
    assert (found[-1], machine.step) == (Finding(Trouble.STILL_OPEN, (1,)), Step.SHUT_FIRST)
    machine, found = led(Board(3), (), (1,), (2,))
    assert found[-1] == Finding(Trouble.MANY_CHANGED, (1, 2)) or found[-1] == Finding(Trouble.MANY_CHANGED, (2,))
    assert machine.step is Step.SHUT_ALL


def test_a_contact_that_is_wired_the_other_way_is_told() -> None:
    board = Board(1)
    machine, found = led(board, (8,), (1, 8))
    assert found[-1] == Finding(Trouble.NOT_ALL_SHUT, (8,)), "shut, it says what the first says open"
    assert machine.step is Step.SHUT_ALL
    known = commissioning(board.locks, Wiring(open_bit=0, high_first=False))
    machine, finding = known.looked(board.says())
    assert finding == Finding(Trouble.NOT_ALL_SHUT, tuple(board.locks))


def test_a_door_whose_contact_goes_the_other_way_is_told_where_the_order_of_bytes_is_not_known_yet() -> None:
    board = Board(3)
    machine = commissioning(range(9, 25), UNKNOWN)
    for open_locks in ((24,), (9, 24), (24,)):
        machine, finding = machine.looked(board.says(*open_locks))
        assert finding is None, "lock 24 is shut and says what the first says open, but nobody knows its byte yet"
    machine, finding = machine.looked(board.says())
    assert finding == Finding(Trouble.WRONG_WAY, (24,))
    assert (machine.step, machine.wiring) == (Step.SHUT_ALL, UNKNOWN)


def test_a_protocol_that_leaves_nothing_open_is_held_against_the_doors() -> None:
    board, known = Board(2, open_bit=0, high_first=False), Wiring(0, high_first=False)
    machine = commissioning(board.locks, known)
    for open_locks in ((), (1,), (), (16,), ()):
        machine, finding = machine.looked(board.says(*open_locks))
        assert finding is None
    assert machine.found == known


def test_a_board_shorter_than_the_map_or_of_another_length_than_before_is_refused() -> None:
    machine = commissioning((1, 20), UNKNOWN)
    machine, finding = machine.looked(Board(2).says())
    assert (finding, machine.step) == (Finding(Trouble.TOO_SHORT, (20,)), Step.SHUT_ALL)
    machine, _ = led(Board(2), ())
    machine, finding = machine.looked(Board(3).says(1))
    assert (finding, machine.step) == (Finding(Trouble.LENGTH_CHANGED), Step.SHUT_ALL)


def test_one_lock_alone_is_tried_twice() -> None:
    board, machine = Board(3), commissioning((24,), UNKNOWN)
    for open_locks in ((), (24,), (), (24,), ()):
        machine, finding = machine.looked(board.says(*open_locks))
        assert finding is None
    assert machine.found == Wiring(1, high_first=True)


def test_every_pair_is_in_the_table_or_cannot_be() -> None:
    assert {step for step, _ in STEPS} == set(Step) - {Step.DONE}
    assert {step for (step, verdict) in STEPS if verdict is Verdict.NOTHING} == set(Step) - {Step.DONE, Step.SHUT_ALL}
    done, _ = led(Board(3), (), (1,), (), (24,), ())
    with pytest.raises(IllegalMove):
        done.looked(Board(3).says())
    with pytest.raises(IllegalMove):
        _ = commissioning((1,), UNKNOWN).found
    with pytest.raises(ModelError):
        commissioning((), UNKNOWN)
