"""Cash for others as the rows of the journal tell it: loans of a lender, and notes against the slips of a bank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from edge.platform_file import load_platforms

LOAN, NOTE = "service.loan", "service.agent_note"
TOLD_OF_CASH = frozenset((LOAN, NOTE))
"""Types of rows that these books are made of."""
_CAME_FROM = {
    "token_scanned": ("",), "offered": ("token_scanned", "offered"), "accepted": ("offered",),
    "approved": ("accepted", "paying_out", "unknown"), "disbursed": ("approved",), "paying_out": ("approved",),
    "unknown": ("paying_out",), "paid_out": ("paying_out", "unknown"),
    "declined": ("token_scanned", "offered", "accepted"), "expired": ("offered", "accepted", "approved"),
    "cancelled": ("token_scanned", "offered", "accepted", "approved"),
}  # fmt: skip
"""By the state of a row, which state the loan may have had before."""
DAY_MOST = {service.id: service.day_most for service in load_platforms().services if service.day_most is not None}
"""Fen of one way that a bank's service has noted on one business day at most."""


@dataclass(frozen=True, slots=True)
class Lent:
    """`amount` is what the till is to pay, 0 where it pays nothing."""

    mark: str = ""
    service: str = ""
    state: str = ""
    way: str = ""
    amount: int = 0
    reference: str = ""


@dataclass(slots=True)
class LoanBooks:
    """`paid` has, by the mark of its token, which loan was paid out of the drawer."""

    loans: dict[str, Lent] = field(default_factory=dict)
    paid: dict[str, str] = field(default_factory=dict)
    drawers: int = 0
    """How often cash was to be put on the counter."""
    opened: int = 0
    """How often the drawer was opened for it."""

    def copy(self) -> LoanBooks:
        return LoanBooks(dict(self.loans), dict(self.paid), self.drawers, self.opened)

    def enter(self, data: dict[str, Any]) -> Iterator[str]:
        """The next row of the journal; a sentence for each thing in it that does not agree with those before."""
        soid, state, mark = data["soid"], data["state"], data["mark"]
        before = self.loans.get(soid, Lent(mark, data["service"]))
        after = Lent(
            mark, data["service"], state, data.get("way", ""), data.get("amt", 0), data.get("ref", "")
        )  # fmt: skip
        if before.state not in _CAME_FROM[state]:
            yield f"loan {soid} was {before.state or 'nothing'} and is {state} by {data['why']}"
        if (before.mark, before.service) != (after.mark, after.service):
            yield f"loan {soid} was {before} and is {after}"
        if before.way and replace(before, state=state) != after:
            yield f"loan {soid} was authorised as {before} and is {after}"
        if state in ("paying_out", "paid_out") and (after.way != "till" or not after.amount):
            yield f"loan {soid} is {state} without an authorisation: {after}"
        self.drawers += state == "paying_out"
        if state == "paid_out":
            if mark in self.paid:
                yield f"loan {soid} is paid out, as {self.paid[mark]} of the same token was"
            self.paid[mark] = soid
        self.loans[soid] = after

    def open_drawer(self) -> Iterator[str]:
        """The drawer was opened for a loan."""
        self.opened += 1
        if self.opened > self.drawers:
            yield f"the drawer was opened {self.opened} times for loans, authorised were {self.drawers}"


@dataclass(slots=True)
class NoteBooks:
    """By service and slip what was noted."""

    notes: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    on_day: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Fen by service, way and business day."""

    def copy(self) -> NoteBooks:
        return NoteBooks(dict(self.notes), Counter(self.on_day))

    def enter(self, data: dict[str, Any]) -> Iterator[str]:
        service, slip, way, fen = data["service"], data["slip"], data["way"], data["amt"]
        if (noted := self.notes.get((service, slip))) is not None:
            yield f"slip {slip} of {service} is noted for {noted}, and for {(way, fen)}"
        self.notes[service, slip] = (way, fen)
        day = (service, way, data["bday"])
        self.on_day[day] += fen
        if self.on_day[day] > DAY_MOST.get(service, self.on_day[day]):
            yield f"{self.on_day[day]} fen {way} on {data['bday']}, {service} allows {DAY_MOST[service]}"


def end_of_loan(before: str, data: dict[str, Any]) -> str | None:
    """Which of ENDS a row tells of a loan that was in state `before`; None: none of them."""
    match data["state"], data["why"]:
        case (("paid_out" | "disbursed"), _):
            return "success"
        case "declined", _:
            return "decline"
        case "cancelled", "silence":
            return "time-out"
        case (("cancelled" | "unknown"), "power"):
            return "restart"
        case "unknown", _:
            return "unknown"
        case "expired", _:
            return "expiry"
        case "cancelled", _:
            return "decline" if (before, data["why"]) == ("token_scanned", "lender") else "cancel"
        case _:
            return None
