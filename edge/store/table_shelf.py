"""The tables of a transaction, each made at its first use: most messages touch one of them, or none."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from functools import cached_property
from typing import Any

from edge.store.tables.agent_notes import AgentNoteTable
from edge.store.tables.app_orders import AppOrderTable
from edge.store.tables.campaigns import CampaignTable
from edge.store.tables.cells import CellTable
from edge.store.tables.cloud_notes import CloudNoteTable
from edge.store.tables.commands import CommandTable
from edge.store.tables.coupons import CouponTable
from edge.store.tables.day_sales import DaySalesTable
from edge.store.tables.demands import DemandTable
from edge.store.tables.door_pulses import DoorPulseTable
from edge.store.tables.drawer_kicks import DrawerKickTable
from edge.store.tables.heard_payments import HeardPaymentTable
from edge.store.tables.held_sales import HeldSaleTable
from edge.store.tables.learned_prices import LearnedPriceTable
from edge.store.tables.loans import LoanTable
from edge.store.tables.online_orders import OnlineOrderTable
from edge.store.tables.parcels import ParcelTable
from edge.store.tables.payments import PaymentTable
from edge.store.tables.plans import PlanTable
from edge.store.tables.print_jobs import PrintJobTable
from edge.store.tables.promotion_sets import PromotionSetTable
from edge.store.tables.purchases import PurchaseTable
from edge.store.tables.refunds import RefundTable
from edge.store.tables.report_papers import ReportPaperTable
from edge.store.tables.sales import SalesTable
from edge.store.tables.sales_days import SalesDaysTable
from edge.store.tables.services import ServiceTable
from edge.store.tables.shipments import ShipmentTable
from edge.store.tables.stock import StockTable
from edge.store.tables.stock_acts import StockActTable
from edge.store.tables.supplier_offers import SupplierOfferTable
from edge.store.tables.tabs import TabTable
from edge.store.tables.till_day import TillDayTable


class TableShelf(ABC):
    """What a transaction finds its tables on."""

    @property
    @abstractmethod
    def _at(self) -> str:
        """The transaction's time, as the wire has it."""

    @abstractmethod
    def _read(self, sql: str, values: tuple[Any, ...] = ()) -> Any: ...

    @abstractmethod
    def _write(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor: ...

    @cached_property
    def report_papers(self) -> ReportPaperTable:
        return ReportPaperTable(self._read, self._write)

    @cached_property
    def print_jobs(self) -> PrintJobTable:
        return PrintJobTable(self._read, self._write)

    @cached_property
    def kicks(self) -> DrawerKickTable:
        return DrawerKickTable(self._read, self._write)

    @cached_property
    def sales(self) -> SalesTable:
        return SalesTable(self._read, self._write)

    @cached_property
    def stock(self) -> StockTable:
        return StockTable(self._read, self._write)

    @cached_property
    def stock_acts(self) -> StockActTable:
        return StockActTable(self._read, self._write)

    @cached_property
    def day(self) -> TillDayTable:
        return TillDayTable(self._read, self._write, self._at)

    @cached_property
    def day_sales(self) -> DaySalesTable:
        return DaySalesTable(self._read)

    @cached_property
    def learned(self) -> LearnedPriceTable:
        return LearnedPriceTable(self._read, self._write)

    @cached_property
    def held(self) -> HeldSaleTable:
        return HeldSaleTable(self._read, self._write, self._at)

    @cached_property
    def payments(self) -> PaymentTable:
        return PaymentTable(self._read, self._write)

    @cached_property
    def heard(self) -> HeardPaymentTable:
        return HeardPaymentTable(self._read, self._write, self._at)

    @cached_property
    def cloud_notes(self) -> CloudNoteTable:
        return CloudNoteTable(self._read, self._write)

    @cached_property
    def refunds(self) -> RefundTable:
        return RefundTable(self._read, self._write)

    @cached_property
    def coupons(self) -> CouponTable:
        return CouponTable(self._read, self._write)

    @cached_property
    def tabs(self) -> TabTable:
        return TabTable(self._read, self._write, self._at)

    @cached_property
    def loans(self) -> LoanTable:
        return LoanTable(self._read, self._write)

    @cached_property
    def agent_notes(self) -> AgentNoteTable:
        return AgentNoteTable(self._read, self._write, self._at)

    @cached_property
    def campaigns(self) -> CampaignTable:
        return CampaignTable(self._read, self._write)

    @cached_property
    def plans(self) -> PlanTable:
        return PlanTable(self._read, self._write)

    @cached_property
    def promotion_sets(self) -> PromotionSetTable:
        return PromotionSetTable(self._read, self._write)

    @cached_property
    def parcels(self) -> ParcelTable:
        return ParcelTable(self._read, self._write)

    @cached_property
    def shipments(self) -> ShipmentTable:
        return ShipmentTable(self._read, self._write)

    @cached_property
    def purchases(self) -> PurchaseTable:
        return PurchaseTable(self._read, self._write)

    @cached_property
    def supplier_offers(self) -> SupplierOfferTable:
        return SupplierOfferTable(self._read, self._write)

    @cached_property
    def services(self) -> ServiceTable:
        return ServiceTable(self._read, self._write)

    @cached_property
    def app_orders(self) -> AppOrderTable:
        return AppOrderTable(self._read, self._write)

    @cached_property
    def online_orders(self) -> OnlineOrderTable:
        return OnlineOrderTable(self._read, self._write)

    @cached_property
    def cells(self) -> CellTable:
        return CellTable(self._read, self._write)

    @cached_property
    def pulses(self) -> DoorPulseTable:
        return DoorPulseTable(self._read, self._write)

    @cached_property
    def sales_days(self) -> SalesDaysTable:
        return SalesDaysTable(self._read, self._write)

    @cached_property
    def demands(self) -> DemandTable:
        return DemandTable(self._read, self._write)

    @cached_property
    def commands(self) -> CommandTable:
        return CommandTable(self._read, self._write, self._at)
