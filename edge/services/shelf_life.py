"""Goods whose printed date is over are not sold, whoever asks (product row 39)."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from edge.clock import Clk
from edge.codec.gs1 import Elements
from edge.model.business_day import business_day
from edge.ports import Transaction


class ShelfLife:
    """By the dates of AI 17 and 15, against the business day. A clock that nobody disciplines refuses nothing."""

    def __init__(self, zone: ZoneInfo, day_starts: time) -> None:
        self._zone = zone
        self._day_starts = day_starts

    def is_over(self, elements: Elements, tx: Transaction) -> bool:
        """Goods can be sold on the day that is printed on them, and not on the next."""
        dates = [day for day in (elements.expiry, elements.best_before) if day is not None]
        if not dates or tx.stamp.clk is Clk.UNSYNC:
            return False
        today = business_day(tx.stamp.at, self._zone, self._day_starts, tx.sales.last_business_day())
        return min(dates) < today
