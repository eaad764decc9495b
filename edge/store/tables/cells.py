"""Locker cells by their id: state, and what was booked into each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.model.cell import Cell, CellState

Run = Callable[..., Any]


class CellTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def keep(self, cell: Cell) -> None:
        self._write("INSERT OR REPLACE INTO cell VALUES (?, ?, ?)", (cell.id, cell.state, cell.parcel))

    def find(self, cell_id: str) -> Cell:
        row = self._read("SELECT id, state, parcel FROM cell WHERE id = ?", (cell_id,)).fetchone()
        return Cell(row[0], CellState(row[1]), row[2]) if row else Cell(cell_id, CellState.CHECK)

    def in_state(self, state: CellState) -> Sequence[Cell]:
        rows = self._read("SELECT id, state, parcel FROM cell WHERE state = ? ORDER BY id", (state,))
        return [Cell(cell_id, CellState(found), parcel) for cell_id, found, parcel in rows]
