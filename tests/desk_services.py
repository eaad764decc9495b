"""The desk for services, wired as the terminal wires it."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from agent_services import agent_services
from habits import Habits
from licence_services import licence_services

from edge.bus import Bus
from edge.codec.topics import Topics
from edge.codec.wire_service import CHANGED
from edge.model.receipt import ReceiptText
from edge.ports import Licences
from edge.services.commands import CarryOut
from edge.services.completion import Completion
from edge.services.counter_services import DeskParts, open_desk
from edge.services.drawer_count import SlipWords
from edge.services.licences import StoreLicences
from edge.services.offers import Offers
from edge.services.service_papers import ServicePapers
from edge.services.service_requests import ServiceRequests
from edge.services.till_day import TillRules
from edge.store.documents import Documents


def licensed_desk(
    bus: Bus, documents: Documents, habits: Habits, text: ReceiptText, *, tid: str, topics: Topics,
    online: Callable[[], bool], full: Callable[[], bool],
) -> tuple[StoreLicences, dict[str, CarryOut]]:  # fmt: skip
    """The licences that it asks, and what it carries out at once when the cloud says so."""
    zone = ZoneInfo(habits.zone)
    licences = licence_services(bus, documents, habits, zone, tid=tid, topics=topics, online=online)
    return licences, desk_services(bus, habits, licences, text, tid=tid, topics=topics, online=online, full=full)


def desk_services(
    bus: Bus, habits: Habits, licences: Licences, text: ReceiptText, *, tid: str, topics: Topics,
    online: Callable[[], bool], full: Callable[[], bool],
) -> dict[str, CarryOut]:  # fmt: skip
    """What the desk carries out at once when the cloud says so."""
    zone = ZoneInfo(habits.zone)
    papers = ServicePapers(text.shop, "zh-CN", zone, habits.platforms)
    rules = TillRules("1", habits.rounding, zone, habits.day_starts)
    completion = Completion(rules, online=online)
    words = SlipWords(text.shop, "zh-CN")
    parts = DeskParts(papers, completion, text, Offers.of(habits.promotions, zone))
    requests = ServiceRequests(tid=tid, topics=topics, online=online)
    desk = open_desk(bus, parts, requests, licences, full=full)
    agent_services(bus, rules, words, habits, licences, tid=tid, topics=topics, online=online, full=full)
    return {CHANGED: desk.ends.changed}
