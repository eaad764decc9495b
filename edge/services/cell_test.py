"""Self-test of the locker wall: every empty cell opens, its contact is seen, a hand shuts it (product row 67).

A technician's badge, and Enter. Never a cell that is not free, closed and seen to be empty where it has a sensor. Card
停, minus, a door that nobody shuts and a power cut end it; what was found by then is on the slip.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field, replace
from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.messages import Asked, AskedAtDesk, BadgeAccepted, Say, Show, Started, Tone, View
from edge.model.badge import Role
from edge.model.cell import CellEvent, CellState
from edge.model.counter import YES_OR_NO, Verb, Waiting, at_rest
from edge.model.door import Content, Door
from edge.model.door_pulse import DoorPulse
from edge.model.parcel_records import CellChanged
from edge.model.parcel_slip import DoorsTested, tested_slip
from edge.ports import Transaction
from edge.services.basket import basket_view, question
from edge.services.cell_care import TEST
from edge.services.door_verdicts import DoorClosed, DoorOpened, DoorStuck, DoorUnsure
from edge.services.doors import Doors
from edge.services.questions import asked_first, is_meanwhile
from edge.services.slips import local_time, print_slip
from edge.services.spoken_manner import manner_of

SHUT_WITHIN_S = 600.0
"""A door that stays open for longer: nobody tests any more."""

_RUN = "doors.test"
"""In `meta`: the test that runs, JSON; empty: none does."""
_log = logging.getLogger("edge.parcel")


@dataclass(frozen=True, slots=True)
class _Run:
    """`by`: the id of a badge. `left`: cells that come next; `now`: the one that was asked to open."""

    by: str
    left: list[str]
    now: str = ""
    well: list[int] = field(default_factory=list)
    shut: list[int] = field(default_factory=list)
    sensor: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TestOver:
    """A timer: nobody has shut the door that opened as the `serial`th."""

    serial: int


class CellTest:
    """Built after `CellCare`, which gives a cell back before the next one opens."""

    def __init__(self, bus: Bus, doors: Doors, *, zone: ZoneInfo, language: str) -> None:
        self._bus = bus
        self._doors = doors
        self._zone = zone
        self._language = language
        self._serial = 0
        bus.on(Started, self._resume)
        bus.on(BadgeAccepted, self._badge)
        bus.on(AskedAtDesk, self._answered)
        bus.on(Asked, self._asked)
        bus.on(DoorOpened, self._opened)
        bus.on(DoorClosed, self._closed)
        bus.on(DoorStuck, self._stuck)
        bus.on(DoorUnsure, self._unsure)
        bus.on(TestOver, self._over)

    # --- how it begins and ends ------------------------------------------------------------------------------------

    def _badge(self, accepted: BadgeAccepted, tx: Transaction) -> None:
        if accepted.role is not Role.TECHNICIAN or self._run(tx) is not None:
            return
        if (first := asked_first(Verb.CHECK_DEVICES, tx.counter) or _busy(tx)) is not None:
            tx.after_commit(first)
            return
        tx.keep(replace(at_rest(tx.counter.sale), waiting=Waiting.TEST_DOORS, barcode=accepted.badge))
        tx.after_commit(question(tx.counter))

    def _answered(self, answer: AskedAtDesk, tx: Transaction) -> None:
        counter, run = tx.counter, self._run(tx)
        if counter.waiting is not Waiting.TEST_DOORS:
            return
        tx.keep(at_rest(counter.sale))
        tx.after_commit(basket_view(tx.counter))
        if answer.verb is not Verb.ENTER and run is None:
            tx.after_commit(Say("ask.dropped"))
        elif answer.verb is not Verb.ENTER:
            self._end(tx)
        elif run is None:
            self._begin(counter.barcode or "", tx)
        else:
            self._says_shut(run, tx)

    def _begin(self, by: str, tx: Transaction) -> None:
        cells = [offer.place for offer in self._doors.offers(tx) if offer.is_free]
        if not cells:
            tx.after_commit(Say("test.none", Tone.ATTENTION))
            return
        self._next(_Run(by, [place.id for place in sorted(cells, key=lambda place: place.door)]), tx)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is Verb.STOP and self._run(tx) is not None:
            self._end(tx)

    def _over(self, over: TestOver, tx: Transaction) -> None:
        if over.serial == self._serial and self._run(tx) is not None:
            self._end(tx)

    def _resume(self, _: Started, tx: Transaction) -> None:
        """What the power found open tells by itself when it is shut (`CellCare`)."""
        if self._run(tx) is not None:
            self._end(tx)

    def _end(self, tx: Transaction) -> None:
        run = self._run(tx)
        self._serial += 1
        tx.put(_RUN, "")
        if tx.counter.waiting is Waiting.TEST_DOORS:
            tx.keep(at_rest(tx.counter.sale))
            tx.after_commit(basket_view(tx.counter))
        if run is None:
            return
        tested = len(run.well) + len(run.shut) + len(run.sensor)
        found = DoorsTested(run.by, run.well, run.shut, run.sensor, len(self._doors.places) - tested)
        language = manner_of(tx, self._language).language
        print_slip(tested_slip(found, language=language, local_time=local_time(tx.stamp.at, self._zone)), tx)
        tx.after_commit(Say("test.stopped" if run.left or run.now else "test.done"))

    # --- one door after the other ----------------------------------------------------------------------------------

    def _next(self, run: _Run, tx: Transaction) -> None:
        """What has got a parcel meanwhile is left alone."""
        free = {offer.place.id for offer in self._doors.offers(tx) if offer.is_free}
        left = [cell for cell in run.left if cell in free]
        if not left:
            self._keep(replace(run, left=[], now=""), tx)
            self._end(tx)
            return
        cell = tx.cells.find(left[0])
        tx.cells.keep(cell.moved(CellEvent.DOUBT))
        self._doors.pulse(cell.id, TEST, tx, by=run.by)
        self._keep(replace(run, left=left[1:], now=cell.id), tx)

    def _opened(self, opened: DoorOpened, tx: Transaction) -> None:
        run = self._of(opened.pulse, tx)
        if run is None:
            return
        door = self._door(run.now)
        self._serial += 1
        self._bus.after(SHUT_WITHIN_S, TestOver(self._serial))
        counter = tx.counter
        if counter.waiting is Waiting.NOTHING and counter.sale is None:
            tx.keep(replace(counter, waiting=Waiting.TEST_DOORS, barcode=run.now, value=door))
        tx.after_commit(Show(View.TEXT, name=str(door)))
        tx.after_commit(Say("test.shut", Tone.ATTENTION, words=(("n", str(door)),)))

    def _closed(self, closed: DoorClosed, tx: Transaction) -> None:
        run = self._of(closed.pulse, tx)
        if run is None:
            return
        door = self._door(run.now)
        if closed.content is Content.FULL:
            self._go_on(replace(run, sensor=[*run.sensor, door]), tx)
        else:
            self._go_on(replace(run, well=[*run.well, door]), tx)

    def _says_shut(self, run: _Run, tx: Transaction) -> None:
        """Enter: it is shut, whatever its contact says."""
        if self._doors.door(run.now) is not Door.OPEN:
            return
        cell = tx.cells.find(run.now)
        tx.cells.keep(cell.moved(CellEvent.BREAK))
        tx.append(CellChanged(cell.id, CellState.FAULT.value, "contact"))
        door = self._door(run.now)
        tx.after_commit(Say("test.contact", Tone.ERROR, words=(("n", str(door)),)))
        self._go_on(replace(run, sensor=[*run.sensor, door]), tx)

    def _stuck(self, stuck: DoorStuck, tx: Transaction) -> None:
        run = self._of(stuck.pulse, tx)
        if run is None:
            return
        cell, door = tx.cells.find(run.now), self._door(run.now)
        if not stuck.sent:
            tx.cells.keep(cell.moved(CellEvent.CLEAR, parcel=""))
            tx.after_commit(Say("door.silent", Tone.ERROR))
            self._go_on(run, tx)
            return
        tx.cells.keep(cell.moved(CellEvent.BREAK))
        tx.append(CellChanged(cell.id, CellState.FAULT.value, "not_opened"))
        tx.after_commit(Say("door.stuck", Tone.ERROR, words=(("n", str(door)),)))
        self._go_on(replace(run, shut=[*run.shut, door]), tx)

    def _unsure(self, unsure: DoorUnsure, tx: Transaction) -> None:
        """Its board went: the cell is looked into when somebody opens it next, and the test goes on elsewhere."""
        run = self._of(unsure.pulse, tx)
        if run is not None:
            self._go_on(replace(run, shut=[*run.shut, self._door(run.now)]), tx)

    def _go_on(self, run: _Run, tx: Transaction) -> None:
        self._serial += 1
        if tx.counter.waiting is Waiting.TEST_DOORS:
            tx.keep(at_rest(tx.counter.sale))
        self._next(replace(run, now=""), tx)

    # --- what is remembered ----------------------------------------------------------------------------------------

    def _of(self, pulse: DoorPulse | None, tx: Transaction) -> _Run | None:
        """The test that this pulse belongs to, while it runs."""
        run = self._run(tx)
        return run if run is not None and pulse is not None and (pulse.why, pulse.cell) == (TEST, run.now) else None

    def _run(self, tx: Transaction) -> _Run | None:
        text = tx.get(_RUN)
        if not text:
            return None
        try:
            return _Run(**json.loads(text))
        except (ValueError, TypeError, RecursionError) as error:
            _log.error("which doors were tested cannot be read: %s", error)
            return None

    def _keep(self, run: _Run, tx: Transaction) -> None:
        tx.put(_RUN, json.dumps(asdict(run)))

    def _door(self, cell: str) -> int:
        place = self._doors.place(cell)
        return place.door if place is not None else 0


def _busy(tx: Transaction) -> Say | None:
    """Somebody is being served, or asked about a door already: an Enter for money must not open one."""
    counter = tx.counter
    if counter.sale is not None or is_meanwhile(Verb.CHECK_DEVICES, counter) or counter.waiting in YES_OR_NO:
        return Say("parcel.later", Tone.ATTENTION)
    return None
