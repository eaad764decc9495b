"""The terminal's own buying in the shop: cards, slips and the owner's Enter, and what suppliers then deliver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from edge.bus import Bus
from edge.messages import Asked, AskedAtDesk, PurchaseSlipScanned
from edge.model.counter import Verb
from edge.model.item import Item
from edge.model.purchase import PROPOSALS, PurchaseEvent, PurchaseOrder, PurchaseState
from edge.model.purchase_records import Got, PurchaseReceived
from edge.model.reorder import Z_CENTI
from edge.services.drawer_count import SlipWords
from edge.services.filling import Filling
from edge.services.goods_walk import GoodsWalks
from edge.services.ordering import Ordering
from edge.services.owner_gate import arm
from edge.services.shortages import Shortages
from edge.services.sold_days import selling_of
from edge.services.suggesting import PurchasePapers, Suggesting
from edge.services.till_day import TillRules
from eight_weeks.goods import SUPPLIERS, WARES

SERVICE_PERCENT, COVER_DAYS = 95, 21
CARDS = 3
"""At most so often on one Monday: a slip has twenty lines, and the next card brings what had no room."""


@dataclass(frozen=True, slots=True)
class OwnersCard:
    """The owner's card is scanned."""


class Goods:
    """The wares as a catalogue."""

    def __init__(self) -> None:
        self._items = {ware.sku: ware.item for ware in WARES}

    def by_sku(self, sku: str) -> Item | None:
        return self._items.get(sku)


class BuyingDesk:
    """`look` opens a transaction in which nothing is written."""

    def __init__(self, bus: Bus, till: TillRules, look: Callable[[], Any]) -> None:
        shortages = Shortages(
            Goods(), SUPPLIERS, selling_of(till), z_centi=Z_CENTI[SERVICE_PERCENT], cover_days=COVER_DAYS,  # type: ignore[arg-type]
        )  # fmt: skip
        papers = PurchasePapers(SUPPLIERS, SlipWords("店", "zh-CN"), till.zone)
        walks = GoodsWalks(bus, selling_of(till).next_sku)
        Suggesting(bus, walks, shortages, papers, full=lambda: False)
        Filling(bus, walks, shortages, papers)
        Ordering(bus, papers, online=lambda: False, full=lambda: False)
        bus.on(OwnersCard, lambda _, tx: arm("owner", tx))
        self._bus = bus
        self._look = look

    def order(self, *, large_packs: bool) -> list[PurchaseOrder]:
        """What is ordered today by the cards; `large_packs`: lines 整箱太多 are scanned, too."""
        before = {order.id for order in self._orders(PurchaseState.CONFIRMED)}
        for _ in range(CARDS):
            self._tell(Asked(Verb.SUGGEST_ORDER, 0, 0.0))
            proposals = self._orders(*PROPOSALS)
            taken = [self._take(order, large_packs=large_packs) for order in proposals]
            if not any(taken):
                break
        return [order for order in self._orders(PurchaseState.CONFIRMED) if order.id not in before]

    def _take(self, order: PurchaseOrder, *, large_packs: bool) -> bool:
        """The slip's own barcode, its large packs one by one, filled to free delivery, the owner's card, Enter."""
        self._tell(PurchaseSlipScanned(order.number, 0, 0.0))
        for line in order.lines:
            if large_packs and line.too_much:
                self._tell(PurchaseSlipScanned(order.number, line.n, 0.0))
        (chosen,) = (one for one in self._orders(*PROPOSALS) if one.id == order.id)
        if not chosen.taken:
            self._tell(AskedAtDesk(Verb.REMOVE_LAST, 0, 0.0))
            return False
        if chosen.gap:
            self._tell(AskedAtDesk(Verb.FILL_ORDER, 0, 0.0))
        self._tell(OwnersCard())
        self._tell(AskedAtDesk(Verb.ENTER, 0, 0.0))
        return True

    def _tell(self, message: object) -> None:
        self._bus.post(message)
        self._bus.run_pending()

    def _orders(self, *states: PurchaseState) -> list[PurchaseOrder]:
        tx = self._look()
        found = list(tx.purchases.in_states(states))
        tx.rollback()
        return found


def received(order_id: str, tx: Any) -> None:
    """All of it came."""
    order, at = tx.purchases.find(order_id), tx.stamp.at
    for event in (PurchaseEvent.SHIP, PurchaseEvent.RECEIVE, PurchaseEvent.COMPLETE):
        order = order.moved(event, at)
    tx.append(PurchaseReceived(order, tuple(Got(line.n, line.sku, line.pieces) for line in order.taken)))
