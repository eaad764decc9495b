"""Yaohua XK3190 indicators (A9, A12, A23, A26; devices 7), which do not tell motion nor, mostly, their unit.

    02 SIGN D D D D D D P XORhi XORlo 03                  unasked, 9600 8N1; P: how many of the digits are decimals
    = 0 0 0 . 3 0 0 0   = 0 0 . 1 0 0 0 -                 unasked, eight characters, the least significant first
    = 0 0 0 3 . 0 0 0                                     some models: in the order of reading; some append ;price

    02 ADDR CMD XORhi XORlo 03                            asked: A to Z, B reads the gross weight
    02 [ADDR CMD] SIGN D D D D D D P XORhi XORlo 03       the answer

XOR: over all between 02 and the XOR itself, as two hexadecimal digits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from edge.codec.scale_frame import FrameDecoder, ReadingDecoder, check_of, insist, number
from edge.model.weight import Reading

READ_GROSS = b"B"
STX, ETX = b"\x02", b"\x03"
MOST_DECIMALS = 3
"""Of a scale in a shop. Seven digits have a point with at most three decimals in one order of reading only."""

_FRAME = re.compile(rb"\x02((?:[A-Z][A-Z])?([+-])([ 0-9]{6})([0-4]))([0-9A-Fa-f]{2})\x03")
_EQUALS = re.compile(rb"=([0-9. +-]{8})")
_COMMAND = re.compile(rb"\x02(([A-Z])([A-Z]))([0-9A-Fa-f]{2})\x03")


class Order(StrEnum):
    """In which order a "=" frame has its characters. AUTO: by its sign and its point, as far as they tell."""

    REVERSED = "reversed"
    NORMAL = "normal"
    AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Command:
    """What a terminal asks of the indicator with this address."""

    address: str
    cmd: str
    xor: str


def decoder() -> ReadingDecoder:
    """Of the frames between 02 and 03."""
    return FrameDecoder(_FRAME, _read)


def equals_decoder(order: Order = Order.REVERSED) -> ReadingDecoder:
    """Of the frames that begin with "="."""
    return FrameDecoder(_EQUALS, partial(_read_equals, order=order))


def command_decoder() -> FrameDecoder[Command]:
    return FrameDecoder(_COMMAND, _read_command)


def command_frame(address: str, command: bytes = READ_GROSS) -> bytes:
    """A question to the indicator A to Z."""
    asked = address.encode("ascii") + command
    return STX + asked + f"{check_of(asked):02X}".encode("ascii") + ETX


def _read(match: re.Match[bytes]) -> Reading:
    checked, sign, digits, decimals, xor = match.groups()
    insist(check_of(checked), int(xor, 16))
    weight = number(sign + digits, decimals=int(decimals))
    return Reading(weight, negative=weight < 0, frame=match.group())


def _read_equals(match: re.Match[bytes], order: Order) -> Reading:
    text = match.group(1)
    if order is Order.AUTO:
        order = _order_of(text)
    weight = number(text[::-1] if order is Order.REVERSED else text)
    return Reading(weight, negative=weight < 0, frame=match.group())


def _order_of(text: bytes) -> Order:
    """The sign stands in front of a number, and its point before three decimals at most."""
    digits = text.strip()
    if digits[:1] in (b"+", b"-"):
        return Order.NORMAL
    is_signed = digits[-1:] in (b"+", b"-")
    decimals = len(digits) - digits.find(b".") - 1
    return Order.NORMAL if not is_signed and b"." in digits and decimals <= MOST_DECIMALS else Order.REVERSED


def _read_command(match: re.Match[bytes]) -> Command:
    checked, address, command, xor = match.groups()
    insist(check_of(checked), int(xor, 16))
    return Command(address.decode(), command.decode(), xor.decode().upper())
