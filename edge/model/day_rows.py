"""A Z report and a closed shift as they are listed: what stands on their slips, in short."""

from __future__ import annotations

from dataclasses import dataclass

from edge.model.money import Fen


@dataclass(frozen=True, slots=True)
class MethodSum:
    """What one way of paying came to, as the wire spells it, in so many payments."""

    method: str
    times: int
    fen: Fen


@dataclass(frozen=True, slots=True)
class DayOver:
    """`n` is its number in the journal, `no` that of the report; refunds and voids together are `refunds`."""

    n: int
    at: str
    no: int
    day: str
    sales: int
    total: Fen
    refunds: int
    refunded: Fen
    paid: tuple[MethodSum, ...]
    back: tuple[MethodSum, ...]
    over_short: Fen
    first: str
    last: str
    by_itself: bool
    report: str = ""
    """By which its paper is printed again; empty: its text is not kept."""


@dataclass(frozen=True, slots=True)
class ShiftOver:
    """`counted` None: nobody counted the drawer; `over_short` None: nor its float."""

    n: int
    at: str
    day: str
    sales: int
    opened: Fen
    expected: Fen
    counted: Fen | None
    over_short: Fen | None
    report: str = ""
    """See `DayOver`."""


def z_report(no: int, day: str) -> str:
    """What the text of a Z report is kept by. `day`: the business day, ISO 8601. Numbers alone may begin anew after a
    damaged ledger.
    """
    return f"z{no}.{day}"
