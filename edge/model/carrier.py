"""Who brings and fetches parcels: how its numbers look, how long they lie here, what its couriers may do (row 66).

Which carriers there are stands in files (docs/platforms.md); nothing here or above knows one by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from edge.model.cell import Size

SHELF_DAYS = 3
LOCKER_DAYS = 1
REMIND_HOURS = (48, 4)
ALL_SIZES = frozenset(Size)


class CheckDigit(StrEnum):
    """A rule that a number must obey as well as a pattern."""

    S10 = "s10"


class TakeBack(StrEnum):
    """Which parcels a courier may take back: those of the carrier, or those brought with the same badge."""

    CARRIER = "carrier"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Rights:
    """`cells`: the sizes that this carrier's couriers may use."""

    cells: frozenset[Size] = ALL_SIZES
    take_back: TakeBack = TakeBack.CARRIER


@dataclass(frozen=True, slots=True)
class PaperLines:
    """What a paper says beside what it always says, in both languages or in none."""

    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()

    def lines(self, language: str) -> tuple[str, ...]:
        return self.en if language == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Carrier:
    """`numbers` are matched whole against a cleaned number. `label` is stuck on the parcel, `slip` goes with who
    fetches it. `suffix_after`: how numbers begin that may have a parcel suffix (`-1-2-`) behind them; empty: none.
    """

    id: str
    name: str
    name_en: str
    numbers: tuple[re.Pattern[str], ...] = ()
    check_digit: CheckDigit | None = None
    suffix_after: str = ""
    shelf_days: int = SHELF_DAYS
    locker_days: int = LOCKER_DAYS
    remind_hours: tuple[int, ...] = REMIND_HOURS
    rights: Rights = field(default_factory=Rights)
    label: PaperLines = field(default_factory=PaperLines)
    slip: PaperLines = field(default_factory=PaperLines)

    def spoken(self, language: str) -> str:
        return self.name_en if language == "en" else self.name

    def matches(self, number: str) -> bool:
        """Whether the cleaned `number` has this carrier's shape; a check digit is the codec's to reckon."""
        return any(pattern.fullmatch(number) for pattern in self.numbers)

    def free_time(self, *, locker: bool) -> timedelta:
        """How long a parcel lies here before it is overdue (row 58)."""
        return timedelta(days=self.locker_days if locker else self.shelf_days)

    def reminders(self, *, locker: bool) -> tuple[timedelta, ...]:
        """When, counted from check-in, its recipient is reminded: the earliest first, none before it lies here."""
        free = self.free_time(locker=locker)
        return tuple(sorted(at for hours in self.remind_hours if (at := free - timedelta(hours=hours)) > timedelta()))


OTHER = Carrier("", "快递", "Courier")
"""A parcel of a number range that no file has, and that a person took in all the same."""


@dataclass(frozen=True, slots=True)
class Carriers:
    """All that a shop works with, in the order in which candidates are named."""

    all: tuple[Carrier, ...] = ()

    def candidates(self, number: str) -> tuple[Carrier, ...]:
        """Those whose shape the cleaned `number` has. Hints with several answers, never a gate (devices 3.3)."""
        return tuple(carrier for carrier in self.all if carrier.matches(number))

    def named(self, carrier_id: str) -> Carrier:
        """By its id; OTHER for one that there is not, as a parcel outlives a change of the settings."""
        return next((carrier for carrier in self.all if carrier.id == carrier_id), OTHER)

    @property
    def suffixed(self) -> tuple[str, ...]:
        return tuple(carrier.suffix_after for carrier in self.all if carrier.suffix_after)
