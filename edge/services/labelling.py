"""A fee that is paid prints its label, in the commit of its sale; the label's scan takes the parcel in (row 65).

sale completed ──► labelled, label ──scan of the label──► accepted, slip for the customer
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.messages import ParcelScanned, Say, Show, Tone, View
from edge.model.counter import Waiting
from edge.model.parcel import TO_BE_SENT, Parcel, ParcelEvent, ParcelState
from edge.model.parcel_records import ParcelAccepted, ParcelLabelled
from edge.model.platform import Platforms
from edge.model.records import SaleCompleted
from edge.model.refund import rest_of
from edge.model.send_slip import label_slip, tracking_slip
from edge.model.shipment import Shipment, fees, sent_by
from edge.ports import Transaction
from edge.services.parcel_desk import desk_of
from edge.services.slips import local_time, print_slip
from edge.services.spoken_manner import manner_of

_log = logging.getLogger("edge.parcel")
_OF_THE_LABEL = (Waiting.NOTHING, Waiting.SEND, Waiting.PARCEL_IN)


@dataclass(frozen=True, slots=True)
class SendText:
    """What papers say beside the parcel itself."""

    shop: str
    language: str
    zone: ZoneInfo
    platforms: Platforms


class Labelling:
    def __init__(self, bus: Bus, text: SendText) -> None:
        self._text = text
        bus.on(SaleCompleted, self._sold)
        bus.on(ParcelScanned, self._scanned)

    def _sold(self, record: SaleCompleted, tx: Transaction) -> None:
        for line in fees(record.sale.standing):
            shipment = tx.shipments.find(sent_by(line.sku) or "")
            if shipment is None or tx.parcels.find(shipment.parcel) is not None:
                _log.error("a fee was paid for a parcel that has no label: %s", line.sku)
                tx.after_commit(Say("send.no_label", Tone.ALARM))
                continue
            shipment = replace(shipment, sale=record.sale.id)
            tx.shipments.keep(shipment)
            tx.append(ParcelLabelled(shipment.labelled(tx.stamp.at), shipment.grams, line.amount, record.sale.id))
            language = manner_of(tx, self._text.language).language
            carrier = self._text.platforms.carriers.named(shipment.carrier).spoken(language)
            print_slip(label_slip(shipment, carrier=carrier, shop=self._text.shop, language=language), tx)
            tx.after_commit(Say("send.label", Tone.ATTENTION))

    def _scanned(self, scan: ParcelScanned, tx: Transaction) -> None:
        """Of a parcel that leaves from here. A courier's scan is `HandingOver`'s."""
        found, waiting = outgoing(scan.waybill, tx), tx.counter.waiting
        desk = desk_of(tx) if waiting is Waiting.PARCEL_IN else None
        if found is None or waiting not in _OF_THE_LABEL or (desk is not None and desk.by):
            return
        parcel, shipment = found
        match parcel.state:
            case _ if (why := cannot_leave(parcel, shipment, tx)) is not None:
                tx.after_commit(why)
            case ParcelState.LABELLED:
                accept(parcel, shipment, self._text, tx)
            case ParcelState.ACCEPTED if waiting is Waiting.PARCEL_IN:
                tx.after_commit(Say("send.badge", Tone.ATTENTION))
            case ParcelState.ACCEPTED:
                tx.after_commit(Say("send.taken_before", Tone.ATTENTION))
            case _ if waiting is not Waiting.PARCEL_IN:
                tx.after_commit(Say("send.gone", Tone.ATTENTION))


def outgoing(waybill: str, tx: Transaction) -> tuple[Parcel, Shipment] | None:
    """The parcel of this number that was sent, or is to be; None: another one, or none."""
    parcel = tx.parcels.by_waybill(waybill)
    shipment = tx.shipments.find(parcel.id) if parcel is not None else None
    return (parcel, shipment) if parcel is not None and shipment is not None and shipment.sale else None


def stays_ours(waybill: str, tx: Transaction) -> bool:
    """Whether this number cannot come in: its parcel has not left, or never will. One that left may come back."""
    found = outgoing(waybill, tx)
    return found is not None and found[0].state is not ParcelState.HANDED_OVER


def cannot_leave(parcel: Parcel, shipment: Shipment, tx: Transaction) -> Say | None:
    """Its fee went back, or is on its way back: a parcel that nobody paid for does not travel."""
    if parcel.state is ParcelState.CANCELLED:
        return Say("send.off", Tone.ERROR)
    sold = tx.sales.by_id(shipment.sale) if parcel.state in TO_BE_SENT else None
    returned = tx.refunds.returned(shipment.sale) if sold is not None else {}
    ours = [line for line in sold.sale.standing if line.sku == shipment.sku] if sold is not None else []
    is_back = any(rest_of(line, returned) <= 0 for line in ours)
    return Say("send.refunding", Tone.ERROR) if is_back else None


def accept(parcel: Parcel, shipment: Shipment, text: SendText, tx: Transaction) -> Parcel:
    """From the customer's hands into the station's; the parcel as it is from then on."""
    taken = parcel.moved(ParcelEvent.ACCEPT, tx.stamp.at)
    tx.append(ParcelAccepted(taken, shipment.grams, shipment.fee, shipment.sale))
    language, sold = manner_of(tx, text.language).language, tx.sales.by_id(shipment.sale)
    carrier, offers = text.platforms.carriers.named(parcel.carrier), text.platforms.sending(parcel.carrier)
    lines = (*carrier.slip.lines(language), *(offers[0].slip.lines(language) if offers else ()))
    slip = tracking_slip(
        shipment, carrier=carrier.spoken(language), lines=lines, shop=text.shop,
        receipt=sold.receipt if sold is not None else "", local_time=local_time(tx.stamp.at, text.zone),
        language=language,
    )  # fmt: skip
    print_slip(slip, tx)
    tx.after_commit(Show(View.TEXT, name=parcel.waybill))
    tx.after_commit(Say("send.taken"))
    return taken
