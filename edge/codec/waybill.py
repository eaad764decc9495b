"""Which carriers a waybill number can belong to. Hints with several answers, never a gate (devices 3.3).

Who the carriers are and how their numbers look is the shop's to say: model/carrier.py, docs/platforms.md.
"""

from __future__ import annotations

import re

from edge.codec.gtin import is_gtin
from edge.codec.number_pattern import NUMBER_MIN
from edge.codec.s10 import find_s10
from edge.model.carrier import Carrier, Carriers, CheckDigit

EAN13 = "EAN13"
"""No carrier, but named beside them: the same 13 digits can be goods."""

LONGEST_LABEL = 40
"""A waybill with spaces and a parcel suffix stays below this; longer texts are not looked at."""

_LOOSE = re.compile(r"[0-9]{12}|[0-9]{14,17}|(?=[A-Z0-9]*[0-9]{6})(?=[0-9]*[A-Z])[A-Z0-9]{10,24}")
"""Older and other number ranges (SF 12 digits, STO 12 to 15, ZTO any 14). Not 13 digits: those are mostly goods."""

_OWN = re.compile(r"(?:ZZ|[RHVM])[0-9]+")

_SUFFIX = re.compile(r"-[0-9]+-[0-9]+-?$")
"""Parcel number and how many there are."""


def waybill_number(text: str, carriers: Carriers) -> str:
    """`text` without spaces, in capitals, without a parcel suffix (`-1-1-`) where a carrier has them. Keep the raw scan
    as well.
    """
    number = "".join(text.split()).upper()
    return _SUFFIX.sub("", number) if number.startswith(carriers.suffixed) else number


def carrier_names(text: str, carriers: Carriers) -> tuple[str, ...]:
    """Ids of the candidates in the order of `carriers`, then EAN13 when `text` is one with the right check digit."""
    if not NUMBER_MIN <= len(text) <= LONGEST_LABEL:
        return ()
    number = waybill_number(text, carriers)
    found = [carrier.id for carrier in carriers.candidates(number) if _checks(carrier, number)]
    if len(number) == 13 and is_gtin(number):
        found.append(EAN13)
    return tuple(found)


def is_loose_waybill(text: str, carriers: Carriers) -> bool:
    """Whether `text` could be a number of a range that `carriers` lack; asked only when a waybill is awaited."""
    number = waybill_number(text[:LONGEST_LABEL], carriers)
    return _LOOSE.fullmatch(number) is not None and _OWN.fullmatch(number) is None


def is_number_of(number: str, carrier: Carrier, carriers: Carriers) -> bool:
    """Whether a label may carry `number` for `carrier`: clean, found again by its barcode, its S10 check digit right.

    A pattern is a hint and no gate: carriers open new ranges without telling anybody.
    """
    s10 = find_s10(number)
    if s10 is not None and not s10.valid:
        return False
    if carrier.check_digit is CheckDigit.S10 and s10 is None:
        return False
    return waybill_number(number, carriers) == number and _OWN.fullmatch(number) is None


def _checks(carrier: Carrier, number: str) -> bool:
    if carrier.check_digit is not CheckDigit.S10:
        return True
    s10 = find_s10(number)
    return s10 is not None and s10.valid
