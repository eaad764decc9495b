"""Pick-up codes of parcel stations: shelf-layer-serial.

    12-2-1203     shelf 12, layer 2, serial 1203; the shelf may be a letter

devices 3.4.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from edge.errors import CodecError

LONGEST_TEXT = 32
"""More than a shelf, a layer, a serial and stray spaces is something else."""

_DASHES = str.maketrans(dict.fromkeys("－—–‐‑‒―−─", "-"))
_SHAPE = re.compile(r"([A-Z]|[0-9]{1,3})-([0-9]{1,2})-([0-9]{1,6})")


@dataclass(frozen=True, slots=True)
class PickupCode:
    """All parts are texts: a leading zero belongs to the code."""

    shelf: str
    layer: str
    serial: str


def find_pickup(text: str) -> PickupCode | None:
    """The station code that `text` is; full-width digits and any dash are taken. None: another shape."""
    if len(text) > LONGEST_TEXT:
        return None
    plain = unicodedata.normalize("NFKC", text.translate(_DASHES)).translate(_DASHES).strip().upper()
    match = _SHAPE.fullmatch(plain)
    return PickupCode(*match.groups()) if match else None


def parse_pickup(text: str) -> PickupCode:
    """As find_pickup. Raises CodecError for another shape."""
    found = find_pickup(text)
    if found is None:
        expected = "shelf-layer-serial such as 12-2-1203"
        raise CodecError("this is not a pick-up code", expected=expected, got=repr(text[:20]))
    return found
