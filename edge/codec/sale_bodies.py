"""Sales, refunds and payments as events: what `data` holds for each, with an example (contract B4, decisions 4)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from edge.codec.wire_term import Day, Moment, Part, Seq, Text, Uuid7, Word

MAX_LINES = 1000
"""Our own sales have at most 100; a back office that keys a big one may have more."""

Money = Annotated[int, Field(ge=-(10**12), le=10**12)]
"""Minor units of the currency beside it; never a float."""
Decimal = Annotated[str, StringConstraints(pattern=r"^-?(0|[1-9]\d{0,8})(\.\d{1,3})?$")]
"""A quantity: pieces or kilograms to the gram, as the shortest decimal text."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Sku = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Channel = Literal[
    "cash", "alipay", "wechat", "unionpay", "jdpay", "ecny", "tab", "coupon", "external_unverified"
]  # fmt: skip
"""Cards never pass."""


class EventBody(Part):
    """What `data` holds for one type of event. SV is its schema version."""

    SV: ClassVar[int]
    EXAMPLE: ClassVar[dict[str, Any]]


class SaleLine(Part):
    """`amt` is net, `disc` is taken off already, by the promotions `promo`: ids with commas between them.

    A void line points with `voids` at the line that it takes back; neither has a discount.
    A deposit is no goods: a customer pays back on the tab, and the sku names whose. Nor is a service, which somebody
    else renders: of `send:` the sku names the parcel that this is the fee of.
    `was`: the price before a person changed it, for the reason `why`, a code.
    `scale`: the frame of the weight as the scale sent it (control characters as <02>), or the label that it printed.
    `serial`: serial numbers of its pieces, with blanks between them.
    """

    n: Seq | None = None
    kind: Literal["item", "open_price", "unknown_item", "deposit", "service", "void"] | None = None
    sku: Sku
    name: Annotated[str, StringConstraints(max_length=512)] | None = None
    qty: Decimal
    unit: Text | None = None
    price: Money
    amt: Money
    disc: Money | None = None
    promo: Text | None = None
    voids: Seq | None = None
    tax: Text | None = None
    weighed: bool | None = None
    scale: Text | None = None
    serial: Text | None = None
    was: Money | None = None
    why: Word | None = None


class PromotionSaving(Part):
    """What one promotion took off the sale; of all promotions it is `disc`, and the sum of `disc` of the lines."""

    id: Word
    name: Text
    amt: Money


class Payment(Part):
    """`amt` is what it pays of the sale; cash also says what was tendered and given back."""

    m: Channel
    amt: Money
    tendered: Money | None = None
    change: Money | None = None
    pid: Text | None = None
    ref: Text | None = None


class SaleCompletedBody(EventBody):
    """`dual_risk` names a payment that had no end when cash was taken instead of it."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "receipt": "261123-1-0042", "bday": "2026-11-23", "till": "1", "cur": "CNY", "total": 2352, "rounding": -2,
        "disc": 148, "offline": True,
        "lines": [
            {"n": 1, "kind": "item", "sku": "6901234567892", "name": "矿泉水", "qty": "2", "unit": "瓶",
             "price": 425, "amt": 702, "disc": 148, "promo": "water-2"},
            {"n": 2, "kind": "item", "sku": "2100045", "name": "苹果", "qty": "0.735", "price": 2245, "amt": 1650,
             "weighed": True, "scale": "ST,GS,+  0.735kg<0D>"},
        ],
        "promos": [{"id": "water-2", "name": "矿泉水第二件优惠", "amt": 148}],
        "pay": [{"m": "cash", "amt": 2350, "tendered": 5000, "change": 2650}],
    }  # fmt: skip

    receipt: Word
    bday: Day
    till: Word
    shift: Word | None = None
    cur: Currency
    total: Money
    rounding: Annotated[int, Field(le=0, ge=-100_000)] = 0
    disc: Money = 0
    tax: Money | None = None
    offline: bool | None = None
    lines: Annotated[tuple[SaleLine, ...], Field(strict=False, max_length=MAX_LINES)]
    promos: Annotated[tuple[PromotionSaving, ...], Field(strict=False, max_length=MAX_LINES)] | None = None
    pay: Annotated[tuple[Payment, ...], Field(strict=False, max_length=100)]
    dual_risk: Uuid7 | None = None
    by: Text | None = None
    age_ok: bool | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        paid = sum(part.amt for part in self.pay)
        if paid != self.total + self.rounding:
            raise ValueError("what was paid is not total + rounding")
        return self


class SaleCancelledBody(EventBody):
    """A sale that ended before it was paid; its total is what was left on it."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "why": "cancelled", "cur": "CNY", "total": 350,
        "lines": [
            {"n": 1, "kind": "item", "sku": "6901234567892", "name": "矿泉水", "qty": "1", "price": 350, "amt": 350},
        ],
    }  # fmt: skip

    why: Word
    cur: Currency | None = None
    total: Money
    lines: Annotated[tuple[SaleLine, ...], Field(strict=False, max_length=MAX_LINES)]
    promos: Annotated[tuple[PromotionSaving, ...], Field(strict=False, max_length=MAX_LINES)] | None = None


class RefundedLine(Part):
    """A line of the sale, a part or the whole of it; `amt` is what went back for it."""

    n: Seq
    sku: Sku | None = None
    name: Annotated[str, StringConstraints(max_length=512)] | None = None
    qty: Decimal
    amt: Money


class SaleRefundedBody(EventBody):
    """Goods of the sale `of` came back. `receipt` is the refund's own number, `of_receipt` the sale's.

    With `without_receipt` nobody knows the sale: `of` is the event's own id, which no sale has.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "of": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f", "receipt": "261123-1-0043", "of_receipt": "261123-1-0042",
        "bday": "2026-11-23", "till": "1", "cur": "CNY", "total": 351, "why": "return",
        "lines": [{"n": 1, "sku": "6901234567892", "name": "矿泉水", "qty": "1", "amt": 351}],
        "pay": [{"m": "cash", "amt": 351}],
    }  # fmt: skip

    of: Uuid7
    receipt: Word
    of_receipt: Word | None = None
    bday: Day | None = None
    till: Word | None = None
    shift: Word | None = None
    cur: Currency | None = None
    total: Money | None = None
    why: Word | None = None
    lines: Annotated[tuple[RefundedLine, ...], Field(strict=False, max_length=MAX_LINES)]
    pay: Annotated[tuple[Payment, ...], Field(strict=False, max_length=100)]
    by: Text | None = None
    without_receipt: bool | None = None


class SaleVoidedBody(EventBody):
    """A completed sale was taken back as a whole; the fields of a refund, as far as the box knows them."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "of": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f", "why": "customer_changed_mind", "by": "c-204"
    }  # fmt: skip

    of: Uuid7
    why: Word | None = None
    by: Text | None = None
    receipt: Word | None = None
    of_receipt: Word | None = None
    bday: Day | None = None
    till: Word | None = None
    shift: Word | None = None
    cur: Currency | None = None
    total: Money | None = None
    lines: Annotated[tuple[RefundedLine, ...], Field(strict=False, max_length=MAX_LINES)] = ()
    pay: Annotated[tuple[Payment, ...], Field(strict=False, max_length=100)] = ()


class PaymentReceivedBody(EventBody):
    """Money came by a way that the box had not asked for; `how`: closed the sale, linked to it, or unmatched."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "pid": "019aadf2-17aa-7c3e-9d51-6a1b2c3d4e5f", "m": "wechat", "amt": 2350, "cur": "CNY", "how": "closed",
        "at": "2026-11-23T02:14:58.004Z", "sale": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f", "ref": "4200002211",
    }  # fmt: skip

    pid: Uuid7
    m: Channel
    amt: Money
    cur: Currency
    how: Literal["closed", "linked", "unmatched"]
    at: Moment
    sale: Uuid7 | None = None
    ref: Text | None = None


class CouponUsedBody(EventBody):
    """`promo` names the shop's promotion that says what the coupon was worth; without one it paid a part."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "coupon": "c-7f3a91", "promo": "milk-minus-3", "sale": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"
    }  # fmt: skip

    coupon: Word
    promo: Word | None = None
    sale: Uuid7


PaymentStateName = Literal[
    "sent", "unknown", "approved", "declined", "cancelled", "partially_refunded", "refunded"
]  # fmt: skip


class PaymentChangedBody(EventBody):
    """A wallet payment as the box knows it: `pid` its order number at the provider, `refunded` what went back by now.

    `rid` names the refund that an event is about. With `why` late: money came after the payment was declined or
    cancelled, and goes back by it; overdue: an hour has passed, and nobody said whether it did. Both have no end yet.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "pid": "019aadf2-17aa-7c3e-9d51-6a1b2c3d4e5f", "sale": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f", "m": "wechat",
        "amt": 2350, "cur": "CNY", "state": "approved", "ref": "4200002211",
    }  # fmt: skip

    pid: Uuid7
    sale: Uuid7
    m: Channel
    amt: Money
    cur: Currency
    state: PaymentStateName
    refunded: Money | None = None
    rid: Uuid7 | None = None
    ref: Text | None = None
    why: Word | None = None
