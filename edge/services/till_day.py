"""The money day of one till: which business day a row belongs to, who answers for the drawer, how both end.

Steps that several services share; each is part of the transaction that it is given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time
from zoneinfo import ZoneInfo

from edge.model.business_day import business_day
from edge.model.day_records import DayClosed, ShiftClosed, ShiftOpened
from edge.model.ledger_rows import OpenShift
from edge.model.money import Fen, Rounding
from edge.model.sale import Sale, State
from edge.model.takings import EXPIRED
from edge.ports import Transaction
from edge.services.basket import book_cancelled


@dataclass(frozen=True, slots=True)
class TillRules:
    """What the shop settled about its money day."""

    till: str
    rounding: Rounding
    zone: ZoneInfo
    day_starts: time


def day_of(tx: Transaction, rules: TillRules) -> date:
    """The business day of what is booked now (decisions 3)."""
    closed = tx.day.last_z() is not None and not tx.day.has_receipts()
    return business_day(tx.stamp.at, rules.zone, rules.day_starts, tx.sales.last_business_day(), closed=closed)


def open_day(tx: Transaction, rules: TillRules) -> date:
    """The business day that a report of now is about: of the last receipt, if none has closed it."""
    last = tx.sales.last_business_day()
    return last if last is not None and tx.day.has_receipts() else day_of(tx, rules)


def begin_day(tx: Transaction, rules: TillRules) -> date:
    """The day of money that is being booked. The first of a new day ends the one before, where nobody has closed it.

    The shift stays open (`DayReports`).
    """
    day, last = day_of(tx, rules), open_day(tx, rules)
    if last < day:
        close_day(tx, rules, last, by_itself=True)
    return day


def day_and_shift(tx: Transaction, rules: TillRules) -> tuple[date, str]:
    """For a sale, a refund, or cash that goes in or out: its day and shift."""
    return begin_day(tx, rules), open_shift_of(tx, rules).id


def open_shift_of(tx: Transaction, rules: TillRules) -> OpenShift:
    """The open shift; one without a counted float where nobody opened one."""
    return tx.day.shift() or open_shift(tx, rules, Fen(0), by_itself=True)


def open_shift(tx: Transaction, rules: TillRules, counted: Fen, *, by_itself: bool = False) -> OpenShift:
    shift_id, day = tx.new_id(), day_of(tx, rules)
    tx.append(ShiftOpened(shift_id, day, rules.till, counted, by_itself), id=shift_id)
    shift = tx.day.shift()
    assert shift is not None
    return shift


def close_shift(tx: Transaction, rules: TillRules, shift: OpenShift, counted: Fen | None) -> ShiftClosed:
    takings = tx.day.takings(shift.id)
    closed = ShiftClosed(shift.id, day_of(tx, rules), rules.till, shift.float, takings, counted, shift.by_itself)
    tx.append(closed)
    return closed


def close_day(tx: Transaction, rules: TillRules, day: date, *, by_itself: bool = False) -> DayClosed:
    """The Z report of all that was booked since the one before; what was held is given up."""
    expired = _expire_held(tx)
    report = replace(report_of(tx, rules, day, by_itself=by_itself), expired=expired)
    tx.append(report)
    return report


def report_of(tx: Transaction, rules: TillRules, day: date, *, by_itself: bool = False) -> DayClosed:
    """What a Z report would say now."""
    before, receipts = tx.day.last_z(), tx.day.receipts(day, rules.till)
    first, last = receipts if receipts is not None else (None, None)
    no = before.no + 1 if before is not None else 1
    return DayClosed(no, day, rules.till, tx.day.takings(), first, last, by_itself)


def to_expire(tx: Transaction) -> dict[int, Sale]:
    """Held sales that end with the day, by number: all but those in which money lies, or may: a wallet's answer still
    comes, or some cash was taken.
    """
    found = ((number, tx.held.find(number)) for number in tx.held.numbers())
    return {n: held for n, held in found if held is not None and held.state is State.SUSPENDED and not held.tenders}


def _expire_held(tx: Transaction) -> tuple[Sale, ...]:
    """Those that are given up come back, practice excepted."""
    expired = to_expire(tx)
    for number, held in expired.items():
        tx.held.take(number)
        book_cancelled(held, EXPIRED, tx)
    return tuple(held for held in expired.values() if not held.training)
