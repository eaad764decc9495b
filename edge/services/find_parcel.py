"""Where is this parcel? Card 找包裹, its waybill, and the answer as a voice and a line of display (product row 52)."""

from __future__ import annotations

from dataclasses import replace

from edge.bus import Bus
from edge.messages import Asked, ParcelScanned, Say, Show, Tone, View
from edge.model.counter import Verb, Waiting, at_rest
from edge.model.parcel import HERE, Parcel, ParcelState
from edge.ports import Transaction
from edge.services.basket import basket_view
from edge.services.doors import Doors

_GONE = {
    ParcelState.PICKED_UP: "parcel.gone",
    ParcelState.RETURNED: "parcel.gone_back",
    ParcelState.HANDED_OVER: "parcel.gone_back",
    ParcelState.EXPECTED: "parcel.coming",
    ParcelState.LABELLED: "send.label",
}


class FindingParcel:
    def __init__(self, bus: Bus, doors: Doors) -> None:
        self._doors = doors
        bus.on(Asked, self._asked)
        bus.on(ParcelScanned, self._scanned)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is Verb.FIND_PARCEL:
            tx.keep(replace(at_rest(tx.counter.sale), waiting=Waiting.FIND))
            tx.after_commit(Say("parcel.find", Tone.ATTENTION))

    def _scanned(self, scan: ParcelScanned, tx: Transaction) -> None:
        if tx.counter.waiting is not Waiting.FIND:
            return
        parcel = tx.parcels.by_waybill(scan.waybill)
        if parcel is not None and parcel.state is ParcelState.ACCEPTED:
            tx.after_commit(Say("send.here"))
        elif parcel is not None and parcel.state in HERE:
            self._tell(parcel, tx)
        else:
            prompt = _GONE.get(parcel.state, "parcel.never") if parcel is not None else "parcel.never"
            tx.after_commit(basket_view(tx.counter))
            tx.after_commit(Say(prompt, Tone.ATTENTION))

    def _tell(self, parcel: Parcel, tx: Transaction) -> None:
        place = self._doors.place(parcel.cell) if parcel.cell else None
        if place is not None:
            tx.after_commit(Show(View.TEXT, name=str(place.door)))
            tx.after_commit(Say("parcel.behind", words=(("n", str(place.door)),)))
        else:
            tx.after_commit(Show(View.TEXT, name=parcel.shelf))
            tx.after_commit(Say("parcel.where", words=(("shelf", parcel.shelf),)))
