"""Money in integer fen: reading, writing, rounding down, sharing out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import NewType

from edge.errors import ModelError

Fen = NewType("Fen", int)
"""Money in fen, 1/100 yuan. Never a float."""

Milli = NewType("Milli", int)
"""A quantity: 1000 is one piece. Of goods sold by the kilogram it is grams."""

MAX_FEN = 99_999_999
"""One line or tender; more is a slip of the keypad (RMB 999,999.99)."""

_YUAN = re.compile(r"(\d{1,6})(?:\.(\d{0,2}))?|\.(\d{1,2})")


class Rounding(StrEnum):
    """Cash rounding. There is no other direction than down: rounding up is fined (product 0, finding 2)."""

    NONE = "none"
    FEN = "fen"
    JIAO = "jiao"


def yuan(fen: int) -> str:
    """1250 → "12.50"; -5 → "-0.05"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def parse_yuan(text: str) -> Fen:
    """ "12.5" → 1250. Raises ModelError for anything but up to six digits and two decimals."""
    match = _YUAN.fullmatch(text)
    if match is None:
        raise ModelError("this is not an amount", expected="yuan such as 12.50", got=repr(text[:20]))
    whole, part, bare = match.groups()
    return Fen(int(whole or 0) * 100 + int((part or bare or "").ljust(2, "0") or 0))


def line_amount(price: Fen, qty: Milli) -> Fen:
    """Price per piece or kilogram × quantity, truncated to the fen (product A1 row 7)."""
    return Fen(price * qty // 1000)


def cash_rounding(due: Fen, rule: Rounding) -> Fen:
    """What cash is rounded by: zero or less, never up (row 25). FEN drops single fen, JIAO drops fen and jiao."""
    unit = {Rounding.NONE: 1, Rounding.FEN: 10, Rounding.JIAO: 100}[rule]
    return Fen(-(due % unit)) if due > 0 else Fen(0)


def share_out(amount: Fen, weights: Sequence[int]) -> list[Fen]:
    """Split `amount` over lines by largest remainder (row 23); parts add up to `amount` exactly.

    Ties go to the earlier line. Raises ModelError when all weights are zero and there is something to share.
    """
    total = sum(weights)
    if total <= 0:
        if amount:
            raise ModelError("nothing to share an amount over", got=f"{amount} fen")
        return [Fen(0) for _ in weights]
    parts = [amount * weight // total for weight in weights]
    rests = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), i))
    for index in rests[: amount - sum(parts)]:
        parts[index] += 1
    return [Fen(part) for part in parts]


def quantity_text(qty: Milli) -> str:
    """2000 → "2"; 735 → "0.735": the shortest decimal string (decisions 3)."""
    sign = "-" if qty < 0 else ""
    whole, part = divmod(abs(qty), 1000)
    return f"{sign}{whole}" if not part else f"{sign}{whole}.{part:03d}".rstrip("0")
