"""What each record adds to the takings. A record that moves money and has no line here is not in any report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from edge.model import takings
from edge.model.agent_note import Way
from edge.model.agent_records import AgentNoted
from edge.model.day_records import CashMoved, ShiftClosed
from edge.model.loan import LoanState
from edge.model.loan_records import LoanMoved
from edge.model.parcel_records import ParcelCollected, ParcelHandedOver, ParcelReturned, ParcelStored
from edge.model.records import (
    LINKED,
    DrawerOpened,
    PaymentReceived,
    Record,
    SaleCancelled,
    SaleCompleted,
    SaleRefunded,
    SaleVoided,
)
from edge.model.refund import RefundKind
from edge.model.sale import Sale
from edge.model.service_order import ordered, ordered_by
from edge.model.tab import deposited
from edge.model.takings import Sum


def tally(record: Record) -> tuple[Sum, ...]:
    """Nothing for records that no report counts."""
    adds = TALLIES.get(type(record))
    return adds(record) if adds is not None else ()


def _sale(record: SaleCompleted) -> tuple[Sum, ...]:
    sale = record.sale
    paid = tuple((takings.PAID + tender.method.value, 1, int(tender.applied)) for tender in sale.tenders)
    rounded = ((takings.ROUNDING, 1, int(sale.rounding)),) if sale.rounding else ()
    off = ((takings.DISCOUNT, 1, int(sale.discount)),) if sale.discount else ()
    return (*_sold(sale), *off, *rounded, *paid)


def _sold(sale: Sale) -> Iterator[Sum]:
    """Goods and what was paid back on a tab each for itself; who only pays back buys nothing."""
    repaid = int(deposited(sale.standing))
    if repaid:
        yield takings.TAB_REPAID, 1, repaid
    if not repaid or sale.total != repaid:
        yield takings.SALE, 1, int(sale.total) - repaid
    if orders := ordered(sale.standing):
        yield takings.SERVICES, len(orders), sum(int(line.amount) for line in orders)


def _back(record: SaleRefunded | SaleVoided) -> tuple[Sum, ...]:
    what = takings.REFUND if isinstance(record, SaleRefunded) else takings.VOID
    money = tuple((takings.BACK + tender.method.value, 1, int(tender.applied)) for tender in record.money)
    total = int(record.refund.total)
    unproved = ((takings.NO_RECEIPT, 1, total),) if record.refund.kind is RefundKind.WITHOUT_RECEIPT else ()
    orders = [int(line.amount) for line in record.refund.lines if ordered_by(line.sku) is not None]
    services = ((takings.SERVICES_BACK, len(orders), sum(orders)),) if orders else ()
    return ((what, 1, total), *unproved, *services, *money)


def _cancelled(record: SaleCancelled) -> tuple[Sum, ...]:
    if record.why not in (takings.CANCELLED, takings.EXPIRED):
        return ()
    return ((record.why, 1, int(record.sale.total)),)


def _moved(record: CashMoved) -> tuple[Sum, ...]:
    return ((record.why, 1, int(record.amount)),)


def _agent(record: AgentNoted) -> tuple[Sum, ...]:
    what = takings.AGENT_IN if record.note.way is Way.IN else takings.AGENT_OUT
    return ((what, 1, int(record.note.amount)),)


def _loan(record: LoanMoved) -> tuple[Sum, ...]:
    is_paid = record.loan.state is LoanState.PAID_OUT
    return ((takings.LOAN_OUT, 1, int(record.loan.amount)),) if is_paid else ()


def _drawer(record: DrawerOpened) -> tuple[Sum, ...]:
    return ((takings.NO_SALE, 1, 0),) if record.why == takings.NO_SALE else ()


def _received(record: PaymentReceived) -> tuple[Sum, ...]:
    """What closed a sale is in its tenders; what matches none is in no report."""
    counts = record.how == LINKED and not record.is_reported
    return ((takings.VERIFIED, 1, int(record.payment.amount)),) if counts else ()


def _shift(record: ShiftClosed) -> tuple[Sum, ...]:
    return () if record.over_short is None else ((takings.OVER_SHORT, 1, int(record.over_short)),)


def _parcel(side: str) -> Callable[[Any], tuple[Sum, ...]]:
    """A parcel that changed hands, by its carrier (product row 66)."""
    return lambda record: ((side + record.parcel.carrier, 1, 0),)


TALLIES: Mapping[type, Callable[[Any], tuple[Sum, ...]]] = MappingProxyType(
    {
        SaleCompleted: _sale,
        SaleRefunded: _back,
        SaleVoided: _back,
        SaleCancelled: _cancelled,
        CashMoved: _moved,
        AgentNoted: _agent,
        LoanMoved: _loan,
        DrawerOpened: _drawer,
        PaymentReceived: _received,
        ShiftClosed: _shift,
        ParcelStored: _parcel(takings.STORED),
        ParcelCollected: _parcel(takings.COLLECTED),
        ParcelReturned: _parcel(takings.RETURNED),
        ParcelHandedOver: _parcel(takings.HANDED_OVER),
    }
)
