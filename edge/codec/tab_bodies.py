"""The bodies of the customer tab's events."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from edge.codec.sale_bodies import Currency, EventBody, Money
from edge.codec.wire_term import Text, Uuid7, Word

SALE = "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"

Paid = Annotated[int, Field(ge=0, le=10**12)]


class TabEnrolledBody(EventBody):
    """The owner opened a customer's tab, or set another limit. `customer` is the number of the member card."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"customer": "87654321", "cur": "CNY", "limit": 50_000, "by": "3f9a0c61d2be"}

    customer: Word
    cur: Currency
    limit: Paid
    by: Text


class TabMovedBody(EventBody):
    """`amt` went on the tab (tab.charged) or was paid back (tab.repaid) by `sale`; `balance` is owed after it.

    What of `sale.refunded` and `sale.voided` is paid by `tab` comes off it too, and has no event of its own.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "customer": "87654321", "sale": SALE, "cur": "CNY", "amt": 2_350, "balance": 12_800,
    }  # fmt: skip

    customer: Word
    sale: Uuid7
    cur: Currency
    amt: Paid
    balance: Money


TAB_BODIES: dict[str, type[EventBody]] = {
    "tab.enrolled": TabEnrolledBody,
    "tab.charged": TabMovedBody,
    "tab.repaid": TabMovedBody,
}
"""Their part of `bodies.BODIES`."""
