"""Cash in the drawer beside the sales: asking for an amount, moving it, and what a count at a shift's end comes to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from edge.messages import DrawerWanted, Say, Tone
from edge.model.counter import Verb, Waiting, at_rest, takes_amount
from edge.model.day_records import CashCounted, CashMoved, ShiftClosed
from edge.model.ledger_rows import OpenShift
from edge.model.money import Fen
from edge.model.shift_slip import cash_slip, shift_slip
from edge.ports import Transaction
from edge.services.basket import COUNTS, question
from edge.services.slips import local_time, print_slip
from edge.services.spoken_manner import manner_of
from edge.services.till_day import TillRules, close_shift, day_and_shift

MAX_CASH_FEN = Fen(10_000_000)
"""RMB 100,000: more lies in no village till; it is a slip of the keypad."""


@dataclass(frozen=True, slots=True)
class SlipWords:
    """What stands on every slip of the day: the shop's name, in its language."""

    shop: str
    language: str

    def spoken(self, tx: Transaction) -> str:
        """The language of now: paper follows the voice."""
        return manner_of(tx, self.language).language


def known_in_drawer(tx: Transaction) -> Fen:
    """What lies in the drawer by the open shift; without one nothing is known to lie there."""
    shift = tx.day.shift()
    return Fen(shift.float + tx.day.takings(shift.id).cash) if shift is not None else Fen(0)


def short_words(counted: str, uncounted: str, tx: Transaction) -> Say:
    """To whoever wants more than lies there. Where nobody counted, whoever counts first may find that it is enough."""
    shift = tx.day.shift()
    prompt = uncounted if shift is None or shift.by_itself else counted
    return Say(prompt, Tone.ERROR, amounts=(("a", Fen(max(0, known_in_drawer(tx)))),))


def has_basket(tx: Transaction) -> bool:
    """Whether goods lie on the counter that are not paid."""
    sale = tx.counter.sale
    return sale is not None and bool(sale.standing)


def ask_amount(verb: Verb, tx: Transaction) -> None:
    """Keep the question, and say it. For whoever is to count the drawer opens."""
    tx.keep(replace(tx.counter, waiting=Waiting.AMOUNT, verb=verb, barcode=None, value=0))
    if verb in COUNTS:
        tx.after_commit(DrawerWanted(verb.value))
    tx.after_commit(question(tx.counter))


def answer_to(asked: frozenset[Verb], amount: Fen, tx: Transaction) -> Verb | None:
    """The question of `asked` that `amount` answers; the counter waits no more. None: no such one, or an absurd amount,
    which is said, and the question stands. An empty drawer can be counted, nothing cannot be moved.
    """
    counter = tx.counter
    if counter.verb not in asked or not takes_amount(counter):
        return None
    if amount > MAX_CASH_FEN or (amount == 0 and counter.verb not in (*COUNTS, Verb.DAY_COUNTED)):
        tx.after_commit(Say("err.amount", Tone.ERROR))
        return None
    tx.keep(at_rest(counter.sale))
    return counter.verb


def move_cash(why: str, amount: Fen, tx: Transaction, rules: TillRules, words: SlipWords, *, payment: str = "") -> None:
    """Booked, with a slip to sign, and the drawer opens. `payment`: what a wallet would not take back."""
    day, shift = day_and_shift(tx, rules)
    moved = CashMoved(shift, day, why, amount, payment)
    tx.append(moved)
    now = local_time(tx.stamp.at, rules.zone)
    print_slip(cash_slip(moved, shop=words.shop, till=rules.till, now=now, language=words.spoken(tx)), tx)
    tx.after_commit(DrawerWanted(why))


def close_counted_shift(tx: Transaction, rules: TillRules, shift: OpenShift, counted: Fen, words: SlipWords) -> None:
    """What was counted against what was expected: booked, printed, said."""
    tx.append(CashCounted(shift.id, "close", counted))
    closed = close_shift(tx, rules, shift, counted)
    since = local_time(datetime.fromisoformat(shift.opened_at), rules.zone)
    now = local_time(tx.stamp.at, rules.zone)
    slip = shift_slip(
        closed,
        shop=words.shop,
        since=since,
        now=now,
        language=words.spoken(tx),
    )
    tx.report_papers.keep(shift.id, slip)
    print_slip(slip, tx)
    for say in _difference(closed):
        tx.after_commit(say)


def _difference(closed: ShiftClosed) -> Iterator[Say]:
    """An expectation below zero is on the slip: nobody can say such an amount of cash."""
    if closed.expected >= 0:
        yield Say("shift.expected", amounts=(("a", closed.expected),))
    wrong = closed.over_short
    if wrong is None:
        yield Say("shift.diff.unknown", Tone.ATTENTION)
    elif wrong > 0:
        yield Say("shift.diff.over", amounts=(("a", wrong),))
    elif wrong < 0:
        yield Say("shift.diff.short", amounts=(("a", Fen(-wrong)),))
    else:
        yield Say("shift.diff.exact")
