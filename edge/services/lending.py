"""The services for loans, wired: in which order they hear of things."""

from __future__ import annotations

from collections.abc import Callable

from edge.bus import Bus
from edge.services.agent_desk import WhyNot
from edge.services.loan_course import LoanCourse
from edge.services.loan_desk import LoanDesk
from edge.services.loan_papers import LoanPapers
from edge.services.loan_payout import LoanPayout
from edge.services.loan_requests import LoanRequests
from edge.services.till_day import TillRules


def open_lending(
    bus: Bus, requests: LoanRequests, papers: LoanPapers, rules: TillRules, *, why_not: WhyNot,
    full: Callable[[], bool],
) -> None:  # fmt: skip
    """`full`: no room for services (contract P11). What was begun under a platform that is gone is seen to its end."""
    LoanDesk(bus, requests, papers, why_not=why_not, full=full)
    LoanCourse(bus, requests, papers)
    LoanPayout(bus, requests, papers, rules, why_not=why_not, full=full)
