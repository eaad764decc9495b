"""A line costs something else: card 改价, the price, Enter (product row 14). Far below the list's the owner agrees."""

from __future__ import annotations

from dataclasses import replace

from edge.bus import Bus
from edge.errors import ModelError
from edge.messages import Asked, Confirmed, Say, Tone
from edge.model.counter import Counter, Verb, Waiting, takes_amount
from edge.model.money import Fen
from edge.model.repricing import needs_owner, repriced
from edge.model.sale import NO_GOODS, Line, Sale
from edge.ports import Catalogue, Transaction
from edge.services.basket import fixed_told, question, unanswered
from edge.services.new_line import keep_sale
from edge.services.offers import Offers
from edge.services.owner_gate import armed, spend
from edge.services.shop_prices import was_keyed_now


class PriceChange:
    """Of the last line. `limit_percent`: so much less the cashier may ask for alone."""

    def __init__(self, bus: Bus, catalogue: Catalogue, offers: Offers, *, limit_percent: int) -> None:
        self._catalogue = catalogue
        self._offers = offers
        self._limit_percent = limit_percent
        bus.on(Asked, self._asked)
        bus.on(Confirmed, self._confirmed)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        counter = tx.counter
        if asked.verb is Verb.CHANGE_PRICE:
            self._ask(tx)
        elif asked.verb is Verb.COUNTED and counter.verb is Verb.CHANGE_PRICE and takes_amount(counter):
            self._answered(Fen(asked.value), tx)

    def _ask(self, tx: Transaction) -> None:
        counter = tx.counter
        if counter.verb is not Verb.CHANGE_PRICE and (first := unanswered(counter)) is not None:
            tx.after_commit(first)
        elif _last(tx) is not None:
            tx.keep(Counter(counter.sale, Waiting.AMOUNT, verb=Verb.CHANGE_PRICE))
            tx.after_commit(question(tx.counter))

    def _answered(self, price: Fen, tx: Transaction) -> None:
        found = _last(tx)
        if found is None:
            return
        sale, line = found
        corrects = price > 0 and was_keyed_now(line, self._catalogue, tx)  # her own slip of the keypad
        if corrects or not needs_owner(line, price, self._limit_percent):
            self._change(sale, line, price, tx)
        elif armed(tx) is not None:
            self._as_owner(sale, line, price, tx)
        else:
            tx.keep(Counter(sale, Waiting.CONFIRM, verb=Verb.CHANGE_PRICE, value=price))
            tx.after_commit(question(tx.counter))

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        """Enter after the owner's card; without it the question stays."""
        if confirmed.verb is not Verb.CHANGE_PRICE or (found := _last(tx)) is None:
            return
        if armed(tx) is not None:
            self._as_owner(*found, Fen(confirmed.value), tx)
        else:
            tx.keep(replace(tx.counter, waiting=Waiting.CONFIRM, verb=Verb.CHANGE_PRICE, value=confirmed.value))
            tx.after_commit(question(tx.counter))

    def _as_owner(self, sale: Sale, line: Line, price: Fen, tx: Transaction) -> None:
        """The owner's card is used up by a change, not by one that cannot be."""
        if self._change(sale, line, price, tx):
            spend(tx)

    def _change(self, sale: Sale, line: Line, price: Fen, tx: Transaction) -> bool:
        try:
            changed = repriced(sale, line.n, price)
        except ModelError:
            tx.after_commit(Say("err.amount", Tone.ERROR))
            return False
        kept = keep_sale(changed, self._offers, tx)
        if kept:
            tx.after_commit(Say("change.done", amounts=(("a", price),), words=(("item", line.name),)))
        return kept


def _last(tx: Transaction) -> tuple[Sale, Line] | None:
    """The basket and its last line; None, with a word, where there is none, or it is no goods."""
    sale = tx.counter.sale
    if sale is None or sale.last is None:
        tx.after_commit(Say("sale.empty", Tone.ATTENTION))
    elif sale.last.kind in NO_GOODS:
        tx.after_commit(fixed_told(sale.last))
    else:
        return sale, sale.last
    return None
