"""What is asked about parcels on up/req, and what the cloud tells of parcels to come (contract B4 additions, P16).

    parcel.notify      {parcel, waybill, code, box?, shelf?, due?}    the recipient is told; answered done or failed
    parcel.check       {waybill}                                      whose it is, and whether it may stay here
    parcel.authorize   {token}                                        what an app's QR code may have; `grant` opens it
    dn/cmd parcel.expect {parcels: […]}                               class N
    dn/cmd locker.open {box, parcel?, why}                            class S: one pulse, at most

The code is in this one request and nowhere else. Names and phones come masked; what does not is masked here.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError

from edge.codec.pickup_code import DIGITS
from edge.codec.wire import checked
from edge.codec.wire_term import Moment, Part, Text, Word
from edge.errors import WireError
from edge.model.masking import Recipient, recipient

NOTIFY, CHECK, AUTHORIZE = "parcel.notify", "parcel.check", "parcel.authorize"
EXPECT, OPEN = "parcel.expect", "locker.open"
EXPIRES_S = 90
MAX_EXPECTED = 100
"""In one command: 64 KB of message hold several hundred."""

Waybill = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{6,40}$")]
ParcelId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class NotifyArgs(Part):
    parcel: ParcelId
    waybill: Waybill
    code: Annotated[str, StringConstraints(pattern=rf"^[0-9]{{{DIGITS}}}$")] = Field(repr=False)
    box: Word | None = None
    shelf: Word | None = None
    due: Moment | None = None


class CheckArgs(Part):
    waybill: Waybill


class AuthorizeArgs(Part):
    token: Annotated[str, StringConstraints(min_length=8, max_length=512)] = Field(repr=False)


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
    parcel: ParcelId
    waybill: Waybill
    carrier: Word | None = None
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


class NotifyAnswer(Whose):
    """`out` of the Response to parcel.notify, whose `state` is done or failed."""

    parcel: ParcelId
    why: Text | None = None


def read_expected(args: object) -> tuple[Expected, ...]:
    """The parcels of a command. Raises WireError."""
    return checked(ExpectArgs, args, where="parcel.expect").parcels


def read_open(args: object) -> OpenArgs:
    """Which cell. Raises WireError."""
    return checked(OpenArgs, args, where=OPEN)


def read_whose(out: object) -> Whose | None:
    """What an answer says of the recipient; None: nothing that can be read."""
    try:
        return Whose.model_validate(out)
    except ValidationError:
        return None


def read_notified(out: object) -> NotifyAnswer | None:
    try:
        return NotifyAnswer.model_validate(out)
    except (ValidationError, WireError):
        return None


Args = NotifyArgs | CheckArgs | AuthorizeArgs


def args_of(args: Args) -> dict[str, Any]:
    """For a Request; absent keys mean "not applicable"."""
    return args.model_dump(mode="json", exclude_none=True)
