"""A customer does not send it after all: its fee goes back before the courier came, and never after (row 65).

    card 退货, scan of the slip or the label ──► the fee ──► owner's card, Enter: the sum ──Enter──► booked, cancelled

By its receipt it comes back, too. With a wallet in it the parcel stays from the moment on at which it was asked.
"""

from __future__ import annotations

from dataclasses import replace

from edge.bus import Bus
from edge.messages import ParcelScanned, Say, SlipScanned, Tone, UnknownScanned
from edge.model.counter import Waiting
from edge.model.parcel import TO_BE_SENT, ParcelEvent
from edge.model.parcel_records import ParcelCancelled
from edge.model.records import SaleRefunded, SaleVoided
from edge.model.refund import Refund
from edge.model.sale import Sale
from edge.model.service_order import ServiceState, ordered_by
from edge.model.shipment import sent_by
from edge.ports import Transaction
from edge.services.basket import question, refunding
from edge.services.labelling import cannot_leave, outgoing
from edge.services.owner_gate import spend_on_question

REFUNDED = "refunded"
"""Why it is cancelled."""


class FeeRefunds:
    def __init__(self, bus: Bus) -> None:
        bus.on(ParcelScanned, self._scanned)
        bus.on(SaleRefunded, self._back)
        bus.on(SaleVoided, self._back)

    def _scanned(self, scan: ParcelScanned, tx: Transaction) -> None:
        """The number of the parcel names the receipt and the goods at once; `Refunds` does the rest."""
        counter, found = tx.counter, outgoing(scan.waybill, tx)
        if not refunding(counter):
            return
        if found is None or counter.waiting not in (Waiting.RECEIPT, Waiting.REFUND):
            tx.after_commit(Say("refund.not_in", Tone.ERROR) if found is None else question(counter))
            return
        parcel, shipment = found
        sold = tx.sales.by_id(shipment.sale)
        if (why := cannot_leave(parcel, shipment, tx)) is not None:
            tx.after_commit(why)
        elif (gone := kept_fee(shipment.sku, shipment.sale, tx)) is not None:
            tx.after_commit(gone)
        elif sold is None:
            tx.after_commit(Say("refund.no_receipt", Tone.ERROR))
        else:
            chosen = counter.refund
            if chosen is None or chosen.of != shipment.sale:
                tx.after_commit(SlipScanned(sold.receipt, scan.asked_mono))
            if chosen is None or chosen.of == shipment.sale or not chosen.lines:
                tx.after_commit(UnknownScanned(shipment.sku, scan.asked_mono))

    def _back(self, record: SaleRefunded | SaleVoided, tx: Transaction) -> None:
        for line in record.refund.lines:
            parcel_id = sent_by(line.sku)
            parcel = tx.parcels.find(parcel_id) if parcel_id is not None else None
            if parcel is not None and parcel.state in TO_BE_SENT:
                tx.append(ParcelCancelled(parcel.moved(ParcelEvent.CANCEL, tx.stamp.at), REFUNDED))
                tx.after_commit(Say("send.back", Tone.ATTENTION))


def kept_fee(sku: str, sale: str, tx: Transaction) -> Say | None:
    """Why the fee of a parcel, or a service, that `sale` paid cannot go back; None: it can, or it is goods."""
    if (order_id := ordered_by(sku)) is not None:
        return _kept_service(order_id, sale, tx)
    parcel_id = sent_by(sku)
    parcel = tx.parcels.find(parcel_id) if parcel_id is not None else None
    return Say("send.gone", Tone.ERROR) if parcel is not None and parcel.state not in TO_BE_SENT else None


def _kept_service(order_id: str, sale: str, tx: Transaction) -> Say | None:
    """Its money goes back when its provider says that it was not done; by hand only where the provider undid it, or
    where `sale` paid for nothing: the order is gone, or is not the one that this sale paid.
    """
    order = tx.services.find(order_id)
    may_go = order is None or order.sale != sale or order.state is ServiceState.REVERSED
    return None if may_go else Say("svc.no_refund", Tone.ERROR)


def kept_fee_among(sale: Sale, tx: Transaction) -> Say | None:
    """The first of its fees that stays; None: all can go back."""
    return next((why for line in sale.standing if (why := kept_fee(line.sku, sale.id, tx)) is not None), None)


def without_kept_fees(refund: Refund, tx: Transaction) -> Refund:
    """Of a whole receipt what can come back."""
    return replace(refund, lines=tuple(line for line in refund.lines if kept_fee(line.sku, refund.of, tx) is None))


def owner_allows(refund: Refund, tx: Transaction) -> bool:
    """A fee goes back only with the owner's card; False, with a word: it is still to be scanned."""
    has_fee = any(sent_by(line.sku) is not None or ordered_by(line.sku) is not None for line in refund.lines)
    return not has_fee or spend_on_question(tx) is not None
