"""A courier takes parcels back: what is overdue, what was refused, what the carrier calls home (product rows 58, 66).

The badge says whose courier it is; the carrier's file says whether that courier may take all of the carrier's parcels
or only those brought with the same badge. From the shelf by a scan, from cells door after door, each at an Enter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from edge.bus import Bus
from edge.messages import Asked, AskedAtDesk, ParcelScanned, Say, Show, Tone, View
from edge.model.carrier import Carriers, TakeBack
from edge.model.cell import CellEvent, CellState
from edge.model.counter import Verb, Waiting, at_rest
from edge.model.door import Content, Door
from edge.model.door_pulse import DoorPulse
from edge.model.parcel import Parcel, ParcelEvent, ParcelState
from edge.model.parcel_records import CellChanged, ParcelReturned
from edge.ports import Badges, Transaction
from edge.services.basket import basket_view
from edge.services.door_verdicts import DoorClosed, DoorOpened, DoorStuck, DoorUnsure
from edge.services.doors import Doors
from edge.services.parcel_desk import CourierCame, desk_of

TAKE_BACK = "take_back"
"""Why its door is opened."""
WAITING_FOR_COURIERS = frozenset({ParcelState.OVERDUE, ParcelState.REFUSED})
_WHY = {ParcelState.OVERDUE: "overdue", ParcelState.REFUSED: "refused"}


class TakingBack:
    def __init__(self, bus: Bus, doors: Doors, carriers: Carriers, badges: Badges) -> None:
        self._doors = doors
        self._carriers = carriers
        self._badges = badges
        bus.on(CourierCame, self._came)
        bus.on(Asked, self._asked)
        bus.on(ParcelScanned, self._scanned)
        bus.on(AskedAtDesk, self._answered)
        bus.on(DoorOpened, self._opened)
        bus.on(DoorClosed, self._closed)
        bus.on(DoorStuck, self._stuck)
        bus.on(DoorUnsure, self._unsure)

    def _came(self, came: CourierCame, tx: Transaction) -> None:
        """Whoever logs in hears what is to go (row 58)."""
        if waiting := self._for(came.badge, tx):
            tx.after_commit(Say("parcel.overdue_n", Tone.ATTENTION, words=(("n", str(len(waiting))),)))

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        """Card 超期件: a courier who is here takes them along."""
        if asked.verb is not Verb.OVERDUE:
            return
        desk = desk_of(tx)
        waiting = self._for(desk.by, tx) if desk is not None and desk.by else []
        if desk is None or not desk.by:
            return  # the shop's own: `ParcelList`
        if not waiting:
            tx.after_commit(Say("parcel.none_overdue"))
        else:
            tx.keep(replace(at_rest(tx.counter.sale), waiting=Waiting.TAKE_BACK, barcode=desk.by))
            self._tell(waiting, tx)

    def _for(self, badge_id: str, tx: Transaction) -> list[Parcel]:
        """What this courier may take along, the oldest first."""
        return [p for p in tx.parcels.in_state(WAITING_FOR_COURIERS) if self._may(badge_id, p)]

    def _may(self, badge_id: str, parcel: Parcel) -> bool:
        badge = self._badges.find(badge_id)
        if parcel.by == badge_id:
            return True
        is_carriers = badge is not None and bool(badge.carrier) and badge.carrier == parcel.carrier
        return is_carriers and self._carriers.named(parcel.carrier).rights.take_back is TakeBack.CARRIER

    def _tell(self, waiting: Sequence[Parcel], tx: Transaction) -> None:
        """The next one: where on the shelf, or that Enter opens its door."""
        first = waiting[0]
        place = self._doors.place(first.cell) if first.cell else None
        tx.after_commit(Show(View.TEXT, name=first.shelf if place is None else str(place.door)))
        if place is None:
            tx.after_commit(Say("parcel.where", Tone.ATTENTION, words=(("shelf", first.shelf),)))
        else:
            tx.after_commit(Say("door.back_q", Tone.ATTENTION, words=(("n", str(place.door)),)))

    # --- from the shelf, and from cells ----------------------------------------------------------------------------

    def _scanned(self, scan: ParcelScanned, tx: Transaction) -> None:
        counter = tx.counter
        if counter.waiting is not Waiting.TAKE_BACK or counter.barcode is None:
            return
        parcel = tx.parcels.by_waybill(scan.waybill)
        if parcel is None or parcel.state not in WAITING_FOR_COURIERS or not self._may(counter.barcode, parcel):
            tx.after_commit(Say("parcel.not_yours", Tone.ERROR))
        elif parcel.cell:
            self._tell([parcel], tx)
        else:
            self._hand_over(parcel, counter.barcode, "", tx)
            self._next(counter.barcode, tx)

    def _answered(self, answer: AskedAtDesk, tx: Transaction) -> None:
        counter = tx.counter
        if counter.waiting is not Waiting.TAKE_BACK or counter.barcode is None or answer.verb is not Verb.ENTER:
            return
        in_cells = [parcel for parcel in self._for(counter.barcode, tx) if parcel.cell]
        shut = [parcel for parcel in in_cells if self._doors.door(parcel.cell) is not Door.OPEN]
        if shut:
            self._doors.pulse(shut[0].cell, TAKE_BACK, tx, parcel=shut[0].id, by=counter.barcode)

    def _next(self, badge_id: str, tx: Transaction) -> None:
        if waiting := self._for(badge_id, tx):
            self._tell(waiting, tx)
            return
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))
        tx.after_commit(Say("parcel.all_back"))

    def _hand_over(self, parcel: Parcel, courier: str, door: str, tx: Transaction) -> None:
        why = _WHY.get(parcel.state, "recall")
        tx.append(ParcelReturned(parcel.moved(ParcelEvent.TAKE_BACK, tx.stamp.at), why, courier, door))

    # --- the door --------------------------------------------------------------------------------------------------

    def _opened(self, opened: DoorOpened, tx: Transaction) -> None:
        if opened.pulse.why == TAKE_BACK:
            place = self._doors.place(opened.pulse.cell)
            tx.after_commit(Say("door.open", words=(("n", str(place.door) if place else ""),)))

    def _closed(self, closed: DoorClosed, tx: Transaction) -> None:
        parcel = self._in_hand(closed.pulse, tx)
        if parcel is None or closed.pulse is None:
            return
        if closed.content is not Content.FULL:
            self._gone(parcel, closed.pulse.by, tx)
        if tx.counter.waiting is Waiting.TAKE_BACK:
            self._next(closed.pulse.by, tx)

    def _gone(self, parcel: Parcel, courier: str, tx: Transaction) -> None:
        cell = tx.cells.find(parcel.cell)
        event = CellEvent.CLEAR if cell.state is CellState.CHECK else CellEvent.RELEASE
        tx.cells.keep(cell.moved(event, parcel=""))
        self._hand_over(parcel, courier, self._doors.door(parcel.cell).value, tx)

    def _stuck(self, stuck: DoorStuck, tx: Transaction) -> None:
        parcel = self._in_hand(stuck.pulse, tx)
        if parcel is None:
            return
        cell, place = tx.cells.find(parcel.cell), self._doors.place(parcel.cell)
        if stuck.sent and cell.state is not CellState.FAULT:
            tx.cells.keep(cell.moved(CellEvent.BREAK))
            tx.append(CellChanged(cell.id, CellState.FAULT.value, "not_opened", parcel.id))
        tx.after_commit(Say("door.fail", Tone.ERROR, words=(("n", str(place.door) if place else ""),)))

    def _unsure(self, unsure: DoorUnsure, tx: Transaction) -> None:
        parcel = self._in_hand(unsure.pulse, tx)
        if parcel is None or (unsure.door is Door.CLOSED and unsure.content is Content.FULL):
            return
        if unsure.door is Door.CLOSED and unsure.content is Content.EMPTY:
            self._gone(parcel, unsure.pulse.by, tx)
            return
        cell = tx.cells.find(parcel.cell)
        if cell.state is CellState.OCCUPIED:
            tx.cells.keep(cell.moved(CellEvent.DOUBT))
            tx.append(CellChanged(cell.id, CellState.CHECK.value, "unknown", parcel.id))
        tx.parcels.keep(replace(parcel, doubt=True))

    def _in_hand(self, pulse: DoorPulse | None, tx: Transaction) -> Parcel | None:
        if pulse is None or pulse.why != TAKE_BACK:
            return None
        parcel = tx.parcels.find(pulse.parcel)
        return parcel if parcel is not None and parcel.state in WAITING_FOR_COURIERS else None
