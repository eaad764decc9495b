"""Locker cells by their id: state, and what was booked into each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.model.cell import Cell, CellState

Run = Callable[..., Any]


_FIELDS = "id, state, parcel, id IN (SELECT id FROM cell_out)"


class CellTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def keep(self, cell: Cell) -> None:
        """But for `out`."""
        self._write("INSERT OR REPLACE INTO cell VALUES (?, ?, ?)", (cell.id, cell.state, cell.parcel))

    def take_out(self, cell_id: str) -> None:
        self._write("INSERT OR IGNORE INTO cell_out VALUES (?)", (cell_id,))

    def bring_back(self, cell_id: str) -> None:
        self._write("DELETE FROM cell_out WHERE id = ?", (cell_id,))

    def find(self, cell_id: str) -> Cell:
        row = self._read(f"SELECT {_FIELDS} FROM cell WHERE id = ?", (cell_id,)).fetchone()
        return _cell(row) if row else Cell(cell_id, CellState.CHECK)

    def in_state(self, state: CellState) -> Sequence[Cell]:
        rows = self._read(f"SELECT {_FIELDS} FROM cell WHERE state = ? ORDER BY id", (state,))
        return [_cell(row) for row in rows]


def _cell(row: tuple[Any, ...]) -> Cell:
    cell_id, state, parcel, is_out = row
    return Cell(cell_id, CellState(state), parcel, bool(is_out))
