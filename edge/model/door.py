"""The doors of a parcel locker as its boards tell them: contacts, and what a contact means on this wiring."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Door(StrEnum):
    """UNKNOWN is not closed: the board is silent, or nobody has told what its contacts mean."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Content(StrEnum):
    """What an item sensor sees in a cell; UNKNOWN where there is none."""

    EMPTY = "empty"
    FULL = "full"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Contacts:
    """What one board said: a bit a lock in bytes as they came, and a bit a sensor where the board has sensors.

    `items` is lowest lock first, 1 a parcel is seen.
    """

    locks: bytes
    items: bytes | None = None


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the bits of a board mean: `open_bit` is an open door's, `high_first`: the byte of locks 1 to 8 comes last.

    None: not known before a technician has opened a door and looked (devices 8.2).
    """

    open_bit: int | None = None
    high_first: bool | None = None

    @property
    def is_known(self) -> bool:
        return self.open_bit is not None and self.high_first is not None

    def door(self, contacts: Contacts, lock: int) -> Door:
        """Of lock 1 and up; UNKNOWN beyond what the board told."""
        if self.open_bit is None or self.high_first is None:
            return Door.UNKNOWN
        bit = bit_of(contacts.locks, lock, high_first=self.high_first)
        if bit is None:
            return Door.UNKNOWN
        return Door.OPEN if bit == self.open_bit else Door.CLOSED


def content(contacts: Contacts, lock: int) -> Content:
    """What the sensor of this lock's cell sees."""
    bit = None if contacts.items is None else bit_of(contacts.items, lock, high_first=False)
    if bit is None:
        return Content.UNKNOWN
    return Content.FULL if bit else Content.EMPTY


def bit_of(octets: bytes, lock: int, *, high_first: bool) -> int | None:
    """The bit of lock 1 and up; None: there are not that many."""
    index, shift = divmod(lock - 1, 8)
    if lock < 1 or index >= len(octets):
        return None
    octet = octets[-1 - index] if high_first else octets[index]
    return octet >> shift & 1
