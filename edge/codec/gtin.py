"""GTIN-8, -12, -13, -14 and UPC-E: check digits, padding, expansion.

    GTIN-13   p p p i i i i i i i i i c     c = (10 − Σ mod 10) mod 10, weights 3 1 3 1 … from the right
    UPC-E     s d1 d2 d3 d4 d5 d6 c         s = 0 or 1; d6 says where zeros were left out of the UPC-A

GS1 General Specifications, sections 3.3 and 7.9.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.errors import CodecError
from edge.model.item import Gtin14

GTIN_LENGTHS = frozenset({8, 12, 13, 14})


@dataclass(frozen=True, slots=True)
class WrongCheck:
    """A check digit that does not fit: of what, the digit that would, the digit that was read."""

    of: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"the check digit of this {self.of} is wrong: expected {self.expected}, got {self.got}"


def is_digits(text: str) -> bool:
    """ASCII digits only, at least one; str.isdigit alone also takes "²" and full-width digits."""
    return text.isascii() and text.isdigit()


def check_digit(digits: str) -> str:
    """The check digit to append to `digits`: mod 10, weights 3 1 3 … from the right."""
    total = 3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)


def wrong_check(text: str, *, of: str) -> WrongCheck | None:
    """What is wrong with the last digit of `text` (digits only), None when it is right. `of` names the code."""
    expected = check_digit(text[:-1])
    return None if text[-1] == expected else WrongCheck(of, expected, text[-1])


def is_gtin(text: str) -> bool:
    """8, 12, 13 or 14 digits with the right check digit."""
    return len(text) in GTIN_LENGTHS and is_digits(text) and check_digit(text[:-1]) == text[-1]


def to_gtin14(text: str) -> Gtin14:
    """A GTIN padded with zeros to 14 digits. Raises CodecError: not 8, 12, 13 or 14 digits, or a wrong check digit."""
    if len(text) not in GTIN_LENGTHS or not is_digits(text):
        raise CodecError("this is not a GTIN", expected="8, 12, 13 or 14 digits", got=repr(text[:20]))
    _demand(wrong_check(text, of=f"GTIN-{len(text)}"))
    return Gtin14(text.zfill(14))


def inner_gtin(carton: Gtin14) -> Gtin14 | None:
    """The GTIN of the goods in a carton, by its packaging indicator 1 to 8; None: this is no carton."""
    if carton[0] not in "12345678":
        return None
    head = f"0{carton[1:13]}"
    return Gtin14(head + check_digit(head))


def upce_to_upca(text: str) -> str:
    """UPC-E of 8 digits as UPC-A of 12. Raises CodecError: another shape, or a wrong check digit."""
    if len(text) != 8 or not is_digits(text) or text[0] not in "01":
        raise CodecError("this is not a UPC-E", expected="8 digits beginning with 0 or 1", got=repr(text[:20]))
    upca = _expanded(text)
    _demand(wrong_check(upca, of="UPC-E"))
    return upca


def readings(text: str, aim: str | None) -> tuple[tuple[Gtin14, ...], WrongCheck | None]:
    """What goods `text` can be, likelier first, else which check digit is wrong; ((), None) for another shape.

    Eight digits beginning with 0 or 1 are UPC-E or EAN-8 (devices 2.2): `]E4` says EAN-8, without it UPC-E goes first.
    """
    if len(text) not in GTIN_LENGTHS or not is_digits(text):
        return (), None
    plain = wrong_check(text, of=f"GTIN-{len(text)}")
    found = () if plain else (Gtin14(text.zfill(14)),)
    if len(text) != 8 or text[0] not in "01" or aim == "]E4":
        return found, plain
    upca = _expanded(text)
    upce = wrong_check(upca, of="UPC-E")
    if upce is None:
        found = (Gtin14(upca.zfill(14)), *found)
    return found, upce if not found else None


def _expanded(text: str) -> str:
    system, body, last, check = text[0], text[1:6], text[6], text[7]
    if last in "012":
        middle = f"{body[:2]}{last}0000{body[2:]}"
    elif last == "3":
        middle = f"{body[:3]}00000{body[3:]}"
    elif last == "4":
        middle = f"{body[:4]}00000{body[4:]}"
    else:
        middle = f"{body}0000{last}"
    return f"{system}{middle}{check}"


def _demand(wrong: WrongCheck | None) -> None:
    if wrong is not None:
        raise CodecError(
            f"the check digit of this {wrong.of} is wrong", expected=wrong.expected, got=wrong.got, cure="Scan it again"
        )
