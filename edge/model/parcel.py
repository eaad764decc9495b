"""One parcel at this station, in or out: its states, and the table of what may happen when (product B3).

    expected ─check_in─► checking_in ─store─► stored ──────release───────► releasing ─hand_over─► picked_up
                            │  └─cancel, fail─► cancelled   │  ▲ ─expire─► overdue ─┘   │ ▲            │
                            │                               │  └──────keep───────────────┘ │        refuse
                            └─► stored by a person's word    └─ miss ─► missing ─ find ─┘   │            ▼
                                                                          └─ lose ─► lost   └─take_back─ refused
                                                                                            returned ◄───┘

    labelled ─accept─► accepted ─hand_over─► handed_over      a parcel that a customer sends
        └──────cancel──────┴──────────────► cancelled

Each move is a hand-over of custody with a record of its own, or no move at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from edge.errors import IllegalMove
from edge.model.cell import Size
from edge.model.masking import Recipient

WAYBILL_MAX = 40
"""Characters; the longest of any carrier here has 24."""


class ParcelState(StrEnum):
    EXPECTED = "expected"
    CHECKING_IN = "checking_in"
    """A courier stands there and a door is open for it, or was asked to open."""
    STORED = "stored"
    RELEASING = "releasing"
    """Its code was right: its door was asked to open, or its own waybill is to be scanned."""
    OVERDUE = "overdue"
    REFUSED = "refused"
    PICKED_UP = "picked_up"
    RETURNED = "returned"
    """The courier took it back."""
    CANCELLED = "cancelled"
    MISSING = "missing"
    LOST = "lost"
    LABELLED = "labelled"
    ACCEPTED = "accepted"
    HANDED_OVER = "handed_over"


class ParcelEvent(StrEnum):
    CHECK_IN = "check_in"
    STORE = "store"
    CANCEL = "cancel"
    RELEASE = "release"
    KEEP = "keep"
    """It was to be handed out and was not: it is what it was before, stored or overdue."""
    HAND_OVER = "hand_over"
    REFUSE = "refuse"
    EXPIRE = "expire"
    TAKE_BACK = "take_back"
    MISS = "miss"
    FIND = "find"
    LOSE = "lose"
    ACCEPT = "accept"


_S, _E = ParcelState, ParcelEvent
PARCEL_MOVES: dict[tuple[ParcelState, ParcelEvent], ParcelState] = {
    (_S.EXPECTED, _E.CHECK_IN): _S.CHECKING_IN,
    (_S.EXPECTED, _E.STORE): _S.STORED,
    (_S.CHECKING_IN, _E.STORE): _S.STORED,
    (_S.CHECKING_IN, _E.CANCEL): _S.CANCELLED,
    (_S.STORED, _E.RELEASE): _S.RELEASING,
    (_S.STORED, _E.EXPIRE): _S.OVERDUE,
    (_S.STORED, _E.TAKE_BACK): _S.RETURNED,
    (_S.STORED, _E.MISS): _S.MISSING,
    (_S.OVERDUE, _E.RELEASE): _S.RELEASING,
    (_S.OVERDUE, _E.TAKE_BACK): _S.RETURNED,
    (_S.OVERDUE, _E.MISS): _S.MISSING,
    (_S.RELEASING, _E.HAND_OVER): _S.PICKED_UP,
    (_S.RELEASING, _E.KEEP): _S.STORED,
    (_S.RELEASING, _E.RELEASE): _S.RELEASING,
    (_S.RELEASING, _E.TAKE_BACK): _S.RETURNED,
    (_S.PICKED_UP, _E.REFUSE): _S.REFUSED,
    (_S.REFUSED, _E.TAKE_BACK): _S.RETURNED,
    (_S.REFUSED, _E.MISS): _S.MISSING,
    (_S.MISSING, _E.FIND): _S.STORED,
    (_S.MISSING, _E.LOSE): _S.LOST,
    (_S.LABELLED, _E.ACCEPT): _S.ACCEPTED,
    (_S.LABELLED, _E.CANCEL): _S.CANCELLED,
    (_S.ACCEPTED, _E.HAND_OVER): _S.HANDED_OVER,
    (_S.ACCEPTED, _E.CANCEL): _S.CANCELLED,
}
"""Everything else is an IllegalMove. What would be stored and is late is overdue: its free time ends once."""

HERE = frozenset({_S.CHECKING_IN, _S.STORED, _S.RELEASING, _S.OVERDUE, _S.REFUSED, _S.MISSING, _S.ACCEPTED})
"""In the station's custody, or so its books say."""
GONE = frozenset({_S.PICKED_UP, _S.RETURNED, _S.CANCELLED, _S.LOST, _S.HANDED_OVER})
"""In other hands, or nobody's: nothing follows any more."""
CLAIMABLE = frozenset({_S.STORED, _S.OVERDUE, _S.RELEASING})
"""A right code hands it out, also after its free time (row 58)."""
TO_BE_SENT = frozenset({_S.LABELLED, _S.ACCEPTED})
"""Paid for, and not with a courier yet: only now can its fee go back."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """`shelf` (such as 3-1-3001) or `cell` says where it lies. `by`: the id of the courier's badge.

    `at`: since when it is in the hands that it is in. `due_at`: the end of its free time.
    `code` is the hash of its pick-up code, empty while it has none.
    `told`: whether its recipient was told: empty not yet, done, or failed.
    `late`: its free time is over, and the cloud heard of it.
    `doubt`: the power went while a door was open for it; it lies there or not, and the next hand at the door tells.
    """

    id: str
    waybill: str
    carrier: str
    state: ParcelState
    recipient: Recipient = field(default_factory=Recipient)
    consent: bool | None = None
    size: Size = Size.S
    shelf: str = ""
    cell: str = ""
    by: str = ""
    at: datetime | None = None
    due_at: datetime | None = None
    code: str = ""
    told: str = ""
    late: bool = False
    doubt: bool = False

    def moved(self, event: ParcelEvent, at: datetime | None = None) -> Parcel:
        """After `event`, which changed hands at `at`. Raises IllegalMove and changes nothing."""
        target = PARCEL_MOVES.get((self.state, event))
        if target is None:
            got = f"{event.value} in {self.state.value}"
            raise IllegalMove("this cannot happen to the parcel", where=self.waybill, got=got)
        if self.late and target is ParcelState.STORED:
            target = ParcelState.OVERDUE
        is_late = self.late or event is ParcelEvent.EXPIRE
        return replace(self, state=target, at=self.at if at is None else at, late=is_late)
