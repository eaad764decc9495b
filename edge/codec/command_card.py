"""Our own codes: command cards, and the slips that the terminal prints and reads again.

    Z Z n n n c                          command card (product C1, C2)
    R y y m m d d t t s s s s c          receipt: business day, till, number (decisions 3)
    H i…i c    V i…i c                   held sale, service voucher: 4 to 16 digits
    O a…a                                badge: 26 characters of base32 (`badge.py`)
    M i…i c                              member card: 8 to 12 digits (row 21)
    A i…i c                              a line of a plan: 4 to 16 digits (row 92)
    P o…o l l c                          purchase order: nine digits, and the line, 00 for the whole slip (row 83)

c is the check digit over the digits before it: mod 10, weights 3 1 3 … from the right, as of a GTIN
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from edge.codec.badge import BadgeCode, find_badge
from edge.codec.gtin import WrongCheck, check_digit, wrong_check
from edge.errors import CodecError

MAX_CARD = 999

LONGEST_SLIP = 18
"""A voucher: letter, 16 digits, check digit."""

_CARD = re.compile(r"ZZ([0-9]{4})")
_RECEIPT = re.compile(r"R([0-9]{13})")
_SLIP = re.compile(r"([AHV])([0-9]{5,17})")
_PURCHASE = re.compile(r"(P)([0-9]{12})")
_MEMBER = re.compile(r"(M)([0-9]{9,13})")


class SlipKind(StrEnum):
    RECEIPT = "R"
    HOLD = "H"
    SERVICE = "V"
    ADVICE = "A"
    PURCHASE = "P"
    MEMBER = "M"
    """No slip but a card; it is read like one (classification, rule 3)."""


@dataclass(frozen=True, slots=True)
class OwnSlip:
    """A slip that we printed. `number` is without letter and check digit."""

    kind: SlipKind
    number: str

    @property
    def receipt(self) -> str | None:
        """`yymmdd-till-nnnn`, the receipt's number as printed and journaled; None for other slips."""
        if self.kind is not SlipKind.RECEIPT:
            return None
        return f"{self.number[:6]}-{int(self.number[6:8])}-{self.number[8:]}"


OwnCode = int | OwnSlip | BadgeCode


def find_own_code(text: str) -> OwnCode | WrongCheck | None:
    """The number of a card, a slip, a badge, or the check that is wrong; None: not one of our codes."""
    if text[:1] == "O":
        return find_badge(text)
    if text[:1] not in "ZRHVMPA" or len(text) > LONGEST_SLIP:
        return None
    if match := _CARD.fullmatch(text):
        return wrong_check(match[1], of="command card") or int(match[1][:-1])
    if match := _RECEIPT.fullmatch(text):
        return wrong_check(match[1], of="receipt") or OwnSlip(SlipKind.RECEIPT, match[1][:-1])
    if match := _SLIP.fullmatch(text) or _MEMBER.fullmatch(text) or _PURCHASE.fullmatch(text):
        return wrong_check(match[2], of="slip") or OwnSlip(SlipKind(match[1]), match[2][:-1])
    return None


def card_code(number: int) -> str:
    """101 → "ZZ1014", the text of a command card's barcode. Raises CodecError outside 0 to 999."""
    if not 0 <= number <= MAX_CARD:
        raise CodecError("no such command card", expected=f"0 to {MAX_CARD}", got=str(number))
    return f"ZZ{number:03d}{check_digit(f'{number:03d}')}"


def receipt_code(receipt: str) -> str:
    """`261123-1-0042` → "R2611230100424", the barcode of a receipt. Raises CodecError for another shape."""
    match = re.fullmatch(r"([0-9]{6})-([0-9]{1,2})-([0-9]{4})", receipt)
    if match is None:
        raise CodecError("this is not a receipt number", expected="yymmdd-till-nnnn", got=repr(receipt[:20]))
    digits = f"{match[1]}{int(match[2]):02d}{match[3]}"
    return f"R{digits}{check_digit(digits)}"


def slip_code(slip: OwnSlip) -> str:
    """The text of a slip's barcode."""
    return f"{slip.kind}{slip.number}{check_digit(slip.number)}"
