"""Dates of goods: six keyed digits belong to what was scanned last (product row 88)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from edge.messages import Say, Show, Tone, View
from edge.model.money import Milli, quantity_text
from edge.model.stock import DATE_DIGITS, Desk, day_of, spoken_day
from edge.ports import Transaction


def date_keyed(desk: Desk, text: str, language: str, tx: Transaction) -> bool:
    """Whether `text` was a date, right or wrong: of the newest scan, and of those of the same goods just before it that
    have none.
    """
    if len(text) != DATE_DIGITS or not text.isdecimal() or tx.counter.barcode is None:
        return False
    until, acts = day_of(text), tx.stock_acts.of(desk)
    if until is None or not acts:
        tx.after_commit(Say("exp.date", Tone.ERROR))
        return True
    qty = 0
    for act in reversed(acts):
        if act.sku != acts[-1].sku or (act.until is not None and act is not acts[-1]):
            break
        qty += act.qty or 0
        tx.stock_acts.change(replace(act, until=until))
    tx.after_commit(Show(View.TEXT, name=f"{acts[-1].name} {until:%d.%m.%y}"))
    tx.after_commit(lot_told(acts[-1].name, Milli(qty), until, language, tx))
    return True


def lot_told(name: str, qty: Milli, until: date, language: str, tx: Transaction) -> Say:
    """What was noted. A date that is over already is said as such."""
    words = (("item", name), ("n", quantity_text(qty)), ("what", spoken_day(until, language)))
    is_over = until < tx.stamp.at.date()
    return Say("exp.passed" if is_over else "exp.noted", Tone.ATTENTION if is_over else Tone.OK, words=words)
