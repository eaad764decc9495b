"""A parcel goes into a cell: the smallest free one, one pulse, and a door that was open and is shut again (rows 45–47).

What the books say at each step is what can be true: `checking_in` while nobody has seen the door shut, `stored` once
something lies there or a person said so, and `check` for a cell of which nobody knows.
"""

from __future__ import annotations

import json
from dataclasses import replace

from edge.bus import Bus
from edge.messages import AskedAtDesk, ParcelScanned, Say, Show, Started, Tone, View
from edge.model.carrier import Carriers
from edge.model.cell import CellEvent, CellState, allocate
from edge.model.counter import Verb, Waiting
from edge.model.door import Content, Door
from edge.model.door_pulse import DoorPulse
from edge.model.parcel import Parcel, ParcelEvent, ParcelState
from edge.model.parcel_records import CellChanged, ParcelCancelled, ParcelStored
from edge.ports import Transaction
from edge.services.cell_books import give_back, unreserve
from edge.services.door_verdicts import SHUT, DoorClosed, DoorOpened, DoorStuck, DoorUnsure
from edge.services.doors import Doors
from edge.services.parcel_codes import ParcelCodes
from edge.services.parcel_desk import DeskEnded, desk_of, keep_desk

DEPOSIT = "deposit"
"""Why its door is opened."""
CELLS_TRIED = 3
"""Doors that do not open, before the parcel goes onto the shelf (decisions 3)."""

_TRIED = "deposit.tried"
"""In `meta`: cells that did not open for the parcel that is being put in, JSON."""


class Deposit:
    """One parcel at a time: a courier has two hands."""

    def __init__(self, bus: Bus, doors: Doors, carriers: Carriers, codes: ParcelCodes) -> None:
        self._doors = doors
        self._carriers = carriers
        self._codes = codes
        bus.on(Started, self._resume)
        bus.on(ParcelScanned, self._next)
        bus.on(AskedAtDesk, self._answered)
        bus.on(DoorOpened, self._opened)
        bus.on(DoorClosed, self._closed)
        bus.on(DoorStuck, self._stuck)
        bus.on(DoorUnsure, self._unsure)
        bus.on(DeskEnded, self._desk_ended)

    def begin(self, parcel: Parcel, tx: Transaction) -> None:
        """Find a cell for it and open its door; where there is none, it goes onto the shelf by another scan."""
        tx.put(_TRIED, "[]")
        self._try(parcel, tx)

    def _try(self, parcel: Parcel, tx: Transaction) -> None:
        tried = json.loads(tx.get(_TRIED) or "[]")
        sizes = self._carriers.named(parcel.carrier).rights.cells
        allowed = [offer for offer in self._doors.offers(tx) if offer.place.size in sizes]
        place = allocate(allowed, parcel.size, besides=frozenset(tried)) if len(tried) < CELLS_TRIED else None
        if place is None:
            self._give_up(parcel, "no_door", tx)
            if (desk := desk_of(tx)) is not None:  # the next scan is for the shelf, as is said
                keep_desk(replace(desk, size=None), tx)
            tx.after_commit(Say("door.none", Tone.ATTENTION))
            return
        if parcel.state is not ParcelState.CHECKING_IN:
            parcel = parcel.moved(ParcelEvent.CHECK_IN)
        tx.parcels.keep(replace(parcel, cell=place.id))
        tx.cells.keep(tx.cells.find(place.id).moved(CellEvent.RESERVE, parcel=parcel.id))
        self._doors.pulse(place.id, DEPOSIT, tx, parcel=parcel.id, by=parcel.by)

    # --- the door --------------------------------------------------------------------------------------------------

    def _opened(self, opened: DoorOpened, tx: Transaction) -> None:
        if opened.pulse.why == DEPOSIT:
            number = self.number(opened.pulse.cell)
            tx.after_commit(Show(View.TEXT, name=number))
            tx.after_commit(Say("door.put", words=(("n", number),)))

    def _closed(self, closed: DoorClosed, tx: Transaction) -> None:
        parcel = self._in_hand(closed.pulse, tx)
        if parcel is None:
            return
        if closed.content is Content.FULL:
            self._store(parcel, "scan", tx)
        elif desk_of(tx) is None:
            self._settle(parcel, tx, content=closed.content)
        else:
            prompt = "door.empty_q" if closed.content is Content.EMPTY else "door.in_q"
            tx.after_commit(Say(prompt, Tone.ATTENTION, words=(("n", self.number(parcel.cell)),)))

    def _stuck(self, stuck: DoorStuck, tx: Transaction) -> None:
        """Its door stays shut: out of use, and the next one is tried. Never sent: the cell is as good as before."""
        parcel = self._in_hand(stuck.pulse, tx)
        if parcel is None:
            return
        unreserve(stuck, tx)
        if stuck.sent:
            tx.after_commit(Say("door.stuck", Tone.ERROR, words=(("n", self.number(parcel.cell)),)))
        tx.put(_TRIED, json.dumps([*json.loads(tx.get(_TRIED) or "[]"), parcel.cell]))
        self._try(parcel, tx)

    def _unsure(self, unsure: DoorUnsure, tx: Transaction) -> None:
        """The power went, or the board did, while its door was asked to open: what lies in the cell decides."""
        parcel = self._in_hand(unsure.pulse, tx)
        if parcel is None:
            return
        self._settle(parcel, tx, content=unsure.content if unsure.door is Door.CLOSED else Content.UNKNOWN)

    def _desk_ended(self, _: DeskEnded, tx: Transaction) -> None:
        """Whoever put something in has gone without a word; a door that is still open tells when it is shut."""
        for parcel in tx.parcels.in_state({ParcelState.CHECKING_IN}):
            if self._was_shut(parcel, tx) and not parcel.doubt:
                self._settle(parcel, tx, content=self._doors.content(parcel.cell))

    def _settle(self, parcel: Parcel, tx: Transaction, *, content: Content) -> None:
        """Its door is shut, and nobody is here to say what lies behind it."""
        match content:
            case Content.FULL:
                self._store(parcel, "scan", tx)
            case Content.EMPTY:
                self._give_up(parcel, "empty", tx)
            case Content.UNKNOWN:
                self._doubt(parcel, tx)

    def settle(self, parcel: Parcel, tx: Transaction, *, is_in: bool) -> None:
        """A person has looked: it lies in its cell, or it does not."""
        sure = replace(parcel, doubt=False)
        if is_in:
            self._store(sure, "word", tx)
        else:
            self._give_up(sure, "empty", tx)

    def _resume(self, _: Started, tx: Transaction) -> None:
        """A door that nobody has asked to open yet stays shut: the courier scans again. Of one that was shut again
        nobody has said what lies behind it, and whoever could has gone.
        """
        for parcel in tx.parcels.in_state({ParcelState.CHECKING_IN}):
            pulse = tx.pulses.of_cell(parcel.cell)
            if parcel.doubt:
                continue
            if pulse is None or pulse.parcel != parcel.id:
                self._give_up(parcel, "power", tx)
            elif self._was_shut(parcel, tx):
                self._doubt(parcel, tx)

    # --- what a person says ----------------------------------------------------------------------------------------

    def _answered(self, answer: AskedAtDesk, tx: Transaction) -> None:
        parcel = self._waiting(tx)
        if parcel is None or tx.counter.waiting is not Waiting.PARCEL_IN or tx.counter.verb is not None:
            return
        if answer.verb is Verb.ENTER:
            self._confirm(parcel, tx)
        else:
            self._cancel(parcel, tx)

    def _next(self, scan: ParcelScanned, tx: Transaction) -> None:
        """Who scans the next one has put this one in, and shut its door."""
        parcel = self._waiting(tx)
        if tx.counter.waiting is not Waiting.PARCEL_IN or parcel is None or scan.waybill == parcel.waybill:
            return
        if self._was_shut(parcel, tx):
            self._confirm(parcel, tx)

    def unfinished(self, tx: Transaction) -> str:
        """The number of the door that is about to open or stands open for the parcel before; empty: there is none."""
        parcel = self._waiting(tx)
        return self.number(parcel.cell) if parcel is not None and self._is_unfinished(parcel, tx) else ""

    def _is_unfinished(self, parcel: Parcel, tx: Transaction) -> bool:
        return self._doors.door(parcel.cell) is not Door.UNKNOWN and not self._was_shut(parcel, tx)

    def _confirm(self, parcel: Parcel, tx: Transaction) -> None:
        if self._is_unfinished(parcel, tx):
            tx.after_commit(Say("door.shut_first", Tone.ATTENTION, words=(("n", self.number(parcel.cell)),)))
        elif self._doors.content(parcel.cell) is Content.EMPTY:
            tx.after_commit(Say("door.empty_q", Tone.ATTENTION, words=(("n", self.number(parcel.cell)),)))
        else:
            self._store(parcel, "word", tx)

    def _cancel(self, parcel: Parcel, tx: Transaction) -> None:
        """Its door opens once more where it is shut; nobody gets the cell before it is seen to be empty (row 47)."""
        is_shut = self._doors.door(parcel.cell) is Door.CLOSED and not self._doors.is_busy(parcel.cell, tx)
        cell = tx.cells.find(parcel.cell)
        tx.cells.keep(cell.moved(CellEvent.DOUBT, parcel=""))
        tx.append(CellChanged(cell.id, CellState.CHECK.value, "cancelled"))
        tx.append(ParcelCancelled(parcel.moved(ParcelEvent.CANCEL), "cancelled"))
        if is_shut:
            self._doors.pulse(cell.id, "cancel", tx, by=parcel.by)
        tx.after_commit(Say("parcel.cancelled"))

    def back_in_hand(self, parcel: Parcel | None, tx: Transaction) -> Parcel | None:
        """One that may lie in a cell is scanned again: it does not. Whoever shut its door stands here, and its cell is
        free; one of which nobody knows is to be looked into without it.
        """
        if parcel is None or parcel.state is not ParcelState.CHECKING_IN:
            return parcel
        cell = tx.cells.find(parcel.cell)
        if parcel.doubt and cell.parcel == parcel.id:
            tx.cells.keep(replace(cell, parcel=""))
        elif not parcel.doubt:
            is_back = self._was_shut(parcel, tx) and self._doors.content(parcel.cell) is not Content.FULL
            if not is_back:
                return parcel
            give_back(parcel, tx)
        cancelled = replace(parcel.moved(ParcelEvent.CANCEL), doubt=False)
        tx.append(ParcelCancelled(cancelled, "cancelled"))
        return cancelled

    # --- how it ends -----------------------------------------------------------------------------------------------

    def _store(self, parcel: Parcel, how: str, tx: Transaction) -> None:
        due = tx.stamp.at + self._carriers.named(parcel.carrier).free_time(locker=True)
        stored = self._codes.with_code(replace(parcel.moved(ParcelEvent.STORE), due_at=due), tx)
        tx.cells.keep(tx.cells.find(parcel.cell).moved(CellEvent.STORE, parcel=parcel.id))
        tx.append(ParcelStored(stored, how, door=self._doors.door(parcel.cell).value))
        desk = desk_of(tx)
        if desk is not None:
            keep_desk(replace(desk, count=desk.count + 1, last_mono=tx.stamp.mono), tx)
        number = self.number(parcel.cell)
        if tx.counter.waiting is Waiting.PARCEL_IN:  # else the display is for who came meanwhile
            tx.after_commit(Show(View.TEXT, name=f"{desk.count + 1 if desk else 1}  {number}"))
        tx.after_commit(Say("parcel.in_ok", words=(("n", number),)))

    def _give_up(self, parcel: Parcel, why: str, tx: Transaction) -> None:
        if parcel.state is ParcelState.CHECKING_IN:
            cell = tx.cells.find(parcel.cell)
            if cell.state in (CellState.RESERVED, CellState.CHECK) and cell.parcel == parcel.id:
                tx.cells.keep(cell.moved(CellEvent.CLEAR, parcel=""))
            tx.append(ParcelCancelled(parcel.moved(ParcelEvent.CANCEL), why))

    def _doubt(self, parcel: Parcel, tx: Transaction) -> None:
        cell = tx.cells.find(parcel.cell)
        if cell.state is CellState.CHECK:
            return  # it was in doubt before; whoever stands there is asked
        tx.cells.keep(cell.moved(CellEvent.DOUBT))
        tx.parcels.keep(replace(parcel, doubt=True))
        tx.append(CellChanged(cell.id, CellState.CHECK.value, "unknown", parcel.id))
        tx.after_commit(Say("door.look", Tone.ALARM, words=(("n", self.number(cell.id)),)))

    # --- which parcel ----------------------------------------------------------------------------------------------

    def _in_hand(self, pulse: DoorPulse | None, tx: Transaction) -> Parcel | None:
        """The parcel that this pulse was for, if it is still being put in."""
        if pulse is None or pulse.why != DEPOSIT:
            return None
        parcel = tx.parcels.find(pulse.parcel)
        return parcel if parcel is not None and parcel.state is ParcelState.CHECKING_IN else None

    def _was_shut(self, parcel: Parcel, tx: Transaction) -> bool:
        """Its door has opened for it, and was seen shut again."""
        pulse = tx.pulses.of_cell(parcel.cell)
        return pulse is not None and pulse.parcel == parcel.id and pulse.reason == SHUT

    def _waiting(self, tx: Transaction) -> Parcel | None:
        """The newest one that is being put in."""
        found = [p for p in tx.parcels.in_state({ParcelState.CHECKING_IN}) if not p.doubt]
        return found[-1] if found else None

    def number(self, cell: str) -> str:
        place = self._doors.place(cell)
        return str(place.door) if place is not None else cell
