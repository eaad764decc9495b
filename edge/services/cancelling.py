"""A sale that stands open on the counter is put away at the page: by a technician whose test scan began it.

It is the cancelling of the counter's own card, without its question: the page has shown what it is about, and the order
brings the mark of that. Another sale by now, one more beep on the same, or money under way, and nothing is done.
"""

from __future__ import annotations

from edge.messages import Say, Show, View
from edge.model.counter import Counter
from edge.model.open_sale import open_sale
from edge.ports import Transaction
from edge.services.basket import book_cancelled
from edge.services.commands import Answered, Ordered

SALE_CANCEL = "sale.cancel"
AT_PAGE = "page"
"""Why the sale was cancelled; who did it stands in the `cmd.result` that is committed with it."""


def cancel_sale(ordered: Ordered, tx: Transaction) -> Answered:
    """Of SALE_CANCEL; `mark` as of `OpenSale`."""
    stands = open_sale(tx.counter)
    if stands is None or stands.mark != ordered.args["mark"]:
        return Answered(ordered.cid, "failed", "seq.conflict", "the counter has something else by now")
    if stands.is_paid:
        return Answered(ordered.cid, "failed", "cmd.busy", "money of this sale is under way, or was taken")
    if (sale := tx.counter.sale) is not None:
        book_cancelled(sale, AT_PAGE, tx)
    tx.keep(Counter())
    tx.after_commit(Show(View.IDLE))
    tx.after_commit(Say("sale.cancelled" if sale is not None else "flow.stopped"))
    return Answered(ordered.cid, "done")
