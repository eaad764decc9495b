"""The desk for services, wired as the terminal wires it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from agent_services import agent_services

from edge.bus import Bus
from edge.codec.topics import Topics
from edge.codec.wire_service import CHANGED
from edge.model.receipt import ReceiptText
from edge.services.commands import CarryOut
from edge.services.completion import Completion
from edge.services.counter_services import DeskParts, open_desk
from edge.services.offers import Offers
from edge.services.online_orders import OrderParts, open_orders
from edge.services.service_papers import ServicePapers
from edge.services.service_requests import ServiceRequests
from edge.services.till_day import TillRules

if TYPE_CHECKING:
    from counter_bench import CounterBench


def desk_services(bus: Bus, shop: CounterBench, *, tid: str, topics: Topics) -> dict[str, CarryOut]:
    """What the desk carries out at once when the cloud says so."""
    habits, text, zone = shop.habits, ReceiptText("小店"), ZoneInfo(shop.habits.zone)
    papers = ServicePapers(text.shop, "zh-CN", zone, habits.platforms)
    till = TillRules("1", habits.rounding, zone, habits.day_starts)
    completion = Completion(till, shop.licences, online=shop.link.online)
    parts = DeskParts(papers, completion, text, Offers.of(habits.promotions, zone))
    requests = ServiceRequests(tid=tid, topics=topics, online=shop.link.online)
    desk = open_desk(bus, parts, requests, shop.licences, full=lambda: shop.storage.is_full)
    agent_services(bus, shop, tid=tid, topics=topics)
    wanted = OrderParts(shop.catalogue, habits.booklet if habits.parcels else None, bytes(range(32)))
    orders = open_orders(bus, desk, parts, wanted, shop.licences, full=lambda: shop.storage.is_full)
    return {CHANGED: desk.ends.changed, **orders}
