"""A courier takes parcels back: what is overdue, and what was refused (product rows 58, 66).

The badge says whose courier it is; the carrier's file says whether that courier may take all of the carrier's parcels
or only those brought with the same badge. From the shelf by a scan, from cells door after door, each at an Enter; where
the wall cannot see into its cells another Enter says that it was taken.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from edge.bus import Bus
from edge.messages import Asked, AskedAtDesk, ParcelScanned, Say, Show, Started, Tone, View
from edge.model.carrier import Carriers, TakeBack
from edge.model.cell import CellEvent, CellState
from edge.model.counter import Verb, Waiting, at_rest
from edge.model.door import Content, Door
from edge.model.door_pulse import DoorPulse
from edge.model.parcel import Parcel, ParcelEvent, ParcelState
from edge.model.parcel_records import CellChanged, ParcelReturned
from edge.ports import Badges, Transaction
from edge.services.basket import basket_view
from edge.services.cell_books import SeenEmpty, give_back
from edge.services.door_verdicts import DoorClosed, DoorOpened, DoorStuck, DoorUnsure
from edge.services.doors import Doors
from edge.services.parcel_desk import CourierCame, DeskEnded, desk_of, keep_desk

TAKE_BACK = "take_back"
"""Why its door is opened."""
WAITING_FOR_COURIERS = frozenset({ParcelState.OVERDUE, ParcelState.REFUSED})
_STUCK = "take_back.stuck"
"""In `meta`: cells whose doors did not open for who is here now, JSON."""
_SHUT = "take_back.shut"
"""In `meta`: the parcel whose door was shut, and nobody has said yet whether it was taken."""
_WHY = {ParcelState.OVERDUE: "overdue", ParcelState.REFUSED: "refused"}


class TakingBack:
    def __init__(self, bus: Bus, doors: Doors, carriers: Carriers, badges: Badges) -> None:
        self._doors = doors
        self._carriers = carriers
        self._badges = badges
        bus.on(Started, lambda _, tx: self._leave(tx))
        bus.on(DeskEnded, lambda _, tx: self._leave(tx))
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
            tx.put(_STUCK, "[]")
            tx.keep(replace(at_rest(tx.counter.sale), waiting=Waiting.TAKE_BACK, barcode=desk.by))
            self._next(desk.by, tx)

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
        self._stay(tx)
        parcel = tx.parcels.by_waybill(scan.waybill)
        if parcel is None or not self._may(counter.barcode, parcel) or parcel.state not in WAITING_FOR_COURIERS:
            tx.after_commit(Say("parcel.not_yours", Tone.ERROR))
        elif parcel.cell and tx.get(_SHUT) == parcel.id:  # it is in the courier's hand, who need not say so
            tx.put(_SHUT, "")
            self._gone(parcel, counter.barcode, tx)
            self._next(counter.barcode, tx)
        elif parcel.cell:
            tx.after_commit(Say("door.back_q", Tone.ATTENTION, words=(("n", self._number(parcel.cell)),)))
        else:
            self._hand_over(parcel, counter.barcode, "", tx)
            self._next(counter.barcode, tx)

    def _answered(self, answer: AskedAtDesk, tx: Transaction) -> None:
        counter = tx.counter
        if counter.waiting is not Waiting.TAKE_BACK or counter.barcode is None:
            return
        self._stay(tx)
        if asked := self._shut(tx):
            tx.put(_SHUT, "")
            if answer.verb is Verb.ENTER:
                self._gone(asked, counter.barcode, tx)
            self._next(counter.barcode, tx)
        elif answer.verb is Verb.ENTER:
            self._open_next(counter.barcode, tx)

    def _open_next(self, badge_id: str, tx: Transaction) -> None:
        """The first one behind a door that can be opened. What is seen to be gone is missed instead."""
        behind = [parcel for parcel in self._within_reach(badge_id, tx) if parcel.cell]
        if any(self._doors.is_busy(parcel.cell, tx) for parcel in behind):
            return  # one after the other: this one is about to open, or is to be shut first
        for parcel in behind:
            if self._doors.door(parcel.cell) is Door.CLOSED and self._doors.content(parcel.cell) is Content.EMPTY:
                tx.after_commit(SeenEmpty(parcel.id))
                continue
            self._doors.pulse(parcel.cell, TAKE_BACK, tx, parcel=parcel.id, by=badge_id)
            return
        self._next(badge_id, tx)

    def _within_reach(self, badge_id: str, tx: Transaction) -> list[Parcel]:
        """Not behind a door that is out of use, or did not open for this courier."""
        stuck = json.loads(tx.get(_STUCK) or "[]")
        return [
            parcel for parcel in self._for(badge_id, tx)
            if not parcel.cell or (parcel.cell not in stuck and tx.cells.find(parcel.cell).state is not CellState.FAULT)
        ]  # fmt: skip

    def _next(self, badge_id: str, tx: Transaction) -> None:
        if waiting := self._within_reach(badge_id, tx):
            self._tell(waiting, tx)
            return
        is_all = not self._for(badge_id, tx)
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))
        tx.after_commit(Say("parcel.all_back") if is_all else Say("parcel.rest_stuck", Tone.ATTENTION))

    def _stay(self, tx: Transaction) -> None:
        """Whoever takes parcels along scans none in, and stands here all the same."""
        if (desk := desk_of(tx)) is not None:
            keep_desk(replace(desk, last_mono=tx.stamp.mono), tx)

    def _shut(self, tx: Transaction) -> Parcel | None:
        """The parcel of which somebody is asked whether it was taken."""
        parcel = tx.parcels.find(tx.get(_SHUT) or "")
        return parcel if parcel is not None and parcel.state in WAITING_FOR_COURIERS else None

    def _leave(self, tx: Transaction) -> None:
        """Nobody has said whether it was taken: it lies there or not, and somebody looks."""
        parcel = self._shut(tx)
        if tx.get(_SHUT):
            tx.put(_SHUT, "")
        if parcel is not None and parcel.cell:
            self._doubt(parcel, tx)

    def _hand_over(self, parcel: Parcel, courier: str, door: str, tx: Transaction) -> None:
        gone = parcel.moved(ParcelEvent.TAKE_BACK, tx.stamp.at)
        if (desk := desk_of(tx)) is not None and desk.by == courier:
            keep_desk(replace(desk, back=desk.back + 1, last_mono=tx.stamp.mono), tx)
        tx.append(ParcelReturned(gone, _WHY.get(parcel.state, "overdue"), courier, door))

    # --- the door --------------------------------------------------------------------------------------------------

    def _opened(self, opened: DoorOpened, tx: Transaction) -> None:
        if opened.pulse.why == TAKE_BACK:
            place = self._doors.place(opened.pulse.cell)
            tx.after_commit(Say("door.open", words=(("n", str(place.door) if place else ""),)))

    def _closed(self, closed: DoorClosed, tx: Transaction) -> None:
        parcel = self._in_hand(closed.pulse, tx)
        if parcel is None or closed.pulse is None:
            return
        is_here = tx.counter.waiting is Waiting.TAKE_BACK
        self._stay(tx)
        if closed.content is Content.UNKNOWN and is_here:
            tx.put(_SHUT, parcel.id)
            tx.after_commit(Say("door.took_q", Tone.ATTENTION, words=(("n", self._number(parcel.cell)),)))
            return
        if closed.content is Content.UNKNOWN:
            self._doubt(parcel, tx)
        elif closed.content is Content.EMPTY:
            self._gone(parcel, closed.pulse.by, tx)
        if is_here:
            self._next(closed.pulse.by, tx)

    def settle(self, parcel: Parcel, pulse: DoorPulse, tx: Transaction) -> None:
        """Nobody saw what this pulse did; its parcel is not in its cell any more."""
        self._gone(replace(parcel, doubt=False), pulse.by, tx)

    def _gone(self, parcel: Parcel, courier: str, tx: Transaction) -> None:
        give_back(parcel, tx)
        self._hand_over(parcel, courier, self._doors.door(parcel.cell).value, tx)

    def _stuck(self, stuck: DoorStuck, tx: Transaction) -> None:
        parcel = self._in_hand(stuck.pulse, tx)
        if parcel is None:
            return
        cell = tx.cells.find(parcel.cell)
        tx.put(_STUCK, json.dumps([*json.loads(tx.get(_STUCK) or "[]"), cell.id]))
        if stuck.sent and cell.state is not CellState.FAULT:
            tx.cells.keep(cell.moved(CellEvent.BREAK))
            tx.append(CellChanged(cell.id, CellState.FAULT.value, "not_opened", parcel.id))
        tx.after_commit(Say("door.fail", Tone.ERROR, words=(("n", self._number(parcel.cell)),)))

    def _unsure(self, unsure: DoorUnsure, tx: Transaction) -> None:
        parcel = self._in_hand(unsure.pulse, tx)
        if parcel is None or (unsure.door is Door.CLOSED and unsure.content is Content.FULL):
            return
        if unsure.door is Door.CLOSED and unsure.content is Content.EMPTY:
            self._gone(parcel, unsure.pulse.by, tx)
            return
        self._doubt(parcel, tx)

    def _doubt(self, parcel: Parcel, tx: Transaction) -> None:
        cell = tx.cells.find(parcel.cell)
        if cell.state is CellState.OCCUPIED:
            tx.cells.keep(cell.moved(CellEvent.DOUBT))
            tx.append(CellChanged(cell.id, CellState.CHECK.value, "unknown", parcel.id))
        tx.parcels.keep(replace(parcel, doubt=True))
        tx.after_commit(Say("door.look", Tone.ALARM, words=(("n", self._number(parcel.cell)),)))

    def _number(self, cell: str) -> str:
        place = self._doors.place(cell)
        return str(place.door) if place is not None else cell

    def _in_hand(self, pulse: DoorPulse | None, tx: Transaction) -> Parcel | None:
        if pulse is None or pulse.why != TAKE_BACK:
            return None
        parcel = tx.parcels.find(pulse.parcel)
        return parcel if parcel is not None and parcel.state in WAITING_FOR_COURIERS else None
