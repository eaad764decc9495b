"""A sale that is paid is completed: journal, stock, print job, drawer pulse and outbox row in the one commit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from zoneinfo import ZoneInfo

from edge.messages import SaleBooked
from edge.model.business_day import business_day
from edge.model.counter import Counter
from edge.model.money import Rounding
from edge.model.records import SaleCompleted
from edge.model.sale import Sale
from edge.ports import Transaction


@dataclass(frozen=True, slots=True)
class TillRules:
    """What the shop settled about its money day."""

    till: str
    rounding: Rounding
    zone: ZoneInfo
    day_starts: time


class Completion:
    """`online` tells whether the cloud was there when the sale was made; it never decides whether it is made."""

    def __init__(self, rules: TillRules, *, online: Callable[[], bool]) -> None:
        self.rules = rules
        self.online = online

    def complete(self, sale: Sale, tx: Transaction, *, asked_mono: float, on_counter: bool = True) -> None:
        """Book `sale`, which is COMPLETED. Not `on_counter`: it was parked, and another may lie on the counter."""
        day, receipt = self.number(tx)
        entry = tx.append(SaleCompleted(sale, receipt, day, self.rules.till, offline=not self.online()), id=sale.id)
        if on_counter:
            tx.keep(Counter())
        tx.after_commit(SaleBooked(entry.n, receipt, sale.total, len(sale.standing), asked_mono))

    def number(self, tx: Transaction) -> tuple[date, str]:
        """The business day of now, and its next receipt number."""
        rules = self.rules
        day = business_day(tx.stamp.at, rules.zone, rules.day_starts, tx.sales.last_business_day())
        return day, f"{day:%y%m%d}-{rules.till}-{tx.sales.next_receipt_no(day, rules.till):04d}"
