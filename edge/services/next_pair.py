"""A renewal and the link: another certificate is to be tried, and what became of that (contract P17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

NEXT_PAIR_S = 120.0
"""From leaving with the certificate in use to the welcome with the next one."""


@dataclass(frozen=True, slots=True)
class CertificateKnown:
    """Until when the one in use is good: the hello tells it."""

    ends_at: datetime


@dataclass(frozen=True, slots=True)
class TryNextPair:
    """An order: connect anew, with the certificate of a renewal. What becomes of it: Welcomed or NextPairFailed."""


@dataclass(frozen=True, slots=True)
class NextPairLate:
    serial: int


@dataclass(frozen=True, slots=True)
class NextPairFailed:
    """The cloud did not welcome it; the next connection is with the certificate in use."""

    reason: str
