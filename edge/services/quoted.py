"""A provider's price becomes an order of the shop's: in the ledger, and on a slip that pays for it (product row 68)."""

from __future__ import annotations

from datetime import timedelta

from edge.codec.wire_service import ServiceQuote
from edge.model.money import Fen
from edge.model.platform import ServiceOffer
from edge.model.service_order import MAX_LINES, ServiceOrder
from edge.model.service_slip import back_lines, due_lines
from edge.ports import Transaction
from edge.services.service_papers import ServicePapers


def order_of(
    quote: ServiceQuote, offer: ServiceOffer, papers: ServicePapers, tx: Transaction, *,
    names: tuple[str, str] = ("", ""), subject: str = "", lines: tuple[str, ...] = (), good_s: int | None = None,
) -> ServiceOrder:  # fmt: skip
    """`names` of what is ordered, where they are not the offer's; `subject`: the masked number that it is for. `lines`
    stand first on its slips. `good_s`: how long it can be paid, where that is not the shorter of quote and offer.
    """
    language, now = papers.language_of(tx), tx.stamp.at
    until = quote.back_until if offer.cancellable else None
    fee = Fen(min(quote.fee, quote.price)) if quote.fee is not None and offer.cancellable else None
    good_s = good_s or min(quote.valid_s, offer.quote_s)
    told = back_lines(until.astimezone(papers.zone) if until else None, fee, papers.today(tx), language)
    due = due_lines(quote.due_on, papers.today(tx), language)
    return ServiceOrder(
        quote.soid, offer.kind, offer.id, names[0] or offer.name, names[1] or names[0] or offer.name_en,
        Fen(quote.amt), Fen(quote.price), now + timedelta(seconds=good_s), now,
        subject=subject, lines=(*lines, *due, *told, *quote.slip_lines(subject))[:MAX_LINES],
        cancellable=offer.cancellable, back_until=until, back_fee=fee,
    )  # fmt: skip
