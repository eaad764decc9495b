"""A customer's tab as it is listed: whose stands nowhere but in four signs."""

from __future__ import annotations

from dataclasses import dataclass

from edge.model.money import Fen


@dataclass(frozen=True, slots=True)
class TabRow:
    """`mark`: four signs, as on the printed statement. `since`: when what is owed began; `last`: the newest
    movement; both UTC, ISO 8601, empty where there is none.
    """

    mark: str
    limit: Fen
    balance: Fen
    since: str
    last: str


@dataclass(frozen=True, slots=True)
class TabSum:
    """Of all tabs: how many customers owe something, and how much; what the shop owes is not taken off."""

    owing: int
    fen: Fen
