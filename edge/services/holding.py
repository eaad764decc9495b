"""Hold and recall: a basket steps aside for the next customer, and comes back by its slip or by the card (row 15)."""

from __future__ import annotations

import logging
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.codec.command_card import OwnSlip, SlipKind, slip_code
from edge.messages import Asked, AskedMeanwhile, HoldSlipScanned, Say, Show, Started, Tone, View
from edge.model.counter import Counter, Verb
from edge.model.held_slip import held_slip
from edge.model.records import StoreSetAside
from edge.model.sale import Event, Sale, State, moved
from edge.ports import Transaction
from edge.services.basket import basket_view, end_emptied, part_words, question, refunding, unanswered
from edge.services.drawer_count import has_basket
from edge.services.hold_slips import paid_under
from edge.services.offers import Offers
from edge.services.shifts import needs_shift
from edge.services.slips import local_time, print_slip
from edge.services.spoken_manner import manner_of
from edge.services.training import practising

MAX_HELD = 20
"""More stand at no counter; a till that forgets to recall is told, before a slip can no longer be found."""

_ASIDE = "held.aside."
"""In `meta`, with its number: the text of a held sale that nobody can read."""

_log = logging.getLogger("edge.sale")


class Holding:
    """Held sales are in the ledger: a power cut keeps them. Nothing of them is money, so the journal has no row."""

    def __init__(self, bus: Bus, offers: Offers, *, zone: ZoneInfo, language: str) -> None:
        self._offers = offers
        self._zone = zone
        self._language = language
        bus.on(Started, self._start)
        bus.on(Asked, self._asked)
        bus.on(AskedMeanwhile, self._meanwhile)
        bus.on(HoldSlipScanned, self._slip)

    def _start(self, _: Started, tx: Transaction) -> None:
        """What nobody can read is told once, and kept where it is in nobody's way."""
        for number, text in tx.held.damaged():
            kept_as = f"{_ASIDE}{number}"
            tx.put(kept_as, text)
            tx.held.drop(number)
            tx.append(StoreSetAside("ledger.db", kept_as, f"held sale {number} cannot be read"))
            _log.error("held sale %d cannot be read; it is kept as %s", number, kept_as)
            tx.after_commit(Say("sale.held_damaged", Tone.ALARM))

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        match asked.verb:
            case Verb.HOLD:
                self._hold(tx)
            case Verb.RECALL:
                self._recall_only_one(tx)

    def _meanwhile(self, asked: AskedMeanwhile, tx: Transaction) -> None:
        """Only a payment that nobody knows the end of may stand aside."""
        sale = tx.counter.sale
        if asked.verb is Verb.HOLD and sale is not None and sale.state is State.PAY_UNKNOWN:
            self._hold(tx)

    def _slip(self, scanned: HoldSlipScanned, tx: Transaction) -> None:
        if refunding(tx.counter):
            tx.after_commit(question(tx.counter) or Say("refund.goods", Tone.ATTENTION))
        else:
            self._recall(scanned.number, tx)

    def _hold(self, tx: Transaction) -> None:
        sale = tx.counter.sale
        if sale is None or not sale.standing:
            tx.after_commit(Say("sale.empty", Tone.ATTENTION))
        elif (first := self._first(sale, tx)) is not None:
            tx.after_commit(first)
        elif len(tx.held.numbers()) >= MAX_HELD:
            tx.after_commit(Say("sale.held_full", Tone.ERROR))
        else:
            number = tx.held.add(moved(sale, Event.HOLD))
            tx.keep(Counter())
            self._print(number, sale, tx)
            tx.after_commit(Show(View.IDLE))
            tx.after_commit(Say("sale.held", amounts=(("a", sale.due),)))

    def _first(self, sale: Sale, tx: Transaction) -> Say | None:
        """What comes before. A doubtful payment waits for nothing: cash that was taken beside it goes aside with it."""
        if sale.state is State.PAY_UNKNOWN:
            return None
        return unanswered(tx.counter) or (part_words(sale) if sale.tenders else None)

    def _print(self, number: int, sale: Sale, tx: Transaction) -> None:
        slip = held_slip(
            sale, code=slip_code(OwnSlip(SlipKind.HOLD, f"{number:06d}")),
            local_time=local_time(tx.stamp.at, self._zone), language=manner_of(tx, self._language).language,
        )  # fmt: skip
        print_slip(slip, tx)

    def _recall_only_one(self, tx: Transaction) -> None:
        numbers = [number for number in tx.held.numbers() if not self._is_of_another_kind(number, tx)]
        if has_basket(tx):
            tx.after_commit(Say("sale.finish_first", Tone.ATTENTION))
        elif not numbers:
            tx.after_commit(Say("sale.none_held", Tone.ATTENTION))
        elif len(numbers) > 1:
            tx.after_commit(Say("sale.many_held", Tone.ATTENTION, words=(("n", str(len(numbers))),)))
        else:
            self._recall(numbers[0], tx)

    def _is_of_another_kind(self, number: int, tx: Transaction) -> bool:
        """Practice in earnest, or the reverse (row 37)."""
        held = tx.held.find(number)
        return held is not None and held.training is not practising(tx)

    def _recall(self, number: int, tx: Transaction) -> None:
        if has_basket(tx):
            tx.after_commit(Say("sale.finish_first", Tone.ATTENTION))
            return
        if self._is_of_another_kind(number, tx):
            tx.after_commit(Say("train.not_now" if practising(tx) else "train.held", Tone.ERROR))
            return
        if needs_shift(tx) and not practising(tx):
            tx.after_commit(Say("shift.needed", Tone.ERROR))
            return
        held = tx.held.take(number)
        if held is None:
            self._gone(number, tx)
            return
        end_emptied(tx)
        recalled = self._back(moved(held, Event.RECALL), tx)
        tx.keep(Counter(sale=recalled))
        tx.after_commit(basket_view(tx.counter))
        prompt = "sale.recalled_short" if recalled.tenders else "sale.recalled"
        if recalled.state is State.PAY_UNKNOWN:
            prompt = "sale.recalled_unknown"
        tx.after_commit(Say(prompt, amounts=(("a", recalled.due),)))

    def _back(self, sale: Sale, tx: Transaction) -> Sale:
        """At the price of now, but what a payment was begun for, or a part is paid of: of that nothing changes."""
        return sale if sale.payment or sale.tenders else self._offers.priced(sale, tx)

    def _gone(self, number: int, tx: Transaction) -> None:
        paid = paid_under(number, tx)
        if tx.get(f"{_ASIDE}{number}") or number in dict(tx.held.damaged()):
            tx.after_commit(Say("sale.held_damaged", Tone.ERROR))
        elif paid is None:
            tx.after_commit(Say("sale.none_held", Tone.ATTENTION))
        else:
            tx.after_commit(Say("sale.held_paid", amounts=(("a", paid.sale.total),)))
