"""Identifiers made from a clock reading and a passed source of chance."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


_RAND_A_MAX = (1 << 12) - 1


def uuid7(at: datetime, chance: Random, nth: int | None = None) -> str:
    """A UUIDv7 (RFC 9562): 48 bits of milliseconds, 74 bits of chance; sorts by time.

    `nth`: of its maker within this millisecond, in the place of 12 bits of chance (6.2, method 1).
    """
    milliseconds = _milliseconds(at) & (1 << 48) - 1
    bits = chance.getrandbits(74)
    rand_a = bits >> 62 if nth is None else min(nth, _RAND_A_MAX)
    value = milliseconds << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | bits & (1 << 62) - 1
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class Ids:
    """UUIDv7s that sort as they were made, within one millisecond too: papers of one act are printed in their order."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._millisecond = -1
        self._nth = 0

    def new(self, at: datetime) -> str:
        millisecond = _milliseconds(at)
        self._nth = self._nth + 1 if millisecond == self._millisecond else 0
        self._millisecond = millisecond
        return uuid7(at, self._chance, self._nth)


def first_id(at: datetime) -> str:
    """Not above any UUIDv7 of this moment or a later one."""
    digits = f"{_milliseconds(at):012x}"
    return f"{digits[:8]}-{digits[8:]}"


def made_at(uuid: str) -> datetime:
    """When a UUIDv7 of ours was made, to the millisecond; raises ValueError for a text that is none."""
    return datetime.fromtimestamp(int(uuid.replace("-", "")[:12], 16) / 1000, UTC)


def ulid(at: datetime, chance: Random) -> str:
    """A ULID: 48 bits of milliseconds and 80 of chance as 26 Crockford characters."""
    value = (_milliseconds(at) & (1 << 48) - 1) << 80 | chance.getrandbits(80)
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -1, -5))


def _milliseconds(at: datetime) -> int:
    """Since 1970, whole: a float of seconds is a millisecond short for one moment in a hundred."""
    return (at - _EPOCH) // timedelta(milliseconds=1)
