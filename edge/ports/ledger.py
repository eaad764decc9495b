"""One message's transaction as services see it: the journal, its projections, the outbox; and the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from edge.clock import Stamp
from edge.model.counter import Counter
from edge.model.item import Item
from edge.model.ledger_rows import (
    ClosedDay,
    CompletedSale,
    Entry,
    OpenShift,
    OutboxRow,
    Position,
    ResendOrder,
)
from edge.model.money import Fen, Milli
from edge.model.payment import Payment, PaymentRefund
from edge.model.records import Record, Stream
from edge.model.refund import Refund
from edge.model.sale import Sale, Tender
from edge.model.takings import Takings
from edge.ports.agent import AgentNotes
from edge.ports.campaigns import Campaigns
from edge.ports.cloud_notes import CloudNotes
from edge.ports.commands import Commands
from edge.ports.effects import DrawerKicks, PrintJobs, ReportPapers
from edge.ports.evening import DaySales
from edge.ports.heard import HeardPayments
from edge.ports.loans import Loans
from edge.ports.orders import AppOrders, OnlineOrders
from edge.ports.parcels import Cells, DoorPulses, Parcels, Shipments
from edge.ports.plans import Plans
from edge.ports.promotion_sets import PromotionSets
from edge.ports.purchases import Purchases, SupplierOffers
from edge.ports.replenishment import Demands, SalesDays
from edge.ports.services import ServiceOrders
from edge.ports.stock import LearnedPrices, Stock, StockActs
from edge.ports.tabs import Tabs


class Sales(Protocol):
    def by_receipt(self, receipt: str) -> CompletedSale | None: ...
    def by_id(self, sale_id: str) -> CompletedSale | None: ...
    def last(self) -> CompletedSale | None: ...
    def since(self, moment: datetime) -> Sequence[CompletedSale]:
        """Completed at `moment` or later, the newest first; of minutes, not of days."""
        ...

    def next_receipt_no(self, business_day: date, till: str) -> int:
        """From 1 each business day; taken when the sale is appended in the same transaction."""
        ...

    def last_business_day(self) -> date | None: ...


class TillDay(Protocol):
    """The open shift, and what was taken since it opened and since the last Z report."""

    def shift(self) -> OpenShift | None: ...
    def takings(self, shift: str | None = None) -> Takings:
        """Of a shift that is open; None: since the last Z report."""
        ...

    def has_receipts(self) -> bool:
        """Whether there was a sale or a refund since the last Z report."""
        ...

    def last_z(self) -> ClosedDay | None: ...
    def receipts(self, business_day: date, till: str) -> tuple[str, str] | None:
        """The first and the last of that day since the last Z report."""
        ...


class HeldSales(Protocol):
    """Sales that stand aside for a moment, by the number on their slip."""

    def add(self, sale: Sale) -> int:
        """Keep it; its number, which no other ever gets."""
        ...

    def find(self, number: int) -> Sale | None:
        """Leave it where it is. None: there is none of this number that can be read."""
        ...

    def take(self, number: int) -> Sale | None:
        """Give it back, once. None: there is none of this number that can be read, or not any more."""
        ...

    def of(self, sale_id: str) -> tuple[int, Sale] | None:
        """(number, sale) of the one with this id."""
        ...

    def change(self, number: int, sale: Sale) -> None:
        """It stands aside in another state now."""
        ...

    def numbers(self) -> Sequence[int]:
        """Of all that stand aside and can be read, the oldest first."""
        ...

    def damaged(self) -> Sequence[tuple[int, str]]:
        """(number, text) of those that nobody can read: no other answer has them, so that nothing waits for them."""
        ...

    def drop(self, number: int) -> None:
        """It does not stand aside any more, read or not."""
        ...


class Payments(Protocol):
    """Wallet payments by their id."""

    def keep(self, payment: Payment) -> None: ...
    def find(self, payment_id: str) -> Payment | None: ...
    def of_sale(self, sale_id: str) -> Sequence[Payment]:
        """All that a sale ever had, paid or not, and notices that belong to it."""
        ...

    def unfinished(self) -> Sequence[Payment]:
        """All that have no final state, the oldest first."""
        ...

    def keep_refund(self, refund: PaymentRefund) -> None: ...
    def find_refund(self, refund_id: str) -> PaymentRefund | None: ...
    def refunds_of(self, of: str) -> Sequence[PaymentRefund]:
        """All that were asked for on behalf of one refund of goods."""
        ...

    def promised(self, payment_id: str) -> Fen:
        """What of a payment is on its way back."""
        ...

    def unfinished_refunds(self) -> Sequence[PaymentRefund]:
        """Asked for, and neither done nor refused yet."""
        ...


class Refunds(Protocol):
    """What came back, and refunds whose money is on its way."""

    def returned(self, sale_id: str) -> Mapping[int, tuple[Milli, Fen]]:
        """By line of the sale: quantity and money that came back, with what is on its way."""
        ...

    def is_voided(self, sale_id: str) -> bool: ...
    def await_money(self, refund: Refund, money: tuple[Tender, ...]) -> None:
        """Its goods count as returned from now on; it is booked when the money is."""
        ...

    def pending(self, refund_id: str) -> tuple[Refund, tuple[Tender, ...]] | None: ...
    def release(self, refund_id: str) -> None:
        """It is not on its way any more."""
        ...


class Coupons(Protocol):
    """Coupons that were presented here."""

    def is_used(self, coupon: str) -> bool: ...
    def present(self, coupon: str, *, promotion: str, sale: str) -> None:
        """It belongs to this sale from now on, and to no other."""
        ...

    def sale_of(self, coupon: str) -> str | None:
        """The id of the sale that it was presented for last."""
        ...

    def release(self, promotion: str, *, sale: str) -> None:
        """Those of this promotion that the sale was shown, and nobody used, belong to nothing any more."""
        ...

    def of(self, sale: str) -> Sequence[tuple[str, str]]:
        """(coupon, promotion) of those that a sale was shown and nobody used; one of each promotion."""
        ...

    def use(self, coupon: str) -> None: ...


class Outbox(Protocol):
    """The journal seen as three queues towards the cloud (decisions 1, contract P3–P8)."""

    @property
    def epoch(self) -> str: ...
    def position(self, stream: Stream) -> Position: ...
    def oldest(self, stream: Stream) -> int:
        """The lowest seq of the current epoch that is still on the box; head + 1 when there is none."""
        ...

    def rows(self, stream: Stream, lo: int, hi: int, *, epoch: str | None = None) -> list[OutboxRow]:
        """Rows lo … hi of an epoch (the current one), in order; pruned ones are absent."""
        ...

    def acknowledge(self, stream: Stream, upto: int) -> int:
        """Move the cursor; never back, never beyond head. Returns how many rows it newly covers.

        It reaches the file with the next write, or by `keep_cursors` (ADR 18).
        """
        ...

    def keep_cursors(self) -> None:
        """Write the cursors that the file does not have yet, if there are any."""
        ...

    def reject(self, stream: Stream, seq: int, code: str) -> None:
        """Mark a poison row (P7); it stays readable."""
        ...

    def rejected(self) -> int: ...
    def past(self) -> Sequence[tuple[str, Mapping[str, int]]]:
        """Epochs that are over, the newest first, with what was acknowledged of each stream."""
        ...

    def rotate(self, epoch: str) -> str:
        """Begin `epoch`: un-acknowledged rows move to it, renumbered from 1 (P6). Returns the old epoch."""
        ...

    def row_id(self, stream: Stream, seq: int) -> str | None: ...
    def first_row(self, stream: Stream, lo: int, hi: int, *, epoch: str) -> int | None:
        """The lowest seq between lo and hi that is still on the box."""
        ...

    def resends(self) -> Sequence[ResendOrder]: ...
    def add_resend(self, order: ResendOrder) -> None: ...
    def advance_resend(self, rid: str, lo: int) -> None: ...
    def end_resend(self, rid: str) -> None: ...


class Retention(Protocol):
    """What may be forgotten (P10). Each call is bounded, so that no scan waits for it."""

    def prune(self, before_at: str, *, limit: int, even_owed: bool = False) -> int:
        """Remove the oldest acknowledged rows older than `before_at`, and what hangs on them; how many rows.
        Not beyond a sale of which a service, or its money, is owed; with `even_owed`, beyond it, too."""
        ...

    def size_octets(self) -> int: ...
    def forget_commands(self, before_at: str) -> int: ...
    def forget_coupons(self, *, keep: int) -> None:
        """All but so many of the newest that are used."""
        ...

    def forget_payments(self, before_at: str) -> int:
        """Those begun before that nobody can ask for any more."""
        ...

    def forget_parcels(self, before_at: str, *, limit: int) -> int:
        """Those that are gone since before, and acknowledged; how many."""
        ...

    def forget_codes(self, before_at: str, *, limit: int) -> int:
        """The hashes of the codes of parcels that are gone since before; how many."""
        ...

    def forget_purchases(self, before_at: str, *, limit: int) -> int:
        """Orders of suppliers that are over since before; how many."""
        ...

    def forget_pulses(self, before_at: str, *, limit: int) -> int: ...
    def forget_papers(self, before_at: str, *, limit: int) -> int:
        """Jobs of slips, whose texts are gone, asked for before; how many."""
        ...

    def forget_events(self, *, limit: int) -> int:
        """Empty the oldest acknowledged events, for room; how many."""
        ...

    def drop_events(self, *, limit: int) -> int:
        """Empty the oldest un-sent events beyond their 50 MB; how many."""
        ...


class Transaction(Protocol):
    """One message's transaction. Everything read or written here belongs to one commit or to none."""

    @property
    def stamp(self) -> Stamp: ...
    @property
    def counter(self) -> Counter: ...
    @property
    def print_jobs(self) -> PrintJobs: ...
    @property
    def report_papers(self) -> ReportPapers: ...
    @property
    def kicks(self) -> DrawerKicks: ...
    @property
    def sales(self) -> Sales: ...
    @property
    def stock(self) -> Stock: ...
    @property
    def stock_acts(self) -> StockActs: ...
    @property
    def day(self) -> TillDay: ...
    @property
    def day_sales(self) -> DaySales: ...
    @property
    def learned(self) -> LearnedPrices: ...
    @property
    def held(self) -> HeldSales: ...
    @property
    def payments(self) -> Payments: ...
    @property
    def cloud_notes(self) -> CloudNotes: ...
    @property
    def heard(self) -> HeardPayments: ...
    @property
    def refunds(self) -> Refunds: ...
    @property
    def coupons(self) -> Coupons: ...
    @property
    def tabs(self) -> Tabs: ...
    @property
    def agent_notes(self) -> AgentNotes: ...
    @property
    def loans(self) -> Loans: ...
    @property
    def campaigns(self) -> Campaigns: ...
    @property
    def plans(self) -> Plans: ...
    @property
    def promotion_sets(self) -> PromotionSets: ...
    @property
    def parcels(self) -> Parcels: ...
    @property
    def shipments(self) -> Shipments: ...
    @property
    def purchases(self) -> Purchases: ...
    @property
    def supplier_offers(self) -> SupplierOffers: ...
    @property
    def services(self) -> ServiceOrders: ...
    @property
    def app_orders(self) -> AppOrders: ...
    @property
    def online_orders(self) -> OnlineOrders: ...
    @property
    def cells(self) -> Cells: ...
    @property
    def pulses(self) -> DoorPulses: ...
    @property
    def sales_days(self) -> SalesDays: ...
    @property
    def demands(self) -> Demands: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def commands(self) -> Commands: ...

    @property
    def retention(self) -> Retention: ...

    def check_chain(self, first: int, rows: int) -> tuple[int, str]:
        """Verify `rows` rows from `first` on: (where to go on, what is wrong or an empty text)."""
        ...

    def append(self, record: Record, *, id: str | None = None) -> Entry:
        """Write a record; run the handlers of its type at once, in this transaction (depth ≤ 4)."""
        ...

    def after_commit(self, effect: object) -> None:
        """Hand `effect` to its worker, or post it to the bus, once the commit is safe; in this order."""
        ...

    def keep(self, counter: Counter) -> None:
        """Store the basket and what the counter waits for."""
        ...

    def get(self, key: str) -> str | None:
        """A durable value of `meta`."""
        ...

    def put(self, key: str, value: str) -> None: ...

    def new_id(self) -> str:
        """A UUIDv7 of this transaction's time."""
        ...


class Catalogue(Protocol):
    """The active catalogue. Reads only; a change is built beside it and switched between sales."""

    def by_gtin(self, gtin14: str) -> Item | None: ...
    def by_sku(self, sku: str) -> Item | None: ...
    def by_plu(self, plu: str) -> Item | None:
        """Leading zeros do not count."""
        ...

    @property
    def version(self) -> int: ...
    def __len__(self) -> int: ...
