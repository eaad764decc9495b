"""Subtotal and cash: a sale is completed in one commit with stock, print job, drawer pulse and outbox row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.messages import Asked, SaleBooked, Say, Show, Tone, View
from edge.model.business_day import business_day
from edge.model.counter import Counter, Verb, Waiting
from edge.model.money import MAX_FEN, Fen, Rounding, cash_rounding
from edge.model.records import SaleCompleted
from edge.model.sale import Event, Sale, State, Tender, moved, tender_cash
from edge.ports import Transaction
from edge.services.basket import UNANSWERED, question

SECOND_ENTER_S = 0.8
"""Enter twice is exact cash, but not when one press bounced (row 24)."""


@dataclass(frozen=True, slots=True)
class TillRules:
    """What the shop settled about its money day."""

    till: str
    rounding: Rounding
    zone: ZoneInfo
    day_starts: time


class Tendering:
    """`online` tells whether the cloud was there when the sale was made; it never decides whether it is made."""

    def __init__(self, bus: Bus, rules: TillRules, *, online: Callable[[], bool]) -> None:
        self._rules = rules
        self._online = online
        self._subtotal_mono = float("-inf")
        bus.on(Asked, self._asked)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb in (Verb.SUBTOTAL, Verb.EXACT_CASH, Verb.CASH) and tx.counter.waiting in UNANSWERED:
            tx.after_commit(question(tx.counter))
            return
        match asked.verb:
            case Verb.ENTER if tx.counter.waiting is Waiting.NOTHING:
                self._enter(asked, tx)
            case Verb.SUBTOTAL:
                self._subtotal(asked, tx)
            case Verb.EXACT_CASH:
                self._cash(None, asked, tx)
            case Verb.CASH:
                self._cash(Fen(asked.value), asked, tx)

    def _enter(self, asked: Asked, tx: Transaction) -> None:
        sale = tx.counter.sale
        if sale is None or sale.state is not State.SUBTOTAL:
            self._subtotal(asked, tx)
        elif asked.asked_mono - self._subtotal_mono >= SECOND_ENTER_S:
            self._cash(None, asked, tx)

    def _subtotal(self, asked: Asked, tx: Transaction) -> None:
        sale = tx.counter.sale
        if sale is None or not sale.standing:
            tx.after_commit(Say("sale.empty", Tone.ATTENTION))
            return
        self._subtotal_mono = asked.asked_mono
        frozen = moved(sale, Event.SUBTOTAL)
        tx.keep(Counter(sale=frozen))
        tx.after_commit(Show(View.TOTAL, amount=frozen.due))
        tx.after_commit(Say("sale.total", amounts=(("a", frozen.due),)))

    def _cash(self, tendered: Fen | None, asked: Asked, tx: Transaction) -> None:
        """None is the exact amount. Too little books nothing and says what is missing."""
        sale = tx.counter.sale
        if sale is None or not sale.standing:
            tx.after_commit(Say("sale.empty", Tone.ATTENTION))
            return
        frozen = sale if sale.state is State.SUBTOTAL else moved(sale, Event.SUBTOTAL)
        due = Fen(frozen.due + cash_rounding(frozen.due, self._rules.rounding))
        given = due if tendered is None else tendered
        if given > MAX_FEN or (given <= 0 < due):
            tx.after_commit(Say("err.amount", Tone.ERROR))
        elif given < due:
            self._subtotal_mono = asked.asked_mono
            tx.keep(Counter(sale=frozen))
            tx.after_commit(Show(View.MISSING, amount=Fen(due - given)))
            tx.after_commit(Say("sale.short", Tone.ERROR, amounts=(("a", Fen(due - given)),)))
        else:
            self._complete(tender_cash(frozen, given, self._rules.rounding), asked, tx)

    def _complete(self, sale: Sale, asked: Asked, tx: Transaction) -> None:
        rules = self._rules
        day = business_day(tx.stamp.at, rules.zone, rules.day_starts, tx.sales.last_business_day())
        number = tx.sales.next_receipt_no(day, rules.till)
        receipt = f"{day:%y%m%d}-{rules.till}-{number:04d}"
        tender = sale.tenders[-1]
        tx.after_commit(Show(View.CHANGE, amount=tender.change))
        tx.after_commit(money_said(tender))
        entry = tx.append(SaleCompleted(sale, receipt, day, rules.till, offline=not self._online()), id=sale.id)
        tx.keep(Counter())
        tx.after_commit(SaleBooked(entry.n, receipt, sale.total, len(sale.standing), asked.asked_mono))


def money_said(tender: Tender) -> Say:
    """What was received for a sale, and what goes back."""
    amounts = (("a", tender.tendered), ("b", tender.change))
    return Say("sale.change" if tender.change else "sale.exact", Tone.MONEY_IN, amounts=amounts)
