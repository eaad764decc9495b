"""Records of the shop day: who answers for the drawer from when to when, what else went in and out, the day's end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from edge.model.money import Fen
from edge.model.sale import Sale
from edge.model.stream import Stream
from edge.model.takings import Takings


@dataclass(frozen=True, slots=True)
class ShiftOpened:
    """`shift` is the record's own id. `by_itself`: the first sale opened it, and nobody counted the float."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "shift.opened"
    shift: str
    business_day: date
    till: str
    float: Fen
    by_itself: bool = False


@dataclass(frozen=True, slots=True)
class CashCounted:
    """Somebody counted the drawer: at the start of a shift (`why` is open) or at its end (close)."""

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "cash.counted"
    shift: str
    why: str
    amount: Fen


@dataclass(frozen=True, slots=True)
class CashMoved:
    """Cash went in or out that no sale explains: `why` is pay_in or pay_out.

    `payment`: the wallet payment that it was given back for, since the wallet would not take it.
    """

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "cash.moved"
    shift: str
    business_day: date
    why: str
    amount: Fen
    payment: str = ""


@dataclass(frozen=True, slots=True)
class ShiftClosed:
    """The six numbers of a drawer. `counted` None: the day was closed, and nobody had counted at its start either.
    `by_itself`: the shift was opened so, without a count.
    """

    stream: ClassVar[Stream] = Stream.TX
    type: ClassVar[str] = "shift.closed"
    shift: str
    business_day: date
    till: str
    float: Fen
    takings: Takings
    counted: Fen | None
    by_itself: bool = False

    @property
    def expected(self) -> Fen:
        """Below zero where more was taken out than the till knew of: the float had not been counted."""
        return Fen(self.float + self.takings.cash)

    @property
    def over_short(self) -> Fen | None:
        """Above zero there was too much. None: nobody knows, since the start or the end was not counted."""
        return None if self.counted is None or self.by_itself else Fen(self.counted - self.expected)


@dataclass(frozen=True, slots=True)
class DayClosed:
    """The Z report: what was taken since the last one. `by_itself`: the day turned, and nobody had closed it."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "report.z"
    no: int
    business_day: date
    till: str
    takings: Takings
    first: str | None
    """The first receipt and the last; None: nothing was sold."""
    last: str | None
    by_itself: bool = False
    expired: tuple[Sale, ...] = ()
    """The held sales that it gave up: for its paper, in the journal each has a row of its own."""


@dataclass(frozen=True, slots=True)
class TrainingSale:
    """Somebody practised. It is no sale: no receipt number, no money, no goods."""

    stream: ClassVar[Stream] = Stream.EV
    type: ClassVar[str] = "training.sale"
    sale: Sale
    till: str
