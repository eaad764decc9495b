"""A store licence: that a platform lets this shop sell these of its services, from one day to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from edge.model.platform import ServiceOffer

NONE, FORGED, OTHER_SHOP = "lic.none", "lic.forged", "lic.other_shop"
WITHDRAWN, EARLY, OVER, NOT_IN_IT = "lic.withdrawn", "lic.early", "lic.over", "lic.not_in_it"
"""Prompts that say why a service is refused."""
WARNED_AT_DAYS = (14, 3)
"""A shopkeeper needs two weeks to have one renewed; the last word comes while it still holds."""


@dataclass(frozen=True, slots=True)
class Licence:
    """`version` counts what the platform said of it: the highest stands, so that an old paper takes nothing back.

    `terminal` empty: of each terminal of the store. `services`: kinds, or ids of single ones. Both days are in it.
    """

    number: str
    version: int
    platform: str
    brand: str
    store: str
    terminal: str
    services: frozenset[str]
    begins: date
    ends: date
    withdrawn: bool = False

    def is_of(self, store: str, terminal: str) -> bool:
        return self.store == store and self.terminal in ("", terminal)

    def refusal(self, service: ServiceOffer, day: date) -> str | None:
        """Why this service is not to be sold on this day; None: it is."""
        if (refusal := self.trouble(day)) is not None:
            return refusal
        return None if {service.kind.value, service.id} & self.services else NOT_IN_IT

    def trouble(self, day: date) -> str | None:
        """Why it is worth nothing on this day; None: it holds."""
        if self.withdrawn:
            return WITHDRAWN
        if day < self.begins:
            return EARLY
        return OVER if day > self.ends else None

    def warning(self, day: date) -> int | None:
        """Which of WARNED_AT_DAYS is reached on this day; None: its end is far, or was told of already."""
        if self.trouble(day) is not None:
            return None
        left = (self.ends - day).days
        return next((days for days in reversed(WARNED_AT_DAYS) if left < days), None)


@dataclass(frozen=True, slots=True)
class KeptLicence:
    """What a shop holds of one platform: the signed text, empty where none was good; why the newest that was not good
    was refused; at how many days before which end the shop was warned last, such as "2026-12-31/14".
    """

    signed: str = ""
    refused: str = ""
    warned: str = ""
