"""Scales that send lines of text, "ST,GS" (A&D style, many ACS; devices 7). 9600 8N1, most of them unasked.

    S T , G S , +     1 . 5 0 0 k g CR LF
    └state └load └sign └ number    └unit

State: ST at rest, US moving, OL over the range. Load: GS gross, NT net, TR tare.
"""

from __future__ import annotations

import re

from edge.codec.scale_frame import FrameDecoder, ReadingDecoder, number
from edge.model.weight import Load, Reading, Unit

_LINE = re.compile(
    rb"(ST|US|OL) ?, ?(GS|NT|TR) ?, ?([+-]?)([ 0-9.+-]{0,12}) {0,2}(kg|g|lb|oz)? {0,2}[\r\n]", re.IGNORECASE
)
_LOADS = {b"GS": Load.GROSS, b"NT": Load.NET, b"TR": Load.TARE}


def decoder() -> ReadingDecoder:
    return FrameDecoder(_LINE, _read)


def _read(match: re.Match[bytes]) -> Reading:
    state, load, sign, digits, unit = match.groups()
    over = state.upper() == b"OL"
    weight = None if over else number(sign + digits)
    return Reading(
        weight, Unit((unit or b"").decode().lower()), stable=state.upper() == b"ST", load=_LOADS[load.upper()],
        over=over, negative=weight is not None and weight < 0, frame=match.group(),
    )  # fmt: skip
