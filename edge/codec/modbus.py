"""Modbus RTU frames, as far as relay and lock boards use them (Modbus over serial line V1.02; devices 8.6).

    ADDR 01 start count CRC        read coils            answer  ADDR 01 n octets… CRC
    ADDR 02 start count CRC        read inputs           answer  ADDR 02 n octets… CRC
    ADDR 05 coil value CRC         write one coil        answer  the same
    ADDR 0F start count n … CRC    write coils           answer  ADDR 0F start count CRC
                                   any of them           refused ADDR 8x code CRC

CRC-16: polynomial A001, from FFFF, low byte first. Numbers have the high byte first; the lowest coil is bit 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

READ_COILS, READ_INPUTS, WRITE_COIL, WRITE_COILS = 0x01, 0x02, 0x05, 0x0F
ON = 0xFF00
"""Of WRITE_COIL; 0 is off."""
FRAME_MAX = 256
REFUSALS = {1: "illegal function", 2: "illegal address", 3: "illegal value", 4: "device failure", 6: "busy"}

_REFUSED = 0x80
_FIXED = frozenset({WRITE_COIL, WRITE_COILS})


@dataclass(frozen=True, slots=True)
class Frame:
    """`body` is what stands between the function and the CRC; `refusal` a code of REFUSALS, in an answer."""

    address: int
    function: int
    body: bytes
    refusal: int | None = None


def crc16(octets: bytes) -> int:
    crc = 0xFFFF
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def frame_of(address: int, function: int, *words: int) -> bytes:
    """With 16-bit `words`."""
    told = bytes((address, function)) + b"".join(word.to_bytes(2, "big") for word in words)
    return told + crc16(told).to_bytes(2, "little")


def is_whole(frame: bytes) -> bool:
    """Whether its CRC is right."""
    return len(frame) > 3 and crc16(frame[:-2]) == int.from_bytes(frame[-2:], "little")


def answers(octets: bytes, address: int, function: int) -> Iterator[Frame]:
    """Whole answers of this device to this function anywhere in the bytes, refusals among them."""
    for at in range(len(octets) - 4):
        if octets[at] != address or octets[at + 1] & ~_REFUSED != function:
            continue
        if octets[at + 1] & _REFUSED:
            length = 5
        else:
            length = 8 if function in _FIXED else 5 + octets[at + 2]
        frame = octets[at : at + length]
        if len(frame) == length and is_whole(frame):
            is_refusal = bool(frame[1] & _REFUSED)
            yield Frame(address, function, frame[2:-2], frame[2] if is_refusal else None)
