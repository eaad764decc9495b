"""Kerong CU48 lock boards (devices 8.4, where two sources contradict each other). 19200 8N1.

    02 b1 b2 60 03 SUM       contacts          answer  02 ad xx 75 L1…L6 I1…I6 03 SUM    locks, then item sensors
                                               or      02 ad 00 75 06 L1…L6 SUM
    02 b1 b2 61 03 SUM       open              no answer that both sources know of

One source has the board in b1 and the lock in b2, the other the reverse: a setting. In an answer both have the board in
front. Lock byte 30 opens all of them; nothing here makes it. A bit 1 of a lock is closed.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from edge.codec.lock_board import Heard, LockBoard, checked, starts, sum_of
from edge.errors import CodecError
from edge.model.door import Contacts, Wiring, bit_of

ADDRESSES = range(32)
LOCKS = range(1, 49)

_START, _END = 0x02, 0x03
_STATE, _OPEN, _TOLD, _ALL = 0x60, 0x61, 0x75, 0x30
_GROUPS = 6
_ASKED, _SHORT, _LONG = 6, 12, 18


def board_of(*, lock_first: bool) -> LockBoard:
    """`lock_first`: b1 is the lock."""
    order = partial(_frame, lock_first=lock_first)
    return LockBoard(
        ADDRESSES, LOCKS[-1], Wiring(open_bit=0, high_first=False),
        lambda board: order(board, 0, _STATE), _read_state,
        lambda board, lock: order(board, checked(lock, LOCKS, "lock") - 1, _OPEN),
        partial(_read_unlock, lock_first=lock_first), answer_s=0.1,
    )  # fmt: skip


def describe(frame: bytes, request: bytes | None = None) -> dict[str, Any]:
    """The first whole frame under the keys of `vectors.json`. Raises CodecError: there is none."""
    for told in (*_frames(frame, _LONG), *_frames(frame, _SHORT)):
        locks, items = _bits(told)
        shut = [lock for lock in LOCKS if bit_of(locks, lock, high_first=False)]
        keys: dict[str, Any] = {"valid": True, "closed": len(shut), "locks_closed": shut}
        full = None if items is None else [lock for lock in LOCKS if bit_of(items, lock, high_first=False)]
        return keys if full is None else keys | {"ir": full}
    for told in _frames(frame, _ASKED):
        first, second, command = told[1:4]
        if command == _STATE:
            return {"valid": True, "cmd": "status", "board": first}
        if command == _OPEN and second == _ALL:
            return {"valid": True, "cmd": "open_all", "board": first}
        if command == _OPEN:
            # Only where both bytes are the same do both sources mean the same.
            return {"valid": True, "cmd": "open", "board": first, "lock_index": second, "conflict": first != second}
    raise CodecError("no frame of a CU48 board is in these bytes", expected="02 … and the sum of all")


def _read_state(board: int, heard: Heard) -> Contacts | None:
    """A short answer is read on a silent line only: the beginning of a long one can look like it."""
    short = _frames(heard.octets, _SHORT) if heard.silent else []
    for frame in (*_frames(heard.octets, _LONG), *short):
        if frame[1] == board:
            return Contacts(*_bits(frame))
    return None


def _read_unlock(board: int, lock: int, heard: Heard, *, lock_first: bool) -> bool | None:
    own = _frame(board, lock - 1, _OPEN, lock_first=lock_first)
    is_told = own in heard.octets or _read_state(board, heard) is not None
    return True if is_told else None


def _bits(frame: bytes) -> tuple[bytes, bytes | None]:
    """Of locks and of sensors; the short answer has none of them."""
    return (frame[4:10], frame[10:16]) if len(frame) == _LONG else (frame[5:11], None)


def _frames(octets: bytes, length: int) -> list[bytes]:
    found = [octets[at : at + length] for at in starts(octets, bytes((_START,)))]
    return [frame for frame in found if len(frame) == length and sum_of(frame[:-1]) == frame[-1] and _has_form(frame)]


def _has_form(frame: bytes) -> bool:
    match len(frame):
        case 18:
            return frame[3] == _TOLD and frame[-2] == _END
        case 12:
            return frame[3] == _TOLD and frame[4] == _GROUPS
        case _:
            return frame[-2] == _END


def _frame(board: int, index: int, command: int, *, lock_first: bool) -> bytes:
    address = checked(board, ADDRESSES, "board")
    both = (index, address) if lock_first else (address, index)
    told = bytes((_START, *both, command, _END))
    return told + bytes((sum_of(told),))
