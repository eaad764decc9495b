"""Which cell hangs on which lock of which board, and what a contact of that board means: the document `cells`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from edge.model.cell import Place
from edge.model.door import Wiring

BusAddress = tuple[str, int]
"""(the settings' name of the bus, the board's address on it)."""


@dataclass(frozen=True, slots=True)
class CellMap:
    """`wirings`: of boards that a technician has tried, or whose protocol leaves nothing open."""

    places: tuple[Place, ...] = ()
    wirings: Mapping[BusAddress, Wiring] = field(default_factory=dict)

    def place(self, cell: str) -> Place | None:
        return next((place for place in self.places if place.id == cell), None)

    def by_door(self, door: int) -> Place | None:
        """By the number that is painted on it."""
        return next((place for place in self.places if place.door == door), None)

    def on(self, device: str, board: int) -> tuple[Place, ...]:
        return tuple(place for place in self.places if (place.device, place.board) == (device, board))

    def wiring(self, device: str, board: int) -> Wiring:
        """One that was never tried means nothing: each of its doors is unknown."""
        return self.wirings.get((device, board), Wiring())
