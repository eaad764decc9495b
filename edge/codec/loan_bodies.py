"""The body of a loan's events."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from edge.codec.sale_bodies import Currency, EventBody
from edge.codec.wire_loan import MARK, REFERENCE, WayWord
from edge.codec.wire_term import Day, Uuid7, Word


class LoanMovedBody(EventBody):
    """A loan came to `state`. `mark` is made of the customer's token, from which nobody gets back to it; `amt` is cash
    that the till is to pay or has paid, and is absent for a wallet. Who asked, and what it costs, is in no event.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "soid": "019aadf2-18f3-7c3e-9d51-6a1b2c3d4e5f", "service": "JD_LOAN", "mark": "9f86d081884c7d65",
        "state": "paid_out", "why": "cash", "way": "till", "cur": "CNY", "amt": 500_000, "ref": "LN-2611-00042",
        "shift": "019aadf2-18f0-7c3e-9d51-6a1b2c3d4e5f", "bday": "2026-11-23",
    }  # fmt: skip

    soid: Uuid7
    service: Word
    mark: Annotated[str, Field(pattern=MARK)]
    state: Literal[
        "token_scanned", "offered", "accepted", "approved", "disbursed", "paying_out", "unknown", "paid_out",
        "declined", "expired", "cancelled",
    ]  # fmt: skip
    why: Word
    way: WayWord | None = None
    cur: Currency | None = None
    amt: Annotated[int, Field(gt=0, le=10**9)] | None = None
    ref: Annotated[str, Field(pattern=REFERENCE)] | None = None
    shift: Word | None = None
    bday: Day | None = None

    @model_validator(mode="after")
    def _paid(self) -> Self:
        if self.state == "paid_out" and (self.amt is None or self.shift is None or self.bday is None):
            raise ValueError("what was paid out has an amount, a shift and a business day")
        return self


LOAN_BODIES: dict[str, type[EventBody]] = {"service.loan": LoanMovedBody}
"""Their part of `bodies.BODIES`."""
