"""The shop on virtual time: a ledger, the till's own booking of sales, and the nights of the terminal."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hand_clock import HandClock

from edge.bus import Bus
from edge.messages import Started
from edge.model.money import Milli, Rounding
from edge.model.platform import Platforms
from edge.model.sale import Event, Sale, add_item, moved
from edge.model.settlement import tender_cash
from edge.services.completion import Completion
from edge.services.demand_nights import DemandNights
from edge.services.licences import Shop as Licensee
from edge.services.licences import StoreLicences
from edge.services.till_day import TillRules, day_of
from edge.store.documents import Documents
from edge.store.ledger import Ledger
from edge.store.licences import LICENCES, LicenceBook
from eight_weeks.buying import BuyingDesk, received
from eight_weeks.customers import LEARNED_DAYS, Day
from eight_weeks.goods import OFFERS, WARES
from eight_weeks.ordering import Bought, Ordering, worth

ZONE = ZoneInfo("Asia/Shanghai")
OPENS = datetime(2026, 8, 31, 7, 30, tzinfo=ZONE).astimezone(UTC)
"""A Monday, four weeks before the eight; the holiday week is that of 1 October."""
DAY_S = 86_400.0
STARTING_DAYS = 14
"""For so long the shelves are full on the first day, for each way to order."""
LATE_ONE_IN = 8
"""Deliveries that come a day late."""
BASKET = 6
"""Wants that one customer pays together."""
PLENTY = 100_000


@dataclass(frozen=True, slots=True)
class DayBegins:
    """What comes on that day is unpacked."""


@dataclass(frozen=True, slots=True)
class PeopleCome:
    wants: Day


@dataclass(slots=True)
class Story:
    """What the eight weeks came to, day by day: pieces that were wanted and not there, stock at cost in the evening."""

    lost: list[int] = field(default_factory=list)
    lost_fen: list[int] = field(default_factory=list)
    stock: list[int] = field(default_factory=list)
    fees: int = 0
    dearer: int = 0
    """What was paid above the wholesalers' prices, for smaller packs."""
    wanted: int = 0
    ordered: int = 0

    @property
    def mean_stock(self) -> float:
        return sum(self.stock) / len(self.stock)


class Shop:
    """`order` None: the four weeks from which everybody learns, with shelves that never get empty."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.clock = HandClock(at=OPENS)
        self.ledger = Ledger.open(folder / "ledger.db", self.clock, Random(seed))
        self.bus = Bus(self.ledger, self.clock)
        self._till = TillRules("1", Rounding.NONE, ZONE, time(4))
        documents, _ = Documents.open(folder / "documents", at=OPENS)
        shelf = LicenceBook(documents.collection(LICENCES))
        licences = StoreLicences(shelf, Platforms(), {}, Licensee("S1", "T1", ZONE))
        self._completion = Completion(self._till, licences, online=lambda: False)
        DemandNights(self.bus, self._till)
        self._desk = BuyingDesk(self.bus, self._till, self.begin_to_look)
        self.bus.on(DayBegins, lambda _, tx: self._unpack(tx))
        self.bus.on(PeopleCome, self._live)
        self._seed = seed
        self._ordering: Ordering | None = None
        self._day = -LEARNED_DAYS
        self._coming: dict[int, list[Bought]] = defaultdict(list)
        self.sold = Counter[str]()
        self.story = Story()
        self.bus.post(Started())
        self.bus.run_pending()
        self._count({ware.sku: PLENTY for ware in WARES})
        tx = self.begin_to_look()
        tx.supplier_offers.replace_all(OFFERS)
        tx.commit()

    def learn(self, days: tuple[Day, ...]) -> None:
        """Then the shelves are counted: a fortnight of each ware, in whole packs."""
        for wants in days:
            self._pass(wants)
        fortnight = {ware.sku: self.sold[ware.sku] * STARTING_DAYS / LEARNED_DAYS for ware in WARES}
        self._count({ware.sku: int(-(-fortnight[ware.sku] // ware.pack)) * ware.pack for ware in WARES})

    def live(self, days: tuple[Day, ...], ordering: Ordering) -> Story:
        self._ordering = ordering
        for wants in days:
            self._pass(wants)
        return self.story

    def begin_to_look(self) -> Any:
        return self.ledger.begin(lambda record, tx: None)

    def close(self) -> None:
        self.ledger.close(clean=True)

    def _pass(self, wants: Day) -> None:
        """On a Monday the order goes out before people come."""
        self._tell(DayBegins())
        if self._ordering is not None and self._day % 7 == 0:
            self._order(self._ordering)
        self._tell(PeopleCome(wants))
        night = self.clock.mono_s + DAY_S
        while (due := self.bus.next_due()) is not None and due <= night:
            self.clock.pass_s(max(0.0, due - self.clock.mono_s))
            self.bus.run_pending()
        self.clock.pass_s(night - self.clock.mono_s)
        self._day += 1

    def _tell(self, message: object) -> None:
        self.bus.post(message)
        self.bus.run_pending()

    def _live(self, come: PeopleCome, tx: Any) -> None:
        lost, lost_fen = self._serve(come.wants, tx)
        if self._ordering is not None:
            self.story.lost.append(lost)
            self.story.lost_fen.append(lost_fen)
            self.story.stock.append(worth(self._on_hand(tx)))
            self.story.wanted += sum(want.pieces for want in come.wants)

    def _order(self, ordering: Ordering) -> None:
        on_order = Counter[str]()
        for bought in (one for some in self._coming.values() for one in some):
            on_order.update(bought.pieces)
        tx = self.begin_to_look()
        here = self._on_hand(tx)
        tx.rollback()
        for bought in ordering.order(self._day // 7, here, on_order, self._desk):
            self.story.fees += bought.fee
            self.story.dearer += bought.paid - worth(bought.pieces)
            self.story.ordered += bought.paid
            # Whatever the way to order, a supplier is late on the same days.
            late = Random(f"{self._seed} {self._day} {bought.supplier.id}").randrange(LATE_ONE_IN) == 0
            self._coming[self._day + bought.supplier.lead_days + late].append(bought)

    def _serve(self, wants: Day, tx: Any) -> tuple[int, int]:
        """Pieces and fen of what was wanted and not there."""
        prices, items = {ware.sku: ware.price for ware in WARES}, {ware.sku: ware.item for ware in WARES}
        here, lost, lost_fen = dict(self._on_hand(tx)), 0, 0
        for first in range(0, len(wants), BASKET):
            sale = Sale(tx.new_id())
            for want in wants[first : first + BASKET]:
                pieces = min(want.pieces, here[want.sku])
                here[want.sku] -= pieces
                self.sold[want.sku] += pieces
                lost += want.pieces - pieces
                lost_fen += (want.pieces - pieces) * prices[want.sku]
                if pieces:
                    sale = add_item(sale, items[want.sku], qty=Milli(1000 * pieces))
            if sale.lines:
                paid = tender_cash(moved(sale, Event.SUBTOTAL), sale.total, Rounding.NONE)
                self._completion.complete(paid, tx, asked_mono=0.0)
        return lost, lost_fen

    def _on_hand(self, tx: Any) -> Mapping[str, int]:
        return {ware.sku: (tx.stock.on_hand(ware.sku) or 0) // 1000 for ware in WARES}

    def _unpack(self, tx: Any) -> None:
        for bought in self._coming.pop(self._day, []):
            here = self._on_hand(tx)
            self._lay({sku: here[sku] + pieces for sku, pieces in bought.pieces.items()}, tx)
            if bought.purchase:
                received(bought.purchase, tx)

    def _count(self, pieces: Mapping[str, int]) -> None:
        tx = self.begin_to_look()
        self._lay(pieces, tx)
        tx.commit()

    def _lay(self, pieces: Mapping[str, int], tx: Any) -> None:
        today = day_of(tx, self._till)
        for sku, count in pieces.items():
            tx._write(
                "INSERT INTO stock(sku, on_hand) VALUES (?1, ?2) ON CONFLICT(sku) DO UPDATE SET on_hand = ?2",
                (sku, 1000 * count),
            )
            tx.sales_days.stocked(sku, today, Milli(1000 * count))
