"""The desk for goods that are ordered for customers, wired: ordered there, fetched at the parcel station."""

from __future__ import annotations

from collections.abc import Callable

from edge.bus import Bus
from edge.model.booklet import Booklet
from edge.ports import Licences
from edge.services.counter_services import CounterServices
from edge.services.offers import Offers
from edge.services.order_desk import OrderDesk
from edge.services.order_pickup import OrderPickup


def open_order_desk(
    bus: Bus, desk: CounterServices, booklet: Booklet, offers: Offers, licences: Licences, *,
    full: Callable[[], bool],
) -> None:  # fmt: skip
    """Only in a shop that takes parcels in: what is ordered comes as one."""
    OrderDesk(bus, desk, booklet, licences, full=full)
    OrderPickup(bus, offers, online=desk.requests.online)
