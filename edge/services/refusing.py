"""A recipient gives a parcel back on the spot: card 拒收退回, its waybill, and it waits for a courier (product row 57).

Out of a cell it goes back into the same cell; onto the shelf by the scan alone.
"""

from __future__ import annotations

from dataclasses import replace

from edge.bus import Bus
from edge.messages import Asked, ParcelScanned, Say, Show, Tone, View
from edge.model.cell import CellEvent, CellState
from edge.model.counter import Verb, Waiting, at_rest
from edge.model.door import Content, Door
from edge.model.door_pulse import DoorPulse
from edge.model.parcel import Parcel, ParcelEvent, ParcelState
from edge.model.parcel_records import CellChanged, ParcelRefused
from edge.ports import Transaction
from edge.services.cell_books import unreserve
from edge.services.door_verdicts import DoorClosed, DoorOpened, DoorStuck, DoorUnsure
from edge.services.doors import POWER_LOST, Doors
from edge.services.shelf import Shelf

REFUSE = "refuse"
"""Why its door is opened."""
ON_THE_SPOT_S = 300.0
"""So long after it was handed out (B3); later it is a matter for the carrier."""


class Refusing:
    def __init__(self, bus: Bus, doors: Doors, shelf: Shelf) -> None:
        self._doors = doors
        self._shelf = shelf
        bus.on(Asked, self._asked)
        bus.on(ParcelScanned, self._scanned)
        bus.on(DoorOpened, self._opened)
        bus.on(DoorClosed, self._closed)
        bus.on(DoorStuck, self._stuck)
        bus.on(DoorUnsure, self._unsure)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is Verb.RETURN_PARCEL:
            tx.keep(replace(at_rest(tx.counter.sale), waiting=Waiting.REFUSE))
            tx.after_commit(Say("parcel.refuse", Tone.ATTENTION))

    def _scanned(self, scan: ParcelScanned, tx: Transaction) -> None:
        if tx.counter.waiting is not Waiting.REFUSE:
            return
        parcel = tx.parcels.by_waybill(scan.waybill)
        is_lately = parcel is not None and parcel.at is not None and (
            0 <= (tx.stamp.at - parcel.at).total_seconds() <= ON_THE_SPOT_S
        )  # fmt: skip
        if parcel is None or parcel.state is not ParcelState.PICKED_UP or not is_lately:
            tx.after_commit(Say("parcel.no_refuse", Tone.ERROR))
            return
        tx.keep(at_rest(tx.counter.sale))
        cell = tx.cells.find(parcel.cell) if parcel.cell else None
        if cell is not None and cell.state is CellState.FREE and not self._doors.is_busy(cell.id, tx):
            tx.cells.keep(cell.moved(CellEvent.RESERVE, parcel=parcel.id))
            self._doors.pulse(parcel.cell, REFUSE, tx, parcel=parcel.id)
        else:
            self._onto_shelf(parcel, tx)

    def _opened(self, opened: DoorOpened, tx: Transaction) -> None:
        if opened.pulse.why == REFUSE:
            place = self._doors.place(opened.pulse.cell)
            tx.after_commit(Say("door.put", words=(("n", str(place.door) if place else ""),)))

    def _closed(self, closed: DoorClosed, tx: Transaction) -> None:
        parcel = self._in_hand(closed.pulse, tx)
        if parcel is None:
            return
        if closed.content is Content.EMPTY:
            self._keeps_it(parcel, tx)
            return
        tx.cells.keep(tx.cells.find(parcel.cell).moved(CellEvent.STORE))
        self._refuse(parcel, tx)
        tx.after_commit(Say("parcel.kept_back"))

    def _stuck(self, stuck: DoorStuck, tx: Transaction) -> None:
        """The shelf takes it: somebody stands here with it in his hands, unless the power went meanwhile."""
        parcel = self._in_hand(stuck.pulse, tx)
        if parcel is None:
            return
        unreserve(stuck, tx)
        if stuck.reason != POWER_LOST:
            self._onto_shelf(parcel, tx)

    def _unsure(self, unsure: DoorUnsure, tx: Transaction) -> None:
        """Power lost: what the cell's sensor sees, or a person who looks."""
        parcel = self._in_hand(unsure.pulse, tx)
        if parcel is None:
            return
        cell = tx.cells.find(parcel.cell)
        if unsure.door is Door.CLOSED and unsure.content is Content.EMPTY:
            self._keeps_it(parcel, tx)
        elif unsure.door is Door.CLOSED and unsure.content is Content.FULL:
            tx.cells.keep(cell.moved(CellEvent.STORE))
            self._refuse(parcel, tx)
        else:
            tx.cells.keep(cell.moved(CellEvent.DOUBT, parcel=""))
            tx.append(CellChanged(cell.id, CellState.CHECK.value, "unknown", parcel.id))

    def _keeps_it(self, parcel: Parcel, tx: Transaction) -> None:
        tx.cells.keep(tx.cells.find(parcel.cell).moved(CellEvent.CLEAR, parcel=""))

    def _onto_shelf(self, parcel: Parcel, tx: Transaction) -> None:
        placed = self._shelf.placed(parcel.moved(ParcelEvent.REFUSE, tx.stamp.at), tx)
        entry = tx.append(ParcelRefused(placed, "refused"))
        self._shelf.label(placed, tx, of=entry.id)
        tx.after_commit(Show(View.TEXT, name=placed.shelf))
        tx.after_commit(Say("parcel.kept_back"))

    def _refuse(self, parcel: Parcel, tx: Transaction) -> None:
        tx.append(ParcelRefused(parcel.moved(ParcelEvent.REFUSE, tx.stamp.at), "refused"))

    def _in_hand(self, pulse: DoorPulse | None, tx: Transaction) -> Parcel | None:
        if pulse is None or pulse.why != REFUSE:
            return None
        parcel = tx.parcels.find(pulse.parcel)
        return parcel if parcel is not None and parcel.state is ParcelState.PICKED_UP else None
