"""Records of the customer tab: who may owe how much, what went on it, what was paid back. The card is all they name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from edge.model.money import Fen
from edge.model.stream import Stream


@dataclass(frozen=True, slots=True)
class TabEnrolled:
    """The owner opened a tab, or set another limit: `by` is the id of the owner's badge."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "tab.enrolled"
    customer: str
    limit: Fen
    by: str


@dataclass(frozen=True, slots=True)
class TabCharged:
    """The sale stands on the tab; or money that had been paid back was given out again. `balance`: owed after it."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "tab.charged"
    customer: str
    sale: str
    amount: Fen
    balance: Fen


@dataclass(frozen=True, slots=True)
class TabRepaid:
    """Paid back by the sale `sale`, which says how. `balance`: owed after it."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "tab.repaid"
    customer: str
    sale: str
    amount: Fen
    balance: Fen
