"""What a parcel's leaving means for its cell: it is another one's from now on, or somebody must find out who has it."""

from __future__ import annotations

from dataclasses import dataclass

from edge.model.cell import CellEvent, CellState
from edge.model.parcel import Parcel
from edge.model.parcel_records import CellChanged
from edge.ports import Transaction
from edge.services.door_verdicts import DoorStuck


@dataclass(frozen=True, slots=True)
class SeenEmpty:
    """An effect: whoever wanted this parcel's door opened found that its sensor sees nothing behind it."""

    parcel: str


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
