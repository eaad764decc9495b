"""The cells of a locker wall: which there are, what state each is in, and which one a parcel gets (product rows 45–47).

A cell's state is a fact of the ledger; whether its door is open is what the board says now (`model/door.py`).

    free ─reserve─► reserved ─store─► occupied ─release─► free          the ordinary way
     ▲                 │                  │
     └──── clear ──────┴── doubt ──► check ◄── doubt             nobody knows what lies in it: a person looks
    any ── break ──► fault ── mend ──► check                     its door does not open when it should
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

from edge.errors import IllegalMove
from edge.model.door import Content, Door

CELLS_MAX = 500
"""Of one station; the largest walls of a village shop have a hundred."""


class Size(IntEnum):
    """What fits into a smaller cell fits into a larger one."""

    S = 1
    M = 2
    L = 3
    XL = 4


class CellState(StrEnum):
    FREE = "free"
    RESERVED = "reserved"
    """A door was asked to open for a parcel that is not in yet."""
    OCCUPIED = "occupied"
    CHECK = "check"
    """Something may lie in it that nobody booked; never offered before a person has looked."""
    FAULT = "fault"


class CellEvent(StrEnum):
    RESERVE = "reserve"
    STORE = "store"
    RELEASE = "release"
    CLEAR = "clear"
    """It was seen to be empty."""
    DOUBT = "doubt"
    BREAK = "break"
    MEND = "mend"


_S, _E = CellState, CellEvent
CELL_MOVES: dict[tuple[CellState, CellEvent], CellState] = {
    (_S.FREE, _E.RESERVE): _S.RESERVED,
    (_S.FREE, _E.DOUBT): _S.CHECK,
    (_S.FREE, _E.BREAK): _S.FAULT,
    (_S.RESERVED, _E.STORE): _S.OCCUPIED,
    (_S.RESERVED, _E.CLEAR): _S.FREE,
    (_S.RESERVED, _E.DOUBT): _S.CHECK,
    (_S.RESERVED, _E.BREAK): _S.FAULT,
    (_S.OCCUPIED, _E.RELEASE): _S.FREE,
    (_S.OCCUPIED, _E.DOUBT): _S.CHECK,
    (_S.OCCUPIED, _E.BREAK): _S.FAULT,
    (_S.CHECK, _E.CLEAR): _S.FREE,
    (_S.CHECK, _E.STORE): _S.OCCUPIED,
    (_S.CHECK, _E.BREAK): _S.FAULT,
    # A parcel behind a door that is broken is still there: it is handed out when the door opens after all.
    (_S.FAULT, _E.RELEASE): _S.CHECK,
    (_S.FAULT, _E.MEND): _S.CHECK,
}
"""Everything else is an IllegalMove."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell is: its name in papers, and its lock on the bus. `door` is the number that is painted on it."""

    id: str
    door: int
    device: str
    board: int
    lock: int
    size: Size
    in_service: bool = True
    """Of a cell that is not, the door opens still; no parcel is given to it."""

    @property
    def at(self) -> tuple[str, int, int]:
        """Its lock: bus, board, number."""
        return self.device, self.board, self.lock

    def is_where(self, other: Place | None) -> bool:
        """Whether a parcel in the one is behind the door of the other: the same name, number and lock."""
        return other is not None and (self.id, self.door, self.at) == (other.id, other.door, other.at)


@dataclass(frozen=True, slots=True)
class Cell:
    """`parcel` is the id of what was booked into it, empty where there is none. `out`: a person has taken it out of
    use; it is FAULT until that person, or another, gives it back.
    """

    id: str
    state: CellState = CellState.FREE
    parcel: str = ""
    out: bool = False

    @property
    def is_held(self) -> bool:
        """Something lies in it, or nobody knows what."""
        return bool(self.parcel) or self.state in (CellState.RESERVED, CellState.OCCUPIED, CellState.CHECK)

    def moved(self, event: CellEvent, *, parcel: str | None = None) -> Cell:
        """After `event`; `parcel` replaces what was booked. Raises IllegalMove and changes nothing."""
        target = CELL_MOVES.get((self.state, event))
        if target is None:
            raise IllegalMove(
                "this cannot happen to the cell", where=self.id, got=f"{event.value} in {self.state.value}"
            )
        return replace(self, state=_S.FAULT if self.out else target, parcel=self.parcel if parcel is None else parcel)


@dataclass(frozen=True, slots=True)
class Offer:
    """A cell and what its board says of it now."""

    place: Place
    cell: Cell
    door: Door
    content: Content

    @property
    def is_free(self) -> bool:
        """In service, free in the books, its door known to be closed, nothing seen in it (row 46)."""
        is_empty = self.content is not Content.FULL
        is_shut = self.cell.state is CellState.FREE and self.door is Door.CLOSED
        return self.place.in_service and is_shut and is_empty


def allocate(offers: Iterable[Offer], size: Size, *, besides: frozenset[str] = frozenset()) -> Place | None:
    """The smallest free cell that `size` fits into, the lowest door of these; None: there is none.

    `besides`: cells that were tried and would not open.
    """
    fitting = [o.place for o in offers if o.is_free and o.place.size >= size and o.place.id not in besides]
    return min(fitting, key=lambda place: (place.size, place.door), default=None)
