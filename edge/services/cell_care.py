"""Cells of which nobody knows what lies in them: how they come back into use (product rows 46, 47, 67).

A cell that was never heard of is to be looked into first. With a sensor a door that was open and is shut again tells by
itself; without one a person is asked, and says so by Enter or minus.
"""

from __future__ import annotations

from dataclasses import replace

from edge.bus import Bus
from edge.messages import AskedAtDesk, Say, Started, Tone
from edge.model.cell import Cell, CellEvent, CellState
from edge.model.counter import Verb, Waiting, at_rest
from edge.model.door import Content
from edge.model.parcel import CLAIMABLE, Parcel, ParcelEvent, ParcelState
from edge.model.parcel_records import CellChanged, ParcelFound, ParcelMissing
from edge.ports import Transaction
from edge.services.basket import basket_view, question
from edge.services.cell_books import SeenEmpty
from edge.services.deposit import Deposit
from edge.services.door_verdicts import DoorClosed, DoorOpened
from edge.services.doors import Doors
from edge.services.handing_out import BY_WORD, PICKUP, HandingOut
from edge.services.parcel_desk import desk_of
from edge.services.pickup import CameBack
from edge.services.questions import is_meanwhile
from edge.services.take_back import TAKE_BACK, TakingBack

CANCEL, REOPEN, TEST = "cancel", "reopen", "test"
"""Why doors are opened without a parcel being put in or handed out."""
_BOOKED = CLAIMABLE | {ParcelState.REFUSED, ParcelState.MISSING}
"""The books have it in the cell, and nobody else in hand."""


class CellCare:
    """What became of a parcel that nobody could see is booked by whoever would have booked it at its door."""

    def __init__(
        self, bus: Bus, doors: Doors, deposit: Deposit, handing_out: HandingOut, taking_back: TakingBack
    ) -> None:  # fmt: skip
        self._doors = doors
        self._deposit = deposit
        self._handing_out = handing_out
        self._taking_back = taking_back
        bus.on(Started, self._start)
        bus.on(DoorOpened, self._opened)
        bus.on(DoorClosed, self._closed)
        bus.on(AskedAtDesk, self._answered)
        bus.on(CameBack, self._open_again)
        bus.on(SeenEmpty, self._seen_empty)

    def _start(self, _: Started, tx: Transaction) -> None:
        """Cells that came with the map are written down, so that each has a state of its own."""
        for place in self._doors.places:
            tx.cells.keep(tx.cells.find(place.id))

    def _opened(self, opened: DoorOpened, tx: Transaction) -> None:
        """A door that did not open, and does: it is mended, and to be looked into."""
        if opened.pulse.why == REOPEN:
            tx.after_commit(Say("door.open", words=(("n", self._number(opened.pulse.cell)),)))
        cell = tx.cells.find(opened.pulse.cell)
        if cell.state is CellState.FAULT and not cell.out:
            tx.cells.keep(cell.moved(CellEvent.MEND))
            tx.append(CellChanged(cell.id, CellState.CHECK.value, "mended", cell.parcel))

    def _open_again(self, back: CameBack, tx: Transaction) -> None:
        """Unless another parcel has it by now."""
        parcel = tx.parcels.find(back.parcel)
        cell = tx.cells.find(parcel.cell) if parcel is not None else None
        if parcel is None or cell is None or cell.state is not CellState.FREE or self._doors.is_busy(cell.id, tx):
            tx.after_commit(Say("door.taken", Tone.ERROR))
            return
        tx.cells.keep(cell.moved(CellEvent.DOUBT))
        self._doors.pulse(cell.id, REOPEN, tx, by="code")

    def _closed(self, closed: DoorClosed, tx: Transaction) -> None:
        """Last of those who hear of it: what is still to be looked into now is nobody's who stands here."""
        cell = tx.cells.find(closed.cell)
        if cell.state is CellState.OCCUPIED and closed.content is Content.EMPTY:
            self._absent(cell, tx)
        if cell.state is not CellState.CHECK:
            return
        if closed.content is Content.UNKNOWN and closed.pulse is not None and closed.pulse.why in (REOPEN, TEST):
            self._settle(cell, tx, is_full=False)
        elif closed.content is Content.UNKNOWN:
            self._ask(cell, tx)
        else:
            self._settle(cell, tx, is_full=closed.content is Content.FULL)

    def _seen_empty(self, seen: SeenEmpty, tx: Transaction) -> None:
        parcel = tx.parcels.find(seen.parcel)
        if parcel is not None and parcel.cell and tx.cells.find(parcel.cell).parcel == parcel.id:
            self._absent(tx.cells.find(parcel.cell), tx)

    def _absent(self, cell: Cell, tx: Transaction) -> None:
        """What the books have in it is gone. In doubt, somebody was let at it; else its door was forced, and whoever
        puts it back shuts the door once more.
        """
        parcel = tx.parcels.find(cell.parcel) if cell.parcel else None
        if cell.state is CellState.CHECK:
            self._settle(cell, tx, is_full=False)
            return
        if parcel is not None and parcel.state in _BOOKED:
            _miss(parcel, tx)
        else:
            tx.after_commit(Say("parcel.missing", Tone.ALARM))
        if cell.state is CellState.OCCUPIED:
            tx.cells.keep(cell.moved(CellEvent.DOUBT))
            tx.append(CellChanged(cell.id, CellState.CHECK.value, "seen_empty", cell.parcel))

    def _ask(self, cell: Cell, tx: Transaction) -> None:
        """Not past what the counter waits for: goods without a price would be left out of the bill."""
        counter = tx.counter
        if counter.waiting not in (Waiting.NOTHING, Waiting.PARCEL_IN) or is_meanwhile(Verb.ENTER, counter):
            tx.after_commit(Say("door.look", Tone.ATTENTION, words=(("n", self._number(cell.id)),)))
            return
        place = self._doors.place(cell.id)
        door = place.door if place is not None else 0
        tx.keep(replace(at_rest(tx.counter.sale), waiting=Waiting.CELL, barcode=cell.id, value=door))
        tx.after_commit(question(tx.counter))

    def _answered(self, answer: AskedAtDesk, tx: Transaction) -> None:
        counter = tx.counter
        if counter.waiting is not Waiting.CELL or counter.barcode is None:
            return
        tx.keep(replace(at_rest(counter.sale), waiting=Waiting.NOTHING if desk_of(tx) is None else Waiting.PARCEL_IN))
        tx.after_commit(basket_view(tx.counter))
        cell = tx.cells.find(counter.barcode)
        if cell.state is CellState.CHECK:
            self._settle(cell, tx, is_full=answer.verb is Verb.ENTER)

    def _settle(self, cell: Cell, tx: Transaction, *, is_full: bool) -> None:
        parcel = tx.parcels.find(cell.parcel) if cell.parcel else None
        if parcel is not None and parcel.state is ParcelState.CHECKING_IN:
            self._deposit.settle(parcel, tx, is_in=is_full)
        elif parcel is not None and parcel.state in _BOOKED:
            self._of_booked(cell, parcel, tx, is_full=is_full)
        elif is_full:
            tx.after_commit(Say("door.full", Tone.ATTENTION, words=(("n", self._number(cell.id)),)))
        else:
            self._free(cell, tx)

    def _of_booked(self, cell: Cell, parcel: Parcel, tx: Transaction, *, is_full: bool) -> None:
        """It lies there as the books say. If not, whoever was let at it when nobody could see has it; if nobody was, it
        is missing.
        """
        pulse = tx.pulses.let_at(parcel.id) if parcel.doubt else None
        if is_full:
            self._lies_here(cell, parcel, tx)
        elif pulse is not None and pulse.why == TAKE_BACK:
            self._taking_back.settle(parcel, pulse, tx)
        elif pulse is not None and pulse.why in BY_WORD | {PICKUP} and parcel.state in CLAIMABLE:
            self._handing_out.settle(parcel, pulse, tx)
        else:
            gone = parcel if parcel.state is ParcelState.MISSING else _miss(parcel, tx)
            tx.parcels.keep(replace(gone, cell=""))
            self._free(cell, tx)

    def _lies_here(self, cell: Cell, parcel: Parcel, tx: Transaction) -> None:
        tx.cells.keep(cell.moved(CellEvent.STORE))
        if parcel.state is ParcelState.MISSING:
            tx.append(ParcelFound(parcel.moved(ParcelEvent.FIND)))
            return
        tx.parcels.keep(replace(parcel, doubt=False))
        tx.append(CellChanged(cell.id, CellState.OCCUPIED.value, "seen_full", parcel.id))

    def _free(self, cell: Cell, tx: Transaction) -> None:
        tx.cells.keep(cell.moved(CellEvent.CLEAR, parcel=""))
        tx.append(CellChanged(cell.id, CellState.FREE.value, "seen_empty"))
        tx.after_commit(Say("door.free", words=(("n", self._number(cell.id)),)))

    def _number(self, cell: str) -> str:
        place = self._doors.place(cell)
        return str(place.door) if place is not None else cell


def _miss(parcel: Parcel, tx: Transaction) -> Parcel:
    """Nobody knows who has it: whoever finds it scans it."""
    kept = parcel.moved(ParcelEvent.KEEP) if parcel.state is ParcelState.RELEASING else parcel
    missing = replace(kept.moved(ParcelEvent.MISS), doubt=False)
    tx.append(ParcelMissing(missing))
    tx.after_commit(Say("parcel.missing", Tone.ALARM))
    return missing
