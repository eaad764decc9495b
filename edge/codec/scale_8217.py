"""Toledo 8217 (devices 7). 9600 7E1, asked.

terminal 57 ("W", no terminator)
scale    02 spaces, digits, point [N] 0D       a weight at rest, N: net
         02 3F s 0D                            its state, while it has none

s: b0 motion  b1 over  b2 negative  b3 outside the zero capture  b4 centre of zero  b5 net
"""

from __future__ import annotations

import re

from edge.codec.scale_frame import FrameDecoder, ReadingDecoder, number
from edge.model.weight import Load, Reading

ASK, ZERO, TARE, CLEAR = b"W", b"Z", b"T", b"C"
OUTSIDE_ZERO = "outside_zero_capture"

_FRAME = re.compile(rb"\x02(?:([ 0-9.]{1,10})(N?)|\?(.))\r", re.DOTALL)


def decoder() -> ReadingDecoder:
    return FrameDecoder(_FRAME, _read)


def _read(match: re.Match[bytes]) -> Reading:
    digits, net, status = match.groups()
    if status is None:
        load = Load.NET if net else Load.GROSS
        return Reading(number(digits), stable=True, load=load, frame=match.group())
    bits = status[0]
    return Reading(
        None, stable=not bits & 0x01, over=bool(bits & 0x02), negative=bool(bits & 0x04), zero=bool(bits & 0x10),
        load=Load.NET if bits & 0x20 else Load.GROSS, faults=(OUTSIDE_ZERO,) if bits & 0x08 else (),
        frame=match.group(),
    )  # fmt: skip
