"""A campaign: what the platform has the shop show for some weeks, and the weeks in which it is left out (row 92).

It is shown on the customer's display while nobody is served, on the foot of receipts, perhaps with a coupon, and by one
voice line. In the weeks held out nothing of it is shown: what it sells is measured against them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

MAX_FOOT_LINES = 4
MAX_LINE = 60
MAX_VOICE = 40
"""Characters: five seconds of speech."""
MAX_COUPONS = 100
"""Of a hundred bytes and more each, in one command."""
MAX_WEEKS = 26


class Way(StrEnum):
    """How a campaign is shown."""

    DISPLAY = "display"
    VOICE = "voice"
    RECEIPT = "receipt"
    COUPON = "coupon"


@dataclass(frozen=True, slots=True)
class Wording:
    """The same in both languages of the counter; both empty: not shown this way."""

    zh: str = ""
    en: str = ""

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def spoken(self, language: str) -> str:
        """The other language's, where there is none."""
        return (self.en or self.zh) if language == "en" else (self.zh or self.en)


@dataclass(frozen=True, slots=True)
class Campaign:
    """`first` and `last` are days of the shop's own zone, both shown; `held_out` are Mondays of the weeks left out.

    `version` counts up: an older one does not replace a newer. `coupons` are signed texts, each for one receipt.
    """

    id: str
    version: int
    first: date
    last: date
    display: Wording = Wording()
    voice: Wording = Wording()
    foot: tuple[Wording, ...] = ()
    coupons: tuple[str, ...] = field(default=(), repr=False)
    held_out: frozenset[date] = frozenset()

    def runs_on(self, day: date) -> bool:
        return self.first <= day <= self.last and monday(day) not in self.held_out


@dataclass(frozen=True, slots=True)
class CampaignPaper:
    """What of a campaign is on the receipt of one sale; `coupon` is empty where there is none."""

    campaign: str
    foot: tuple[Wording, ...]
    coupon: str = ""


def monday(day: date) -> date:
    """The week that a day belongs to."""
    return day - timedelta(days=day.weekday())
