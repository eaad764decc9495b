"""How the box speaks: which language, how loud, how fast. A shopkeeper changes each by a card (product C2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

LOUDEST = 10
QUIETEST = 1
USUAL_VOLUME = 7
MONEY_VOLUME_MIN = 4
"""15 dB below the loudest: money and alarms are heard over a shop, however quiet the rest was made."""

LANGUAGES = ("zh-CN", "en")


class Weight(StrEnum):
    """What a sentence is worth, and so who may cut it: `codec/floor.py`."""

    ROUTINE = "routine"
    MONEY = "money"
    ALARM = "alarm"


class Pace(IntEnum):
    """The three speeds that card 说慢点 goes round."""

    USUAL = 0
    SLOW = 1
    SLOWEST = 2


@dataclass(frozen=True, slots=True)
class Manner:
    """`volume` from QUIETEST to LOUDEST."""

    language: str = LANGUAGES[0]
    volume: int = USUAL_VOLUME
    pace: Pace = Pace.USUAL

    def louder(self) -> Manner:
        return replace(self, volume=min(LOUDEST, self.volume + 1))

    def quieter(self) -> Manner:
        return replace(self, volume=max(QUIETEST, self.volume - 1))

    def slower(self) -> Manner:
        return replace(self, pace=Pace((self.pace + 1) % len(Pace)))

    def other_language(self) -> Manner:
        return replace(self, language=LANGUAGES[1 - LANGUAGES.index(self.language)])

    def volume_for(self, weight: Weight) -> int:
        """Whoever turns the chatter down must still hear what was paid."""
        return self.volume if weight is Weight.ROUTINE else max(self.volume, MONEY_VOLUME_MIN)
