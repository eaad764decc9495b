"""The locker wall beside the counter: sixteen doors on two boards, and the hands and crowbars that are laid on them."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Any

from edge.model.cell import Place, Size
from edge.model.cell_map import CellMap
from edge.sim.locker import DoorModel, LockerModel
from edge.sim.wiring import PtyHost

DEVICE = "locker_wall"
"""In the settings."""
PROTOCOL = "cu16"
"""Its boards tell what lies in a cell, too."""
BOARDS = (1, 2)
SIZES = (Size.S, Size.S, Size.S, Size.S, Size.M, Size.M, Size.L, Size.L)
"""Of the locks of each board."""
FILE = "wall.json"

PLACES = tuple(
    Place(f"B{door:02d}", door, DEVICE, board, lock, size)
    for board in BOARDS
    for lock, size in enumerate(SIZES, 1)
    for door in [(board - 1) * len(SIZES) + lock]
)
WALL = CellMap(PLACES, {})
DOORS = tuple(place.door for place in PLACES)


class Hand(StrEnum):
    """What somebody does at a door."""

    FORCE = "force"
    SHUT = "shut"
    JAM = "jam"
    UNJAM = "unjam"
    PUT_IN = "put_in"
    TAKE_OUT = "take_out"


IS_SHUT, IS_FULL, IS_EMPTY = "the door is shut", "there is a parcel in it", "there is no parcel in it"


class LockerWall:
    """On a pty in `folder`. What lies in the cells, and which doors are jammed, is kept there till tomorrow."""

    def __init__(self, folder: Path) -> None:
        self._model = LockerModel(PROTOCOL, dict.fromkeys(BOARDS, len(SIZES)))
        self.host = PtyHost(self._model, folder / DEVICE)
        self._file = folder / FILE
        self._remember()

    def lay_hand_on(self, door: int, hand: Hand) -> str:
        """Returns what was in the way, or nothing. Raises KeyError for a door that there is not."""
        place = {place.door: place for place in PLACES}[door]
        with self.host.lock:
            wrong = _act(self._model.door(place.board, place.lock), hand)
        if not wrong:
            self._keep()
        return wrong

    def plug_board(self, board: int, *, is_in: bool) -> None:
        """Raises KeyError for a board that there is not."""
        with self.host.lock:
            self._model.boards[board].answers = is_in

    def is_open(self, door: int) -> bool:
        return any(seen["open"] for seen in self.look()["doors"] if seen["door"] == door)

    def look(self) -> dict[str, Any]:
        """What a person sees, for the page."""
        with self.host.lock:
            doors = [(place, self._model.door(place.board, place.lock)) for place in PLACES]
            boards = {str(board): self._model.boards[board].answers for board in BOARDS}
            return {"doors": [_seen(place, leaf) for place, leaf in doors], "boards": boards}

    def _keep(self) -> None:
        with self.host.lock:
            doors = {place.id: self._model.door(place.board, place.lock) for place in PLACES}
            kept = {cell: [leaf.has_parcel, leaf.jammed] for cell, leaf in doors.items()}
        self._file.write_text(json.dumps(kept), encoding="utf-8")

    def _remember(self) -> None:
        kept = json.loads(self._file.read_text(encoding="utf-8")) if self._file.exists() else {}
        for place in PLACES:
            leaf = self._model.door(place.board, place.lock)
            leaf.has_parcel, leaf.jammed = kept.get(place.id, (False, False))


def _act(leaf: DoorModel, hand: Hand) -> str:
    match hand:
        case Hand.FORCE:
            leaf.is_open = True
        case Hand.SHUT:
            leaf.is_open = False
        case Hand.JAM | Hand.UNJAM:
            leaf.jammed = hand is Hand.JAM
        case Hand.PUT_IN | Hand.TAKE_OUT if not leaf.is_open:
            return IS_SHUT
        case Hand.PUT_IN if leaf.has_parcel:
            return IS_FULL
        case Hand.TAKE_OUT if not leaf.has_parcel:
            return IS_EMPTY
        case Hand.PUT_IN | Hand.TAKE_OUT:
            leaf.has_parcel = hand is Hand.PUT_IN
    return ""


def _seen(place: Place, leaf: DoorModel) -> dict[str, Any]:
    return {
        "door": place.door, "cell": place.id, "board": place.board, "size": place.size.name, "open": leaf.is_open,
        "jammed": leaf.jammed, "parcel": leaf.has_parcel,
    }  # fmt: skip
