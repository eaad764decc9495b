"""NCI and Weigh-Tronix: PSC Magellan, AWT, Salter Brecknell, CAS SW and PD-II type 5 (devices 7). 9600 7E1, asked.

terminal 57 0D
scale    0A weight unit 0D 0A [53] h1 h2 [h3] 0D 03
         0A [53] h1 h2 [h3] 0D 03                       moving, negative or over: no weight
         0A 3F 0D 03                                    it does not know the question

h1: b0 motion  b1 at zero  b2 RAM  b3 EEPROM error
h2: b0 under   b1 over     b2 ROM  b3 calibration error  b6 a third byte follows
h3: b0-1 range b2 net
"""

from __future__ import annotations

import re

from edge.codec.scale_frame import FrameDecoder, ReadingDecoder, number
from edge.errors import CodecError
from edge.model.weight import Load, Reading, Unit

ASK = b"W\r"
FAULTS = (("ram_error", 0, 0x04), ("eeprom_error", 0, 0x08), ("rom_error", 1, 0x04), ("calibration_error", 1, 0x08))
"""Name, which status byte, which bit."""

_FRAME = re.compile(
    rb"\n(?:(-?[ 0-9.]{1,10}) ?((?i:kg|g|lb|oz))\r\n)?"
    rb"S?(?:([0-?])([0-?])|([0-?])([@-Op-\x7f])([0-?])|\?)\r\x03"
)


def decoder() -> ReadingDecoder:
    return FrameDecoder(_FRAME, _read)


def _read(match: re.Match[bytes]) -> Reading:
    digits, unit, *told = match.groups()
    status = b"".join(octet for octet in told if octet is not None)
    if not status:
        raise CodecError("the scale does not know this question", got="?")
    h1, h2, h3 = status[0], status[1], status[2] if len(status) > 2 else None
    weight = None if digits is None else number(digits)
    return Reading(
        weight, Unit((unit or b"").decode().lower()), stable=not h1 & 0x01, zero=bool(h1 & 0x02),
        under=bool(h2 & 0x01), over=bool(h2 & 0x02), negative=weight is not None and weight < 0,
        load=None if h3 is None else Load.NET if h3 & 0x04 else Load.GROSS,
        faults=tuple(name for name, at, bit in FAULTS if status[at] & bit), frame=match.group(),
    )  # fmt: skip
