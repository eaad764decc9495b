"""A note of the bank's agent: cash that changes hands against a slip of the acquirer's own terminal (product row 79).

The card, the PIN and the identity paper are that terminal's; here are the number of its slip, the way and the amount.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from edge.model.money import Fen
from edge.model.platform import ServiceOffer

_SLIP = re.compile(r"[0-9A-Z][0-9A-Z/._-]{3,31}")
_BETWEEN = re.compile(r"[ /._-]")
CARD_DIGITS = range(12, 20)
"""How long the number of a bank card is (contract C28)."""


class Way(StrEnum):
    """Seen from the drawer."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class AgentNote:
    """`offer` is the id of the service, `slip` the number on the slip of the bank's terminal."""

    offer: str
    slip: str
    way: Way
    amount: Fen


@dataclass(frozen=True, slots=True)
class Room:
    """What can still be noted of one way: `so_far` was noted on this business day, `drawer` lies in the drawer by what
    the till knows.
    """

    so_far: Fen
    drawer: Fen

    def most(self, offer: ServiceOffer, way: Way) -> Fen:
        """In whole steps; 0: nothing."""
        limits = [offer.most]
        limits += [Fen(offer.day_most - self.so_far)] if offer.day_most is not None else []
        limits += [self.drawer] if way is Way.OUT else []
        most = max(0, min(limits))
        return Fen(most - most % offer.step)

    def why_not(self, offer: ServiceOffer, way: Way, amount: Fen) -> tuple[str, Fen] | None:
        """The prompt that refuses `amount`, and the sum that it names; None: it may be noted."""
        if way is Way.OUT and amount > self.drawer:
            return "agent.short", Fen(max(0, self.drawer))
        if amount < offer.least:
            return "agent.least", offer.least
        if amount > offer.most:
            return "agent.most", offer.most
        if offer.day_most is not None and self.so_far + amount > offer.day_most:
            return "agent.day", Fen(max(0, offer.day_most - self.so_far))
        return None if offer.takes(amount) else ("agent.step", offer.step)


def slip_number(text: str) -> str:
    """The number of a slip as it is kept: capitals, no blanks. Empty: it cannot be one."""
    cleaned = text.upper().replace(" ", "")
    return cleaned if _SLIP.fullmatch(cleaned) else ""


def may_be_card(text: str) -> bool:
    """Whether it could be the number of a bank card: so many digits, and the last one checks the others (Luhn).

    One in ten numbers of another kind passes for one, too: no such number is worth keeping a card's.
    """
    digits = _BETWEEN.sub("", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) in CARD_DIGITS):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
