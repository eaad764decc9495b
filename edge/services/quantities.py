"""How many: `3 *`, the quantity cards, `+` for one more (rows 4 and 5)."""

from __future__ import annotations

from dataclasses import replace

from edge.bus import Bus
from edge.messages import Asked, Confirmed, Say, Tone
from edge.model.counter import Verb
from edge.model.money import Milli
from edge.model.sale import MAX_PIECES, NO_GOODS, Line, Sale, set_pieces
from edge.ports import Transaction
from edge.services.basket import ask_confirm, fixed_told, guarded, one_more
from edge.services.new_line import keep_sale, put_in
from edge.services.offers import Offers

ASK_ABOVE_PIECES = 99


class Quantities:
    """Built after `Checkout`, which ends the question that a confirmed quantity answers.

    `before_scan`: a keyed number waits for the next scan, else it is of the last line.
    """

    def __init__(self, bus: Bus, offers: Offers, *, before_scan: bool) -> None:
        self._offers = offers
        self._before_scan = before_scan
        bus.on(Asked, self._asked)
        bus.on(Confirmed, self._confirmed)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        sale = tx.counter.sale
        match asked.verb:
            case Verb.PIECES if self._before_scan or sale is None or sale.last is None:
                self._unless_asked(Verb.PIECES, asked.value, tx)
            case Verb.PIECES | Verb.PIECES_CARD:
                self._unless_asked(Verb.PIECES_CARD, asked.value, tx)
            case Verb.REPEAT_LAST:
                self._repeat_last(tx)

    def _confirmed(self, confirmed: Confirmed, tx: Transaction) -> None:
        if confirmed.verb in (Verb.PIECES, Verb.PIECES_CARD):
            self._do(confirmed.verb, confirmed.value, tx)

    def _unless_asked(self, verb: Verb, pieces: int, tx: Transaction) -> None:
        """So many pieces need a second Enter first (row 4), or cannot be sold at all."""
        if not 1 <= pieces <= MAX_PIECES:
            tx.after_commit(Say("err.amount", Tone.ERROR))
        elif pieces > ASK_ABOVE_PIECES:
            ask_confirm(verb, pieces, tx)
        else:
            self._do(verb, pieces, tx)

    def _do(self, verb: Verb, pieces: int, tx: Transaction) -> None:
        if verb is Verb.PIECES_CARD:
            guarded(lambda: self._resize_last(pieces, tx), tx)
        else:
            tx.keep(replace(tx.counter, pieces=Milli(pieces * 1000)))
            tx.after_commit(Say("qty.wait", words=(("n", str(pieces)),)))

    def _resize_last(self, pieces: int, tx: Transaction) -> None:
        found = _countable(tx)
        if found is None:
            return
        sale, last = found
        kept = keep_sale(set_pieces(sale, last.n, Milli(pieces * 1000)), self._offers, tx)
        line = tx.counter.sale.last if kept and tx.counter.sale else None
        if line is not None:
            words = (("item", line.name), ("n", str(pieces)))
            tx.after_commit(Say("item.qty", amounts=(("a", line.amount),), words=words))

    def _repeat_last(self, tx: Transaction) -> None:
        found = _countable(tx)
        if found is not None:
            line = found[1]
            put_in(lambda sale, _: one_more(sale, line), self._offers, tx)


def _countable(tx: Transaction) -> tuple[Sale, Line] | None:
    """The basket and its last line; None, with a word, where there is none or a scale said what it is."""
    sale = tx.counter.sale
    if sale is None or sale.last is None:
        tx.after_commit(Say("sale.empty", Tone.ATTENTION))
        return None
    if sale.last.kind in NO_GOODS:
        tx.after_commit(fixed_told(sale.last))
        return None
    if sale.last.fixed:
        tx.after_commit(Say("weigh.again", Tone.ERROR))
        return None
    return sale, sale.last
