"""A terminal in its owner's books: its states there, and the table of what may happen when.

    ordered ──enrol──► enrolled ──suspend──► suspended ──resume──► enrolled
       │                  │  ▲                   │
       │                move return              │
       │                  ▼  │                   │
       │                 moved                   │
       └──────retire──────┴──────────────────────┴──► retired

`moved`: another cloud has it now. Whether it is connected is another matter, and no state of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from edge.errors import IllegalMove


class TerminalState(StrEnum):
    ORDERED = "ordered"
    ENROLLED = "enrolled"
    SUSPENDED = "suspended"
    MOVED = "moved"
    RETIRED = "retired"


class TerminalEvent(StrEnum):
    ENROL = "enrol"
    SUSPEND = "suspend"
    RESUME = "resume"
    MOVE = "move"
    RETURN = "return"
    RETIRE = "retire"


_S, _E = TerminalState, TerminalEvent
TERMINAL_MOVES: Mapping[tuple[TerminalState, TerminalEvent], TerminalState] = MappingProxyType(
    {
        (_S.ORDERED, _E.ENROL): _S.ENROLLED,
        (_S.ORDERED, _E.RETIRE): _S.RETIRED,
        (_S.ENROLLED, _E.SUSPEND): _S.SUSPENDED,
        (_S.ENROLLED, _E.MOVE): _S.MOVED,
        (_S.ENROLLED, _E.RETIRE): _S.RETIRED,
        (_S.SUSPENDED, _E.RESUME): _S.ENROLLED,
        (_S.SUSPENDED, _E.RETIRE): _S.RETIRED,
        (_S.MOVED, _E.RETURN): _S.ENROLLED,
        (_S.MOVED, _E.RETIRE): _S.RETIRED,
    }
)
FIRST = (TerminalState.ORDERED, TerminalState.ENROLLED)
"""What one may be as it enters the books: most are ordered first, others were here before the books were."""
HERE = frozenset({TerminalState.ORDERED, TerminalState.ENROLLED, TerminalState.SUSPENDED})
"""This cloud still has to do with it."""


def moved(state: TerminalState, event: TerminalEvent) -> TerminalState:
    """Raises IllegalMove for a pair that the table does not have."""
    if (state, event) not in TERMINAL_MOVES:
        raise IllegalMove(f"a terminal that is {state.value} cannot be told: {event.value}", got=event.value)
    return TERMINAL_MOVES[state, event]


def event_to(state: TerminalState, wanted: TerminalState) -> TerminalEvent:
    """What leads from `state` to `wanted`. Raises IllegalMove that names what is possible."""
    for (begin, event), end in TERMINAL_MOVES.items():
        if (begin, end) == (state, wanted):
            return event
    possible = [end.value for (begin, _), end in TERMINAL_MOVES.items() if begin is state]
    raise IllegalMove(
        f"a terminal that is {state.value} cannot become {wanted.value}",
        expected=" or ".join(possible) or "no change: this is its last state", got=wanted.value,
    )  # fmt: skip
