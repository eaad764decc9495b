"""Which carriers a waybill number can belong to. Hints with several answers, never a gate (devices 3.3)."""

from __future__ import annotations

import re

from edge.codec.gtin import is_gtin
from edge.codec.s10 import find_s10

CARRIERS = (
    ("SF", re.compile(r"SF[A-Z0-9][0-9]{12}")),
    ("YTO", re.compile(r"YT[0-9]{13}")),
    ("ZTO", re.compile(r"7[3-68][0-9]{12}")),
    ("STO", re.compile(r"77[0-9]{13}")),
    ("YUNDA", re.compile(r"[34][0-9]{14}|5[0-9]{12}")),
    ("JT", re.compile(r"JT[0-9]{13}")),
    ("JD", re.compile(r"JD[A-Z0-9]{2}[0-9]{11}")),
    ("CHINA_POST", re.compile(r"(?:1[0-2]|5[0-2]|9[5-9])[0-9]{11}")),
    ("DEPPON", re.compile(r"DPK[0-9]{12}")),
    ("CAINIAO", re.compile(r"621[0-9]{12}")),
)
"""Carrier and pattern, in the order in which candidates are named."""

PARCEL_LENGTHS = range(13, 16)
"""All patterns above, and S10, are 13 to 15 characters long."""

LONGEST_LABEL = 40
"""A waybill with spaces and JD's suffix stays below this; longer texts are not looked at."""

_LOOSE = re.compile(r"[0-9]{12}|[0-9]{14,17}|(?=[A-Z0-9]*[0-9]{6})(?=[0-9]*[A-Z])[A-Z0-9]{10,24}")
"""Older and other number ranges (SF 12 digits, STO 12 to 15, ZTO any 14). Not 13 digits: those are mostly goods."""

_OWN = re.compile(r"(?:ZZ|[RHV])[0-9]+")

_JD_SUFFIX = re.compile(r"-[0-9]+-[0-9]+-?$")


def waybill_number(text: str) -> str:
    """`text` without spaces and without JD's parcel suffix (`-1-1-`), in capitals. Keep the raw scan as well."""
    number = "".join(text.split()).upper()
    return _JD_SUFFIX.sub("", number) if number.startswith("JD") else number


def carriers(text: str) -> tuple[str, ...]:
    """Candidates in the order of CARRIERS, then S10 and EAN13 when `text` is one with the right check digit."""
    if not PARCEL_LENGTHS.start <= len(text) <= LONGEST_LABEL:
        return ()
    number = waybill_number(text)
    if len(number) not in PARCEL_LENGTHS:
        return ()
    found = [name for name, pattern in CARRIERS if pattern.fullmatch(number)]
    s10 = find_s10(number)
    if s10 is not None and s10.valid:
        found.append("S10")
    if len(number) == 13 and is_gtin(number):
        found.append("EAN13")
    return tuple(found)


def is_loose_waybill(text: str) -> bool:
    """Whether `text` could be a number of a range that CARRIERS does not have; asked only when a waybill is awaited."""
    number = waybill_number(text[:LONGEST_LABEL])
    return _LOOSE.fullmatch(number) is not None and _OWN.fullmatch(number) is None
