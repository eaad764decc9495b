"""What was ordered and has not come, for the receiving: what to expect of it, and what came of it (product B5, row 86).

A parcel that a supplier sent is never a customer's, also after its goods were taken in.
"""

from __future__ import annotations

from collections.abc import Sequence

from edge.bus import Bus
from edge.codec.gtin import is_gtin
from edge.messages import DeliveryScanned
from edge.model.counter import Waiting, at_rest
from edge.model.item import Gtin14
from edge.model.money import Fen, Milli
from edge.model.purchase import AWAITED, PurchaseEvent, PurchaseOrder
from edge.model.purchase_records import Got, PurchaseReceived
from edge.model.stock import Arrived, Delivery, Expected
from edge.ports import Transaction
from edge.services.drawer_count import has_basket
from edge.services.scanning import short_gtin

_MAY_RECEIVE = frozenset({Waiting.NOTHING, Waiting.RECEIVE})
PIECE = 1000


class OrderedDeliveries:
    """See `edge.ports.Deliveries`; an order is called by its number."""

    def __init__(self, bus: Bus) -> None:
        bus.on(DeliveryScanned, self._opened)

    def of_waybill(self, waybill: str, tx: Transaction) -> str | None:
        order = tx.purchases.by_waybill(waybill)
        return order.number if order is not None else None

    def expected(self, order: str, tx: Transaction) -> Delivery | None:
        found = tx.purchases.by_number(order)
        if found is None or found.state not in AWAITED:
            return None
        lines = tuple(
            Expected(line.sku, Milli(line.pieces * PIECE), line.name, Fen(line.cost // line.pack))
            for line in found.taken
        )
        return Delivery(found.number, found.supplier, lines)

    def arrived(self, delivery: Delivery, of: str, came: Sequence[Arrived], tx: Transaction) -> None:
        """The order is over: what is missing of it is claimed, and ordered anew like anything else."""
        order = tx.purchases.by_number(delivery.order)
        if order is None or not order.may(PurchaseEvent.RECEIVE):
            return
        numbers = {line.sku: line.n for line in order.taken}
        got = tuple(
            Got(numbers.get(one.sku, 0), one.sku, (one.whole + one.damaged) // PIECE, one.damaged // PIECE)
            for one in came
        )
        differs = any(one.is_claimed for one in came)
        event = PurchaseEvent.DIFFER if differs else PurchaseEvent.COMPLETE
        received = order.moved(PurchaseEvent.RECEIVE, tx.stamp.at).moved(event, tx.stamp.at)
        tx.append(PurchaseReceived(received, got))

    def _opened(self, scanned: DeliveryScanned, tx: Transaction) -> None:
        """From its first scan on it is being taken in; a carton of it stands for the pieces that were ordered."""
        order = tx.purchases.by_number(scanned.order)
        if tx.counter.waiting is Waiting.PURCHASE:  # a slip that is read gives way to the goods
            tx.keep(at_rest(tx.counter.sale))
        if order is None or tx.counter.waiting not in _MAY_RECEIVE or has_basket(tx):
            return
        if order.may(PurchaseEvent.RECEIVE):
            tx.purchases.keep(order.moved(PurchaseEvent.RECEIVE, tx.stamp.at))
            _note_cartons(order, tx)


def _note_cartons(order: PurchaseOrder, tx: Transaction) -> None:
    for line in order.taken:
        if is_gtin(line.carton):
            tx.stock.pack(short_gtin(Gtin14(line.carton)), line.sku, line.pack)
