"""The bodies of events about goods beside their sales: moved, counted, dated, claimed."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from edge.codec.sale_bodies import MAX_LINES, Currency, Decimal, EventBody, Sku
from edge.codec.wire_term import Part, Text, Uuid7, Word

RECEIVED = "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"

Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Cost = Annotated[int, Field(ge=0, le=10**12)]


class StockMove(Part):
    """`cost`: fen of one piece, where a supplier's order told it."""

    sku: Sku
    qty: Decimal
    cost: Cost | None = None


class StockMovedBody(EventBody):
    """Negative quantities left the shop; `of` is what moved them: a delivery, or what was thrown away. Sales move stock
    too, by `sale.completed` and what takes it back, and have no event of this kind. `why`: received, expired, damaged,
    lost, used.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "of": RECEIVED, "why": "received",
        "moves": [{"sku": "6901234567892", "qty": "24", "cost": 210}, {"sku": "2100045", "qty": "10.5"}],
    }  # fmt: skip

    of: Uuid7
    why: Word
    moves: Annotated[tuple[StockMove, ...], Field(strict=False, max_length=MAX_LINES)]


class CountedPart(Part):
    """`was`: what the books said when it was counted, absent where they said nothing; `moved`: what came or left since;
    so `qty` + `moved` is on hand now.
    """

    sku: Sku
    qty: Decimal
    was: Decimal | None = None
    moved: Decimal | None = None
    again: bool | None = None


class StockCountedBody(EventBody):
    """A count can have many, of the same `count`. `again`: counted twice, since it was far from the books."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "count": RECEIVED,
        "lines": [{"sku": "6901234567892", "qty": "17", "was": "24", "moved": "-2", "again": True},
                  {"sku": "6901234567885", "qty": "6"}],
    }  # fmt: skip

    count: Uuid7
    lines: Annotated[tuple[CountedPart, ...], Field(strict=False, max_length=MAX_LINES)]


class LotNotedBody(EventBody):
    """Goods that lie on the shelf and can be sold until a day. `how`: received, noted."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"sku": "6901234567892", "qty": "12", "until": "2026-12-31", "how": "noted"}

    sku: Sku
    qty: Decimal
    until: Day
    how: Word


class ClaimPart(Part):
    sku: Sku
    short: Decimal | None = None
    over: Decimal | None = None
    damaged: Decimal | None = None


class PurchaseClaimedBody(EventBody):
    """What a delivery lacked, had too much, or had broken. `of`: the receiving; no `order`: none was known."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "of": RECEIVED, "order": "P26112300017",
        "lines": [{"sku": "6901234567892", "short": "2"}, {"sku": "6901234567885", "over": "1", "damaged": "3"}],
    }  # fmt: skip

    of: Uuid7
    order: Text | None = None
    lines: Annotated[tuple[ClaimPart, ...], Field(strict=False, max_length=MAX_LINES)]


class PriceSetBody(EventBody):
    """What goods cost in this shop from now on, set at its own page. No `price`: the shop gave its own up."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"sku": "6901234567892", "cur": "CNY", "price": 350, "by": "owner"}

    sku: Sku
    cur: Currency
    price: Cost | None = None
    by: Text


STOCK_BODIES: dict[str, type[EventBody]] = {
    "stock.moved": StockMovedBody,
    "stock.counted": StockCountedBody,
    "lot.noted": LotNotedBody,
    "purchase.claimed": PurchaseClaimedBody,
    "price.set": PriceSetBody,
}
"""Their part of `bodies.BODIES`."""
