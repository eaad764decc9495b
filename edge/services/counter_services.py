"""The desk for services, wired: which of its services there are and in which order they hear of things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edge.bus import Bus
from edge.model.receipt import ReceiptText
from edge.ports import Licences
from edge.services.completion import Completion
from edge.services.late_orders import LateOrders
from edge.services.offers import Offers
from edge.services.quoting import Quoting
from edge.services.service_cancel import ServiceCancels
from edge.services.service_desk import ServiceDesk
from edge.services.service_ends import ServiceEnds
from edge.services.service_orders import ServiceOrders
from edge.services.service_papers import ServicePapers
from edge.services.service_payback import ServicePayback
from edge.services.service_reminder import ServiceReminder
from edge.services.service_requests import ServiceRequests
from edge.services.service_slips import ServiceSlips


@dataclass(frozen=True, slots=True)
class DeskParts:
    """What the desk works with."""

    papers: ServicePapers
    completion: Completion
    receipt: ReceiptText
    offers: Offers


@dataclass(frozen=True, slots=True)
class CounterServices:
    """What other kinds of service orders build on (docs/services.md)."""

    requests: ServiceRequests
    papers: ServicePapers
    ends: ServiceEnds
    slips: ServiceSlips


def open_desk(
    bus: Bus, parts: DeskParts, requests: ServiceRequests, licences: Licences, *, full: Callable[[], bool]
) -> CounterServices:  # fmt: skip
    """`full`: no room for services (contract P11)."""
    payback = ServicePayback(bus, parts.completion, parts.receipt)
    ends = ServiceEnds(parts.papers, payback)
    slips = ServiceSlips(bus, parts.offers, payback, parts.papers, licences, online=requests.online, full=full)
    ServiceCancels(
        bus, requests, ends, payback
    )  # before the desk: its card there drops what is begun, and begins nothing
    ServiceDesk(bus, Quoting(requests, licences, full=full), parts.papers, slips, licences)
    ServiceOrders(bus, requests, parts.papers, ends)
    LateOrders(bus, requests, parts.papers)
    ServiceReminder(bus, parts.papers)
    return CounterServices(requests, parts.papers, ends, slips)
