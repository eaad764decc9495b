"""Beside the till, wired: what the shop orders for customers, what customers order of it in an app or
elsewhere, warranty slips.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from edge.bus import Bus
from edge.codec.wire_order import CANCEL, PLACE
from edge.codec.wire_service import OFFER
from edge.model.booklet import Booklet
from edge.ports import Catalogue, Licences
from edge.services.app_orders import AppOrders, OrderPapers
from edge.services.commands import CarryOut
from edge.services.counter_services import CounterServices, DeskParts
from edge.services.order_desk import OrderDesk
from edge.services.order_picking import OrderPicking
from edge.services.order_pickup import OrderPickup
from edge.services.promised_goods import PromisedGoods
from edge.services.quoting import Quoting
from edge.services.service_offers import ServiceOffers
from edge.services.warranties import WarrantySlips


@dataclass(frozen=True, slots=True)
class OrderParts:
    """What orders work with. `booklet` None: no parcels come here, and so nothing is ordered for customers.

    `key`: what codes that customers show are hashed with.
    """

    catalogue: Catalogue
    booklet: Booklet | None
    key: bytes = field(repr=False)


def open_orders(
    bus: Bus, desk: CounterServices, parts: DeskParts, orders: OrderParts, licences: Licences, *,
    full: Callable[[], bool],
) -> Mapping[str, CarryOut]:  # fmt: skip
    """What is carried out at once when the cloud says so."""
    papers = parts.papers
    if orders.booklet is not None:
        OrderDesk(bus, Quoting(desk.requests, licences, full=full), desk, orders.booklet, licences)
    OrderPickup(bus, parts.offers, papers, online=desk.requests.online)
    slips = OrderPapers(papers.shop, papers.language, papers.zone, papers.platforms)
    arriving = AppOrders(bus, orders.catalogue, slips, orders.key, licences)
    OrderPicking(bus, slips, parts.completion.rules, orders.key)
    PromisedGoods(bus)
    WarrantySlips(bus, papers.platforms, parts.receipt)
    offers = ServiceOffers(papers, licences, goods=orders.booklet is not None, full=full)
    return {PLACE: arriving.place, CANCEL: arriving.cancel, OFFER: offers.take}
