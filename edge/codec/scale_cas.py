"""CAS, AClas, Mertech CAS-M and Gram Z-FOC scales (devices 7). 9600 8N1, asked.

    terminal 05            11
    scale       06            01 02 STA SIGN W W W W W W U U BCC 03 04

STA: S at rest, U moving. SIGN: space, - or F (over the range). BCC: XOR from STA to the last letter of the unit.
Variants of 14 and 16 bytes have one digit less or more.
"""

from __future__ import annotations

import re

from edge.codec.scale_frame import FrameDecoder, ReadingDecoder, check_of, insist, number
from edge.model.weight import Reading, Unit

ENQ, ACK, DC1 = b"\x05", b"\x06", b"\x11"
ZERO, TARE = b"\x3c\x5a\x4b\x3e\x09", b"\x3c\x54\x4b\x3e\x09"
"""Commands of Mertech's; a terminal does not send them, a person presses the key on the scale."""

_FRAME = re.compile(rb"\x01\x02(([SU])([ F+-])([ -~]{5,7})(kg|KG| g| G|g |G |lb|LB|oz|OZ))(.)\x03\x04", re.DOTALL)


def decoder() -> ReadingDecoder:
    return FrameDecoder(_FRAME, _read)


def _read(match: re.Match[bytes]) -> Reading:
    checked, state, sign, digits, unit, bcc = match.groups()
    insist(check_of(checked), bcc[0])
    over = sign == b"F"
    weight = None if over else number(sign.strip() + digits)
    return Reading(
        weight, Unit(unit.strip().decode().lower()), stable=state == b"S", over=over,
        negative=weight is not None and weight < 0, frame=match.group(),
    )  # fmt: skip
