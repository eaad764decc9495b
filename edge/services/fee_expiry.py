"""A fee is good for a while: one that ran out before it was paid leaves the bill, with a word (product rows 65, 68).

Where money came for the bill already, by a wallet or in part, the fee stands: the cloud named it, and it is being paid.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge.bus import Bus
from edge.messages import Asked, HoldSlipScanned, Say, Started, Tone
from edge.model.counter import Verb, Waiting
from edge.model.sale import Line, Sale, State, void_line
from edge.model.shipment import fees, sent_by
from edge.ports import Transaction
from edge.services.new_line import keep_sale
from edge.services.offers import Offers

AGAIN_S = 5.0
"""While a wallet is waited for, or a question about something else stands, the bill is left alone for so long."""


@dataclass(frozen=True, slots=True)
class FeeTaken:
    """An effect: the fee of this parcel is in the bill."""

    parcel: str


@dataclass(frozen=True, slots=True)
class FeeDue:
    """Has a fee of the bill on the counter run out? A timer, or a bill that has just come back."""


class FeeExpiry:
    def __init__(self, bus: Bus, offers: Offers) -> None:
        self._bus = bus
        self._offers = offers
        bus.on(FeeTaken, self._taken)
        bus.on(Started, self._look_later)
        bus.on(Asked, self._recalled)
        bus.on(HoldSlipScanned, self._look_later)
        bus.on(FeeDue, self._due)

    def _taken(self, taken: FeeTaken, tx: Transaction) -> None:
        shipment = tx.shipments.find(taken.parcel)
        if shipment is not None:
            self._bus.after((shipment.until - tx.stamp.at).total_seconds(), FeeDue())

    def _recalled(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb in (Verb.RECALL, Verb.UNDO):
            self._look_later(asked, tx)

    def _look_later(self, _: object, tx: Transaction) -> None:
        """Once the bill lies on the counter again. No effect: an empty answer must stay one."""
        self._bus.after(0.0, FeeDue())

    def _due(self, _: FeeDue, tx: Transaction) -> None:
        sale = tx.counter.sale
        over = [line for line in fees(sale.standing) if self._is_over(line, tx)] if sale is not None else []
        if sale is None or not over or sale.tenders:
            return
        if sale.state in (State.OPEN, State.SUBTOTAL) and tx.counter.waiting in (Waiting.NOTHING, Waiting.SEND):
            self._take_out(sale, over, tx)
        else:
            self._bus.after(AGAIN_S, FeeDue())

    def _is_over(self, line: Line, tx: Transaction) -> bool:
        """One that is still good is looked at again when it ends. Of which nothing is known it is over, too."""
        shipment = tx.shipments.find(sent_by(line.sku) or "")
        left_s = (shipment.until - tx.stamp.at).total_seconds() if shipment is not None else 0.0
        if left_s > 0:
            self._bus.after(left_s, FeeDue())
        return left_s <= 0

    def _take_out(self, sale: Sale, over: list[Line], tx: Transaction) -> None:
        for line in over:
            sale = void_line(sale, line.n)
        if keep_sale(sale, self._offers, tx):
            tx.after_commit(Say("send.expired", Tone.ERROR))


def parcels_in_baskets(tx: Transaction) -> set[str]:
    """Whose fees lie in a bill, also in one that stands aside: whoever pays it has their numbers, however late."""
    baskets = [tx.counter.sale, *(tx.held.find(number) for number in tx.held.numbers())]
    lines = (line for sale in baskets if sale is not None for line in fees(sale.standing))
    return {parcel for line in lines if (parcel := sent_by(line.sku)) is not None}
