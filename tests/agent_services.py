"""Cash for others as the counter's bench has it, and as `edge.daemon` wires it: the bank's notes, and the lenders."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.codec.topics import Topics
from edge.services.drawer_count import SlipWords
from edge.services.lending import open_cash_desk
from edge.services.loan_papers import LoanPapers
from edge.services.loan_requests import LoanRequests
from edge.services.till_day import TillRules

if TYPE_CHECKING:
    from counter_bench import CounterBench


def agent_services(bus: Bus, shop: CounterBench, *, tid: str, topics: Topics) -> None:
    habits = shop.habits
    rules = TillRules("1", habits.rounding, ZoneInfo(habits.zone), habits.day_starts)
    requests = LoanRequests(tid=tid, topics=topics, online=shop.link.online)
    papers = LoanPapers(SlipWords("小店", "zh-CN"), rules.zone, habits.platforms)
    open_cash_desk(bus, requests, papers, rules, shop.licences, full=lambda: shop.storage.is_full)
