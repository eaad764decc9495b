"""Shifts and cash beside the sales: 开班, 交班, 放入零钱, 取出现金 (product rows 34 and 36).

The count at the end is blind: what the till expects is said and printed only after somebody has counted. Taking out is
never refused for want of cash: where nobody counted the float the till does not know what lies in the drawer, and the
money is in somebody's hand already. What it expects can then stand below zero, on the slip too.
"""

from __future__ import annotations

from edge.bus import Bus
from edge.messages import Asked, Confirmed, DrawerWanted, Say, Started, Tone
from edge.model.counter import Verb
from edge.model.day_records import CashCounted, CashMoved
from edge.model.money import Fen
from edge.model.shift_slip import cash_slip
from edge.model.takings import PAID_IN, PAID_OUT
from edge.ports import Transaction
from edge.services.basket import ask_confirm, basket_view
from edge.services.drawer_count import (
    SlipWords,
    answer_to,
    ask_amount,
    close_counted_shift,
    has_basket,
)
from edge.services.slips import local_time, print_slip
from edge.services.till_day import TillRules, begin_day, day_and_shift, open_shift

REQUIRED_KEY = "shift_required"
_QUESTIONS = frozenset({Verb.SHIFT_OPEN, Verb.SHIFT_CLOSE, Verb.CASH_IN, Verb.CASH_OUT})


class Shifts:
    """Takes the answers to its own questions only; a power cut forgets a question, and books nothing."""

    def __init__(self, bus: Bus, rules: TillRules, words: SlipWords, *, required: bool = False) -> None:
        """`required`: nothing is sold before a shift is open."""
        self._rules = rules
        self._words = words
        self._required = "yes" if required else ""
        bus.on(Started, self._start)
        bus.on(Asked, self._asked)
        bus.on(Confirmed, self._confirmed)

    def _start(self, _: Started, tx: Transaction) -> None:
        """The rule stands beside the basket, where each new line looks for it."""
        if (tx.get(REQUIRED_KEY) or "") != self._required:
            tx.put(REQUIRED_KEY, self._required)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        match asked.verb:
            case Verb.SHIFT_OPEN:
                self._ask_float(tx)
            case Verb.SHIFT_CLOSE:
                self._ask_count(tx)
            case Verb.CASH_IN | Verb.CASH_OUT:
                ask_amount(asked.verb, tx)
            case Verb.COUNTED:
                self._answered(asked, tx)

    def _ask_float(self, tx: Transaction) -> None:
        if tx.day.shift() is not None:
            tx.after_commit(Say("shift.already", Tone.ATTENTION))
        else:
            ask_amount(Verb.SHIFT_OPEN, tx)

    def _ask_count(self, tx: Transaction) -> None:
        if tx.day.shift() is None:
            tx.after_commit(Say("shift.no_open", Tone.ATTENTION))
        elif has_basket(tx):
            tx.after_commit(Say("sale.finish_first", Tone.ATTENTION))
        else:
            ask_amount(Verb.SHIFT_CLOSE, tx)

    def _answered(self, asked: Asked, tx: Transaction) -> None:
        """What goes in or out is booked at once: it can be put back. A count is asked about, since it cannot."""
        match answer_to(_QUESTIONS, Fen(asked.value), tx):
            case Verb.SHIFT_OPEN | Verb.SHIFT_CLOSE as verb:
                ask_confirm(verb, asked.value, tx)
            case Verb.CASH_IN:
                self._move(PAID_IN, Fen(asked.value), tx)
            case Verb.CASH_OUT:
                self._move(PAID_OUT, Fen(asked.value), tx)

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        if confirmed.verb not in (Verb.SHIFT_OPEN, Verb.SHIFT_CLOSE):
            return
        tx.after_commit(basket_view(tx.counter))
        (self._open if confirmed.verb is Verb.SHIFT_OPEN else self._close)(Fen(confirmed.value), tx)

    def _open(self, counted: Fen, tx: Transaction) -> None:
        if tx.day.shift() is not None:  # a wallet's late answer has opened one
            tx.after_commit(Say("shift.already", Tone.ATTENTION))
            return
        begin_day(tx, self._rules)
        shift = open_shift(tx, self._rules, counted)
        tx.append(CashCounted(shift.id, "open", counted))
        tx.after_commit(Say("shift.opened", amounts=(("a", counted),)))

    def _close(self, counted: Fen, tx: Transaction) -> None:
        shift = tx.day.shift()
        if shift is not None:
            close_counted_shift(tx, self._rules, shift, counted, self._words)

    def _move(self, why: str, amount: Fen, tx: Transaction) -> None:
        day, shift = day_and_shift(tx, self._rules)
        moved = CashMoved(shift, day, why, amount)
        tx.append(moved)
        now, words = local_time(tx.stamp.at, self._rules.zone), self._words
        print_slip(
            cash_slip(moved, shop=words.shop, till=self._rules.till, now=now, language=words.spoken(tx)),
            tx,
        )
        tx.after_commit(DrawerWanted(why))
        tx.after_commit(basket_view(tx.counter))
        tx.after_commit(Say("cash.paid_in" if why == PAID_IN else "cash.paid_out", amounts=(("a", amount),)))


def needs_shift(tx: Transaction) -> bool:
    """Whether somebody must open a shift before anything is sold."""
    return bool(tx.get(REQUIRED_KEY)) and tx.day.shift() is None
