"""The services for the owner's eyes and ears, wired as the terminal wires them."""

from __future__ import annotations

from edge.bus import Bus
from edge.model.carrier import Carriers
from edge.ports import Catalogue
from edge.services.day_reports import DayReports
from edge.services.drawer_count import SlipWords
from edge.services.evening import EveningReport
from edge.services.insight_switch import InsightSwitch
from edge.services.last_payments import LastPayments
from edge.services.till_day import TillRules


def owner_services(bus: Bus, till: TillRules, words: SlipWords, catalogue: Catalogue, carriers: Carriers) -> None:
    DayReports(bus, till, words, catalogue, carriers)
    LastPayments(bus, zone=till.zone)
    EveningReport(bus, till, words, catalogue, carriers)
    InsightSwitch(bus, till, words)
