"""A counter that orders of suppliers: goods that sell so much a day, so many of them on the shelf, and their offers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from counter_bench import COLA, NOODLES, SLIP_WORDS, TID, TISSUES, TOPICS, Habits
from link_bench import LinkBench

from edge.clock import iso_ms
from edge.codec import wire_purchase as wire
from edge.codec.command_card import OwnSlip, SlipKind, card_code, slip_code
from edge.codec.slip_text import read_slip
from edge.codec.topics import Down
from edge.messages import MessageFailed
from edge.model.ids import uuid7
from edge.model.money import Fen, Milli
from edge.model.platform import Supplier
from edge.model.purchase import PurchaseOrder, PurchaseState, slip_number
from edge.model.reorder import demand_of
from edge.model.slip import Barcode, Row, Text
from edge.model.supplier_offer import SupplierOffer
from edge.services.buying import BuyingParts, open_buying
from edge.services.ordered_deliveries import OrderedDeliveries
from edge.services.purchase_requests import PurchaseRequests
from edge.services.shortages import Selling

SUGGEST, FILL, STOP, CANCEL = (card_code(number) for number in (173, 174, 190, 152))
NEAR = Supplier("NEAR", "test", "近仓", "Near", Fen(28_800), Fen(1_500), lead_days=2, review_days=7)
FAR = Supplier("FAR", "test", "远仓", "Far", Fen(20_000), Fen(800), lead_days=5, review_days=7)


def offer(supplier: str, sku: str, pack: int, cost: int, **more: Any) -> SupplierOffer:
    return SupplierOffer(supplier, sku, pack, Fen(cost), more.pop("lead_days", 2), **more)


OFFERS = (offer("NEAR", COLA, 24, 4_800), offer("NEAR", NOODLES, 12, 3_600), offer("NEAR", TISSUES, 10, 9_000))


@dataclass
class Shelves:
    """`daily`: pieces sold a day, by sku; `stock`: pieces counted."""

    daily: Mapping[str, int] = field(default_factory=lambda: {COLA: 6, NOODLES: 3})
    stock: Mapping[str, int] = field(default_factory=lambda: {COLA: 7, NOODLES: 2})


class PurchaseBench(LinkBench):
    """See `LinkBench`. Offline until `go_online`."""

    def __init__(
        self, folder: Path, *, offers: Iterable[SupplierOffer] = OFFERS, shelves: Shelves | None = None,
        suppliers: tuple[Supplier, ...] = (NEAR, FAR), habits: Habits | None = None, cover_days: int = 21,
        **more: Any,
    ) -> None:  # fmt: skip
        self.cover_days = cover_days
        self.shelves = shelves or Shelves()
        self.suppliers = suppliers
        self.failed: list[MessageFailed] = []
        self.chance = Random(7)
        super().__init__(folder, habits=habits or Habits(), **more)
        self.set_up(offers)

    def set_up(self, offers: Iterable[SupplierOffer]) -> None:
        tx = self.begin()
        tx.supplier_offers.replace_all(tuple(offers))
        tx.commit()
        self.count(self.shelves.stock)

    def count(self, stock: Mapping[str, int]) -> None:
        tx = self.begin()
        for sku, pieces in stock.items():
            tx._write("INSERT OR REPLACE INTO stock(sku, on_hand, sold) VALUES (?, ?, 0)", (sku, pieces * 1000))
        tx.commit()

    def _services(self, bus: Any, chance: Any) -> None:
        bus.on(MessageFailed, lambda failed, tx: self.failed.append(failed))
        parts = BuyingParts(
            self.catalogue, self.suppliers, SLIP_WORDS, ZoneInfo(self.habits.zone), self._selling(), 165,
            self.cover_days, lambda: self.storage.is_full,
        )  # fmt: skip
        requests = PurchaseRequests(tid=TID, topics=TOPICS, online=self._is_online)
        self.habits.commands.update(open_buying(bus, parts, requests))
        self.habits.deliveries = OrderedDeliveries()
        super()._services(bus, chance)

    def _selling(self) -> Selling:
        return Selling(
            lambda after, tx: min((sku for sku in self.shelves.daily if sku > after), default=None),
            lambda sku, tx: demand_of([Milli(self.shelves.daily[sku] * 1000)] * 28),
        )

    def _is_online(self) -> bool:
        return self.link.online()

    # --- what is known ---------------------------------------------------------------------------------------------

    def orders(self, *states: PurchaseState) -> list[PurchaseOrder]:
        tx = self.begin()
        found = list(tx.purchases.in_states(states or tuple(PurchaseState)))
        tx.rollback()
        return found

    def order(self) -> PurchaseOrder:
        """The only one that is not expired."""
        (found,) = (order for order in self.orders() if order.state is not PurchaseState.EXPIRED)
        return found

    def papers(self) -> list[list[str]]:
        """The texts of all slips that were queued, the oldest first."""
        rows = self.ledger._connection.execute("SELECT slip FROM print_job WHERE slip IS NOT NULL ORDER BY id")
        return [_texts(text) for (text,) in rows]

    def paper_with(self, title: str) -> list[str]:
        """The slip with this word on it; there is one."""
        (found,) = (paper for paper in self.papers() if title in paper)
        return found

    # --- a hand ----------------------------------------------------------------------------------------------------

    def scan_slip(self, order: PurchaseOrder, line: int = 0) -> None:
        self.scan(slip_of(order, line))

    def suggested(self) -> PurchaseOrder:
        self.card(SUGGEST)
        return self.order()

    def asked(self, kind: str = wire.PLACE) -> list[Any]:
        """Requests of one kind so far."""
        return [request for request in self.sent("req") if request.type == kind]

    def news(self, state: str, rev: int, *, to: int = -1, kind: str = wire.PLACE, **more: Any) -> None:
        """The cloud's answer to the newest question of this kind."""
        request = self.asked(kind)[to]
        out = {"po": request.args["po"], "rev": rev, "state": state} | more
        self.hear(Down.RES, {"cid": request.cid, "ok": True, "out": out})

    def told(self, args: dict[str, Any]) -> dict[str, Any]:
        """purchase.changed, and how it was taken."""
        self.hear(Down.CMD, {
            "cid": uuid7(self.clock.wall(), self.chance), "type": wire.CHANGED, "iat": iso_ms(self.clock.wall()),
            "ttl_s": 3_600, "args": args, "by": "svc:suppliers",
        })  # fmt: skip
        return dict(self.sent("res")[-1].wire())

    def confirmed(self) -> PurchaseOrder:
        """The whole suggestion, by the owner's card and Enter."""
        order = self.suggested()
        self.scan_slip(order)
        self.as_owner()
        self.keys("E")
        return self.order()


def slip_of(order: PurchaseOrder, line: int = 0) -> str:
    return slip_code(OwnSlip(SlipKind.PURCHASE, slip_number(order.number, line)))


def _texts(text: str) -> list[str]:
    found: list[str] = []
    for block in read_slip(text).blocks:
        match block:
            case Text(words) | Barcode(words):
                found.append(words)
            case Row(left, right):
                found.append(f"{left} | {right}")
    return found
