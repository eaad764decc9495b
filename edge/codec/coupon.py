"""A coupon: a signed text in a QR code, good once, checked without a network (row 22).

    {"id": "c-7f3a91", "promo": "milk-minus-3", "until": "2026-12-31"}     signed as a JWS of type coupon+jws
    {"id": "c-7f3a92", "amt": 1000, "cur": "CNY", "until": "2026-12-31"}

`promo` names a promotion of kind coupon in the shop's file: what it is worth, the shop says. One with `amt`, in fen, is
as good as money up to so much: whoever signed it pays the shop for it. `until`: the last day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from edge.codec.jws import COUPON_TYP, read_jws
from edge.errors import WireError
from edge.model.money import MAX_FEN, Fen

MAX_LENGTH = 600
"""Of the scanned text: what one QR code on a paper or a phone holds well."""

_SHAPE = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_WORD = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True, slots=True)
class Coupon:
    """It has a promotion or an amount, never both."""

    id: str
    promotion: str
    until: date | None = None
    amount: Fen | None = None


def looks_like_coupon(text: str) -> bool:
    """Whether a scanned text has a coupon's shape; its signature is another question."""
    return len(text) <= MAX_LENGTH and _SHAPE.fullmatch(text) is not None


def read_coupon(text: str, keys: Mapping[str, bytes]) -> Coupon:
    """Raises WireError: not signed by one of `keys`, or not a coupon."""
    told: dict[str, Any] = read_jws(text, keys, typ=COUPON_TYP)
    id, promotion, until, amount = told.get("id"), told.get("promo", ""), told.get("until"), told.get("amt")
    worth = Fen(amount) if type(amount) is int and 0 < amount <= MAX_FEN and told.get("cur") == "CNY" else None
    is_money = worth is not None and promotion == ""
    is_off = amount is None and isinstance(promotion, str) and _WORD.fullmatch(promotion)
    try:
        day = date.fromisoformat(until) if isinstance(until, str) else None
    except ValueError as error:
        raise WireError("schema.invalid", "a coupon's last day is no day", expected="YYYY-MM-DD") from error
    named = isinstance(id, str) and _WORD.fullmatch(id)
    if not (named and (is_money or is_off)) or (until is not None and day is None):
        raise WireError("schema.invalid", "this is no coupon", expected="id, promo or amt in CNY, perhaps until")
    return Coupon(str(id), str(promotion), day, worth)
