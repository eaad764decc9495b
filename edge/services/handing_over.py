"""A courier fetches what customers send: the badge, then a scan of each parcel; a slip counts them (row 65)."""

from __future__ import annotations

from dataclasses import replace

from edge.bus import Bus
from edge.messages import ParcelScanned, Say, Show, Tone, View
from edge.model.counter import Waiting
from edge.model.parcel import TO_BE_SENT, Parcel, ParcelEvent, ParcelState
from edge.model.parcel_records import ParcelHandedOver
from edge.ports import Badges, Transaction
from edge.services.labelling import SendText, accept, cannot_leave, outgoing
from edge.services.parcel_desk import CourierCame, Desk, desk_of, keep_desk


class HandingOver:
    def __init__(self, bus: Bus, badges: Badges, text: SendText) -> None:
        self._badges = badges
        self._text = text
        bus.on(CourierCame, self._came)
        bus.on(ParcelScanned, self._scanned)

    def _came(self, came: CourierCame, tx: Transaction) -> None:
        """Whoever logs in hears what is to go."""
        carrier = self._carrier(came.badge)
        waiting = [one for one in tx.parcels.in_state({ParcelState.ACCEPTED}) if one.carrier == carrier]
        if waiting:
            tx.after_commit(Say("send.waits", Tone.ATTENTION, words=(("n", str(len(waiting))),)))

    def _scanned(self, scan: ParcelScanned, tx: Transaction) -> None:
        desk, found = desk_of(tx), outgoing(scan.waybill, tx)
        if tx.counter.waiting is not Waiting.PARCEL_IN or desk is None or not desk.by or found is None:
            return
        parcel, shipment = found
        if (why := cannot_leave(parcel, shipment, tx)) is not None:
            self._stay(desk, why, tx)
        elif parcel.state not in TO_BE_SENT:
            return  # it left before, and comes back: `CheckIn` takes it
        elif parcel.carrier != self._carrier(desk.by):
            self._stay(desk, Say("send.other", Tone.ERROR), tx)
        else:
            if parcel.state is ParcelState.LABELLED:  # nobody had scanned its label
                parcel = accept(parcel, shipment, self._text, tx)
            self._hand_over(parcel, desk, tx)

    def _stay(self, desk: Desk, why: Say, tx: Transaction) -> None:
        keep_desk(replace(desk, last_mono=tx.stamp.mono), tx)
        tx.after_commit(why)

    def _hand_over(self, parcel: Parcel, desk: Desk, tx: Transaction) -> None:
        tx.append(ParcelHandedOver(parcel.moved(ParcelEvent.HAND_OVER, tx.stamp.at), desk.by))
        keep_desk(replace(desk, sent=desk.sent + 1, last_mono=tx.stamp.mono), tx)
        tx.keep(replace(tx.counter, verb=None, barcode=None))
        tx.after_commit(Show(View.TEXT, name=f"{desk.sent + 1}  {parcel.waybill}"))
        tx.after_commit(Say("send.handed", words=(("n", str(desk.sent + 1)),)))

    def _carrier(self, badge_id: str) -> str:
        """Empty: a badge of no carrier, or none at all, and nothing is handed to it."""
        badge = self._badges.find(badge_id)
        return badge.carrier if badge is not None and badge.carrier else ""
