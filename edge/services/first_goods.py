"""Where a customer's sale begins, whatever comes first: goods, a member card, a coupon."""

from __future__ import annotations

from edge.messages import Say, Tone
from edge.model.sale import Sale
from edge.ports import Transaction
from edge.services.shifts import needs_shift
from edge.services.training import new_sale, practising


def sale_for(tx: Transaction) -> Sale | None:
    """The sale on the counter, or a new one, not kept yet. None, with a word: there must be a shift first (row 34).

    Who practises needs no shift; a basket of before the shift's end, in which nothing lies, needs one.
    """
    sale = tx.counter.sale
    if (sale is None or not sale.standing) and needs_shift(tx) and not (practising(tx) or (sale and sale.training)):
        tx.after_commit(Say("shift.needed", Tone.ERROR))
        return None
    return sale or new_sale(tx)
