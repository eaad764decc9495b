"""Cash for others as the counter's bench has it, and as `edge.daemon` wires it: the bank's notes, and the lenders."""

from __future__ import annotations

from collections.abc import Callable

from habits import Habits

from edge.bus import Bus
from edge.codec.topics import Topics
from edge.model.platform import ServiceKind
from edge.ports import Licences
from edge.services.agent_desk import AgentDesk
from edge.services.drawer_count import SlipWords
from edge.services.lending import open_lending
from edge.services.loan_papers import LoanPapers
from edge.services.loan_requests import LoanRequests
from edge.services.till_day import TillRules


def agent_services(
    bus: Bus, rules: TillRules, words: SlipWords, habits: Habits, licences: Licences, *, tid: str, topics: Topics,
    online: Callable[[], bool], full: Callable[[], bool],
) -> None:  # fmt: skip
    notes, may_not = habits.platforms.of_kind(ServiceKind.AGENT_NOTE), licences.why_not
    AgentDesk(bus, notes, rules, words, why_not=may_not, online=online, full=full)
    requests = LoanRequests(tid=tid, topics=topics, online=online)
    open_lending(bus, requests, LoanPapers(words, rules.zone, habits.platforms), rules, why_not=may_not, full=full)
