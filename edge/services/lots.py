"""Dates of goods: six keyed digits belong to what was scanned last (product row 88)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from edge.messages import Say, Show, Tone, View
from edge.model.money import Milli, quantity_text
from edge.model.spoken_day import spoken_day
from edge.model.stock import DATE_DIGITS, Act, Desk, day_of
from edge.ports import Transaction
from edge.services.drawer_count import SlipWords

FAR = timedelta(days=3 * 366)
"""Beyond it a date is a slip of the hand, such as the year keyed first."""


@dataclass(frozen=True, slots=True)
class Dates:
    """How dates are told in this shop."""

    words: SlipWords
    zone: ZoneInfo

    def today(self, tx: Transaction) -> date:
        """Never before a day on which something was sold, whatever the clock says."""
        today, last = tx.stamp.at.astimezone(self.zone).date(), tx.sales.last_business_day()
        return max(today, last) if last is not None else today

    def told(self, name: str, qty: Milli, until: date, tx: Transaction) -> Say:
        """What was noted. A date that is over already is said as such."""
        day = spoken_day(until, self.today(tx), self.words.spoken(tx))
        words = (("item", name), ("n", quantity_text(qty)), ("what", day))
        is_over = until < self.today(tx)
        return Say("exp.passed" if is_over else "exp.noted", Tone.ATTENTION if is_over else Tone.OK, words=words)

    def keyed(self, desk: Desk, text: str, tx: Transaction, *, all_before: bool) -> bool:
        """Whether `text` was a date, right or wrong: of the newest scan, and, with `all_before`, of those of the same
        goods just before it that have none.
        """
        acts = tx.stock_acts.of(desk)
        if len(text) != DATE_DIGITS or not text.isdecimal() or tx.counter.barcode is None:
            return False
        if not acts or acts[-1].qty is None:
            return False
        until = day_of(text)
        if until is None:
            tx.after_commit(Say("exp.date", Tone.ERROR))
            return True
        if until - self.today(tx) > FAR:
            tx.after_commit(Say("exp.far", Tone.ERROR))
            return True
        dated = _undated(acts) if all_before else acts[-1:]
        for act in dated:
            tx.stock_acts.change(replace(act, until=until))
        qty, name = Milli(sum(act.qty or 0 for act in dated)), acts[-1].name
        tx.after_commit(Show(View.TEXT, name=f"{name} {until:%Y-%m-%d}"))
        tx.after_commit(self.told(name, qty, until, tx))
        return True


def _undated(acts: Sequence[Act]) -> Sequence[Act]:
    """The newest, whose date may be keyed anew, and the undated ones of the same goods just before it."""
    first = len(acts) - 1
    while first and acts[first - 1].sku == acts[-1].sku and acts[first - 1].until is None:
        first -= 1
    return acts[first:]
