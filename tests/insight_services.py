"""What tells of the shop and what the platform has it show, wired as the terminal wires it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from habits import Habits

from edge.bus import Bus
from edge.services.campaign_news import CampaignNews
from edge.services.campaigns import Campaigns
from edge.services.commands import CarryOut
from edge.services.drawer_count import SlipWords
from edge.services.insight import Insight
from edge.services.plans import Plans


def insight_services(bus: Bus, habits: Habits, *, tid: str, zone: ZoneInfo) -> dict[str, CarryOut]:
    """The commands that they carry out."""
    Insight(bus)
    Campaigns(bus, zone=zone, language="zh-CN")
    plans = Plans(bus, SlipWords("小店", "zh-CN"), zone=zone)
    return CampaignNews(habits.command_keys, tid=tid, zone=zone).at_once | plans.at_once
