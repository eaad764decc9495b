"""What is asked about service orders on up/req, and how it is answered on dn/res (product B4, contract P16).

    service.quote    {soid, offer, kind, ref?, amt?, qty?}  what it costs, until when, and what its slip says; or from
                                                        what to what the customer chooses: asked again with `amt`
    service.submit   {soid, sale?, cur, price, slot?}   cid is the soid; do it, once, however often this comes
    service.query    {soid}                              one that was never quoted here is failed from then on
    service.cancel   {soid}                              before the cut-off it is taken back, less a fee
    dn/cmd service.offer {soid, offer, amt, price, …}    class S: ordered elsewhere, to be paid here by its slip
    dn/cmd service.changed {soid, cur, price, state, …}  class S: late news, as an answer would bring it

`soid` names the order for ever: whatever comes twice under it is done once, and another body under it is refused with
`service.conflict`. `ref` is whom or what it is for: it is in the one question for a quote, and in no other message.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from edge.codec.sale_bodies import Currency
from edge.codec.wire import checked
from edge.codec.wire_down import Response
from edge.codec.wire_term import Day, Instant, Part, Uuid7, Word
from edge.model.masking import LINE_MAX, provider_line
from edge.model.service_order import MAX_LINES

QUOTE, SUBMIT, QUERY, CANCEL = "service.quote", "service.submit", "service.query", "service.cancel"
CHANGED, OFFER = "service.changed", "service.offer"
EXPIRES_S = 90
MAX_FEN = 100_000_000
"""RMB 1,000,000: more is a slip of somebody's program. A shop's own limits are the offer's."""
LEAST_VALID_S, MOST_VALID_S = 30, 86_400
REF_MAX = 512
MAX_PIECES = 99
MAX_NIGHTS = 99
MAX_SLOTS = 4
"""More nobody keeps in mind who hears them."""
TICKET_MAX = 400
"""Characters of what a ticket's QR code holds; more cannot be read from paper."""

STATES = frozenset(
    {"quoted", "submitted", "unknown", "completed", "failed", "reversed", "cancelling", "cancelled"}
)  # fmt: skip
"""What an answer may say. `quoted`: it never came to be submitted. `cancelled`: taken back after it was done."""

Sum = Annotated[int, Field(ge=0, le=MAX_FEN)]
Positive = Annotated[int, Field(ge=1, le=MAX_FEN)]
Pieces = Annotated[int, Field(ge=1, le=MAX_PIECES)]
SlipLine = Annotated[str, StringConstraints(min_length=1, max_length=LINE_MAX)]
Lines = Annotated[tuple[SlipLine, ...], Field(strict=False, max_length=MAX_LINES)]
Said = Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""Read aloud: a route, a date."""


class ServiceQuoteArgs(Part):
    """`ref` is a phone, the number of a bill, what an app shows, or the barcode of goods, of which there are to be
    `qty` pieces; `amt` where the customer chooses it."""

    soid: Uuid7
    offer: Word
    kind: Word
    ref: Annotated[str, StringConstraints(min_length=1, max_length=REF_MAX)] | None = Field(default=None, repr=False)
    amt: Positive | None = None
    qty: Pieces | None = None


class ServiceSubmitArgs(Part):
    """Without a `sale` it is paid when it is fetched. `slot`: the one of the quote's that was chosen."""

    soid: Uuid7
    sale: Uuid7 | None = None
    slot: Said | None = None
    cur: Currency
    price: Positive


class ServiceOrderArgs(Part):
    """Of service.query and service.cancel."""

    soid: Uuid7


class ServiceQuote(Part):
    """`out` of the Response to service.quote. `amt` is what the customer gets, `price` what it costs for `valid_s`.

    `what` and `when`, a day or a moment, are read aloud in the shop's language and by its clock, with `nights` of an
    inn; `due`: a bill is to be paid by then. `eta`: goods come on that day; `later`: they may be paid when they are
    fetched; `slots`: when they can be brought home and installed, one of which is chosen. `lines` stand on the slip.
    Once it is done it can be given back `until` then, and `fee` is kept of the price.
    """

    soid: Uuid7
    offer: Word
    cur: Literal["CNY"]
    amt: Positive
    price: Positive
    valid_s: Annotated[int, Field(ge=LEAST_VALID_S, le=MOST_VALID_S)]
    what: Said | None = None
    what_en: Said | None = None
    when: Day | Instant | None = None
    nights: Annotated[int, Field(ge=1, le=MAX_NIGHTS)] | None = None
    fee: Sum | None = None
    until: Instant | None = None
    due: Day | None = None
    eta: Day | None = None
    later: bool = False
    slots: Annotated[tuple[Said, ...], Field(strict=False, max_length=MAX_SLOTS)] = ()
    lines: Lines = ()

    def slip_lines(self, subject: str = "") -> tuple[str, ...]:
        return tuple(provider_line(line, subject=subject) for line in self.lines)

    @property
    def when_at(self) -> date | datetime | None:
        """A day, or an aware moment."""
        return _day(self.when) or _instant(self.when)

    @property
    def back_until(self) -> datetime | None:
        """In UTC; None also for a moment that no clock shows."""
        return _instant(self.until)

    @property
    def due_on(self) -> date | None:
        return _day(self.due)

    @property
    def eta_on(self) -> date | None:
        return _day(self.eta)


class ServiceOfferArgs(ServiceQuote):
    """Of the signed command service.offer: the quote of an order that was made elsewhere, good for `valid_s` from when
    it comes. `subject` are the ends of the number that it is for, such as 138****8000. Of goods: their `name`,
    `barcode` and pieces, and the `slot` that was chosen.
    """

    subject: Said | None = None
    name: Said | None = None
    name_en: Said | None = None
    barcode: Said | None = None
    qty: Pieces = 1
    slot: Said | None = None


class ServiceRange(Part):
    """`out` of the Response to a service.quote without `amt`, where the customer chooses what is paid: from `min` to
    `max`. It is asked for again under an id of its own, with an `amt` within them.
    """

    soid: Uuid7
    offer: Word
    cur: Literal["CNY"]
    min: Positive
    max: Positive

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min > self.max:
            raise ValueError("min is more than max")
        return self


def _day(text: str | None) -> date | None:
    """None also for a day that no calendar has."""
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        return None


def _instant(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if text is not None and "T" in text else None
    except (ValueError, OverflowError):
        return None


class ServiceAnswer(Part):
    """`out` of a Response whose `state` is one of STATES. `ref` is the provider's own number; `lines` and `ticket`, a
    QR code, are what the customer gets for it. `fee` is kept of one that was taken back. `why` is a code.
    """

    soid: Uuid7
    price: Positive | None = None
    cur: Currency | None = None
    ref: Word | None = None
    lines: Lines = ()
    ticket: Annotated[str, StringConstraints(min_length=1, max_length=TICKET_MAX)] | None = Field(
        default=None, repr=False
    )
    fee: Sum | None = None
    why: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_.]{0,31}$")] | None = None

    def slip_lines(self, subject: str = "") -> tuple[str, ...]:
        """`subject`: the number that the order is for, masked."""
        return tuple(provider_line(line, subject=subject) for line in self.lines)


class ServiceChangedArgs(ServiceAnswer):
    """Of the signed command service.changed."""

    state: Literal["submitted", "unknown", "completed", "failed", "reversed", "cancelled"]


Args = ServiceQuoteArgs | ServiceSubmitArgs | ServiceOrderArgs


def read_quote(out: object) -> ServiceQuote | None:
    try:
        return ServiceQuote.model_validate(out)
    except ValidationError:
        return None


def read_range(out: object) -> ServiceRange | None:
    try:
        return ServiceRange.model_validate(out)
    except ValidationError:
        return None


def read_offered(args: object) -> ServiceOfferArgs:
    """Raises WireError."""
    return checked(ServiceOfferArgs, args, where=OFFER)


def read_answer(response: Response) -> ServiceAnswer | None:
    """What an answer that is `ok` says; None when it says nothing that could be believed."""
    if response.state not in STATES:
        return None
    try:
        return ServiceAnswer.model_validate(response.out or {})
    except ValidationError:
        return None


def read_changed(args: object) -> ServiceChangedArgs:
    """What a signed notice tells. Raises WireError."""
    return checked(ServiceChangedArgs, args, where=CHANGED)
