"""What the parts of the terminal ask of each other: channels, devices, the transaction, the catalogue."""

from __future__ import annotations

from edge.ports.agent import AgentNotes
from edge.ports.badges import Badges
from edge.ports.commands import Commands
from edge.ports.devices import (
    IDLE_S,
    PATIENCE_S,
    Device,
    DeviceContext,
    Inbox,
    OpenPort,
    Port,
    SerialLine,
    Wakeable,
    unheard,
)
from edge.ports.effects import DrawerKicks, PrintJobs, ReportPapers
from edge.ports.evening import DaySales
from edge.ports.heard import HeardPayments
from edge.ports.identity import Keys as Keys
from edge.ports.ledger import (
    Catalogue,
    Coupons,
    HeldSales,
    Outbox,
    Payments,
    Refunds,
    Retention,
    Sales,
    TillDay,
    Transaction,
)
from edge.ports.licences import Licences, LicenceShelf
from edge.ports.loans import Loans
from edge.ports.promotion_sets import PromotionSet, PromotionSets
from edge.ports.stock import Deliveries, LearnedPrices, Stock, StockActs
from edge.ports.tabs import Tabs
from edge.ports.views import (
    DeviceState,
    Queries,
    ScanSeen,
    Snapshot,
)

__all__ = [
    "IDLE_S",
    "PATIENCE_S",
    "AgentNotes",
    "Badges",
    "Catalogue",
    "Commands",
    "Coupons",
    "DaySales",
    "Deliveries",
    "Device",
    "DeviceContext",
    "DeviceState",
    "DrawerKicks",
    "HeardPayments",
    "HeldSales",
    "Inbox",
    "LearnedPrices",
    "LicenceShelf",
    "Licences",
    "Loans",
    "OpenPort",
    "Outbox",
    "Payments",
    "Port",
    "PrintJobs",
    "PromotionSet",
    "PromotionSets",
    "Queries",
    "Refunds",
    "ReportPapers",
    "Retention",
    "Sales",
    "ScanSeen",
    "SerialLine",
    "Snapshot",
    "Stock",
    "StockActs",
    "Tabs",
    "TillDay",
    "Transaction",
    "Wakeable",
    "unheard",
]
