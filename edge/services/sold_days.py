"""What was sold on the days that are over, for whoever reckons what to order."""

from __future__ import annotations

from datetime import date, timedelta

from edge.clock import Clk
from edge.model.reorder import Demand, demand_of
from edge.ports import Transaction
from edge.services.shortages import Selling
from edge.services.till_day import TillRules, day_of


def selling_of(till: TillRules) -> Selling:
    """As the last night worked it out; of goods that no night has seen yet, up to the day before: today is not over."""

    def demand(sku: str, tx: Transaction) -> Demand:
        known = tx.demands.find(sku)
        if known is not None:
            return known
        return demand_of(tx.sales_days.daily(sku, _today(tx, till) - timedelta(days=1)))

    return Selling(
        lambda after, tx: tx.sales_days.next_sku(after), demand, lambda sku, tx: tx.app_orders.reserved(sku)
    )  # fmt: skip


def _today(tx: Transaction, till: TillRules) -> date:
    """By a clock that nobody trusts the day turns when something is sold, and not before; a till that has sold nothing
    yet, and brought its days from elsewhere, has no other.
    """
    last = tx.sales.last_business_day() if tx.stamp.clk is Clk.UNSYNC else None
    return last or day_of(tx, till)
