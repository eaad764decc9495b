"""The document `cells`: which cell is which lock, and what was found out about each board's contacts.

    {"cells": [{"id": "B07", "device": "locker_wall", "board": 1, "lock": 7, "size": "M", "door": 7}, …],
     "boards": [{"device": "locker_wall", "board": 1, "open_bit": 1, "high_first": true}, …]}

`door` is the number that is painted on it, by default the digits of the id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from edge.model.cell import CELLS_MAX, Place, Size
from edge.model.cell_map import CellMap
from edge.model.door import Wiring

CELLS, WALL = "cells", "wall"
"""The collection, and the key of the one document in it."""

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
_Board = Annotated[int, Field(ge=0, le=255)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Cell(_Part):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,7}$")]
    device: _Name
    board: _Board
    lock: Annotated[int, Field(ge=1, le=64)]
    size: Literal["S", "M", "L", "XL"] = "M"
    door: Annotated[int, Field(ge=1, le=9999)] | None = None


class _Wired(_Part):
    device: _Name
    board: _Board
    open_bit: Literal[0, 1] | None = None
    high_first: bool | None = None


class _Document(_Part):
    cells: Annotated[tuple[_Cell, ...], Field(strict=False, max_length=CELLS_MAX)] = ()
    boards: Annotated[tuple[_Wired, ...], Field(strict=False, max_length=CELLS_MAX)] = ()


def read_cell_map(
    document: object, buses: Mapping[str, tuple[Sequence[int], Wiring]]
) -> tuple[CellMap, list[str]]:  # fmt: skip
    """The map, and in sentences what of it cannot be used; what is left out of it is not offered, and opens nothing.

    `buses`: by the settings' name, the boards on it and what its protocol says of their contacts.
    """
    wirings = {(device, board): known for device, (boards, known) in buses.items() for board in boards}
    if document is None:
        return CellMap((), wirings), []
    try:
        told = _Document.model_validate(document)
    except ValidationError as error:
        return CellMap((), wirings), list(_sentences(error))
    wirings |= {
        (wired.device, wired.board): _wired(wired, wirings[wired.device, wired.board])
        for wired in told.boards if (wired.device, wired.board) in wirings
    }  # fmt: skip
    places: list[Place] = []
    wrong: list[str] = []
    for cell in told.cells:
        trouble = _trouble(cell, places, buses)
        if trouble:
            wrong.append(trouble)
        else:
            places.append(_place(cell))
    return CellMap(tuple(places), wirings), wrong


def document_of(cells: CellMap) -> dict[str, Any]:
    """The reverse."""
    return {
        "cells": [
            {"id": p.id, "device": p.device, "board": p.board, "lock": p.lock, "size": p.size.name, "door": p.door}
            for p in cells.places
        ],
        "boards": [
            {"device": device, "board": board, "open_bit": wiring.open_bit, "high_first": wiring.high_first}
            for (device, board), wiring in cells.wirings.items()
        ],
    }


def _place(cell: _Cell) -> Place:
    return Place(cell.id, cell.door or _painted(cell.id), cell.device, cell.board, cell.lock, Size[cell.size])


def _painted(cell: str) -> int:
    return int("".join(re.findall("[0-9]", cell)) or 0)


def _wired(wired: _Wired, known: Wiring) -> Wiring:
    """What the protocol itself says stands above what was found out."""
    return Wiring(
        wired.open_bit if known.open_bit is None else known.open_bit,
        wired.high_first if known.high_first is None else known.high_first,
    )


def _trouble(cell: _Cell, places: Sequence[Place], buses: Mapping[str, tuple[Sequence[int], Wiring]]) -> str:
    """A sentence; empty for a cell that can be used."""
    made = _place(cell)
    if cell.device not in buses:
        return f"cell {cell.id} hangs on {cell.device}, which the settings do not have: name one of {[*buses]}"
    boards = buses[cell.device][0]
    if cell.board not in boards:
        return f"cell {cell.id} is on board {cell.board}, [devices.{cell.device}] has {[*boards]}: add it to boards"
    if not made.door:
        return f"cell {cell.id} has no digit in its name: give it a door number"
    for other in places:
        if other.id == made.id:
            return f"there are two cells {made.id}: name one of them anew"
        if other.door == made.door:
            return f"cells {other.id} and {made.id} both have the number {made.door}: give one another number"
        if (other.device, other.board, other.lock) == (made.device, made.board, made.lock):
            where = f"lock {made.lock} of board {made.board}"
            return f"cells {other.id} and {made.id} are both {where}: correct one of them"
    return ""


def _sentences(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False)[:10]:
        where = ".".join(str(part) for part in problem["loc"])
        yield f"the cell map is wrong at {where or 'its top'}: {problem['msg']}"
