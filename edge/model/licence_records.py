"""Records of store licences: which came, which were refused, whose end was told of, what none let be sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edge.model.licence import Licence
from edge.model.stream import Stream


@dataclass(frozen=True, slots=True)
class LicenceKept:
    """It stands from now on, in place of any other of its platform; a withdrawn one lets nothing be sold."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "licence.kept"
    licence: Licence


@dataclass(frozen=True, slots=True)
class LicenceRefused:
    """`platform` is whose it says it is: that is not proven. `why` is a code of the contract's, or what was wrong."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "licence.refused"
    platform: str
    why: str


@dataclass(frozen=True, slots=True)
class LicenceEnding:
    """The shop was warned. `days` are left with the day of the warning."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "licence.ending"
    licence: Licence
    days: int


@dataclass(frozen=True, slots=True)
class ServiceBarred:
    """A service was asked for and not sold, before any money moved. `why`: the prompt that was said."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "licence.barred"
    service: str
    platform: str
    why: str


LicenceRecord = LicenceKept | LicenceRefused | LicenceEnding | ServiceBarred
