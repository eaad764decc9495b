"""What was sold on the days that are over, for whoever reckons what to order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from edge.clock import Clk
from edge.model.money import Milli
from edge.ports import Transaction
from edge.services.shortages import Selling
from edge.services.till_day import TillRules, day_of

MAX_SKUS = 20_000
"""More goods than any of these shops has: a bound for what is looked at while somebody waits."""


def selling_of(till: TillRules) -> Selling:
    """Up to the day before: today is not over."""

    def skus(tx: Transaction) -> Sequence[str]:
        found: list[str] = []
        sku = tx.sales_days.next_sku("")
        while sku is not None and len(found) < MAX_SKUS:
            found.append(sku)
            sku = tx.sales_days.next_sku(sku)
        return found

    def daily(sku: str, tx: Transaction) -> Sequence[Milli | None]:
        return tx.sales_days.daily(sku, _today(tx, till) - timedelta(days=1))

    return Selling(skus, daily, lambda sku, tx: tx.app_orders.reserved(sku))


def _today(tx: Transaction, till: TillRules) -> date:
    """By a clock that nobody trusts the day turns when something is sold, and not before; a till that has sold nothing
    yet, and brought its days from elsewhere, has no other.
    """
    last = tx.sales.last_business_day() if tx.stamp.clk is Clk.UNSYNC else None
    return last or day_of(tx, till)
