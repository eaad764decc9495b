"""Room on the disk and rows that may go: levels, ballast, retention, the slow check of the whole chain (P10, P11)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from edge.bus import Bus
from edge.clock import iso_ms
from edge.errors import DiskFull, EdgeError
from edge.messages import JobDone, MessageFailed, Say, Started, Tone
from edge.model.records import DiskLevelChanged
from edge.ports import Transaction

LOOK_EVERY_S = 60.0
TIDY_EVERY_S = 600.0
KEEP = timedelta(days=90)
KEEP_WHEN_FULL = timedelta(days=35)
"""At 90 % of the disk (P11)."""
KEEP_COMMANDS = timedelta(days=30)
MAX_OCTETS = 500 * 1024 * 1024
ROWS_A_TURN = 500
"""Removing as many takes some milliseconds: less than a person notices between two scans."""
CHECKED_A_TURN = 2_000
TIDY, PRUNE, QUIET, CASH_ONLY = 80, 90, 95, 98
_LOOK = "disk.look"

_log = logging.getLogger("edge.storage")


class Reading(Protocol):
    """How full the data partition is: `level` in percent (0 when all is well)."""

    @property
    def level(self) -> int: ...
    @property
    def changed(self) -> bool: ...
    @property
    def free_mb(self) -> int: ...


class Look(Protocol):
    def __call__(self, *, full: bool) -> Reading: ...


class Quiet(Protocol):
    def __call__(self, *, on: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class LookDue:
    """A timer: how full is the disk?"""


@dataclass(frozen=True, slots=True)
class TidyDue:
    """A timer: is there something to forget or to check? Only the newest `serial` counts."""

    serial: int


@dataclass(frozen=True, slots=True)
class DiskLooked:
    """The ballast was given up in the middle of a failure; what the disk said then is recorded in a message's peace."""

    reading: Reading


@dataclass(frozen=True, slots=True)
class DiskWatch:
    """As the daemon wires it: `look(full)` measures and keeps the ballast; `quiet` stops or restarts events."""

    look: Look
    quiet: Quiet


class Storage:
    """`run` gives a look at the disk to the jobs thread; after SQLITE_FULL the dispatcher looks itself, at once."""

    def __init__(self, bus: Bus, watch: DiskWatch, *, run: Callable[[str, Callable[[], object]], bool]) -> None:
        self._bus = bus
        self._watch = watch
        self._run = run
        self._level = 0
        self._given_up = False
        self._tidy_serial = 0
        self.broken = ""
        bus.on(Started, self._start)
        bus.on(LookDue, self._look)
        bus.on(JobDone, self._looked)
        bus.on(DiskLooked, lambda looked, tx: self._apply(looked.reading, tx))
        bus.on(MessageFailed, self._no_room)
        bus.on(TidyDue, self._tidy)

    def _start(self, _: Started, tx: Transaction) -> None:
        self._bus.after(0, LookDue())
        self._tidy_in(TIDY_EVERY_S)

    def _tidy_in(self, seconds: float) -> None:
        self._tidy_serial += 1
        self._bus.after(seconds, TidyDue(self._tidy_serial))

    def _look(self, _: LookDue, tx: Transaction) -> None:
        self._run(_LOOK, lambda: self._watch.look(full=False))
        self._bus.after(LOOK_EVERY_S, LookDue())

    def _looked(self, done: JobDone, tx: Transaction) -> None:
        if done.job != _LOOK:
            return
        if done.error is not None:
            _log.error("the disk does not say how full it is: %s", done.error)
        else:
            self._apply(done.result, tx)  # type: ignore[arg-type]

    def _no_room(self, failed: MessageFailed, tx: Transaction) -> None:
        """A write found no room: the ballast is given up, and what failed is tried once more (product decision 4)."""
        if not isinstance(failed.error, DiskFull):
            return
        if self._given_up:
            tx.after_commit(Say("store.full", Tone.ALARM))
            return
        self._given_up = True
        try:
            reading = self._watch.look(full=True)
        except EdgeError as error:
            _log.error("the ballast could not be given up: %s", error)
            return
        # Nothing is written here: this transaction must not fail for want of room as well.
        tx.after_commit(failed.message)
        tx.after_commit(DiskLooked(reading))

    def _apply(self, reading: Reading, tx: Transaction) -> None:
        level = int(reading.level)
        if level < CASH_ONLY:
            self._given_up = False
        if level == self._level:
            return
        self._watch.quiet(on=level >= QUIET)
        tx.append(DiskLevelChanged(str(level) if level else "ok", reading.free_mb))
        (_log.warning if level else _log.info)("disk level %s, %d MB free", level or "ok", reading.free_mb)
        if level >= QUIET > self._level:
            tx.after_commit(Say("store.low", Tone.ATTENTION))
        self._level = level
        if level >= TIDY:
            self._tidy_in(0)

    def _tidy(self, due: TidyDue, tx: Transaction) -> None:
        """A bounded turn; goes on at once while there is more, and only while nobody is being served."""
        if due.serial != self._tidy_serial:
            return
        busy = tx.counter.sale is not None
        again = not busy and self._forget(tx)
        if not busy:
            self._check(tx)
        self._tidy_in(1.0 if again else TIDY_EVERY_S)

    def _forget(self, tx: Transaction) -> bool:
        now = tx.stamp.at
        keep = KEEP_WHEN_FULL if self._level >= PRUNE else KEEP
        before = now if tx.retention.size_octets() > MAX_OCTETS else now - keep
        tx.retention.forget_commands(iso_ms(now - KEEP_COMMANDS))
        gone = tx.retention.prune(iso_ms(before), limit=ROWS_A_TURN)
        dropped = tx.retention.drop_events(limit=ROWS_A_TURN)
        return gone + dropped > 0

    def _check(self, tx: Transaction) -> None:
        first = int(tx.get("checked") or 1)
        following, why = tx.check_chain(first, CHECKED_A_TURN)
        if why and not self.broken:
            self.broken = why
            _log.critical("the journal is broken: %s", why)
            tx.after_commit(Say("store.aside", Tone.ALARM))
        if following != first:
            tx.put("checked", str(following))
