"""The Z report that ends the business day (product rows 35, 15 and 38). The X report: `services/evening.py`."""

from __future__ import annotations

from dataclasses import dataclass, replace

from edge.bus import Bus
from edge.messages import Asked, Confirmed, Say, Started, Tone, WorkQueued
from edge.model.carrier import Carriers
from edge.model.counter import Verb
from edge.model.day_records import DayClosed
from edge.model.day_rows import z_report
from edge.model.day_slip import OddStock, z_slip
from edge.model.ledger_rows import EffectState, PrintJob
from edge.model.money import Fen
from edge.model.slip import Slip
from edge.model.takings import SALE
from edge.ports import Catalogue, Transaction
from edge.services.basket import ask_confirm, basket_view
from edge.services.drawer_count import (
    SlipWords,
    answer_to,
    ask_amount,
    close_counted_shift,
    has_basket,
)
from edge.services.owner_gate import COUNTING_S, spend_on_question
from edge.services.slips import local_time, print_slip
from edge.services.till_day import TillRules, close_day, close_shift, open_day, to_expire
from edge.services.training import end_practice

ODD_STOCK_MAX = 20
"""Lines of goods on a Z report: who has more of them wrong counts the shelves."""


BEHIND_RECEIPT_S = 1.0
"""How long the paper of a day that nobody closed lets the receipt of the sale go first that ended it."""

_ENDS = frozenset({Verb.DAY_CLOSE, Verb.DAY_COUNTED})
_LATER = "day.paper"
"""In `meta`: the print job of a Z report that nobody asked for; empty: none waits."""


@dataclass(frozen=True, slots=True)
class PaperDue:
    """A timer: the customer's receipt is queued."""


class DayReports:
    """A day that somebody closes ends the shift: with a count if it began with one, and else without.

    A day that turns by itself ends none: the hour takes no money out of the drawer, and who counts it in the evening is
    to find what lies there since the shift began. It then stands in the Z report of the day on which it is counted.
    """

    def __init__(self, bus: Bus, rules: TillRules, words: SlipWords, catalogue: Catalogue, carriers: Carriers) -> None:
        self._bus = bus
        self._rules = rules
        self._words = words
        self._catalogue = catalogue
        self._carriers = carriers
        bus.on(Asked, self._asked)
        bus.on(Confirmed, self._confirmed)
        bus.on(DayClosed, self._turned)
        bus.on(PaperDue, self._print_later)
        bus.on(Started, self._print_later)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        match asked.verb:
            case Verb.DAY_CLOSE:
                self._close(tx)
            case Verb.COUNTED:
                self._counted(asked, tx)

    def _close(self, tx: Transaction) -> None:
        shift = tx.day.shift()
        if has_basket(tx):
            tx.after_commit(Say("sale.finish_first", Tone.ATTENTION))
            return
        end_practice(tx)
        if (held := len(to_expire(tx))) > 0:
            tx.after_commit(Say("day.held", Tone.ATTENTION, words=(("n", str(held)),)))
        if shift is not None and not shift.by_itself:
            if spend_on_question(tx, lasts_s=COUNTING_S) is not None:
                ask_amount(Verb.DAY_CLOSE, tx)
        elif shift is None and not tx.day.takings().sums and not tx.held.numbers():
            tx.after_commit(Say("day.nothing", Tone.ATTENTION))
        elif spend_on_question(tx) is not None:
            ask_confirm(Verb.DAY_CLOSE, tx.day.takings().fen(SALE), tx)

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        """Where nobody counts, somebody stands at the counter all the same: a card can be a photo of one."""
        if confirmed.verb not in _ENDS or has_basket(tx):
            return
        counted, shift = confirmed.verb is Verb.DAY_COUNTED, tx.day.shift()
        tx.after_commit(basket_view(tx.counter))
        if shift is not None and counted:
            close_counted_shift(tx, self._rules, shift, Fen(confirmed.value), self._words)
        elif shift is not None:
            close_shift(tx, self._rules, shift, None)
        self._end(tx)

    def _counted(self, asked: Asked, tx: Transaction) -> None:
        """Where nobody had to count, somebody may."""
        if answer_to(_ENDS, Fen(asked.value), tx) is not None:
            ask_confirm(Verb.DAY_COUNTED, asked.value, tx)

    def _end(self, tx: Transaction) -> None:
        report = close_day(tx, self._rules, open_day(tx, self._rules))
        print_slip(self._kept_slip(report, tx), tx)
        tx.after_commit(net_said("day.closed", "day.closed_back", report))
        _tell_expired(report, tx)

    def _turned(self, report: DayClosed, tx: Transaction) -> None:
        """Nobody had closed it: said to whoever sells now. Its paper comes behind that customer's."""
        if not report.by_itself:
            return
        job = tx.new_id()
        slip = self._kept_slip(report, tx)
        tx.print_jobs.queue(PrintJob(job, of=tx.new_id(), copy_no=0, state=EffectState.EXPIRED, slip=slip))
        tx.put(_LATER, job)
        self._bus.after(BEHIND_RECEIPT_S, PaperDue())
        tx.after_commit(Say("day.turned", Tone.ATTENTION))
        _tell_expired(report, tx)

    def _print_later(self, _: PaperDue | Started, tx: Transaction) -> None:
        ready = tx.print_jobs.find(tx.get(_LATER) or "")
        if ready is not None:
            tx.print_jobs.queue(replace(ready, id=tx.new_id(), state=EffectState.QUEUED))
            tx.print_jobs.drop(ready.id)
            tx.put(_LATER, "")
            tx.after_commit(WorkQueued())

    def _kept_slip(self, report: DayClosed, tx: Transaction) -> Slip:
        """Kept, too, for whoever wants it once more: what is wrong on the shelf is another thing tomorrow."""
        words = self._words
        slip = z_slip(
            report, self._odd_stock(tx), self._carriers, shop=words.shop, now=self._now(tx), language=words.spoken(tx)
        )  # fmt: skip
        tx.report_papers.keep(z_report(report.no, report.business_day.isoformat()), slip)
        return slip

    def _odd_stock(self, tx: Transaction) -> tuple[OddStock, ...]:
        """Less than nothing on the shelf, or half a bottle (row 38)."""
        found = []
        for sku, on_hand in tx.stock.wrong(limit=ODD_STOCK_MAX):
            item = self._catalogue.by_sku(sku)
            if on_hand < 0 or (item is not None and not item.weighed):
                found.append(OddStock(item.name if item is not None else sku, on_hand))
        return tuple(found)

    def _now(self, tx: Transaction) -> str:
        return local_time(tx.stamp.at, self._rules.zone)


def net_said(earned: str, gave_back: str, report: DayClosed) -> Say:
    """The number that stands largest on the paper. Nobody can say an amount below zero: so much came back then."""
    sales, net = report.takings.times(SALE), report.takings.net
    prompt = earned if net >= 0 else gave_back
    return Say(prompt, amounts=(("a", Fen(abs(net))),), words=(("n", str(sales)),))


def _tell_expired(report: DayClosed, tx: Transaction) -> None:
    if report.expired:
        tx.after_commit(Say("day.expired", Tone.ATTENTION, words=(("n", str(len(report.expired))),)))
