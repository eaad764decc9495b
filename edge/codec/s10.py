"""UPU S10 numbers of international post.

    R B 1 2 3 4 5 6 7 8 5 G B
    service  serial     check  country    check = 11 − (Σ weight × digit mod 11); 10 → 0, 11 → 5

UPU standard S10-12; weights 8 6 4 2 3 5 9 7.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from edge.errors import CodecError

WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)

_SHAPE = re.compile(r"([A-Z]{2})([0-9]{8})([0-9])([A-Z]{2})")


@dataclass(frozen=True, slots=True)
class S10:
    """`check` is the digit that fits the serial; `valid` says whether it is the one printed."""

    service: str
    serial: str
    country: str
    check: int
    valid: bool


def s10_check(serial: str) -> int:
    """The check digit of eight digits."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, serial, strict=True))
    check = 11 - total % 11
    return {10: 0, 11: 5}.get(check, check)


def find_s10(text: str) -> S10 | None:
    """The S10 number that `text` is, in either case, its check digit right or wrong; None: another shape."""
    if len(text) != 13:
        return None
    match = _SHAPE.fullmatch(text.upper())
    if match is None:
        return None
    service, serial, printed, country = match.groups()
    check = s10_check(serial)
    return S10(service, serial, country, check, valid=check == int(printed))


def parse_s10(text: str) -> S10:
    """As find_s10. Raises CodecError for another shape; a wrong check digit is `valid = False`."""
    found = find_s10(text)
    if found is None:
        raise CodecError("this is not an S10 number", expected="2 letters, 9 digits, 2 letters", got=repr(text[:20]))
    return found
