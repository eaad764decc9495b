"""What the shop buys, wired: the slip that proposes it, the order in hand, its way to the supplier."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.codec.wire_purchase import CHANGED, CONFIRM
from edge.model.platform import Supplier
from edge.ports import Catalogue
from edge.services.commands import CarryOut
from edge.services.drawer_count import SlipWords
from edge.services.filling import Filling
from edge.services.goods_walk import GoodsWalks
from edge.services.ordering import Ordering
from edge.services.placing import Placing
from edge.services.purchase_news import PurchaseTidings
from edge.services.purchase_requests import PurchaseRequests
from edge.services.shortages import Selling, Shortages
from edge.services.suggesting import PurchasePapers, Suggesting


@dataclass(frozen=True, slots=True)
class BuyingParts:
    """`suppliers` of the platforms that the shop works with; `selling`: what is sold a day; `z_centi`,
    `cover_days`: how sure it wants to be, and for how long goods shall lie there at most; `full`: no room for orders.
    """

    catalogue: Catalogue
    suppliers: Sequence[Supplier]
    words: SlipWords
    zone: ZoneInfo
    selling: Selling
    z_centi: int
    cover_days: int
    full: Callable[[], bool]


def open_buying(bus: Bus, parts: BuyingParts, requests: PurchaseRequests) -> Mapping[str, CarryOut]:
    """The commands of the cloud that are about orders, and what carries them out."""
    shortages = Shortages(
        parts.catalogue, parts.suppliers, parts.selling, z_centi=parts.z_centi, cover_days=parts.cover_days
    )
    walks = GoodsWalks(bus, parts.selling.next_sku)
    papers = PurchasePapers(parts.suppliers, parts.words, parts.zone)
    Suggesting(bus, walks, shortages, papers, full=parts.full)
    Filling(bus, walks, shortages, papers)
    Ordering(bus, papers, online=requests.online, full=parts.full)
    tidings = PurchaseTidings(papers)
    Placing(bus, requests, tidings)
    return {CHANGED: tidings.changed, CONFIRM: tidings.confirm}
