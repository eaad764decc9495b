"""Cash for others as the counter's bench has it, and as `edge.daemon` wires it: the bank's notes, and the lenders."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.codec.topics import Topics
from edge.model.platform import ServiceKind
from edge.services.agent_desk import AgentDesk
from edge.services.drawer_count import SlipWords
from edge.services.lending import open_lending
from edge.services.loan_papers import LoanPapers
from edge.services.loan_requests import LoanRequests
from edge.services.till_day import TillRules

if TYPE_CHECKING:
    from counter_bench import CounterBench


def agent_services(bus: Bus, shop: CounterBench, *, tid: str, topics: Topics) -> None:
    habits, online, may_not = shop.habits, shop.link.online, shop.licences.why_not
    rules = TillRules("1", habits.rounding, ZoneInfo(habits.zone), habits.day_starts)
    words, platforms = SlipWords("小店", "zh-CN"), habits.platforms

    def full() -> bool:
        return shop.storage.is_full

    notes = platforms.of_kind(ServiceKind.AGENT_NOTE)
    AgentDesk(bus, notes, rules, words, why_not=may_not, online=online, full=full)
    requests = LoanRequests(tid=tid, topics=topics, online=online)
    open_lending(bus, requests, LoanPapers(words, rules.zone, platforms), rules, why_not=may_not, full=full)
