"""The bodies of the shop day's events: shifts, cash, the Z report, practice."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from edge.codec.sale_bodies import MAX_LINES, Channel, Currency, EventBody, Money, Payment, SaleLine
from edge.codec.wire_term import Count, Day, Part, Text, Uuid7, Word

SHIFT = "019aadf2-18f0-7c3e-9d51-6a1b2c3d4e5f"


class ShiftOpenedBody(EventBody):
    """`float` is the cash in the drawer at the start; with `auto` the first sale opened it, and nobody counted."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "shift": SHIFT, "bday": "2026-11-23", "till": "1", "cur": "CNY", "float": 30_000,
    }  # fmt: skip

    shift: Word
    bday: Day
    till: Word
    cur: Currency
    opened: Annotated[int, Field(alias="float", ge=-(10**12), le=10**12)]
    auto: bool | None = None
    by: Text | None = None


class CashCountedBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"shift": SHIFT, "why": "close", "cur": "CNY", "amt": 84_250}

    shift: Word
    why: Word
    cur: Currency
    amt: Money
    by: Text | None = None


class CashMovedBody(EventBody):
    """`pid`: the wallet payment for which cash was given, since its provider would not take it back."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "shift": SHIFT, "bday": "2026-11-23", "why": "pay_out", "cur": "CNY", "amt": 20_000,
    }  # fmt: skip

    shift: Word
    bday: Day
    why: Literal["pay_in", "pay_out"]
    cur: Currency
    amt: Money
    pid: Uuid7 | None = None
    by: Text | None = None


class ShiftClosedBody(EventBody):
    """`expected` = float + cash_sales − cash_refunds + paid_in − paid_out + agent_in − agent_out − loan_out: against
    slips of the bank's terminal, and to those to whom a lender lends. `over_short` = counted − expected, without it
    where nobody counted the float.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "shift": SHIFT, "bday": "2026-11-23", "till": "1", "cur": "CNY", "float": 30_000, "cash_sales": 75_300,
        "cash_refunds": 1_050, "paid_in": 0, "paid_out": 20_000, "expected": 84_250, "counted": 84_200,
        "over_short": -50, "sales": 61,
    }  # fmt: skip

    shift: Word
    bday: Day
    till: Word
    cur: Currency
    opened: Annotated[int, Field(alias="float", ge=-(10**12), le=10**12)]
    cash_sales: Money
    cash_refunds: Money
    paid_in: Money
    paid_out: Money
    agent_in: Money = 0
    agent_out: Money = 0
    loan_out: Money = 0
    expected: Money
    counted: Money | None = None
    over_short: Money | None = None
    sales: Count
    by: Text | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        came = self.cash_sales + self.paid_in + self.agent_in
        went = self.cash_refunds + self.paid_out + self.agent_out + self.loan_out
        if self.expected != self.opened + came - went:
            raise ValueError("what is expected is not float + sales − refunds + what went in − what went out")
        if self.over_short is not None and (self.counted is None or self.over_short != self.counted - self.expected):
            raise ValueError("over or short is not counted − expected")
        return self


class MethodTotal(Part):
    """What one method of payment came to, `n` payments of it."""

    m: Channel
    n: Count
    amt: Money


class CarrierTotal(Part):
    """How many parcels of one carrier came in, went to their recipients, back to a courier, and away with one.

    Without `carrier`: nobody knows whose they were.
    """

    carrier: Word | None = None
    stored: Count = 0
    collected: Count = 0
    returned: Count = 0
    handed_over: Count = 0


class DayClosedBody(EventBody):
    """The Z report: what was booked since the one before it. `pay` was taken, `back` was given back.

    `sales` and `total` are of goods and services; `repaid` is what customers paid back on their tabs beside them.
    `no_receipt` is what of `refunded` went back without a receipt. `services` is what of `total` was for service
    orders, `services_back` what of `refunded`.

    With `auto` the day turned and nobody had closed it. A business day that is closed twice by hand has two numbers.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "no": 212, "bday": "2026-11-23", "till": "1", "cur": "CNY", "sales": 142, "total": 196_300, "rounding": -120,
        "disc": 0, "repaid": 0,
        "pay": [{"m": "cash", "n": 61, "amt": 75_300}, {"m": "wechat", "n": 82, "amt": 120_880}],
        "refunds": 1, "refunded": 1_050, "no_receipt": 0, "voids": 0, "voided": 0,
        "back": [{"m": "cash", "n": 1, "amt": 1_050}],
        "paid_in": 0, "paid_out": 20_000, "no_sale": 2, "cancelled": 3, "expired": 1, "shifts": 1, "over_short": -50,
        "first": "261123-1-0001", "last": "261123-1-0142",
        "parcels": [{"carrier": "SF", "stored": 12, "collected": 8, "returned": 1}],
    }  # fmt: skip

    no: Count
    bday: Day
    till: Word
    cur: Currency
    sales: Count
    total: Money
    rounding: Money
    disc: Money = 0
    repaid: Money = 0
    pay: Annotated[tuple[MethodTotal, ...], Field(strict=False, max_length=100)]
    refunds: Count
    refunded: Money
    no_receipt: Money = 0
    services: Money = 0
    services_back: Money = 0
    voids: Count
    voided: Money
    back: Annotated[tuple[MethodTotal, ...], Field(strict=False, max_length=100)]
    paid_in: Money
    paid_out: Money
    agent_in: Money = 0
    agent_out: Money = 0
    loan_out: Money = 0
    no_sale: Count
    cancelled: Count
    expired: Count
    shifts: Count
    over_short: Money
    first: Word | None = None
    last: Word | None = None
    parcels: Annotated[tuple[CarrierTotal, ...], Field(strict=False, max_length=100)] = ()
    auto: bool | None = None
    by: Text | None = None


class TrainingSaleBody(EventBody):
    """Somebody practised: no receipt number, no money, no goods."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "till": "1", "cur": "CNY", "total": 350, "rounding": 0,
        "lines": [
            {"n": 1, "kind": "item", "sku": "6901234567892", "name": "矿泉水", "qty": "1", "price": 350, "amt": 350},
        ],
        "pay": [{"m": "cash", "amt": 350, "tendered": 400, "change": 50}],
    }  # fmt: skip

    till: Word
    cur: Currency
    total: Money
    rounding: Money = 0
    lines: Annotated[tuple[SaleLine, ...], Field(strict=False, max_length=MAX_LINES)]
    pay: Annotated[tuple[Payment, ...], Field(strict=False, max_length=100)]


DAY_BODIES: dict[str, type[EventBody]] = {
    "shift.opened": ShiftOpenedBody,
    "cash.counted": CashCountedBody,
    "cash.moved": CashMovedBody,
    "shift.closed": ShiftClosedBody,
    "report.z": DayClosedBody,
    "training.sale": TrainingSaleBody,
}
"""Their part of `bodies.BODIES`."""
