"""Records of the parcel station: who handed what to whom, when, and what the door's contact said (product row 62)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from edge.model.parcel import Parcel
from edge.model.stream import Stream


@dataclass(frozen=True, slots=True)
class ParcelExpected:
    """The cloud told of a parcel that will come."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "parcel.expected"
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class ParcelStored:
    """From the courier into the station's hands. `how`: scan, or word: a person said that it lies there.

    `door` is what the contact said of the cell; empty on a shelf.
    """

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "parcel.stored"
    parcel: Parcel
    how: str
    device: str = ""
    door: str = ""


@dataclass(frozen=True, slots=True)
class ParcelCancelled:
    """A deposit that came to nothing: `why` is cancelled, no_door, or power. Of one that was to be sent: refunded."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "parcel.cancelled"
    parcel: Parcel
    why: str


@dataclass(frozen=True, slots=True)
class ParcelCollected:
    """From the station into the recipient's hands. `how`: code, qr, slip, owner or remote."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "parcel.collected"
    parcel: Parcel
    how: str
    device: str = ""
    door: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class ParcelRefused:
    """The recipient gave it back on the spot: it waits for a courier."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "parcel.refused"
    parcel: Parcel
    why: str


@dataclass(frozen=True, slots=True)
class ParcelOverdue:
    """Its free time is over; it can still be collected."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "parcel.overdue"
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class ParcelReminded:
    """So many hours of its free time are left: the cloud tells its recipient once more."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "parcel.reminded"
    parcel: str
    waybill: str
    hours: int


@dataclass(frozen=True, slots=True)
class ParcelReturned:
    """From the station into a courier's hands: `why` is overdue or refused; `courier` the id of the badge."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "parcel.returned"
    parcel: Parcel
    why: str
    courier: str
    door: str = ""


@dataclass(frozen=True, slots=True)
class ParcelMissing:
    """It is not where the books have it, and nobody knows who has it."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "parcel.missing"
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class ParcelFound:
    """One that was missing lies here again."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "parcel.found"
    parcel: Parcel


@dataclass(frozen=True, slots=True)
class ParcelLabelled:
    """`fee` was paid by `sale`, and the label went to the printer with it: the waybill is taken."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "parcel.labelled"
    parcel: Parcel
    grams: int
    fee: int
    sale: str


@dataclass(frozen=True, slots=True)
class ParcelAccepted:
    """A customer gave it to be sent."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "parcel.accepted"
    parcel: Parcel
    grams: int = 0
    fee: int = 0
    sale: str = ""


@dataclass(frozen=True, slots=True)
class ParcelHandedOver:
    """A parcel that is sent went with a courier."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "parcel.handed_over"
    parcel: Parcel
    courier: str


@dataclass(frozen=True, slots=True)
class ParcelNotified:
    """Whether its recipient was told: `state` done or failed. Never with the code."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "parcel.notified"
    parcel: str
    waybill: str
    state: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class LockerOpened:
    """The contact says that a door opened, and a pulse of ours was why. `parcel`: the id of what is behind it."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "locker.opened"
    cell: str
    why: str
    parcel: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class LockerClosed:
    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "locker.closed"
    cell: str
    content: str
    parcel: str = ""
    open_s: int | None = None
    """For how long it was open; None: since before the terminal looked."""


@dataclass(frozen=True, slots=True)
class LockerForced:
    """A door opened that nobody had asked to."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "locker.forced"
    cell: str
    parcel: str = ""


@dataclass(frozen=True, slots=True)
class CellChanged:
    """A cell went out of use or came back: `state` is a CellState, `why` a word."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "cell.changed"
    cell: str
    state: str
    why: str
    parcel: str = ""


@dataclass(frozen=True, slots=True)
class DoorEnded:
    """A pulse of which nobody knows what it did, or that was not sent: `outcome` is unknown or expired."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "door.ended"
    pulse: str
    cell: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DoorLeftOpen:
    """A door has been open for two minutes."""

    stream: ClassVar[Stream] = Stream.PK
    type: ClassVar[str] = "locker.left_open"
    cell: str
    since: datetime
    parcel: str = ""


@dataclass(frozen=True, slots=True)
class CodesRefused:
    """So many wrong pick-up codes in a row at one keypad that it takes none for `wait_s` seconds (row 50)."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "pickup.locked"
    device: str
    wrong: int
    wait_s: int


ParcelRecord = (
    ParcelExpected | ParcelStored | ParcelCancelled | ParcelCollected | ParcelRefused | ParcelOverdue | ParcelReturned
    | ParcelMissing | ParcelFound
    | ParcelReminded | ParcelLabelled | ParcelAccepted | ParcelHandedOver | ParcelNotified | LockerOpened | LockerClosed
    | LockerForced | CellChanged | DoorEnded | DoorLeftOpen | CodesRefused
)  # fmt: skip
"""All of them."""
CUSTODY: tuple[type, ...] = (
    ParcelExpected, ParcelStored, ParcelCancelled, ParcelCollected, ParcelRefused, ParcelOverdue, ParcelReturned,
    ParcelMissing, ParcelFound, ParcelLabelled, ParcelAccepted, ParcelHandedOver,
)  # fmt: skip
"""Those whose `parcel` is the parcel as it is from then on."""
ABOUT_PARCEL: tuple[type, ...] = (
    ParcelNotified,
    ParcelReminded,
    LockerOpened,
    LockerClosed,
    LockerForced,
    CellChanged,
    DoorLeftOpen,
)
"""Those whose `parcel` is an id."""
