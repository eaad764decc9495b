"""Kerong CU16 lock boards (devices 8.3). 19200 8N1; also on TCP port 5000 behind a converter.

    02 BL 30 03 SUM          contacts of board B    answer  02 BL 35 lo hi lo hi 03 SUM   locks, then item sensors
    02 BL 31 03 SUM          open lock L            no answer, or a busy one: the next contacts tell

B is the high half of a byte and L the low one, both from 0; SUM the low byte of the sum of all before it. A bit 1 of a
lock is closed, of a sensor: something lies there.
"""

from __future__ import annotations

from typing import Any

from edge.codec.lock_board import Heard, LockBoard, checked, starts, sum_of
from edge.errors import CodecError
from edge.model.door import Contacts, Wiring, bit_of

ADDRESSES = range(15)
"""The switches go to 15, but F0 is also how all boards are called at once: an order to it might open a door on each."""
LOCKS = range(1, 17)

_START, _END = 0x02, 0x03
_STATE, _OPEN, _STATE_ALL, _OPEN_ALL, _TOLD, _TOLD_ALL = 0x30, 0x31, 0x32, 0x33, 0x35, 0x36
_ALL_BOARDS = 0xF0
_ANSWER = 9
_ASKED = 5
_NAMES = {_STATE: "status", _OPEN: "open", _STATE_ALL: "status_all", _OPEN_ALL: "open_all"}


def ask(board: int) -> bytes:
    return _frame(board, 0, _STATE)


def unlock(board: int, lock: int) -> bytes:
    return _frame(board, checked(lock, LOCKS, "lock") - 1, _OPEN)


def read_state(board: int, heard: Heard) -> Contacts | None:
    """The answer of this board, whatever its low half of the address is."""
    for frame in _frames(heard.octets, _ANSWER):
        if frame[1] >> 4 == board and frame[2] == _TOLD:
            return Contacts(frame[3:5], frame[5:7])
    return None


def read_unlock(board: int, lock: int, heard: Heard) -> bool | None:
    """Most firmware says nothing; what repeats the order or tells contacts has heard it."""
    own = board << 4 | lock - 1
    echoes = any(frame[1] == own and frame[2] == _OPEN for frame in _frames(heard.octets, _ASKED))
    return True if echoes or read_state(board, heard) is not None else None


BOARD = LockBoard(
    ADDRESSES, LOCKS[-1], Wiring(open_bit=0, high_first=False), ask, read_state, unlock, read_unlock, answer_s=0.1
)  # fmt: skip


def describe(frame: bytes, request: bytes | None = None) -> dict[str, Any]:
    """The first whole frame under the keys of `vectors.json`. Raises CodecError: there is none."""
    for told in _frames(frame, _ANSWER):
        if told[2] in (_TOLD, _TOLD_ALL):
            locks = [lock for lock in range(1, 17) if bit_of(told[3:5], lock, high_first=False) == 0]
            items = [lock for lock in range(1, 17) if bit_of(told[5:7], lock, high_first=False)]
            return {"valid": True, "board": told[1] >> 4, "open": locks, "ir": items}
    for told in _frames(frame, _ASKED):
        if told[2] in _NAMES:
            keys: dict[str, Any] = {"valid": True, "cmd": _NAMES[told[2]], "board": told[1] >> 4}
            keys |= {"lock": told[1] & 0x0F} if told[2] == _OPEN else {}
            return keys | ({"broadcast": True} if told[1] == _ALL_BOARDS and told[2] == _STATE_ALL else {})
    raise CodecError("no frame of a CU16 board is in these bytes", expected="02 … 03 and the sum of all")


def _frames(octets: bytes, length: int) -> list[bytes]:
    found = [octets[at : at + length] for at in starts(octets, bytes((_START,)))]
    return [frame for frame in found if len(frame) == length and frame[-2] == _END and sum_of(frame[:-1]) == frame[-1]]


def _frame(board: int, index: int, command: int) -> bytes:
    told = bytes((_START, checked(board, ADDRESSES, "board") << 4 | index, command, _END))
    return told + bytes((sum_of(told),))
