"""What a record changes beside the journal and the takings: one line a type, each calling a table of `tables/`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from edge.model.agent_records import AgentNoted
from edge.model.app_order_records import ORDER_RECORDS, OrderHandedOver
from edge.model.day_records import DayClosed, ShiftClosed, ShiftOpened
from edge.model.loan_records import LoanMoved
from edge.model.parcel_records import ABOUT_PARCEL, CUSTODY
from edge.model.purchase_records import PURCHASES
from edge.model.records import (
    PaymentChanged,
    PaymentReceived,
    SaleCompleted,
    SaleRefunded,
    SaleVoided,
    StockMoved,
)
from edge.model.service_records import SERVICE_RECORDS, ServiceHandedOver, ServiceOverdue
from edge.model.stock_records import LotNoted, StockCounted
from edge.model.tab_records import TabCharged, TabEnrolled, TabRepaid

Projection = Callable[[Any, Any, int], None]
"""Of (the LedgerTransaction, the record, its number in the journal)."""


def _custody(tx: Any, record: Any, n: int) -> None:
    """The record says what the parcel is from now on."""
    tx.parcels.keep(record.parcel)
    tx.parcels.trail(record.parcel.id, n)


def _booked(tx: Any, record: Any, n: int) -> None:
    """The record says what the service order is from now on."""
    tx.services.book(record)


def _ordered(tx: Any, record: Any, n: int) -> None:
    """The record says what the order from an app is from now on."""
    tx.app_orders.keep(record.order)


_LEFT: tuple[Projection, ...] = (
    _ordered,
    lambda tx, record, n: tx.stock.book_order(record),
    lambda tx, record, n: tx.sales_days.book_order(record, tx.stock.on_hand),
)


def _stocked(tx: Any, skus: Iterable[str]) -> None:
    """What comes before the first sale of a day is there all that day: it ends the shortage of the day before."""
    day = tx.sales.last_business_day()
    for sku in dict.fromkeys(skus) if day is not None else ():
        tx.sales_days.stocked(sku, day, tx.stock.on_hand(sku))


_BACK: tuple[Projection, ...] = (
    lambda tx, record, n: tx.refunds.book(record, n),
    lambda tx, record, n: tx.stock.book_refund(record, n),
    lambda tx, record, n: tx.tabs.give_back(record),
    lambda tx, record, n: tx.sales_days.book_back(
        record, tx.sales.day_of(record.refund.of), tx.stock.pieces, tx.stock.on_hand
    ),
)
PROJECTIONS: Mapping[type, tuple[Projection, ...]] = MappingProxyType(
    {
        SaleCompleted: (
            lambda tx, record, n: tx.sales.book(record, n),
            lambda tx, record, n: tx.stock.book_sale(record, n),
            lambda tx, record, n: tx.sales_days.book_sale(record, tx.stock.pieces, tx.stock.on_hand),
        ),
        SaleRefunded: _BACK,
        SaleVoided: _BACK,
        PaymentReceived: (lambda tx, record, n: tx.heard.book(record),),
        PaymentChanged: (lambda tx, record, n: tx.heard.book(record),),
        StockMoved: (
            lambda tx, record, n: tx.stock.book_moves(record),
            lambda tx, record, n: _stocked(tx, [sku for sku, _ in record.moves]),
        ),
        StockCounted: (
            lambda tx, record, n: tx.stock.book_count(record),
            lambda tx, record, n: _stocked(tx, [line.sku for line in record.lines]),
        ),
        LotNoted: (lambda tx, record, n: tx.stock.book_lot(record),),
        TabEnrolled: (lambda tx, record, n: tx.tabs.enrol(record),),
        TabCharged: (lambda tx, record, n: tx.tabs.charge(record),),
        TabRepaid: (lambda tx, record, n: tx.tabs.repay(record),),
        LoanMoved: (lambda tx, record, n: tx.loans.book(record),),
        AgentNoted: (lambda tx, record, n: tx.agent_notes.book(record),),
        ShiftOpened: (lambda tx, record, n: tx.day.open(record),),
        ShiftClosed: (lambda tx, record, n: tx.day.close(record),),
        DayClosed: (lambda tx, record, n: tx.day.close_day(record),),
    }
    | dict.fromkeys(CUSTODY, (_custody,))
    | dict.fromkeys(PURCHASES, (lambda tx, record, n: tx.purchases.keep(record.order),))
    | dict.fromkeys(SERVICE_RECORDS, (_booked,))
    | {ServiceHandedOver: (_booked, lambda tx, record, n: tx.online_orders.hand_over(record))}
    | {ServiceOverdue: (_booked, lambda tx, record, n: tx.online_orders.note_late(record))}
    | dict.fromkeys(ORDER_RECORDS, (_ordered,))
    | {OrderHandedOver: _LEFT}
    | dict.fromkeys(ABOUT_PARCEL, (lambda tx, record, n: tx.parcels.trail(record.parcel, n),))
)
"""By the type of the record, in this order."""
