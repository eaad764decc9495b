"""Cash for others as the counter's bench has it: the bank's notes and the lenders, licensed until the test says no."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from habits import Habits

from edge.bus import Bus
from edge.codec.topics import Topics
from edge.services.agent_desk import AgentDesk
from edge.services.drawer_count import SlipWords
from edge.services.lending import open_lending
from edge.services.loan_papers import LoanPapers
from edge.services.loan_requests import LoanRequests
from edge.services.till_day import TillRules


def agent_services(
    bus: Bus, rules: TillRules, words: SlipWords, habits: Habits, *, tid: str, topics: Topics,
    online: Callable[[], bool], full: Callable[[], bool],
) -> None:  # fmt: skip
    def why_not(offer: str, _: datetime) -> str | None:
        return habits.refused.get(offer)

    AgentDesk(bus, habits.bank, rules, words, why_not=why_not, online=online, full=full)
    requests = LoanRequests(tid=tid, topics=topics, online=online)
    papers = LoanPapers(words, rules.zone, habits.platforms)
    open_lending(bus, requests, papers, rules, why_not=why_not, full=full)
