"""Goods that come back without a receipt: off, unless the shop says up to how much; and then the owner (row 17)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from edge.messages import Say, Tone
from edge.model.item import Item
from edge.model.money import Fen
from edge.model.refund import Refund, RefundKind, RefundLine
from edge.model.sale import MAX_LINES, ONE_PIECE
from edge.ports import Transaction
from edge.services.basket import question
from edge.services.owner_gate import armed, spend
from edge.services.shop_prices import price_here


@dataclass(frozen=True, slots=True)
class Unproved:
    """`limit`: the most that one such refund gives, in cash; 0: the shop wants a receipt."""

    limit: Fen = Fen(0)

    def with_goods(self, refund: Refund | None, item: Item, tx: Transaction) -> Refund | None:
        """One more piece at today's price; None, with a word, where that cannot be. The owner's card begins it."""
        price = price_here(item, tx)
        if not self.limit or item.weighed or price is None:
            tx.after_commit(question(tx.counter))
        elif refund is None and armed(tx) is None:
            tx.keep(replace(tx.counter, barcode=item.sku))  # what the owner is needed for
            tx.after_commit(Say("refund.owner", Tone.ATTENTION))
        elif (refund.total if refund is not None else 0) + price > self.limit:
            tx.after_commit(Say("refund.most", Tone.ERROR, amounts=(("a", self.limit),)))
        elif refund is not None and len(refund.lines) >= MAX_LINES:
            tx.after_commit(Say("sale.full", Tone.ERROR))
        else:
            return _with_piece(refund or _begun(tx), item, price)
        return None


def _begun(tx: Transaction) -> Refund:
    """It names no sale but itself: no receiver can take it for a return of goods that it knows."""
    refund_id, owner = tx.new_id(), spend(tx)
    return Refund(refund_id, of=refund_id, receipt="", kind=RefundKind.WITHOUT_RECEIPT, by=owner or "")


def _with_piece(refund: Refund, item: Item, price: Fen) -> Refund:
    line = RefundLine(len(refund.lines) + 1, item.sku, item.name, ONE_PIECE, price, item.unit)
    return replace(refund, lines=(*refund.lines, line))
