"""What a parcel's leaving means for its cell: it is another one's from now on, or somebody must find out who has it."""

from __future__ import annotations

from edge.messages import Say, Tone
from edge.model.cell import CellEvent, CellState
from edge.model.parcel import Parcel, ParcelEvent, ParcelState
from edge.model.parcel_records import CellChanged, ParcelMissing
from edge.ports import Transaction
from edge.services.door_verdicts import DoorStuck


def give_back(parcel: Parcel, tx: Transaction) -> None:
    """The cell of a parcel that has left it. Where another parcel has it by now it stays as it is."""
    cell = tx.cells.find(parcel.cell)
    if cell.parcel != parcel.id:
        return
    match cell.state:
        case CellState.OCCUPIED | CellState.FAULT:
            tx.cells.keep(cell.moved(CellEvent.RELEASE, parcel=""))
        case CellState.CHECK | CellState.RESERVED:
            tx.cells.keep(cell.moved(CellEvent.CLEAR, parcel=""))


def unreserve(stuck: DoorStuck, tx: Transaction) -> None:
    """The cell that was kept for a parcel, and whose door did not open: out of use, or as good as before."""
    cell = tx.cells.find(stuck.pulse.cell)
    if stuck.sent:
        tx.cells.keep(cell.moved(CellEvent.BREAK, parcel=""))
        tx.append(CellChanged(cell.id, CellState.FAULT.value, "not_opened"))
    else:
        tx.cells.keep(cell.moved(CellEvent.CLEAR, parcel=""))


def miss(parcel: Parcel, tx: Transaction) -> None:
    """The books have it in its cell, the sensor does not, and nobody was let at it: whoever finds it scans it."""
    kept = parcel.moved(ParcelEvent.KEEP) if parcel.state is ParcelState.RELEASING else parcel
    tx.append(ParcelMissing(kept.moved(ParcelEvent.MISS)))
    cell = tx.cells.find(parcel.cell)
    if cell.parcel == parcel.id and cell.state is CellState.OCCUPIED:
        tx.cells.keep(cell.moved(CellEvent.DOUBT))
        tx.append(CellChanged(cell.id, CellState.CHECK.value, "seen_empty", parcel.id))
    tx.after_commit(Say("parcel.missing", Tone.ALARM))
