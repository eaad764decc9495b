"""Whose card it is: a badge and the ladder of waits after wrong ones (product C3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

FREE_TRIES = 3
WAITS_S = (60.0, 300.0, 1800.0)
"""After the third wrong badge in a row at one scanner, after the fourth, and after each one from there on."""
MAX_BADGES = 200
"""A shop has ten people. Badges that are over stay as long as there is room, so that the refusal can say why."""
FORGOTTEN_S = 86_400.0
"""A wrong badge of yesterday counts no more."""


class Role(StrEnum):
    OWNER = "owner"
    COURIER = "courier"
    TECHNICIAN = "technician"


@dataclass(frozen=True, slots=True)
class Badge:
    """`id` is what people call it; `hash` all that is kept of its code. No `expires_at`: valid until it is revoked."""

    id: str
    hash: str
    role: Role
    name: str
    issued_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    carrier: str = ""
    """Whose courier it is; empty: nobody said."""

    def is_over(self, at: datetime) -> bool:
        """Revoked, or past its date."""
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= at)

    def revoked(self, at: datetime) -> Badge:
        """Out of use since `at`; one that is already stays as it is."""
        return self if self.revoked_at is not None else replace(self, revoked_at=at)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Wrong badges in a row at one scanner, and when the last one came, in monotonic seconds."""

    wrong: int = 0
    last_mono: float = 0.0

    def wait_s(self, now_mono: float) -> float:
        """How long the scanner takes no badge at all; 0: it takes one now."""
        if self.wrong < FREE_TRIES:
            return 0.0
        wait = WAITS_S[min(self.wrong - FREE_TRIES, len(WAITS_S) - 1)]
        return max(0.0, self.last_mono + wait - now_mono)

    def stepped(self, now_mono: float) -> Ladder:
        """One more wrong badge."""
        fresh = now_mono - self.last_mono >= FORGOTTEN_S
        return Ladder(1 if fresh else self.wrong + 1, now_mono)

    def begun_anew(self, now_mono: float) -> Ladder:
        """After a restart the whole wait begins again: who pulls the plug gains nothing by it."""
        return replace(self, last_mono=now_mono)
