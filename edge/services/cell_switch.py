"""A cell that is taken out of use at the page, and given back: a broken hinge, a lock that is being changed (row 46).

What lies in it stays booked there, and is handed out when its door opens. No door that opens brings the cell back: a
person does, and it is looked into first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from edge.model.cell import CellEvent, CellState
from edge.model.parcel_records import CellChanged
from edge.ports import Transaction
from edge.services.commands import Answered, CarryOut, Ordered

OUT, BACK = "cell.out", "cell.back"


class CellSwitch:
    """`cells`: the ids of those there are."""

    def __init__(self, cells: Callable[[], Collection[str]]) -> None:
        self._cells = cells

    @property
    def at_page(self) -> Mapping[str, CarryOut]:
        return {
            OUT: lambda ordered, tx: self._move(ordered, tx, is_out=True),
            BACK: lambda ordered, tx: self._move(ordered, tx, is_out=False),
        }

    def _move(self, ordered: Ordered, tx: Transaction, *, is_out: bool) -> Answered:
        """args: box. One that is so already is left as it is; a broken one comes back as one that was taken out."""
        box = ordered.args.get("box")
        if not isinstance(box, str) or box not in self._cells():
            return Answered(ordered.cid, "rejected", "schema.invalid", f"there is no cell {str(box)[:16]}")
        cell = tx.cells.find(box)
        if cell.out if is_out else cell.state is not CellState.FAULT:
            return Answered(ordered.cid, "done")
        if cell.state is CellState.RESERVED:
            return Answered(ordered.cid, "failed", "cmd.busy", "its door is open for a parcel")
        if is_out:
            tx.cells.take_out(box)
            moved = cell if cell.state is CellState.FAULT else cell.moved(CellEvent.BREAK)
        else:
            tx.cells.bring_back(box)
            moved = replace(cell, out=False).moved(CellEvent.MEND)
        tx.cells.keep(moved)
        tx.append(CellChanged(cell.id, moved.state.value, "taken_out" if is_out else "given_back", cell.parcel))
        return Answered(ordered.cid, "done")
