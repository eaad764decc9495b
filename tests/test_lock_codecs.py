"""Frames of lock boards: what is made, what is read, and what can never be made."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from fuzz_locks import BOARD, LOCK, TRIED, Tried, answers_of, first_answer
from hypothesis import given
from hypothesis import strategies as st

from edge.codec import lock_8a, lock_board, lock_cu16, lock_cu48, lock_dc, lock_modbus, lock_wkly, modbus
from edge.codec.frame import describe_frame
from edge.codec.lock import LOCK_AREAS
from edge.codec.lock_board import Heard, LockBoard, answers_twice
from edge.errors import CodecError
from edge.model.door import Contacts, Door, Wiring, content

MODULES = (lock_8a, lock_cu16, lock_cu48, lock_dc, lock_modbus, lock_wkly)
BEYOND = range(-2, 300)
NAMES = sorted(TRIED)
HARM = {
    "open_all",
    "open_several",
    "open_at_once",
    "open_in_turn",
    "hold_on",
    "hold_off",
    "hold",
    "hold_several",
    "flash",
}
"""What commands are called that open more than one door or keep a coil under power."""


def heard(octets: bytes, *, silent: bool = True, groups: int | None = None) -> Heard:
    return Heard(octets, silent, groups)


def area_of(name: str) -> str:
    area = name.partition(".")[0]
    return "modbus" if area == "lock_modbus" else area


def tuned(protocol: LockBoard, wiring: Wiring) -> Wiring:
    """With what a technician would have found out."""
    return protocol.wiring if protocol.wiring.is_known else wiring


# --- what is read ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@given(garbage=st.binary(max_size=80))
def test_after_any_garbage_the_next_good_answer_is_read_byte_by_byte_and_at_once(name: str, garbage: bytes) -> None:
    read = answers_of(name)
    assert read(garbage) is not None, "the good answer behind it, or one that the garbage is"
    assert read(b"") == TRIED[name].contacts


@pytest.mark.parametrize("name", NAMES)
@given(cut=st.integers(0, 20))
def test_an_answer_that_was_cut_off_swallows_no_other(name: str, cut: int) -> None:
    for torn in (TRIED[name].state[:cut], TRIED[name].state[cut:], TRIED[name].unlocked[:cut]):
        assert answers_of(name)(torn) == TRIED[name].contacts


@pytest.mark.parametrize("name", NAMES)
def test_the_open_door_is_lock_five_and_no_other(name: str) -> None:
    tried = TRIED[name]
    wiring = tuned(tried.protocol, Wiring(open_bit=1, high_first=name == "lock_8a"))
    told = tried.protocol.read_state(BOARD, heard(tried.state))
    assert told == tried.contacts
    assert [lock for lock in range(1, 9) if wiring.door(told, lock) is Door.OPEN] == [LOCK]
    assert wiring.door(told, 8 * len(told.locks) + 1) is Door.UNKNOWN
    if told.items is not None:
        assert [lock for lock in range(1, 17) if content(told, lock).value == "full"] == [2]


@pytest.mark.parametrize("name", NAMES)
def test_no_beginning_of_an_answer_is_read_as_one_while_bytes_still_come(name: str) -> None:
    tried = TRIED[name]
    for end in range(len(tried.state)):
        assert tried.protocol.read_state(BOARD, heard(tried.state[:end], silent=False, groups=3)) is None
        assert tried.protocol.read_unlock(BOARD, LOCK, heard(tried.unlocked[:end])) is None or end >= len(
            tried.unlocked
        )


@pytest.mark.parametrize("name", NAMES)
@given(at=st.integers(0, 17), flip=st.integers(1, 255))
def test_an_answer_with_one_wrong_byte_is_none(name: str, at: int, flip: int) -> None:
    for good, read in (
        (TRIED[name].state, TRIED[name].protocol.read_state),
        (TRIED[name].unlocked, lambda board, told: TRIED[name].protocol.read_unlock(board, LOCK, told)),
    ):
        spoilt = bytearray(good)
        spoilt[at % len(good)] ^= flip
        assert read(BOARD, heard(bytes(spoilt))) is None


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_of_another_board_another_lock_or_to_another_question_never_counts(name: str) -> None:
    tried, others = TRIED[name], [n for n in range(1, 15) if n != BOARD]
    assert all(tried.protocol.read_state(board, heard(tried.state)) is None for board in others)
    assert all(tried.protocol.read_unlock(board, LOCK, heard(tried.unlocked)) is None for board in others)
    assert all(tried.protocol.read_unlock(BOARD, lock, heard(tried.unlocked)) is None for lock in (1, 4, 6, 8))
    assert tried.protocol.read_state(BOARD, heard(tried.unlocked)) is None
    for other in NAMES:
        if area_of(other) != area_of(name):
            assert tried.protocol.read_state(BOARD, heard(TRIED[other].state)) is None


@pytest.mark.parametrize("name", NAMES)
def test_two_answers_are_told_from_one(name: str) -> None:
    tried = TRIED[name]
    assert not answers_twice(tried.protocol, BOARD, heard(b"\x00\xff" + tried.state + b"\x55"))
    assert answers_twice(tried.protocol, BOARD, heard(tried.state + tried.state))
    assert answers_twice(tried.protocol, BOARD, heard(tried.state + b"\x00" + tried.state + b"\x01"))


def test_an_8a_question_once_more_is_an_answer_only_where_the_adapter_does_not_hear_itself() -> None:
    asked = lock_8a.ask_all(1)
    assert lock_8a.read_all(1, heard(asked, silent=False, groups=1)) is None
    assert lock_8a.read_all(1, heard(asked, groups=1)) is None
    assert lock_8a.read_all(1, Heard(asked, silent=True, deaf=True)) == Contacts(b"\0")
    assert lock_8a.read_all(1, heard(asked + TRIED["lock_8a"].state)) == TRIED["lock_8a"].contacts


def test_a_long_cu48_answer_is_not_cut_to_a_short_one_that_stands_at_its_beginning() -> None:
    locks, items = bytes.fromhex("06 FF FF FF FF FF"), bytearray.fromhex("02 00 00 00 00 00")
    start = b"\x02\x01\x00\x75" + locks
    items[1] = lock_board.sum_of(start + items[:1])
    told = start + items + b"\x03"
    told += bytes((lock_board.sum_of(told),))
    board = lock_cu48.board_of(lock_first=False)
    tried = Tried(board, told, Contacts(locks, bytes(items)), b"")
    assert board.read_state(1, heard(told[:12])) == Contacts(told[5:11]), "it does look like a short one"
    assert first_answer(tried, told, 6) == tried.contacts


def test_a_wkly_door_that_is_neither_open_nor_closed_is_not_taken_for_an_open_one() -> None:
    frame = bytearray(TRIED["lock_wkly"].state)
    frame[9], frame[-1] = 0xFF, frame[-1] ^ 0x01 ^ 0xFF
    assert lock_wkly.read_all(1, heard(bytes(frame))) is None


def test_a_refusal_is_told_from_silence() -> None:
    assert lock_wkly.read_unlock(1, 5, heard(bytes.fromhex("57 4B 4C 59 0B 01 82 FF 05 FF 84"))) is False
    assert lock_dc.read_unlock(1, 5, heard(bytes.fromhex("DC FE 01 10 01 00 12"))) is False
    board = lock_modbus.board_of(locks=8, pulse_tenths=5)
    assert board.read_unlock(1, 5, heard(bytes.fromhex("01 85 02 C3 51"))) is False
    told = b"\x01\x02\x02\x10\x00"
    longer = told + modbus.crc16(told).to_bytes(2, "little")
    assert "tells of 16 contacts, the settings say locks = 8" in board.why(1, longer)
    assert board.read_state(1, heard(longer)) is None, "another number of contacts than the settings say"


def test_an_answer_that_says_that_it_failed_or_is_too_short_tells_of_no_contacts() -> None:
    failed = bytearray(TRIED["lock_wkly"].state)
    failed[7], failed[-1] = 0xFF, failed[-1] ^ 0xFF
    assert "status" in describe_frame("lock_wkly", failed.hex()), "its check fits"
    assert lock_wkly.read_all(1, heard(bytes(failed))) is None
    assert lock_dc.read_all(1, heard(bytes.fromhex("DC FE 01 12 02 00 10 25"))) == Contacts(b"\x00\x10")
    assert lock_dc.read_all(1, heard(bytes.fromhex("DC FE 01 12 01 10 24"))) is None


# --- what is made ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_an_order_names_its_board_and_its_lock_and_is_an_order_to_open_one(name: str) -> None:
    protocol = TRIED[name].protocol
    made: set[bytes] = set()
    for board in protocol.addresses:
        for lock in range(1, protocol.locks + 1):
            order = protocol.unlock(board, lock)
            assert order not in made, "two orders that differ are different bytes"
            made.add(order)
            keys = describe_frame(area_of(name), order.hex())
            assert keys["valid"] and not HARM & {keys.get("cmd"), *keys}, (board, lock)


@pytest.mark.parametrize("name", NAMES)
def test_no_order_is_made_for_lock_zero_below_it_or_beyond_the_last(name: str) -> None:
    protocol = TRIED[name].protocol
    for lock in BEYOND:
        if lock in range(1, protocol.locks + 1):
            continue
        with pytest.raises(CodecError, match="there is no such lock"):
            protocol.unlock(BOARD, lock)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_asked_or_ordered_of_a_board_that_there_is_not_or_that_means_all_of_them(name: str) -> None:
    protocol = TRIED[name].protocol
    for board in set(BEYOND) - set(protocol.addresses):
        for make in (protocol.state, lambda address: protocol.unlock(address, 1)):
            with pytest.raises(CodecError, match="there is no such board"):
                make(board)
    assert 0xF not in lock_cu16.ADDRESSES, "F0 calls all boards"
    assert 0 not in lock_modbus.ADDRESSES, "0 calls all boards"


def public(module: ModuleType) -> Iterator[tuple[str, Callable[..., object]]]:
    """Functions of this module that take numbers, and those of the protocols it gives away."""
    for name, value in vars(module).items():
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith("_"):
            yield name, value
    boards = [
        tried.protocol for name, tried in TRIED.items() if f"edge.codec.{name.partition('.')[0]}" == module.__name__
    ]
    for board in boards:
        yield "state", board.state
        yield "unlock", board.unlock
        if board.rest is not None:
            yield "rest", board.rest


def frames_made(module: ModuleType) -> Iterator[bytes]:
    """All bytes that any public function makes of any numbers."""
    for name, make in public(module):
        takes = [p for p in inspect.signature(make).parameters.values() if p.default is p.empty]
        if (
            not 1 <= len(takes) <= 2
            or any(p.kind is p.KEYWORD_ONLY for p in takes)
            or name.startswith(("read", "desc"))
        ):
            continue
        numbers = [(board,) for board in BEYOND] if len(takes) == 1 else [
            (board, lock) for board in (-1, 0, 1, 2, 14, 15, 16, 31, 32, 247, 255, 256) for lock in BEYOND
        ]  # fmt: skip
        for some in numbers:
            try:
                made = make(*some)
            except CodecError:
                continue
            assert isinstance(made, bytes), name
            yield made


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_nothing_can_make_bytes_that_keep_a_coil_under_power_or_open_more_than_one_door(module: ModuleType) -> None:
    area = area_of(module.__name__.removeprefix("edge.codec."))
    made = list(frames_made(module))
    assert len(made) > 100
    for frame in made:
        keys = describe_frame(area, frame.hex())
        assert not HARM & {keys.get("cmd"), *keys}, frame.hex(" ")
        match area:
            case "lock_8a":
                assert frame[0] in (0x80, 0x8A) and (frame[0] == 0x80 or frame[2])
            case "lock_cu16":
                assert frame[2] in (0x30, 0x31) and frame[1] >> 4 != 0xF
            case "lock_cu48":
                assert frame[3] in (0x60, 0x61) and 0x30 not in frame[1:3]
            case "lock_dc":
                assert frame[3] in (0x10, 0x12)
            case "lock_wkly":
                assert frame[6] in (0x82, 0x84)
            case "modbus":
                coil, value = int.from_bytes(frame[2:4]), int.from_bytes(frame[4:6])
                is_pulse = 0x0200 <= coil < 0x0240 and 1 <= value <= lock_modbus.PULSE_MAX_TENTHS
                assert frame[1] == modbus.READ_INPUTS or is_pulse or (coil, value) == (0x00FF, 0)


def test_a_pulse_that_would_burn_a_lock_cannot_be_set() -> None:
    for tenths in (-1, 0, 11, 0xFF00):
        with pytest.raises(CodecError, match="under power for too long"):
            lock_modbus.board_of(locks=8, pulse_tenths=tenths)
    for locks in (0, -1, 65):
        with pytest.raises(CodecError, match="number of locks"):
            lock_modbus.board_of(locks=locks, pulse_tenths=5)


def test_every_area_is_tried() -> None:
    assert {area_of(name) for name in TRIED} == set(LOCK_AREAS)
