"""The document `cells`: which cell is which lock, and what was found out about each board's contacts.

    {"cells": [{"id": "B07", "device": "locker_wall", "board": 1, "lock": 7, "size": "M", "door": 7}, …],
     "boards": [{"device": "locker_wall", "board": 1, "open_bit": 1, "high_first": true}, …]}

`door` is the number that is painted on it, by default the digits of the id; `off`: no parcel is given to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from edge.model.cell import CELLS_MAX, Place, Size
from edge.model.cell_map import CellMap, LockLine
from edge.model.door import Wiring

CELLS, WALL, RUNNING = "cells", "wall", "running"
"""The collection, the key of the map as it was set up, and of the one that the last start went by."""
LOCKS_MAX, DOOR_MAX = 64, 9999
SHOWN = 40
"""Characters of what is wrong, in a sentence."""

_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
_Board = Annotated[int, Field(ge=0, le=255)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Cell(_Part):
    id: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{0,7}$")]
    device: _Name
    board: _Board
    lock: Annotated[int, Field(ge=1, le=LOCKS_MAX)]
    size: Literal["S", "M", "L", "XL"] = "M"
    door: Annotated[int, Field(ge=1, le=DOOR_MAX)] | None = None
    off: bool = False


class _Wired(_Part):
    device: _Name
    board: _Board
    open_bit: Literal[0, 1] | None = None
    high_first: bool | None = None


_EXPECTED = {
    "id": "1 to 8 capital letters, digits and dashes, such as B07", "device": "the name of a bus of the settings",
    "board": "0 to 255", "lock": f"1 to {LOCKS_MAX}", "size": "S, M, L or XL", "door": f"1 to {DOOR_MAX}",
    "open_bit": "0 or 1", "high_first": "true or false",
}  # fmt: skip
_Kind = TypeVar("_Kind", _Cell, _Wired)


def read_cell_map(document: object, buses: Mapping[str, LockLine]) -> tuple[CellMap, list[str]]:
    """The map, and in sentences what of it cannot be used; what is left out of it is not offered, and opens nothing.

    One entry that is wrong takes no other away. `buses`: by the settings' name.
    """
    wirings = {(device, board): line.wiring for device, line in buses.items() for board in line.boards}
    if document is None:
        return CellMap((), wirings), []
    if not isinstance(document, Mapping):
        return CellMap((), wirings), [f"the cell map is no table: expected cells and boards, got {_shown(document)}"]
    wrong = [f"the cell map has {key}: it knows cells and boards" for key in document if key not in ("cells", "boards")]
    cells = _entries(document, "cells", _Cell, wrong)
    boards = _entries(document, "boards", _Wired, wrong)
    wirings |= {
        (wired.device, wired.board): _wired(wired, wirings[wired.device, wired.board])
        for wired in boards if (wired.device, wired.board) in wirings
    }  # fmt: skip
    places: list[Place] = []
    for cell in cells:
        trouble = _trouble(cell, places, buses)
        if trouble:
            wrong.append(trouble)
        else:
            places.append(_place(cell))
    return CellMap(tuple(places), wirings), wrong


def _entries(document: Mapping[str, object], part: str, kind: type[_Kind], wrong: list[str]) -> list[_Kind]:
    """Those that can be read; what is the matter with the others goes to `wrong`."""
    entries = document.get(part, ())
    if not isinstance(entries, list | tuple):
        wrong.append(f"the cell map's {part} are no list: got {_shown(entries)}")
        return []
    if len(entries) > CELLS_MAX:
        wrong.append(f"the cell map has {len(entries)} {part}: expected at most {CELLS_MAX}, the rest is left out")
    read: list[_Kind] = []
    for at, entry in enumerate(entries[:CELLS_MAX], 1):
        try:
            read.append(kind.model_validate(entry))
        except ValidationError as error:
            name = entry.get("id") if isinstance(entry, Mapping) else None
            wrong.append(f"{part} {at}{f' ({_shown(name)})' if name else ''}: {_sentence(error)}")
    return read


def _sentence(error: ValidationError) -> str:
    problem = error.errors(include_url=False)[0]
    field, got = ".".join(map(str, problem["loc"])), _shown(problem["input"])
    match problem["type"]:
        case "missing":
            return f"it has no {field}: expected {_EXPECTED.get(field, field)}"
        case "extra_forbidden":
            return f"it has {field}, which the cell map does not know: take it out"
    return f"{field or 'it'} is {got}: expected {_EXPECTED.get(field, 'a table')}"


def _shown(told: object) -> str:
    return repr(told)[:SHOWN]


def document_of(cells: CellMap) -> dict[str, Any]:
    """The reverse."""
    return {
        "cells": [
            {"id": p.id, "device": p.device, "board": p.board, "lock": p.lock, "size": p.size.name, "door": p.door}
            | ({} if p.in_service else {"off": True})
            for p in cells.places
        ],
        "boards": [
            {"device": device, "board": board, "open_bit": wiring.open_bit, "high_first": wiring.high_first}
            for (device, board), wiring in cells.wirings.items()
        ],
    }


def unread(document: object, cells: CellMap) -> dict[str, list[Any]]:
    """Entries that `cells` was read without, as they stand: of a bus that the settings do not have now, say."""
    parts = document if isinstance(document, Mapping) else {}
    known = {place.id for place in cells.places}
    return {
        "cells": [one for one in _listed(parts, "cells") if _of(one, "id") not in known],
        "boards": [
            one for one in _listed(parts, "boards") if (_of(one, "device"), _of(one, "board")) not in cells.wirings
        ],
    }  # fmt: skip


def _listed(document: Mapping[str, object], part: str) -> Sequence[object]:
    entries = document.get(part, ())
    return entries[:CELLS_MAX] if isinstance(entries, list | tuple) else ()


def _of(entry: object, key: str) -> object:
    found = entry.get(key) if isinstance(entry, Mapping) else None
    return found if isinstance(found, str | int) else None


def _place(cell: _Cell) -> Place:
    return Place(
        cell.id, cell.door or _painted(cell.id), cell.device, cell.board, cell.lock, Size[cell.size], not cell.off
    )


def _painted(cell: str) -> int:
    return int("".join(re.findall("[0-9]", cell)) or 0)


def _wired(wired: _Wired, known: Wiring) -> Wiring:
    """What the protocol itself says stands above what was found out."""
    return Wiring(
        wired.open_bit if known.open_bit is None else known.open_bit,
        wired.high_first if known.high_first is None else known.high_first,
    )


def _trouble(cell: _Cell, places: Sequence[Place], buses: Mapping[str, LockLine]) -> str:
    """A sentence; empty for a cell that can be used."""
    made = _place(cell)
    if cell.device not in buses:
        return f"cell {cell.id} hangs on {cell.device}, which the settings do not have: name one of {[*buses]}"
    boards, _, locks = buses[cell.device]
    if cell.lock > locks:
        return f"cell {cell.id} is lock {cell.lock} of board {cell.board}, which has {locks} at most: correct it"
    if cell.board not in boards:
        return f"cell {cell.id} is on board {cell.board}, [devices.{cell.device}] has {[*boards]}: add it to boards"
    if not 1 <= made.door <= DOOR_MAX:
        has = f"has {made.door} for a number" if made.door else "has no digit in its name"
        return f"cell {cell.id} {has}: give it a door from 1 to {DOOR_MAX}"
    for other in places:
        if other.id == made.id:
            return f"there are two cells {made.id}: name one of them anew"
        if other.door == made.door:
            return f"cells {other.id} and {made.id} both have the number {made.door}: give one another number"
        if (other.device, other.board, other.lock) == (made.device, made.board, made.lock):
            where = f"lock {made.lock} of board {made.board}"
            return f"cells {other.id} and {made.id} are both {where}: correct one of them"
    return ""
