"""Which cell hangs on which lock of which board, and what a contact of that board means: the document `cells`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from edge.model.cell import Place
from edge.model.door import Wiring

BusAddress = tuple[str, int]
"""(the settings' name of the bus, the board's address on it)."""


class LockLine(NamedTuple):
    """A bus of the settings: its boards, what its protocol says of their contacts, how many locks one may have."""

    boards: Sequence[int]
    wiring: Wiring
    locks: int


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

    def kept_in(self, running: CellMap, held: Collection[str]) -> CellMap:
        """This map, but each cell of `held` hangs where `running` has it, and is left out where another would."""
        moved = [
            place for place in running.places
            if place.id in held and not place.is_where(self.place(place.id))
        ]  # fmt: skip
        ids, doors = {place.id for place in moved}, {place.door for place in moved}
        locks = {place.at for place in moved}
        others = [p for p in self.places if p.id not in ids and p.door not in doors and p.at not in locks]
        return CellMap(tuple(sorted(others + moved, key=lambda place: place.door)), self.wirings) if moved else self

    def wiring(self, device: str, board: int) -> Wiring:
        """One that was never tried means nothing: each of its doors is unknown."""
        return self.wirings.get((device, board), Wiring())

    def with_places(self, made: Sequence[Place]) -> CellMap:
        """In place of those on the same locks, by door number.

        Where the doors that a board was set up with are all in one of its bytes, the order of the bytes is not known:
        a door in another byte makes the board one that was never tried.
        """
        locks = {(place.device, place.board, place.lock) for place in made}
        kept = tuple(p for p in self.places if (p.device, p.board, p.lock) not in locks)
        untried = {
            (place.device, place.board) for place in made
            if len(tried := {_octet(p.lock) for p in self.on(place.device, place.board)}) == 1
            and _octet(place.lock) not in tried
        }  # fmt: skip
        wirings = {at: wiring for at, wiring in self.wirings.items() if at not in untried}
        return CellMap(tuple(sorted(kept + tuple(made), key=lambda place: place.door)), wirings)


def _octet(lock: int) -> int:
    return (lock - 1) // 8
