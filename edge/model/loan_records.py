"""The record of a loan: each says what it is from now on, and nothing of who asked for it or what was decided why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from edge.model.loan import Loan
from edge.model.stream import Stream


@dataclass(frozen=True, slots=True)
class LoanMoved:
    """`why`: token, terms, app, here, silence, lender, time, dropped, code, cash, drawer, no_cash, power, stopped.

    Of cash that was paid out: the shift and the day that it belongs to.
    """

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "service.loan"
    loan: Loan
    why: str
    shift: str = ""
    business_day: date | None = None
