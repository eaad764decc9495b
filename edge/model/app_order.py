"""An order that came from an app: its goods are put aside, picked, and handed to who shows its code (product row 76).

 placed ──pick──► picking ──pack──► packed ──hand_over──► handed_over
    └───────────────┴───────cancel─────┴──────────────► cancelled

It was paid in the app. What is not here is left out, and the cloud gives that money back. Until the goods leave they
are the shop's, and nobody else is sold them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from edge.errors import IllegalMove
from edge.model.money import Fen, Milli
from edge.model.service_order import slip_number

MAX_LINES = 40
MAX_PIECES = 999


class AppOrderState(StrEnum):
    PLACED = "placed"
    PICKING = "picking"
    PACKED = "packed"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"


class AppOrderEvent(StrEnum):
    PICK = "pick"
    """The first of its goods was scanned."""
    PACK = "pack"
    """It is in its bag, with what is here."""
    HAND_OVER = "hand_over"
    CANCEL = "cancel"


_S, _E = AppOrderState, AppOrderEvent
APP_ORDER_MOVES: dict[tuple[AppOrderState, AppOrderEvent], AppOrderState] = {
    (_S.PLACED, _E.PICK): _S.PICKING,
    (_S.PLACED, _E.CANCEL): _S.CANCELLED,
    (_S.PICKING, _E.PICK): _S.PICKING,
    (_S.PICKING, _E.PACK): _S.PACKED,
    (_S.PICKING, _E.CANCEL): _S.CANCELLED,
    (_S.PLACED, _E.PACK): _S.PACKED,
    (_S.PACKED, _E.HAND_OVER): _S.HANDED_OVER,
    (_S.PACKED, _E.CANCEL): _S.CANCELLED,
}
"""Everything else is an IllegalMove."""
OPEN = frozenset({_S.PLACED, _S.PICKING, _S.PACKED})
"""Its goods are put aside."""


@dataclass(frozen=True, slots=True)
class AppLine:
    """`asked` pieces of `sku`, each paid with `price`; `picked` of them are in the bag."""

    sku: str
    name: str
    asked: int
    price: Fen
    picked: int = 0

    @property
    def missing(self) -> int:
        return self.asked - self.picked


@dataclass(frozen=True, slots=True)
class AppOrder:
    """`id` is the platform's, `no` the short number that people say, `code` the hash of what its bearer shows.

    `at`: since when it is in its state.
    """

    id: str
    no: str
    platform: str
    code: str
    lines: tuple[AppLine, ...]
    at: datetime
    state: AppOrderState = AppOrderState.PLACED

    @property
    def slip(self) -> str:
        """The number of its papers' barcode."""
        return slip_number(self.id)

    @property
    def pieces(self) -> int:
        return sum(line.asked for line in self.lines)

    @property
    def missing(self) -> int:
        return sum(line.missing for line in self.lines)

    @property
    def back(self) -> Fen:
        """What of its money goes back: for what is not in the bag; all of it, where it is cancelled."""
        is_off = self.state is AppOrderState.CANCELLED
        return Fen(sum((line.asked if is_off else line.missing) * line.price for line in self.lines))

    def moved(self, event: AppOrderEvent, at: datetime) -> AppOrder:
        """In its next state; raises IllegalMove for a pair that the table does not have."""
        target = APP_ORDER_MOVES.get((self.state, event))
        if target is None:
            raise IllegalMove(f"an order in state {self.state} knows no {event}", where=self.id)
        return replace(self, state=target, at=at)

    def with_one_more(self, sku: str) -> AppOrder | None:
        """One more piece in the bag; None: it has no such goods, or all of them."""
        for n, line in enumerate(self.lines):
            if line.sku == sku and line.missing > 0:
                one = replace(line, picked=line.picked + 1)
                return replace(self, lines=(*self.lines[:n], one, *self.lines[n + 1 :]))
        return None

    def has(self, sku: str) -> bool:
        return any(line.sku == sku for line in self.lines)

    def put_aside(self, sku: str) -> Milli:
        """How much of a sku nobody else can be sold for it."""
        if self.state not in OPEN:
            return Milli(0)
        is_packed = self.state is AppOrderState.PACKED
        lines: Sequence[AppLine] = [line for line in self.lines if line.sku == sku]
        return Milli(1000 * sum(line.picked if is_packed else line.asked for line in lines))
