"""The open basket as the counter needs it: how it is shown, what it asks, one more line, if a record can hold it."""

from __future__ import annotations

from dataclasses import replace

from edge.codec.json_text import compact
from edge.codec.record_body import MANY_LINES, MAX_LINES_OCTETS, record_body, surely_fits
from edge.messages import Say, Show, Tone, View
from edge.model.counter import Counter, Verb, Waiting
from edge.model.item import Item
from edge.model.money import Fen
from edge.model.records import SaleCancelled
from edge.model.sale import Line, LineKind, Sale, State, add_item, add_open_price, add_unknown

MAX_SALE_OCTETS = MAX_LINES_OCTETS + 200
"""The lines of a sale and what surrounds them in `sale.cancelled`. Names give way first, then a line is refused."""
UNANSWERED = (Waiting.PRICE, Waiting.CONFIRM)
"""Goods lie on the counter that are not in the bill yet: it is neither paid nor held before the answer, or STOP."""


_CONFIRM_WORDS = {
    Verb.OTHER_PAYMENT: "pay.other_q", Verb.EXACT_CASH: "pay.cash_q", Verb.REFUND: "refund.q", Verb.POST_VOID: "void.q",
}  # fmt: skip
"""What CONFIRM asks by the verb that waits for it; a price is what most of them are about."""


def waits_for_wallet(counter: Counter) -> bool:
    """A payment of the sale on the counter has no end yet: nothing of the sale may change (product B1)."""
    return counter.sale is not None and counter.sale.state in (State.PAYING, State.PAY_UNKNOWN)


def refunding(counter: Counter) -> bool:
    """Goods come back: no sale begins before that is done or stopped."""
    return counter.refund is not None or counter.waiting is Waiting.RECEIPT


def basket_view(counter: Counter) -> Show:
    """What the customer sees: the newest line and the total, the goods whose price is asked, or the idle text."""
    sale = counter.sale
    if counter.waiting is Waiting.PRICE and counter.barcode is not None:
        return Show(View.TEXT, name=counter.barcode)
    if sale is None:
        return Show(View.IDLE)
    line = sale.last
    if line is None or sale.state is State.SUBTOTAL:
        return Show(View.TOTAL, amount=sale.due)
    return Show(View.ITEM, name=line.name, name_en=line.name_en, qty=line.qty, price=line.price, amount=sale.total)


def question(counter: Counter) -> Say | None:
    """What the counter is waiting to be told, to be said once more; None: nothing, or the same card again."""
    match counter.waiting:
        case Waiting.PRICE:
            return Say("item.unknown", Tone.ATTENTION)
        case Waiting.PRICE_CHECK:
            return Say("price.scan", Tone.ATTENTION)
        case Waiting.REMOVE:
            return Say("remove.scan", Tone.ATTENTION)
        case Waiting.RECEIPT:
            return Say("refund.scan", Tone.ATTENTION)
        case Waiting.REFUND:
            return Say("refund.goods", Tone.ATTENTION)
        case Waiting.CONFIRM if counter.verb in (Verb.PIECES, Verb.PIECES_CARD):
            return Say("qty.confirm", Tone.ATTENTION, words=(("n", str(counter.value)),))
        case Waiting.CONFIRM if counter.verb is not None:
            prompt = _CONFIRM_WORDS.get(counter.verb, "price.confirm")
            return Say(prompt, Tone.ATTENTION, amounts=(("a", Fen(counter.value)),))
        case _:
            return None


def fits_one_record(sale: Sale) -> bool:
    """Whether the sale as it stands can be journaled: completed or cancelled, it is one event of 16 KiB (B8)."""
    if (len(sale.lines) <= MANY_LINES and not sale.savings) or surely_fits(sale):
        return True
    return len(compact(record_body(SaleCancelled(sale, "cancelled"))).encode()) <= MAX_SALE_OCTETS


def one_more(sale: Sale, line: Line) -> Sale:
    """The same goods at the same price as one more line (row 5)."""
    item = Item(
        sku=line.sku, name=line.name, price=line.price, unit=line.unit, name_en=line.name_en or None,
        dept=line.dept or None,
    )  # fmt: skip
    match line.kind:
        case LineKind.OPEN_PRICE:
            return add_open_price(sale, name=line.name, price=line.price)
        case LineKind.UNKNOWN_ITEM:
            return add_unknown(sale, line.sku, name=line.name, price=line.price)
        case _:
            added = add_item(sale, item, price=line.price)
            newest = replace(added.lines[-1], overridden=line.overridden)
            return replace(added, lines=(*added.lines[:-1], newest))
