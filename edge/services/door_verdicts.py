"""What a door did after a pulse, as everybody who waits for it hears it, and as it is booked."""

from __future__ import annotations

from dataclasses import dataclass

from edge.bus import Bus
from edge.model.door import Content, Door
from edge.model.door_pulse import DoorPulse
from edge.model.ledger_rows import EffectState
from edge.model.parcel_records import DoorEnded, LockerClosed, LockerOpened
from edge.ports import Transaction

SHUT = "shut"
"""The reason of a pulse that is done: its door was seen shut again."""


@dataclass(frozen=True, slots=True)
class DoorOpened:
    """A verdict: the contact let go, and this pulse was why."""

    pulse: DoorPulse


@dataclass(frozen=True, slots=True)
class DoorClosed:
    """A verdict: a door that was open is shut again. `pulse` has opened it; None: a key or a crowbar did, or nobody
    knows what. `open_s`: for how long, where that was seen.
    """

    cell: str
    content: Content
    pulse: DoorPulse | None
    open_s: int | None = None


@dataclass(frozen=True, slots=True)
class DoorStuck:
    """A verdict: its door stayed shut after the pulse (`state` failed), or the pulse was never sent (expired)."""

    pulse: DoorPulse
    state: EffectState
    reason: str

    @property
    def sent(self) -> bool:
        return self.state is EffectState.FAILED


@dataclass(frozen=True, slots=True)
class DoorUnsure:
    """A verdict: a pulse was sent or may have been, and the contact cannot tell any more what came of it.

    The door is shut now, or its board says nothing; `content` is what the cell's sensor sees.
    """

    pulse: DoorPulse
    door: Door
    content: Content
    reason: str


Verdict = DoorOpened | DoorClosed | DoorStuck | DoorUnsure
"""Effects of what a board or a timer said. What became of the pulse is booked as each is handled, in one transaction
with what the others conclude from it: a power cut leaves a parcel and its door as they were, never one without the
other.
"""


@dataclass(frozen=True, slots=True)
class _Booked:
    """An effect, for this service alone: the ledger has what became of this pulse."""

    pulse: str


class Verdicts:
    """Built before the services that conclude something from a verdict: what became of the pulse is booked first."""

    def __init__(self, bus: Bus) -> None:
        self._told: dict[str, type] = {}
        """The verdict on a pulse that is told, and is booked next, or once there is room on the disk."""
        bus.on(DoorOpened, self._opened)
        bus.on(DoorClosed, self._closed)
        bus.on(DoorStuck, self._stuck)
        bus.on(DoorUnsure, self._unsure)
        for kind in (DoorOpened, DoorStuck, DoorUnsure):
            bus.route(kind, self._tell)
        bus.route(_Booked, self._forget)

    def told(self, pulse: str) -> bool:
        return pulse in self._told

    def has_opened(self, pulse: DoorPulse) -> bool:
        return pulse.state is EffectState.DONE or self._told.get(pulse.id) is DoorOpened

    def _tell(self, verdict: DoorOpened | DoorStuck | DoorUnsure) -> None:
        self._told[verdict.pulse.id] = type(verdict)

    def _forget(self, booked: _Booked) -> None:
        self._told.pop(booked.pulse, None)

    def _opened(self, opened: DoorOpened, tx: Transaction) -> None:
        pulse = opened.pulse
        self._book(pulse, EffectState.DONE, "", tx)
        tx.append(LockerOpened(pulse.cell, pulse.why, pulse.parcel, pulse.by))

    def _closed(self, closed: DoorClosed, tx: Transaction) -> None:
        pulse = closed.pulse
        parcel = pulse.parcel if pulse is not None else tx.cells.find(closed.cell).parcel
        tx.append(LockerClosed(closed.cell, closed.content.value, parcel, closed.open_s))
        if pulse is not None and self.has_opened(pulse):
            tx.pulses.move(pulse.id, EffectState.DONE, SHUT)

    def _stuck(self, stuck: DoorStuck, tx: Transaction) -> None:
        self._book(stuck.pulse, stuck.state, stuck.reason, tx)
        if not stuck.sent:
            tx.append(DoorEnded(stuck.pulse.id, stuck.pulse.cell, stuck.state.value, stuck.reason))

    def _unsure(self, unsure: DoorUnsure, tx: Transaction) -> None:
        self._book(unsure.pulse, EffectState.UNKNOWN, unsure.reason, tx)
        tx.append(DoorEnded(unsure.pulse.id, unsure.pulse.cell, EffectState.UNKNOWN.value, unsure.reason))

    def _book(self, pulse: DoorPulse, state: EffectState, reason: str, tx: Transaction) -> None:
        """Unless it is booked as shut already: on a full disk that may have found room first."""
        booked = tx.pulses.find(pulse.id)
        if booked is not None and booked.state is not EffectState.DONE:
            tx.pulses.move(pulse.id, state, reason)
        tx.after_commit(_Booked(pulse.id))
