"""What was ordered and has not come, for the receiving: what to expect of it, and what came of it (product B5, row 86).

A parcel that a supplier sent is never a customer's, also after its goods were taken in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edge.codec.gtin import is_gtin
from edge.model.item import Gtin14
from edge.model.money import Fen, Milli
from edge.model.purchase import AWAITED, PurchaseEvent, PurchaseLine, PurchaseOrder
from edge.model.purchase_records import Got, PurchaseReceived
from edge.model.stock import Arrived, Delivery, Expected
from edge.ports import Transaction
from edge.services.scanning import short_gtin

PIECE = 1000


class OrderedDeliveries:
    """See `edge.ports.Deliveries`; an order is called by its number."""

    def of_waybill(self, waybill: str, tx: Transaction) -> str | None:
        order = tx.purchases.by_waybill(waybill)
        return order.number if order is not None else None

    def expected(self, order: str, tx: Transaction) -> Delivery | None:
        found = tx.purchases.by_number(order)
        if found is None or found.state not in AWAITED:
            return None
        lines = _lines_by_sku(found).values()
        return Delivery(found.number, found.supplier, tuple(_expected(some) for some in lines))

    def arrived(self, delivery: Delivery, of: str, came: Sequence[Arrived], tx: Transaction) -> None:
        """The order is over: what is missing of it is claimed, and ordered anew like anything else."""
        order = tx.purchases.by_number(delivery.order)
        if order is None or not order.may(PurchaseEvent.RECEIVE):
            return
        lines = _lines_by_sku(order)
        got = tuple(part for one in came for part in _got(one, lines.get(one.sku, ())))
        differs = any(one.is_claimed for one in came)
        event = PurchaseEvent.DIFFER if differs else PurchaseEvent.COMPLETE
        received = order.moved(PurchaseEvent.RECEIVE, tx.stamp.at).moved(event, tx.stamp.at)
        tx.append(PurchaseReceived(received, got))

    def begun(self, order: str, tx: Transaction) -> None:
        """From its first scan on it is being taken in; a carton of it stands for the pieces that were ordered."""
        found = tx.purchases.by_number(order)
        if found is not None and found.may(PurchaseEvent.RECEIVE):
            tx.purchases.keep(found.moved(PurchaseEvent.RECEIVE, tx.stamp.at))
            _note_cartons(found, tx)


def _lines_by_sku(order: PurchaseOrder) -> dict[str, list[PurchaseLine]]:
    """A supplier may send the same goods in two packs."""
    found: dict[str, list[PurchaseLine]] = {}
    for line in order.taken:
        found.setdefault(line.sku, []).append(line)
    return found


def _expected(lines: Sequence[PurchaseLine]) -> Expected:
    pieces, amount = sum(line.pieces for line in lines), sum(line.amount for line in lines)
    return Expected(lines[0].sku, Milli(pieces * PIECE), lines[0].name, Fen(amount // pieces))


def _got(one: Arrived, lines: Sequence[PurchaseLine]) -> Iterator[Got]:
    """What came fills its lines one after the other, what is damaged first; the last has what is over."""
    pieces, damaged = (one.whole + one.damaged) // PIECE, one.damaged // PIECE
    for line in lines[:-1]:
        part = min(pieces, line.pieces)
        yield Got(line.n, one.sku, part, min(damaged, part))
        pieces, damaged = pieces - part, damaged - min(damaged, part)
    yield Got(lines[-1].n if lines else 0, one.sku, pieces, damaged)


def _note_cartons(order: PurchaseOrder, tx: Transaction) -> None:
    for line in order.taken:
        if is_gtin(line.carton):
            tx.stock.pack(short_gtin(Gtin14(line.carton)), line.sku, line.pack)
