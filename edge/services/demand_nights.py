"""What is sold of each sku a day, worked out anew each night from the days before, without any network (row 82)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from edge.bus import Bus
from edge.clock import Clk
from edge.messages import Started
from edge.model.reorder import demand_of
from edge.ports import Transaction
from edge.services.till_day import TillRules, day_of

LOOK_EVERY_S = 3600.0
PAUSE_S = 0.5
"""Between two turns of one night: whoever scans or pays is served between them."""
SKUS_A_TURN = 50
"""Some milliseconds: less than a person notices between two scans."""
KEEP_DAYS = 60
DAYS_A_TURN = 500
_UNTIL, _AFTER = "demand.until", "demand.after"
"""In `meta`: the day up to which all is worked out; and, of the walk that is under way, its day and its last sku."""


@dataclass(frozen=True, slots=True)
class NightDue:
    """A timer: did a business day end? Only the newest `serial` counts."""

    serial: int


class DemandNights:
    """A sku of which no day counts keeps what is known of it: what nobody could buy tells nothing new."""

    def __init__(self, bus: Bus, till: TillRules) -> None:
        self._bus = bus
        self._till = till
        self._serial = 0
        bus.on(Started, lambda _, tx: self._look_in(PAUSE_S))
        bus.on(NightDue, self._turn)

    def _look_in(self, seconds: float) -> None:
        self._serial += 1
        self._bus.after(seconds, NightDue(self._serial))

    def _turn(self, due: NightDue, tx: Transaction) -> None:
        """A bounded turn; goes on at once while there is more, and only while nobody is being served."""
        if due.serial != self._serial:
            return
        self._look_in(LOOK_EVERY_S)  # first of all: a turn that finds no room is not the last one
        if tx.counter.sale is None and self._work(tx):
            self._look_in(PAUSE_S)

    def _work(self, tx: Transaction) -> bool:
        """Whether there is more to do."""
        today = self._today(tx)
        if today is None:
            return False
        until = today - timedelta(days=1)
        if tx.get(_UNTIL) == until.isoformat():
            return False
        day, _, after = (tx.get(_AFTER) or "").partition(" ")
        last = self._some_skus(tx, after if day == until.isoformat() else "", today)
        if last is not None:
            tx.put(_AFTER, f"{until.isoformat()} {last}")
        elif tx.sales_days.forget(until - timedelta(days=KEEP_DAYS), limit=DAYS_A_TURN) < DAYS_A_TURN:
            tx.put(_UNTIL, until.isoformat())
            return False
        return True

    def _today(self, tx: Transaction) -> date | None:
        """By a clock that nobody trusts the day turns when something is sold, and not before."""
        return tx.sales.last_business_day() if tx.stamp.clk is Clk.UNSYNC else day_of(tx, self._till)

    def _some_skus(self, tx: Transaction, after: str, today: date) -> str | None:
        """The last one of them; None: there were no more."""
        sku: str | None = after
        for _ in range(SKUS_A_TURN):
            sku = tx.sales_days.next_sku(sku or "")
            if sku is None:
                return None
            tx.sales_days.stocked(sku, today, tx.stock.on_hand(sku))
            demand = demand_of(tx.sales_days.daily(sku, today - timedelta(days=1)))
            if demand.days:
                tx.demands.keep(sku, demand)
        return sku
