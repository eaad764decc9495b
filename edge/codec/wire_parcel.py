"""What is asked about parcels on up/req, and what the cloud tells of parcels to come (contract B4 additions, P16).

    parcel.notify      {parcel, waybill, code, box?, shelf?, due?}    the recipient is told; answered done or failed
    parcel.check       {waybill}                                      whose it is, and whether it may stay here
    parcel.authorize   {token, use}                                   who shows this in an app; `grant` is signed
    parcel.quote       {token, grams}                                 what it costs to send; the waybill, its label
    dn/cmd parcel.expect {parcels: […]}                               class N
    dn/cmd locker.open {box, parcel?, why}                            class S: one pulse, at most
    grant  parcel.grant {req, waybills | courier}                     class S, in the answer to parcel.authorize alone

The code, and the token, is in this one request and nowhere else: an answer to parcel.quote names the token by its mark.
Names and phones come masked; what does not is masked here.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from edge.codec.classification import APP_CODE_MAX, APP_CODE_MIN
from edge.codec.pickup_code import DIGITS
from edge.codec.wire import checked
from edge.codec.wire_term import Moment, Part, Text, Uuid7, Word
from edge.errors import WireError
from edge.model.masking import LINE_MAX, Recipient, masked_line, recipient
from edge.model.shipment import MAX_GRAMS

NOTIFY, CHECK, AUTHORIZE = "parcel.notify", "parcel.check", "parcel.authorize"
QUOTE = "parcel.quote"
EXPECT, OPEN, GRANT = "parcel.expect", "locker.open", "parcel.grant"
EXPIRES_S = 90
MAX_EXPECTED = 100
"""In one command: 64 KB of message hold several hundred."""
MAX_GRANTED = 100
"""Parcels of one person at one station."""
MAX_GRANT_HOURS = 24
"""An app's code opens a desk without a network for so long at most (product row 59)."""
MAX_FEE = 1_000_000
"""Fen: RMB 10,000 for a parcel is a slip of somebody's program."""
MAX_LABEL_LINES = 8
LEAST_VALID_S, MOST_VALID_S = 30, 3_600

Token = Annotated[str, StringConstraints(min_length=APP_CODE_MIN, max_length=APP_CODE_MAX)]
Mark = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
LabelLine = Annotated[str, StringConstraints(min_length=1, max_length=LINE_MAX)]
Waybill = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{6,40}$")]
ParcelId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class NotifyArgs(Part):
    """`code` is what the recipient is to be told; it is in no other message."""

    parcel: ParcelId
    waybill: Waybill
    code: Annotated[str, StringConstraints(pattern=rf"^[0-9]{{{DIGITS}}}$")] = Field(repr=False)
    box: Word | None = None
    shelf: Word | None = None
    due: Moment | None = None


class CheckArgs(Part):
    waybill: Waybill


class AuthorizeArgs(Part):
    """`use`: a recipient fetches with it (pickup), or a courier logs in (courier)."""

    token: Token = Field(repr=False)
    use: Literal["pickup", "courier"]


class QuoteArgs(Part):
    """`token` is what an app shows to who sends a parcel; the carrier knows from it whom the parcel goes to."""

    token: Token = Field(repr=False)
    grams: Annotated[int, Field(ge=1, le=MAX_GRAMS)]


class Whose(Part):
    """`to` tells one recipient from another. `consent` False: the recipient does not want it here."""

    to: Text | None = None
    name: Text | None = None
    tail: Text | None = None
    consent: bool | None = None

    @property
    def recipient(self) -> Recipient:
        return recipient(self.to or "", self.name or "", self.tail or "")


class Expected(Whose):
    """`soid`: it brings what this service order is of."""

    parcel: ParcelId
    waybill: Waybill
    carrier: Word | None = None
    soid: Uuid7 | None = None
    size: Literal["S", "M", "L", "XL"] | None = None


class ExpectArgs(Part):
    parcels: Annotated[tuple[Expected, ...], Field(strict=False, min_length=1, max_length=MAX_EXPECTED)]


class OpenArgs(Part):
    """`why` is a word such as collect or look: no free text, in which there could be a name or a phone.

    `parcel` is needed where one is in the cell, and must be the one.
    """

    box: Word
    parcel: ParcelId | None = None
    why: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,31}$")]


class GrantedCourier(Part):
    """`id` is the carrier's own for this courier. Good at this station for `hours`, also without a network."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    name: Annotated[str, StringConstraints(min_length=1, max_length=32, pattern=r"^[^\x00-\x1f\x7f]*$")]
    carrier: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]{0,31}$")] | None = None
    hours: Annotated[int, Field(ge=1, le=MAX_GRANT_HOURS)]


class GrantArgs(Part):
    """Arguments of a signed parcel.grant: to question `req`, what a recipient may have, or who the courier is."""

    req: Uuid7
    waybills: Annotated[tuple[Waybill, ...], Field(strict=False, max_length=MAX_GRANTED)] = ()
    courier: GrantedCourier | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> GrantArgs:
        if bool(self.waybills) == (self.courier is not None):
            raise ValueError("waybills or a courier, one of the two")
        return self


class Authorized(Part):
    """`out` of the Response to parcel.authorize: a JWS as of a command of class S."""

    grant: Annotated[str, StringConstraints(min_length=1, max_length=60_000)]


class NotifyAnswer(Whose):
    """`out` of the Response to parcel.notify, whose `state` is done or failed."""

    parcel: ParcelId
    why: Text | None = None


class Quote(Part):
    """`out` of the Response to parcel.quote. `mark` is `token_mark` of the token that was asked about, `grams` what was
    asked; the fee is good for `valid_s`. `lines` stand on the label, beside recipient, carrier and waybill.
    """

    parcel: ParcelId
    mark: Mark
    grams: Annotated[int, Field(ge=1, le=MAX_GRAMS)]
    cur: Literal["CNY"]
    fee: Annotated[int, Field(ge=1, le=MAX_FEE)]
    carrier: Word
    waybill: Waybill
    valid_s: Annotated[int, Field(ge=LEAST_VALID_S, le=MOST_VALID_S)]
    name: Text | None = None
    tail: Text | None = None
    lines: Annotated[tuple[LabelLine, ...], Field(strict=False, max_length=MAX_LABEL_LINES)] = ()

    @property
    def recipient(self) -> Recipient:
        return recipient("", self.name or "", self.tail or "")

    @property
    def label_lines(self) -> tuple[str, ...]:
        return tuple(masked_line(line) for line in self.lines)


def token_mark(token: str) -> str:
    """What an answer calls a token by, so that no answer repeats it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def read_quote(out: object) -> Quote | None:
    try:
        return Quote.model_validate(out)
    except ValidationError:
        return None


def read_expected(args: object) -> tuple[Expected, ...]:
    """The parcels of a command. Raises WireError."""
    return checked(ExpectArgs, args, where="parcel.expect").parcels


def read_open(args: object) -> OpenArgs:
    """Which cell. Raises WireError."""
    return checked(OpenArgs, args, where=OPEN)


def read_grant(args: object) -> GrantArgs:
    """What a signed grant grants. Raises WireError."""
    return checked(GrantArgs, args, where=GRANT)


def read_authorized(out: object) -> Authorized | None:
    """The grant in an answer; None: nothing that can be read."""
    try:
        return Authorized.model_validate(out)
    except ValidationError:
        return None


def read_notified(out: object) -> NotifyAnswer | None:
    try:
        return NotifyAnswer.model_validate(out)
    except (ValidationError, WireError):
        return None


Args = NotifyArgs | CheckArgs | AuthorizeArgs | QuoteArgs
