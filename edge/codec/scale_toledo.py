"""Toledo continuous output (devices 7). 9600 7E1 or 8N1, unasked.

02 A B C W W W W W W T T T T T T 0D CHK       18 bytes: three of state, weight, tare

A: b0-2 where the point is (2 none, 3 .1, 4 .01, 5 .001)
B: b0 net  b1 negative  b2 out of range  b3 motion  b4 kg (else lb)  b6 not zeroed since power-up
CHK: what makes the sum of all 18 bytes zero in seven bits. Single source; scales with another rule, or without
     it, are read by `checked=False`.
"""

from __future__ import annotations

import re

from edge.codec.scale_frame import FrameDecoder, ReadingDecoder, insist, number
from edge.model.weight import Load, Reading, Unit

NO_POINT = 2
NOT_ZEROED = "not_zeroed"

_BODY = rb"\x02([ -\x7f])([ -\x7f])[ -\x7f]([ 0-9]{6})[ 0-9]{6}\r"
_CHECKED = re.compile(_BODY + b"(.)", re.DOTALL)
_UNCHECKED = re.compile(_BODY + b"()")


def decoder(*, checked: bool = True) -> ReadingDecoder:
    return FrameDecoder(_CHECKED if checked else _UNCHECKED, _read)


def check_byte(octets: bytes) -> int:
    """CHK of a frame without it."""
    return -sum(octets) & 0x7F


def _read(match: re.Match[bytes]) -> Reading:
    a, b, digits, chk = match.groups()
    if chk:
        insist(check_byte(match.group()[:-1]), chk[0])
    state = b[0]
    negative = bool(state & 0x02)
    weight = number(digits).scaleb(NO_POINT - (a[0] & 0x07))
    return Reading(
        -weight if negative else weight, Unit.KILOGRAM if state & 0x10 else Unit.POUND, stable=not state & 0x08,
        load=Load.NET if state & 0x01 else Load.GROSS, over=bool(state & 0x04), negative=negative,
        faults=(NOT_ZEROED,) if state & 0x40 else (), frame=match.group(),
    )  # fmt: skip
