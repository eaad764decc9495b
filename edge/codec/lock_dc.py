"""Dingchang lock boards, 12 and 24 locks (devices 8.5; vendor manual A/0 of 2026-05-16). 9600 8N1.

    DC 02 ADDR 10 01 lk SUM      open one               answer  DC FE ADDR 10 02 lk st SUM, or DC FE ADDR 10 01 st SUM
    DC 02 ADDR 12 00 SUM         contacts of all        answer  DC FE ADDR 12 02 hi lo SUM

SUM is the low byte of the sum from ADDR on; st 01 opened, 00 failed; a bit 1 is open. Commands 16 and 1A hold an output
under power, which the manual itself warns may burn a lock: nothing here makes them.
"""

from __future__ import annotations

from typing import Any

from edge.codec.lock_board import Heard, LockBoard, checked, starts, sum_of
from edge.errors import CodecError
from edge.model.door import Contacts, Wiring, bit_of

ADDRESSES = range(1, 16)
LOCKS = range(1, 25)
DATA_MAX = 8
"""Bytes of data; the longest answer has four."""

_ASKED, _ANSWERED = b"\xdc\x02", b"\xdc\xfe"
_HEAD = 5
_VERSION, _OPEN, _READ, _READ_ALL, _OPEN_ALL, _OPEN_SEVERAL, _HOLD, _OPEN_AT_ONCE, _HOLD_SEVERAL = (
    0x01, 0x10, 0x11, 0x12, 0x14, 0x15, 0x16, 0x18, 0x1A,
)  # fmt: skip
_NAMES = {
    _VERSION: "version", _OPEN: "open", _READ: "read_one", _READ_ALL: "read_all", _OPEN_ALL: "open_all",
    _OPEN_SEVERAL: "open_several", _HOLD: "hold", _OPEN_AT_ONCE: "open_at_once", _HOLD_SEVERAL: "hold_several",
}  # fmt: skip
_BITMAPS = frozenset({_READ_ALL, _OPEN_ALL, _OPEN_SEVERAL, _OPEN_AT_ONCE})


def ask_all(board: int) -> bytes:
    return _frame(board, _READ_ALL)


def unlock(board: int, lock: int) -> bytes:
    return _frame(board, _OPEN, checked(lock, LOCKS, "lock"))


def read_all(board: int, heard: Heard) -> Contacts | None:
    for address, command, told in _frames(heard.octets, _ANSWERED):
        if (address, command) == (board, _READ_ALL) and len(told) >= 2:
            return Contacts(told)
    return None


def read_unlock(board: int, lock: int, heard: Heard) -> bool | None:
    """The manual's table has the lock in front of its state, its example has the state alone: both are read."""
    for address, command, told in _frames(heard.octets, _ANSWERED):
        if (address, command) == (board, _OPEN) and (len(told) == 1 or told[:1] == bytes((lock,))):
            return told[-1] == 1
    return None


BOARD = LockBoard(ADDRESSES, LOCKS[-1], Wiring(open_bit=1, high_first=True), ask_all, read_all, unlock, read_unlock)


def describe(frame: bytes, request: bytes | None = None) -> dict[str, Any]:
    """The first whole frame under the keys of `vectors.json`, else one with a wrong sum. Raises CodecError: neither."""
    for header in (_ASKED, _ANSWERED):
        for address, command, told in _frames(frame, header):
            keys = {"valid": True, "board": address, "cmd": _NAMES.get(command, f"{command:02x}")}
            return keys | _meaning(command, told, is_answer=header == _ANSWERED)
    for header in (_ASKED, _ANSWERED):
        for body in _bodies(frame, header):
            expected, got = f"{sum_of(body[:-1]):02X}", f"{body[-1]:02X}"
            why = f"the checksum of this frame is wrong: expected {expected}, got {got}"
            return {"valid": False, "board": body[0], "expected_sum": expected, "why": why}
    raise CodecError("no frame of a Dingchang board is in these bytes", expected="DC 02 … or DC FE …")


def _meaning(command: int, told: bytes, *, is_answer: bool) -> dict[str, Any]:
    if command in _BITMAPS and told:
        bits = [lock for lock in range(1, 8 * len(told) + 1) if bit_of(told, lock, high_first=True)]
        return {"open": bits} if is_answer else {"locks": bits}
    if command == _HOLD_SEVERAL and len(told) == 2:
        return {"channels": [lock for lock in range(1, 17) if bit_of(told, lock, high_first=True)]}
    if command in (_HOLD, _HOLD_SEVERAL):
        return {"ok": told[-1:] == b"\x01"} if is_answer else {"channel": told[0], "on": told[-1:] == b"\x01"}
    if command == _VERSION:
        return {"version": told[0]} if told else {}
    if command in (_OPEN, _READ) and told:
        if not is_answer:
            return {"lock": told[0]}
        return ({"lock": told[0]} if len(told) > 1 else {}) | {"state": told[-1]}
    return {}


def _frames(octets: bytes, header: bytes) -> list[tuple[int, int, bytes]]:
    """(address, command, data) of all whole frames."""
    return [
        (body[0], body[1], body[3:-1]) for body in _bodies(octets, header) if sum_of(body[:-1]) == body[-1]
    ]  # fmt: skip


def _bodies(octets: bytes, header: bytes) -> list[bytes]:
    """From the address to the sum, whatever the sum is."""
    found = []
    for at in starts(octets, header):
        head = octets[at : at + _HEAD]
        if len(head) == _HEAD and head[4] <= DATA_MAX and len(octets) >= at + _HEAD + head[4] + 1:
            found.append(octets[at + 2 : at + _HEAD + head[4] + 1])
    return found


def _frame(board: int, command: int, *told: int) -> bytes:
    body = bytes((checked(board, ADDRESSES, "board"), command, len(told), *told))
    return _ASKED + body + bytes((sum_of(body),))
