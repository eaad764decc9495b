"""Cash for others, wired: the notes of a bank's terminal, and loans. In which order they hear of things."""

from __future__ import annotations

from collections.abc import Callable

from edge.bus import Bus
from edge.model.platform import ServiceKind
from edge.ports import Licences
from edge.services.agent_desk import AgentDesk
from edge.services.loan_course import LoanCourse
from edge.services.loan_desk import LoanDesk
from edge.services.loan_papers import LoanPapers
from edge.services.loan_payout import LoanPayout
from edge.services.loan_requests import LoanRequests
from edge.services.till_day import TillRules


def open_cash_desk(
    bus: Bus, requests: LoanRequests, papers: LoanPapers, rules: TillRules, licences: Licences, *,
    full: Callable[[], bool],
) -> None:  # fmt: skip
    """`full`: no room for services (contract P11). What was begun under a platform that is gone is seen to its end."""
    notes = papers.platforms.of_kind(ServiceKind.AGENT_NOTE)
    AgentDesk(bus, notes, rules, papers.words, licences, online=requests.online, full=full)
    LoanDesk(bus, requests, papers, licences, full=full)
    LoanCourse(bus, requests, papers)
    LoanPayout(bus, requests, papers, rules, licences, full=full)
