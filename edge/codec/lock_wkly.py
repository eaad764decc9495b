"""Lock boards that speak "WKLY" (devices 8.5; three public sources). 9600 8N1.

    57 4B 4C 59 LEN BD 82 ch X        open one         answer  … BD 82 st ch door X; one site reports none
    57 4B 4C 59 LEN BD 84 X           all doors        answer  … BD 84 st count door… X
    57 4B 4C 59 LEN BD 85 ch door X   unasked: a door moved

LEN counts the whole frame, X is the XOR of everything before it; st 00 well, FF failed; a door is 00 open, 01 closed.
Command 88 holds an output under power: nothing here makes it.
"""

from __future__ import annotations

from typing import Any

from edge.codec.lock_board import Heard, LockBoard, checked, starts
from edge.codec.scale_frame import check_of
from edge.errors import CodecError
from edge.model.door import Contacts, Wiring

ADDRESSES = range(32)
LOCKS = range(1, 49)

_HEADER = b"WKLY"
_SHORTEST = 8
_OPEN, _ONE, _ALL, _MOVED = 0x82, 0x83, 0x84, 0x85
_NAMES = {
    0x80: "open_several", 0x81: "flash", _OPEN: "open", _ONE: "query", _ALL: "query_all", _MOVED: "moved",
    0x86: "open_all", 0x87: "open_in_turn", 0x88: "hold_on", 0x89: "hold_off",
}  # fmt: skip
_OPENED, _CLOSED = 0x00, 0x01
_STATE_S = 0.09
"""A byte a door: of 48 doors question and answer are 69 ms long at 9600."""


def ask_all(board: int) -> bytes:
    return _frame(board, _ALL)


def unlock(board: int, lock: int) -> bytes:
    return _frame(board, _OPEN, checked(lock, LOCKS, "lock"))


def read_all(board: int, heard: Heard) -> Contacts | None:
    """One byte a door becomes one bit a door, lowest first, 1 closed; none, where a byte is neither open nor closed."""
    for address, command, told in _frames(heard.octets):
        is_told = (address, command) == (board, _ALL) and len(told) > 2 and told[0] == 0 and len(told) == 2 + told[1]
        if is_told and set(told[2:]) <= {_OPENED, _CLOSED}:
            return Contacts(_packed(told[2:]))
    return None


def read_unlock(board: int, lock: int, heard: Heard) -> bool | None:
    for address, command, told in _frames(heard.octets):
        if (address, command) == (board, _OPEN) and len(told) >= 2 and told[1] == lock:
            return told[0] == 0
    return None


BOARD = LockBoard(
    ADDRESSES, LOCKS[-1], Wiring(open_bit=0, high_first=False), ask_all, read_all, unlock, read_unlock, state_s=_STATE_S
)  # fmt: skip


def describe(frame: bytes, request: bytes | None = None) -> dict[str, Any]:
    """The first whole frame under the keys of `vectors.json`. Raises CodecError: there is none."""
    for address, command, told in _frames(frame):
        keys: dict[str, Any] = {"valid": True, "board": address, "cmd": _NAMES.get(command, command)}
        if command == _ALL and len(told) > 2:
            doors = [_door(state) for state in told[2:]]
            return keys | {"status": told[0], "doors": doors}
        if command in (_OPEN, _ONE) and len(told) == 3:
            return keys | {"status": told[0], "channel": told[1], "door": _door(told[2])}
        if command == _MOVED and len(told) == 2:
            return keys | {"channel": told[0], "door": _door(told[1])}
        return keys | ({"channel": told[0]} if len(told) == 1 else {})
    raise CodecError("no WKLY frame is in these bytes", expected="57 4B 4C 59, the length, and the XOR of all")


def _door(state: int) -> str:
    return {_OPENED: "open", _CLOSED: "closed"}.get(state, "unknown")


def _packed(doors: bytes) -> bytes:
    bits = sum((state == _CLOSED) << index for index, state in enumerate(doors))
    return bits.to_bytes((len(doors) + 7) // 8, "little")


def _frames(octets: bytes) -> list[tuple[int, int, bytes]]:
    """(board, command, data) of all whole frames."""
    found = []
    for at in starts(octets, _HEADER):
        length = octets[at + 4] if len(octets) > at + 4 else 0
        frame = octets[at : at + length]
        if length >= _SHORTEST and len(frame) == length and check_of(frame[:-1]) == frame[-1]:
            found.append((frame[5], frame[6], frame[7:-1]))
    return found


def _frame(board: int, command: int, *told: int) -> bytes:
    frame = _HEADER + bytes((8 + len(told), checked(board, ADDRESSES, "board"), command, *told))
    return frame + bytes((check_of(frame),))
