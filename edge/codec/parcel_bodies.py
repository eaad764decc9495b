"""The bodies of the parcel station's events. None of them has a name, a phone, or a pick-up code."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from edge.codec.sale_bodies import Currency, EventBody, Money
from edge.codec.wire_term import Count, Moment, Text, Word

Box = Word
PARCEL = {"parcel": "p_8f2c61", "waybill": "SF1234567890123", "carrier": "SF"}
IN_CELL = PARCEL | {"box": "B07", "size": "M"}


class ParcelBody(EventBody):
    """`box` is the cell that it lies or lay in, `shelf` its place on a shelf."""

    parcel: Word
    waybill: Word | None = None
    carrier: Word | None = None
    box: Box | None = None
    size: Literal["S", "M", "L", "XL"] | None = None
    shelf: Word | None = None


class ParcelExpectedBody(ParcelBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = PARCEL | {"consent": True}

    consent: bool | None = None


class ParcelStoredBody(ParcelBody):
    """The station has it from now on. `courier` is the id of a badge, `due` the end of its free time, `door` what the
    cell's contact said: open, closed or unknown. `how` is scan, or word: a person said that it lies there.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = IN_CELL | {
        "auth": "courier", "courier": "3f9a0c61d2be", "how": "scan", "door": "closed",
        "due": "2026-11-24T02:20:31.120Z", "photo": None,
    }  # fmt: skip

    auth: Literal["courier", "owner"] | None = None
    courier: Text | None = None
    how: Word | None = None
    dev: Word | None = None
    door: Word | None = None
    due: Moment | None = None
    consent: bool | None = None
    photo: Text | None = None


class ParcelCancelledBody(ParcelBody):
    """A deposit came to nothing: `why` is cancelled, no_door or power; or the recipient refused it; or, with refunded,
    a parcel that was to be sent stays with its sender, whose fee goes back.
    """

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = IN_CELL | {"why": "cancelled"}

    why: Word


class ParcelCollectedBody(ParcelBody):
    """The recipient has it from now on. `how` is code, qr, slip, owner or remote; `by` who opened for the recipient."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = IN_CELL | {"how": "code", "dev": "keypad", "door": "closed"}

    how: Word
    dev: Word | None = None
    door: Word | None = None
    by: Text | None = None


class ParcelOverdueBody(ParcelBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = IN_CELL | {"due": "2026-11-24T02:20:31.120Z"}

    due: Moment | None = None


class ParcelWhereBody(ParcelBody):
    """Missing: it is not where it is said to lie, and nobody knows who has it. Found: it lies there again."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = IN_CELL


class ParcelReturnedBody(ParcelBody):
    """The courier has it from now on: `why` is overdue or refused."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = IN_CELL | {"why": "overdue", "courier": "3f9a0c61d2be", "door": "closed"}

    why: Word
    courier: Text | None = None
    door: Word | None = None


class ParcelAcceptedBody(ParcelBody):
    """A customer paid `fee` by `sale` and has the label; accepted: the station has the parcel from now on."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = PARCEL | {
        "grams": 1250, "cur": "CNY", "fee": 1200, "sale": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f",
    }  # fmt: skip

    grams: Count
    cur: Currency
    fee: Money
    sale: Word | None = None


class ParcelHandedOverBody(ParcelBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = PARCEL | {"courier": "3f9a0c61d2be"}

    courier: Text


class ParcelNotifiedBody(EventBody):
    """Whether the recipient was told. The code itself is in the request alone."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"parcel": "p_8f2c61", "waybill": "SF1234567890123", "state": "done"}

    parcel: Word
    waybill: Word
    state: Literal["done", "failed"]
    why: Text | None = None


class ParcelRemindedBody(EventBody):
    """Its free time ends in `hours`: the recipient is to hear of it once more."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"parcel": "p_8f2c61", "waybill": "SF1234567890123", "hours": 24}

    parcel: Word
    waybill: Word
    hours: Count


class LockerOpenedBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"box": "B07", "why": "pickup", "parcel": "p_8f2c61"}

    box: Box
    why: Word
    parcel: Word | None = None
    by: Text | None = None


class LockerClosedBody(EventBody):
    """`item`: full, empty or unknown, as the sensor says; `open_s` for how long it was open."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"box": "B07", "item": "empty", "parcel": "p_8f2c61", "open_s": 14}

    box: Box
    item: Literal["full", "empty", "unknown"]
    parcel: Word | None = None
    open_s: Count | None = None


class LockerForcedBody(EventBody):
    """A door opened that nobody had asked to."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"box": "B07", "parcel": "p_8f2c61"}

    box: Box
    parcel: Word | None = None


class LockerLeftOpenBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"box": "B07", "since": "2026-11-23T02:20:31.120Z"}

    box: Box
    since: Moment
    parcel: Word | None = None


class CellChangedBody(EventBody):
    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"box": "B07", "state": "fault", "why": "not_opened", "parcel": "p_8f2c61"}

    box: Box
    state: Word
    why: Word
    parcel: Word | None = None


class DoorEndedBody(EventBody):
    """A pulse of which nobody knows what it did, or that was not sent."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {
        "pulse": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f", "box": "B07", "outcome": "unknown", "reason": "power was lost",
    }  # fmt: skip

    pulse: Word
    box: Box
    outcome: Literal["unknown", "expired"]
    reason: Annotated[str, Field(max_length=200)] | None = None


class PickupLockedBody(EventBody):
    """So many wrong pick-up codes in a row: the keypad takes none for `wait_s` seconds."""

    SV: ClassVar[int] = 1
    EXAMPLE: ClassVar[dict[str, Any]] = {"dev": "keypad", "wrong": 4, "wait_s": 300}

    dev: Word
    wrong: Count
    wait_s: Count


PARCEL_BODIES: dict[str, type[EventBody]] = {
    "parcel.expected": ParcelExpectedBody,
    "parcel.stored": ParcelStoredBody,
    "parcel.cancelled": ParcelCancelledBody,
    "parcel.refused": ParcelCancelledBody,
    "parcel.collected": ParcelCollectedBody,
    "parcel.overdue": ParcelOverdueBody,
    "parcel.returned": ParcelReturnedBody,
    "parcel.missing": ParcelWhereBody,
    "parcel.found": ParcelWhereBody,
    "parcel.labelled": ParcelAcceptedBody,
    "parcel.accepted": ParcelAcceptedBody,
    "parcel.handed_over": ParcelHandedOverBody,
    "parcel.notified": ParcelNotifiedBody,
    "parcel.reminded": ParcelRemindedBody,
    "locker.opened": LockerOpenedBody,
    "locker.closed": LockerClosedBody,
    "locker.forced": LockerForcedBody,
    "locker.left_open": LockerLeftOpenBody,
    "cell.changed": CellChangedBody,
    "door.ended": DoorEndedBody,
    "pickup.locked": PickupLockedBody,
}
"""Their part of `bodies.BODIES`."""
