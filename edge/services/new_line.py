"""Lines come into the basket, whoever brought the goods: a scan, a label, a scale, a key; and what changed is kept."""

from __future__ import annotations

from collections.abc import Callable

from edge.errors import ModelError
from edge.messages import Say, Tone
from edge.model.counter import at_rest
from edge.model.money import Milli
from edge.model.sale import MAX_LINES, ONE_PIECE, Sale
from edge.ports import Transaction
from edge.services.basket import basket_view, fits_one_record
from edge.services.first_goods import sale_for
from edge.services.offers import Offers, added_told

VOIDS_KEPT = 20
"""So many lines can be taken out of the fullest basket: each void is a line of its own, and a hundred of them beside a
hundred lines fit no record. Who takes out more cancels the sale, or has it paid.
"""


def put_in(change: Callable[[Sale, Milli], Sale], offers: Offers, tx: Transaction) -> bool:
    """One more line in the basket: kept, shown, spoken. `change` gets the sale and the pieces that were keyed before.

    False, with a word, when there must be a shift first, the sale has no room for one more line, or the model refuses
    it; what was asked for it is dropped.
    """
    counter, sale = tx.counter, sale_for(tx)
    if sale is None:
        tx.keep(at_rest(counter.sale))
        return False
    try:
        more = change(sale, counter.pieces or ONE_PIECE) if len(sale.lines) < MAX_LINES else sale
    except ModelError:  # more money than a line can have
        tx.keep(at_rest(counter.sale))
        tx.after_commit(Say("err.generic", Tone.ERROR))
        return False
    added = offers.priced(more, tx) if more is not sale else sale
    refusal = _full(sale) if added is sale else _cannot_be_added(added)
    if refusal is not None:
        tx.keep(at_rest(counter.sale))  # "pay first" must not be answered by the question for a price
        tx.after_commit(refusal)
        return False
    tx.keep(at_rest(added))
    tx.after_commit(basket_view(tx.counter))
    if added.asks_age and not sale.asks_age:
        tx.after_commit(Say("item.age", Tone.ATTENTION))
        return True
    tx.after_commit(added_told(sale, added))
    if counter.pieces is not None and added.lines[-1].fixed:
        tx.after_commit(Say("weigh.again", Tone.ERROR))
    return True


def keep_sale(sale: Sale, offers: Offers, tx: Transaction) -> bool:
    """The basket as it is after a change, at its new price; False, with a word, when it cannot be kept so."""
    sale = offers.priced(sale, tx)
    refusal = _overpaid(sale) if fits_one_record(sale) else Say("sale.no_change", Tone.ERROR)
    if refusal is not None:
        tx.after_commit(refusal)
        return False
    tx.keep(at_rest(sale))
    tx.after_commit(basket_view(tx.counter))
    return True


def _cannot_be_added(sale: Sale) -> Say | None:
    """Why a basket with one more line cannot be kept: no record would hold it, with room to take lines out again."""
    if not fits_one_record(sale, voids=min(VOIDS_KEPT, len(sale.standing))):
        return Say("sale.no_room", Tone.ERROR)
    return _overpaid(sale)


def _full(sale: Sale) -> Say:
    """Of a sale that has all the lines that it can have; some of them may have been taken out."""
    return Say("sale.full" if len(sale.standing) >= MAX_LINES else "sale.no_room", Tone.ERROR)


def _overpaid(sale: Sale) -> Say | None:
    """More is paid than it now costs: a threshold of the bill is reached by one more line."""
    return Say("pay.undo_first", Tone.ERROR, amounts=(("a", sale.paid),)) if sale.due < 0 else None
