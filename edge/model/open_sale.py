"""What stands open on the counter, as a page shows it: whoever has it put away means exactly this."""

from __future__ import annotations

from dataclasses import dataclass

from edge.model.counter import Counter, Waiting
from edge.model.money import Fen
from edge.model.sale import MOVES, Event

_GIVES_WAY = frozenset({
    Waiting.NOTHING, Waiting.PRICE, Waiting.PRICE_CHECK, Waiting.REMOVE, Waiting.CANCEL, Waiting.CONFIRM,
    Waiting.WEIGHT, Waiting.SERIAL, Waiting.AGE,
})  # fmt: skip
"""Questions about goods of a sale, which end with it. All others are about money in hand, parcels or the store room."""
_ABOUT_GOODS = frozenset({Waiting.PRICE, Waiting.PRICE_CHECK, Waiting.WEIGHT})
"""What a scan alone asks before there is a sale."""


@dataclass(frozen=True, slots=True)
class OpenSale:
    """`goods`: lines that stand. `asked`: the barcode about which the counter asks something, empty: none.

    `mark`: another one as soon as anything of it changes. `is_paid`: money of it is under way, or was taken in part.
    """

    goods: int
    total: Fen
    asked: str
    mark: str
    is_paid: bool


def open_sale(counter: Counter) -> OpenSale | None:
    """None: there is nothing on the counter that ends when a sale is put away."""
    sale, asked = counter.sale, counter.barcode or ""
    if counter.refund is not None or counter.waiting not in _GIVES_WAY:
        return None
    if sale is None:
        if counter.waiting not in _ABOUT_GOODS:
            return None
        return OpenSale(0, Fen(0), asked, f"{counter.waiting}-{asked}", is_paid=False)
    is_paid = bool(sale.tenders or sale.payment) or (sale.state, Event.CANCEL) not in MOVES
    return OpenSale(
        len(sale.standing), sale.total, asked, f"{sale.id}-{len(sale.lines)}-{sale.total}", is_paid=is_paid
    )  # fmt: skip
