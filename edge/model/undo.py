"""What takes one action at the counter back (product row 98)."""

from __future__ import annotations

from dataclasses import dataclass

from edge.model.money import Fen, Milli

UNDO_DEPTH = 10


@dataclass(frozen=True, slots=True)
class Undo:
    """Restore line `n` to `qty`; 0 means remove it.

    `price`: what was changed was this price, and the line cost `amount`. `member`: a member card came, and this one was
    there before it, if any. `coupon`: one came, for this promotion. Both are about no line.
    """

    n: int
    qty: Milli
    price: Fen | None = None
    amount: Fen = Fen(0)
    member: str | None = None
    coupon: str = ""
