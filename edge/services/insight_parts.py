"""What the shop tells for insight, and what the platform has it show and advises it, opened together."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.services.campaign_news import CampaignNews
from edge.services.campaigns import Campaigns
from edge.services.commands import CarryOut
from edge.services.drawer_count import SlipWords
from edge.services.insight import Insight
from edge.services.plans import Plans


def open_insight(
    bus: Bus, words: SlipWords, *, tid: str, zone: ZoneInfo, keys: Mapping[str, bytes]
) -> dict[str, CarryOut]:  # fmt: skip
    """The commands that they carry out. `keys` sign campaigns. After reports, receipts and the owner's switch."""
    Insight(bus)
    Campaigns(bus, zone=zone, language=words.language)
    return CampaignNews(keys, tid=tid, zone=zone).at_once | Plans(bus, words, zone=zone).at_once
