"""The doors of the locker wall: one pulse for each wish, and what the contacts say of it (decisions 3, devices 8.7).

A pulse that was sent is no open door: only the contact's word makes it one. It is never sent a second time, whatever
becomes of it; who wants the door opened asks again. What the boards say is about the world outside, so that it is
remembered here and not in the ledger; each start begins without knowing anything, and `unknown` is not `closed`.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from edge.bus import Bus
from edge.errors import IllegalMove
from edge.messages import (
    BoardLost,
    BoardRead,
    CommandRefused,
    DeviceDown,
    DoorPulsed,
    MessageFailed,
    Outcome,
    PulseDoor,
    Say,
    Started,
    Tone,
    WorkQueued,
)
from edge.model.cell import Offer, Place
from edge.model.cell_map import CellMap
from edge.model.counter import Waiting
from edge.model.door import Content, Door, content
from edge.model.door_pulse import DoorPulse
from edge.model.ledger_rows import EffectState
from edge.model.parcel import ParcelState
from edge.model.parcel_records import DoorLeftOpen, LockerForced
from edge.model.problem import Problem
from edge.ports import Transaction
from edge.services.door_verdicts import SHUT, DoorClosed, DoorOpened, DoorStuck, DoorUnsure, Verdict, Verdicts

PULSE_EXPIRES_S = 5.0
"""Nobody stands at a door that springs open later than this."""
OPENS_WITHIN_S = 0.8
"""From the pulse to a contact that has let go (product row 54); what a board says later is the verdict."""
UNSURE_AFTER_S = 3.0
"""No board has said anything: nobody knows what the door did."""
REMINDERS_S = (30.0, 30.0, 60.0, 120.0, 120.0)
"""Pauses before each word that a door is open (row 55)."""
TOLD_AT = 3
"""The reminder with which the cloud hears of it: two minutes."""
_log = logging.getLogger("edge.parcel")

_AT_A_DOOR = frozenset({ParcelState.CHECKING_IN, ParcelState.RELEASING})
POWER_LOST = "power was lost before the pulse"
"""The reason of a pulse that was wanted before a start: nobody stands at its door any more."""
RETRY_S = 2.0
"""How soon an outcome that found no room is told again."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """An effect, for this service alone: the commit holds what these contacts meant. `doors` by cell."""

    device: str
    board: int
    doors: dict[str, tuple[Door, Content]]
    mono: float


@dataclass(frozen=True, slots=True)
class _HearAgain:
    """A timer: is there room now for what a board has said?"""

    device: str
    board: int


@dataclass(frozen=True, slots=True)
class VerdictDue:
    """A timer: has any board said what this pulse did?"""

    pulse: str


@dataclass(frozen=True, slots=True)
class StillOpen:
    """A timer: is the door that opened as the `serial`th still open, and how often was that said?"""

    cell: str
    serial: int
    said: int = 0


@dataclass(slots=True)
class _Leaf:
    """What is known of one door. `serial` counts its openings; `since_mono`: when the last one was seen."""

    door: Door = Door.UNKNOWN
    content: Content = Content.UNKNOWN
    serial: int = 0
    since_mono: float | None = None


@dataclass(slots=True)
class _Sent:
    """Pulses whose bytes left, by id, and when; lost at a restart, after which `cut` has them."""

    mono: dict[str, float] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)


class Doors:
    """Built before the services that want doors opened. `wall`: which cell hangs on which lock; `wrong`: in sentences,
    what of the map cannot be used.
    """

    def __init__(self, bus: Bus, wall: CellMap, wrong: Sequence[str] = ()) -> None:
        self._bus = bus
        self._wrong = tuple(wrong)
        self._wall = wall
        self._leaves = {place.id: _Leaf() for place in wall.places}
        self._sent = _Sent()
        self._verdicts = Verdicts(bus)
        self._unbooked: dict[tuple[str, int], BoardRead | BoardLost] = {}
        """By device and board, the newest word that found no room on the disk."""
        self._mute: set[tuple[str, int]] = set()
        """Boards that do not answer, by device and board."""
        bus.on(Started, self._resume)
        bus.on(WorkQueued, self._begin)
        bus.on(DoorPulsed, self._pulsed)
        bus.on(CommandRefused, self._refused)
        bus.on(BoardRead, self._read)
        bus.on(BoardLost, self._lost)
        bus.on(DeviceDown, self._down)
        bus.on(VerdictDue, self._verdict_due)
        bus.on(StillOpen, self._still_open)
        bus.on(_HearAgain, self._hear_again)
        bus.on(MessageFailed, self._not_booked)
        bus.route(_Seen, self._remember)

    # --- what others ask -------------------------------------------------------------------------------------------

    def pulse(self, cell: str, why: str, tx: Transaction, *, parcel: str = "", by: str = "") -> str:
        """Want this door opened, once; returns the pulse's id. Raises IllegalMove where `is_busy`."""
        if self.is_busy(cell, tx):
            raise IllegalMove("a door is opened once at a time", where=cell, got=why)
        wanted = DoorPulse(tx.new_id(), cell, why, EffectState.QUEUED, parcel, by, wanted_mono=tx.stamp.mono)
        tx.pulses.queue(wanted)
        tx.after_commit(WorkQueued())
        return wanted.id

    def door(self, cell: str) -> Door:
        return self._leaves[cell].door if cell in self._leaves else Door.UNKNOWN

    def content(self, cell: str) -> Content:
        return self._leaves[cell].content if cell in self._leaves else Content.UNKNOWN

    def is_busy(self, cell: str, tx: Transaction) -> bool:
        """It stands open, or a pulse for it is under way: another one would open it for nobody."""
        newest = tx.pulses.of_cell(cell)
        is_coming = newest is not None and newest.state in (EffectState.QUEUED, EffectState.SENDING)
        return is_coming or self.door(cell) is Door.OPEN

    def may_stand_open(self, cell: str, tx: Transaction) -> bool:
        """A pulse has opened it, and nobody has seen it shut since: its board may be lost meanwhile."""
        sent = tx.pulses.sent_to(cell)
        return sent is not None and sent.state is EffectState.DONE and sent.reason != SHUT

    def offers(self, tx: Transaction) -> list[Offer]:
        """Every cell with what its board says of it."""
        return [
            Offer(place, tx.cells.find(place.id), self.door(place.id), self.content(place.id))
            for place in self._wall.places
        ]

    def place(self, cell: str) -> Place | None:
        return self._wall.place(cell)

    def by_door(self, door: int) -> Place | None:
        """By the number that is painted on it."""
        return self._wall.by_door(door)

    @property
    def places(self) -> tuple[Place, ...]:
        return self._wall.places

    def problems(self, tx: Transaction) -> Iterator[Problem]:
        """Doors whose board does not answer, and those that stand open while nobody puts anything in, takes anything
        out, or tests them.
        """
        for device, board in sorted(self._mute):
            places = [place for place in self._wall.on(device, board) if not self._is_idle(place.id, tx)]
            if places:
                numbers = _spans(sorted(place.door for place in places))
                yield Problem("door.mute", numbers, f"lock board {board} of {device} does not answer")
        wide = [place for place in self._wall.places if self.door(place.id) is Door.OPEN]
        if not wide or tx.counter.waiting is Waiting.TEST_DOORS:
            return
        used = {parcel.cell for parcel in tx.parcels.in_state(_AT_A_DOOR)}
        for place in wide:
            if place.id not in used and not self._is_idle(place.id, tx):
                yield Problem("door.open", str(place.door), f"the door of cell {place.id} is open")

    # --- pulses ----------------------------------------------------------------------------------------------------

    def _begin(self, _: WorkQueued, tx: Transaction) -> None:
        for pulse in tx.pulses.in_state(EffectState.QUEUED):
            place = self._wall.place(pulse.cell)
            if self._verdicts.told(pulse.id):
                continue
            until_mono = pulse.wanted_mono + PULSE_EXPIRES_S
            if place is None:
                self._expired(pulse, "there is no such cell any more", tx)
            elif tx.stamp.mono > until_mono:
                self._expired(pulse, "it could not be sent in time", tx)
            else:
                tx.pulses.move(pulse.id, EffectState.SENDING)
                tx.after_commit(PulseDoor(pulse.id, place.device, place.board, place.lock, until_mono))

    def _pulsed(self, told: DoorPulsed, tx: Transaction) -> None:
        pulse = self._sending(told.pulse, tx)
        if pulse is None:
            return
        match told.outcome:
            case Outcome.NOT_STARTED | Outcome.FAILED:
                self._expired(pulse, told.reason, tx)
            case Outcome.DONE | Outcome.UNKNOWN:
                self._sent.mono[pulse.id] = tx.stamp.mono
                self._bus.after(UNSURE_AFTER_S, VerdictDue(pulse.id))

    def _refused(self, refused: CommandRefused, tx: Transaction) -> None:
        if isinstance(refused.command, PulseDoor) and (pulse := self._sending(refused.command.pulse, tx)) is not None:
            self._expired(pulse, "the lock boards were not there", tx)

    def _verdict_due(self, due: VerdictDue, tx: Transaction) -> None:
        pulse = self._sending(due.pulse, tx)
        self._sent.mono.pop(due.pulse, None)
        if pulse is not None:
            seen = self.door(pulse.cell), self.content(pulse.cell)
            tx.after_commit(DoorUnsure(pulse, *seen, "no board told what the door did"))

    def _expired(self, pulse: DoorPulse, reason: str, tx: Transaction) -> None:
        tx.after_commit(DoorStuck(pulse, EffectState.EXPIRED, reason))

    def _sending(self, pulse_id: str, tx: Transaction) -> DoorPulse | None:
        """A pulse that is under way; None: what became of it is known."""
        pulse = tx.pulses.find(pulse_id)
        is_open = pulse is not None and pulse.state is EffectState.SENDING and not self._verdicts.told(pulse.id)
        return pulse if is_open else None

    def _not_booked(self, failed: MessageFailed, tx: Transaction) -> None:
        """What was told and found no room is told again: it would stay as it is till the next boot. Of a board that is
        its newest word alone: a door may have moved since the one before.
        """
        message = failed.message
        if isinstance(message, BoardRead | BoardLost):
            self._unbooked[message.device, message.board] = message
            self._bus.after(RETRY_S, _HearAgain(message.device, message.board))
        elif isinstance(message, DoorPulsed | WorkQueued | _HearAgain | Verdict):
            self._bus.after(RETRY_S, message)

    def _hear_again(self, again: _HearAgain, tx: Transaction) -> None:
        match self._unbooked.get((again.device, again.board)):
            case BoardRead() as read:
                self._read(read, tx)
            case BoardLost() as lost:
                self._lost(lost, tx)

    def _resume(self, _: Started, tx: Transaction) -> None:
        """Queued before the cut: expired. In the middle of it: the contact tells, at its first word."""
        for pulse in tx.pulses.in_state(EffectState.QUEUED):
            self._expired(pulse, POWER_LOST, tx)
        for sentence in self._wrong:
            _log.error("%s", sentence)
        if self._wrong:
            tx.after_commit(Say("door.map_wrong", Tone.ALARM))
        self._sent.cut = {pulse.id for pulse in tx.pulses.in_state(EffectState.SENDING)}

    # --- contacts --------------------------------------------------------------------------------------------------

    def _read(self, read: BoardRead, tx: Transaction) -> None:
        self._mute.discard((read.device, read.board))
        now = {}
        for place in self._wall.on(read.device, read.board):
            door = self._wall.wiring(read.device, read.board).door(read.contacts, place.lock)
            seen = content(read.contacts, place.lock)
            now[place.id] = (door, seen)
            self._look(place.id, door, seen, read.asked_mono, tx)
        tx.after_commit(_Seen(read.device, read.board, now, tx.stamp.mono))

    def _look(self, cell: str, door: Door, seen: Content, asked_mono: float, tx: Transaction) -> None:
        leaf = self._leaves[cell]
        newest = tx.pulses.sent_to(cell)
        sending = self._sending(newest.id, tx) if newest is not None else None
        was_opened = newest is not None and self._verdicts.has_opened(newest) and newest.reason != SHUT
        if door is Door.OPEN and leaf.door is not Door.OPEN:
            may_be_ours = was_opened or (newest is not None and newest.state is EffectState.UNKNOWN)
            self._open(cell, sending, tx, is_ours=may_be_ours and leaf.door is Door.UNKNOWN)
        elif door is Door.CLOSED and (leaf.door is Door.OPEN or (leaf.door is Door.UNKNOWN and was_opened)):
            self._shut(cell, seen, newest if was_opened else sending, leaf, tx)
        elif door is Door.CLOSED and sending is not None:
            self._judge(sending, seen, asked_mono, tx)

    def _open(self, cell: str, pulse: DoorPulse | None, tx: Transaction, *, is_ours: bool) -> None:
        """`is_ours`: a pulse of before nobody could see it has opened it, or may have, and it is open still."""
        if pulse is None and is_ours:
            return
        if pulse is None:
            parcel = tx.cells.find(cell).parcel
            tx.append(LockerForced(cell, parcel))
            if not self._is_idle(cell, tx):
                tx.after_commit(Say("door.forced", Tone.ALARM, words=(("n", self._number(cell)),)))
            return
        tx.after_commit(DoorOpened(pulse))

    def _shut(self, cell: str, seen: Content, pulse: DoorPulse | None, leaf: _Leaf, tx: Transaction) -> None:
        open_s = None if leaf.since_mono is None else max(0, round(tx.stamp.mono - leaf.since_mono))
        tx.after_commit(DoorClosed(cell, seen, pulse, open_s))

    def _judge(self, pulse: DoorPulse, seen: Content, asked_mono: float, tx: Transaction) -> None:
        """Its door is shut. A pulse that the power cut off may have opened it, and a hand have shut it since."""
        if pulse.id in self._sent.cut:
            tx.after_commit(DoorUnsure(pulse, Door.CLOSED, seen, "power was lost during the pulse"))
        elif (sent_mono := self._sent.mono.get(pulse.id)) is not None and asked_mono >= sent_mono + OPENS_WITHIN_S:
            tx.after_commit(DoorStuck(pulse, EffectState.FAILED, "the door stayed shut"))

    # --- boards that are gone --------------------------------------------------------------------------------------

    def _lost(self, lost: BoardLost, tx: Transaction) -> None:
        self._mute.add((lost.device, lost.board))
        self._forget(lost.device, lost.board, tx)
        places = self._wall.on(lost.device, lost.board)
        if not places or not all(self._is_idle(place.id, tx) for place in places):
            tx.after_commit(Say("door.board_lost", Tone.ATTENTION, words=(("n", str(lost.board)),)))

    def _down(self, down: DeviceDown, tx: Transaction) -> None:
        for board in {place.board for place in self._wall.places if place.device == down.device}:
            self._mute.discard((down.device, board))  # all of the device is gone, which is a problem of its own
            self._forget(down.device, board, tx)

    def _forget(self, device: str, board: int, tx: Transaction) -> None:
        unknown = {place.id: (Door.UNKNOWN, Content.UNKNOWN) for place in self._wall.on(device, board)}
        tx.after_commit(_Seen(device, board, unknown, tx.stamp.mono))

    def _remember(self, seen: _Seen) -> None:
        self._unbooked.pop((seen.device, seen.board), None)
        for cell, (door, inside) in seen.doors.items():
            leaf = self._leaves[cell]
            if door is Door.OPEN and leaf.door is not Door.OPEN:
                leaf.serial += 1
                leaf.since_mono = seen.mono
                self._bus.after(REMINDERS_S[0], StillOpen(cell, leaf.serial))
            leaf.door, leaf.content = door, inside

    # --- a door that stays open ------------------------------------------------------------------------------------

    def _still_open(self, still: StillOpen, tx: Transaction) -> None:
        leaf = self._leaves.get(still.cell)
        if leaf is None or leaf.door is not Door.OPEN or leaf.serial != still.serial or self._is_idle(still.cell, tx):
            return
        tx.after_commit(Say("door.left", Tone.ATTENTION, words=(("n", self._number(still.cell)),)))
        said = still.said + 1
        if said == TOLD_AT:
            open_s = sum(REMINDERS_S[:said])
            since = tx.stamp.at - timedelta(seconds=open_s)
            tx.append(DoorLeftOpen(still.cell, since, tx.cells.find(still.cell).parcel))
        if said < len(REMINDERS_S):
            self._bus.after(REMINDERS_S[said], StillOpen(still.cell, still.serial, said))

    def _is_idle(self, cell: str, tx: Transaction) -> bool:
        """The map has it out of service, and nothing lies in it: whatever its contact says, nobody need come."""
        place = self._wall.place(cell)
        return place is not None and not place.in_service and not tx.cells.find(cell).parcel

    def _number(self, cell: str) -> str:
        place = self._wall.place(cell)
        return str(place.door) if place is not None else cell


def _spans(doors: Sequence[int]) -> str:
    """Ascending numbers as "1–8, 11": a board may serve any doors of the wall."""
    spans: list[list[int]] = []
    for door in doors:
        if spans and door == spans[-1][1] + 1:
            spans[-1][1] = door
        else:
            spans.append([door, door])
    return ", ".join(f"{first}–{last}" if first != last else f"{first}" for first, last in spans)
