"""Lock boards and relay boards that speak Modbus RTU (devices 8.6). 9600 8N1 as they are sold.

    ADDR 02 start count CRC          door contacts
    ADDR 05 02 nn 00 tt CRC          relay nn on for tt tenths of a second, and off by itself ("flash on", Waveshare)
    ADDR 05 00 FF 00 00 CRC          all relays off

Only boards that end a pulse themselves: between an "on" and an "off" of ours the power can go, and the coil burns.
The flash order is made here, byte by byte, and never by a library's write_coil(0x0200, 7): that sends FF 00, which the
board takes for 6,528 seconds. What a contact's bit means depends on the contact: a technician finds out.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from edge.codec.lock_board import Heard, LockBoard, checked
from edge.codec.modbus import (
    ON,
    READ_COILS,
    READ_INPUTS,
    REFUSALS,
    WRITE_COIL,
    WRITE_COILS,
    answers,
    frame_of,
    is_whole,
)
from edge.errors import CodecError
from edge.model.door import Contacts, Wiring

ADDRESSES = range(1, 248)
LOCKS_MAX = 64
PULSE_MAX_TENTHS = 10
"""A second: longer than any solenoid should be under power."""

_FLASH_ON, _ALL_RELAYS = 0x0200, 0x00FF


def board_of(*, locks: int, pulse_tenths: int) -> LockBoard:
    """`locks`: how many contacts the board has. Raises CodecError: no board has so many, or the pulse burns a lock."""
    checked(locks, range(1, LOCKS_MAX + 1), "number of locks")
    if not 1 <= pulse_tenths <= PULSE_MAX_TENTHS:
        raise CodecError(
            "a lock is under power for too long", expected=f"1 to {PULSE_MAX_TENTHS} tenths", got=str(pulse_tenths)
        )
    return LockBoard(
        ADDRESSES, locks, Wiring(high_first=False), lambda board: frame_of(_board(board), READ_INPUTS, 0, locks),
        partial(_read_state, locks=locks), partial(_unlock, locks=locks, tenths=pulse_tenths),
        partial(_read_unlock, tenths=pulse_tenths), rest=all_off, why=partial(_why, locks=locks),
    )  # fmt: skip


def all_off(board: int) -> bytes:
    """Whatever a process left on that died."""
    return frame_of(_board(board), WRITE_COIL, _ALL_RELAYS, 0)


def describe(frame: bytes, request: bytes | None = None) -> dict[str, Any]:
    """A frame under the keys of `vectors.json`; `crc_ok` says whether it is whole. Raises CodecError: it is none."""
    if len(frame) < 5:
        raise CodecError("this is no Modbus frame", expected="at least five bytes", got=f"{len(frame)} bytes")
    keys: dict[str, Any] = {"valid": is_whole(frame), "crc_ok": is_whole(frame), "board": frame[0]}
    return keys | (_meaning(frame) if is_whole(frame) else {})


def _meaning(frame: bytes) -> dict[str, Any]:
    function, body = frame[1], frame[2:-2]
    if function & 0x80:
        return {"function": function & 0x7F, "exception": body[0], "why": REFUSALS.get(body[0], "unknown")}
    keys: dict[str, Any] = {"function": function}
    if function in (READ_COILS, READ_INPUTS):
        if len(body) == 4 and body[0] != 3:
            return keys | {"start": int.from_bytes(body[:2], "big"), "count": int.from_bytes(body[2:], "big")}
        if len(body) == 1 + body[0]:
            return keys | {"on": [n + 1 for n in range(8 * body[0]) if body[1 + n // 8] >> n % 8 & 1]}
    if function == WRITE_COIL and len(body) == 4:
        return keys | _relay(int.from_bytes(body[:2], "big"), int.from_bytes(body[2:], "big"))
    if function == WRITE_COILS and len(body) >= 4:
        return keys | {"start": int.from_bytes(body[:2], "big"), "count": int.from_bytes(body[2:4], "big")}
    return keys


def _relay(coil: int, value: int) -> dict[str, Any]:
    if coil == _ALL_RELAYS and value == 0:
        return {"all_off": True}
    if coil & 0xFF00 in (_FLASH_ON, 0x0400):
        kind = "flash_on" if coil & 0xFF00 == _FLASH_ON else "flash_off"
        return {kind: True, "relay": (coil & 0xFF) + 1, "duration_ms": value * 100}
    return {"relay": coil + 1, "on": value == ON}


def _unlock(board: int, lock: int, *, locks: int, tenths: int) -> bytes:
    index = checked(lock, range(1, locks + 1), "lock") - 1
    return frame_of(_board(board), WRITE_COIL, _FLASH_ON + index, tenths)


def _read_state(board: int, heard: Heard, *, locks: int) -> Contacts | None:
    for frame in answers(heard.octets, board, READ_INPUTS):
        if frame.refusal is None and frame.body[0] == len(frame.body) - 1 == (locks + 7) // 8:
            return Contacts(frame.body[1:])
    return None


def _why(board: int, octets: bytes, *, locks: int) -> str:
    for frame in answers(octets, board, READ_INPUTS):
        if frame.refusal is not None:
            said = REFUSALS.get(frame.refusal, f"code {frame.refusal}")
            return f"it refuses to tell of {locks} contacts ({said}): set locks to how many it has"
        return (
            f"it tells of {8 * (len(frame.body) - 1)} contacts, the settings say locks = {locks}: correct one of them"
        )
    return ""


def _board(board: int) -> int:
    """0 is all boards at once."""
    return checked(board, ADDRESSES, "board")


def _read_unlock(board: int, lock: int, heard: Heard, *, tenths: int) -> bool | None:
    own = (_FLASH_ON + lock - 1).to_bytes(2, "big") + tenths.to_bytes(2, "big")
    for frame in answers(heard.octets, board, WRITE_COIL):
        if frame.refusal is not None:
            return False
        if frame.body == own:
            return True
    return None
