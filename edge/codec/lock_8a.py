"""Lock boards of the "8A" family, sold under many names (devices 8.2). 9600 8N1.

    8A bd lk 11 X             open lock lk, 01 and up         answer  8A bd lk st X    st: the contact after the pulse
    80 bd 00 33 X             the contacts of all locks       answer  80 bd S1…Sn 33 X
    80 bd lk 33 X             the contact of one              answer  80 bd lk st X

X is the XOR of all bytes before it. How many groups S there are depends on the firmware, not on the locks (an 8-way
board sends three); in which order they come, and whether a bit means open or closed, depends on board and lock: a
technician finds out by opening a door. `9A`, which holds a coil under power, burns a solenoid: nothing here makes it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from edge.codec.lock_board import Heard, LockBoard, checked, starts
from edge.codec.scale_frame import check_of
from edge.errors import CodecError
from edge.model.door import Contacts, Wiring, bit_of

ADDRESSES = range(1, 33)
LOCKS = range(1, 51)
GROUPS_MAX = 7
"""Bytes of contacts of the largest board, 50 locks."""

_OPEN, _ASK, _SEVERAL, _HOLD, _RELEASE, _VERSION = 0x8A, 0x80, 0x90, 0x9A, 0x9B, 0x82
_OPEN_MARK, _ASK_MARK, _VERSION_MARK = 0x11, 0x33, 0x22


def unlock(board: int, lock: int) -> bytes:
    """Never of lock 00, which is all of them."""
    return _frame(_OPEN, board, checked(lock, LOCKS, "lock"), _OPEN_MARK)


def ask_all(board: int) -> bytes:
    return _frame(_ASK, board, 0, _ASK_MARK)


def ask_one(board: int, lock: int) -> bytes:
    return _frame(_ASK, board, checked(lock, LOCKS, "lock"), _ASK_MARK)


def read_all(board: int, heard: Heard) -> Contacts | None:
    """While the line is not silent only an answer as long as the last one: a shorter one may be its beginning.

    A board that tells of eight locks, all 0, answers with the question itself: see `Heard.deaf`.
    """
    lengths = range(GROUPS_MAX, 0, -1) if heard.silent else ((heard.groups,) if heard.groups else ())
    for groups in lengths:
        for at in starts(heard.octets, bytes((_ASK, board))):
            frame = heard.octets[at : at + groups + 4]
            if len(frame) != groups + 4 or frame[-2] != _ASK_MARK or not _is_whole(frame):
                continue
            if heard.deaf or frame != ask_all(board):
                return Contacts(frame[2:-2])
    return None


def read_one(board: int, lock: int, heard: Heard) -> int | None:
    """The contact's bit."""
    state = _state_after(bytes((_ASK, board, lock)), heard.octets)
    return None if state is None else int(state == _OPEN_MARK)


def read_unlock(board: int, lock: int, heard: Heard) -> bool | None:
    """Whatever the contact is: the coil was pulsed."""
    return None if _state_after(bytes((_OPEN, board, lock)), heard.octets) is None else True


BOARD = LockBoard(
    ADDRESSES, LOCKS[-1], Wiring(), ask_all, read_all, unlock, read_unlock, state_one=ask_one, read_one=read_one
)  # fmt: skip


def describe(frame: bytes, request: bytes | None = None) -> dict[str, Any]:
    """The first whole frame under the keys of `vectors.json`. Raises CodecError: there is none."""
    for at in range(len(frame)):
        for length in range(min(len(frame) - at, GROUPS_MAX + 4), 4, -1):
            told = frame[at : at + length]
            if _is_whole(told) and (keys := _meaning(told)) is not None:
                return {"valid": True, "board": told[1]} | keys
    raise CodecError("no frame of an 8A lock board is in these bytes", expected="8A, 80, 90 … and the XOR of all")


def _meaning(told: bytes) -> dict[str, Any] | None:
    head, lock, mark = told[0], told[2], told[-2]
    if head == _SEVERAL:
        return {"cmd": "open_several", "locks": _set_bits(told[2:-1], high_first=False)}
    if len(told) > 5:
        return _groups(told[2:-2]) if head == _ASK and mark == _ASK_MARK else None
    if head in (_HOLD, _RELEASE) and mark == _OPEN_MARK:
        return {"cmd": "hold_on" if head == _HOLD else "hold_off", "lock": lock}
    if head == _OPEN and mark == _OPEN_MARK:
        return {"cmd": "open", "lock": lock, "state": mark} if lock else {"cmd": "open_all"}
    if head == _ASK and mark == _ASK_MARK:
        return ({"cmd": "query", "lock": lock} if lock else {"cmd": "query_all"}) | _groups(told[2:-2])
    if head == _VERSION and mark == _VERSION_MARK:
        return {"cmd": "version"}
    if head in (_OPEN, _ASK, 0x81, _VERSION) and mark in (0x00, _OPEN_MARK):
        return {"lock": lock, "state": mark} | ({"unasked": True} if head in (0x81, _VERSION) else {})
    return None


def _groups(groups: bytes) -> dict[str, Any]:
    high, low = _set_bits(groups, high_first=True), _set_bits(groups, high_first=False)
    both = {"set_bits": low} if high == low else {}
    return {"groups": list(groups), "set_bits_high_to_low": high, "set_bits_low_to_high": low} | both


def _set_bits(groups: bytes, *, high_first: bool) -> list[int]:
    return [lock for lock in range(1, 8 * len(groups) + 1) if bit_of(groups, lock, high_first=high_first)]


def _state_after(start: bytes, octets: bytes) -> int | None:
    for frame in _of_five(start, octets):
        if frame[3] in (0x00, _OPEN_MARK) and _is_whole(frame):
            return frame[3]
    return None


def _of_five(start: bytes, octets: bytes) -> Iterator[bytes]:
    for at in starts(octets, start):
        if len(frame := octets[at : at + 5]) == 5:
            yield frame


def _is_whole(frame: bytes) -> bool:
    return check_of(frame[:-1]) == frame[-1]


def _frame(head: int, board: int, lock: int, mark: int) -> bytes:
    told = bytes((head, checked(board, ADDRESSES, "board"), lock, mark))
    return told + bytes((check_of(told),))
