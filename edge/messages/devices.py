"""What devices post: scans, keys, presence, printer states, outcomes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edge.messages.effects import Command
    from edge.model.door import Contacts
    from edge.model.weight import Reading


@dataclass(frozen=True, slots=True)
class ScanData:
    """A whole code as one scanner read it, suffix removed. `aim` is None when the scanner sends no AIM identifier."""

    device: str
    text: str
    at_mono: float
    aim: str | None = None


class ScanTrouble(StrEnum):
    TOO_LONG = "too_long"
    GARBLED = "garbled"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class ScanRefused:
    """A scan that the driver could not make a text of. Its content is never kept: it can be a payment code."""

    device: str
    trouble: ScanTrouble
    length: int


class Key(StrEnum):
    """POSKeyboard: the twenty keys of the counter's pad (product C1)."""

    D0, D1, D2, D3, D4 = "0", "1", "2", "3", "4"
    D5, D6, D7, D8, D9 = "5", "6", "7", "8", "9"
    POINT = "."
    TIMES = "*"
    PLUS = "+"
    MINUS = "-"
    HELP = "/"
    ENTER = "Enter"
    BACKSPACE = "Backspace"
    CANCEL = "Cancel"
    """Backspace held for 2 s."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    device: str
    key: Key
    at_mono: float


@dataclass(frozen=True, slots=True)
class DeviceUp:
    """The worker has opened the device."""

    device: str


@dataclass(frozen=True, slots=True)
class DeviceDown:
    """The device failed or could not be opened; posted once per outage. `reason` is the error's text."""

    device: str
    reason: str


@dataclass(frozen=True, slots=True)
class CommandRefused:
    """A command that was never begun: the device was not open, or its queue was full."""

    device: str
    command: Command


@dataclass(frozen=True, slots=True)
class WeightRead:
    """What a scale says while somebody weighs. `emptied`: it was seen empty since the last weight that was taken."""

    device: str
    reading: Reading
    at_mono: float
    emptied: bool


class PrinterState(StrEnum):
    """POSPrinter. UNKNOWN: it takes bytes and answers no status request."""

    READY = "ready"
    PAPER_OUT = "paper_out"
    COVER_OPEN = "cover_open"
    FAULT = "fault"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """Posted on change. `pin3_high` is the drawer connector's level; None when the printer did not say."""

    device: str
    state: PrinterState
    paper_low: bool = False
    pin3_high: bool | None = None


class Outcome(StrEnum):
    """What became of one physical command."""

    DONE = "done"
    NOT_STARTED = "not_started"
    """No byte was sent: it may be tried again."""
    UNKNOWN = "unknown"
    """Some bytes were sent and the end was not seen: never sent again."""
    FAILED = "failed"
    """It can never be done: a slip that no printer can be told. Trying again would not help."""


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    device: str
    job: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KickOutcome:
    device: str
    kick: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BoardRead:
    """What the contacts of one lock board are: on change, and for a while after a pulse.

    `asked_mono`: when the board was asked; what it says is not older.
    """

    device: str
    board: int
    contacts: Contacts
    asked_mono: float


@dataclass(frozen=True, slots=True)
class BoardLost:
    """A lock board does not answer; `reason` is what came instead. Nobody knows any more what its doors do."""

    device: str
    board: int
    reason: str


@dataclass(frozen=True, slots=True)
class BoardFound:
    """A lock board that was lost answers again; its contacts follow."""

    device: str
    board: int


@dataclass(frozen=True, slots=True)
class DoorPulsed:
    """What became of one PulseDoor. DONE: all its bytes left, which is no open door; `reason`: the board refused, or
    said nothing.
    """

    device: str
    pulse: str
    outcome: Outcome
    reason: str = ""
