"""What the shop buys, wired: the slip that proposes it, the order in hand, its way to the supplier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.model.platform import Supplier
from edge.ports import Catalogue
from edge.services.drawer_count import SlipWords
from edge.services.ordering import Ordering
from edge.services.shortages import Selling, Shortages
from edge.services.suggesting import PurchasePapers, Suggesting


@dataclass(frozen=True, slots=True)
class BuyingParts:
    """`suppliers` of the platforms that the shop works with; `selling`: what is sold a day; `online`: is the cloud
    there?
    """

    catalogue: Catalogue
    suppliers: Sequence[Supplier]
    words: SlipWords
    zone: ZoneInfo
    selling: Selling
    online: Callable[[], bool]


def open_buying(bus: Bus, parts: BuyingParts) -> None:
    shortages = Shortages(parts.catalogue, parts.suppliers, parts.selling)
    papers = PurchasePapers(parts.suppliers, parts.words, parts.zone)
    Suggesting(bus, shortages, papers)
    Ordering(bus, papers, online=parts.online)
