"""Room on the disk and rows that may go: levels, ballast, retention, the slow check of the whole chain (P10, P11)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from edge.bus import Bus
from edge.clock import Clk, iso_ms
from edge.errors import DiskFull, EdgeError
from edge.messages import (
    Asked,
    AskedMeanwhile,
    HoldSlipScanned,
    ItemScanned,
    JobDone,
    KeyPressed,
    MessageFailed,
    Say,
    ScanData,
    SlipScanned,
    Started,
    Tone,
    UnknownScanned,
)
from edge.model.records import DiskLevelChanged
from edge.ports import Transaction
from edge.services.forgetting import KEEP_ASIDE, forget

LOOK_EVERY_S = 60.0
TIDY_EVERY_S = 600.0
KEEP_COUPONS = 50_000
"""Used ones: years of a village shop, in 5 MB."""
CHECK_EVERY = timedelta(days=7)
"""The whole chain is read once a week (decisions 1): a worn card says nothing of a row until it is read."""
MAX_OCTETS = 500 * 1024 * 1024
ROWS_A_TURN = 500
"""Removing as many takes some milliseconds: less than a person notices between two scans."""
CHECKED_A_TURN = 2_000
TIDY, PRUNE, QUIET, CASH_ONLY = 80, 90, 95, 98
_LOOK, _ASIDE = "disk.look", "disk.aside"
_DAY = timedelta(days=1)
_CHECKED, _CHECKED_AT = "checked", "checked_at"
"""In `meta`: the row to go on from, and when the last check of all rows ended."""
BROKEN = "broken"
"""Under this key the ledger says what the slow check found wrong with the chain; empty or absent: nothing."""

BY_A_PERSON = (
    ScanData, KeyPressed, Asked, AskedMeanwhile, ItemScanned, UnknownScanned, SlipScanned, HoldSlipScanned,
)  # fmt: skip
"""Messages whose refusal somebody at the counter must hear of."""

_log = logging.getLogger("edge.storage")


class Ballast(Enum):
    """The last reserve of room. `SPENT`: a write has failed though it had been given up before."""

    KEPT = "kept"
    GIVEN_UP = "given_up"
    SPENT = "spent"


class Reading(Protocol):
    """How full the data partition is: `level` in percent (0 when all is well)."""

    @property
    def level(self) -> int: ...
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
class LevelKnown:
    """What the last look found is in the journal, if it is news: now it counts."""

    level: int


@dataclass(frozen=True, slots=True)
class ChainBroken:
    """The slow check found the journal damaged, as it will at each turn until the next boot sets it aside."""


@dataclass(frozen=True, slots=True)
class DiskWatch:
    """As the daemon wires it: `look(full)` measures and keeps the ballast; `quiet` stops or restarts events.

    `suspect` has the next boot read the whole ledger before it trusts it. `forget_aside` removes damaged files that
    were set aside before a moment.
    """

    look: Look
    quiet: Quiet
    suspect: Callable[[], None]
    forget_aside: Callable[[datetime], object] = lambda before: None


class Storage:
    """`run` gives a look at the disk to the jobs thread; after SQLITE_FULL the dispatcher looks itself, at once."""

    def __init__(self, bus: Bus, watch: DiskWatch, *, run: Callable[[str, Callable[[], object]], bool]) -> None:
        self._bus = bus
        self._watch = watch
        self._run = run
        self._level = 0
        self._ballast = Ballast.KEPT
        self._tidy_serial = 0
        self._aside_at: datetime | None = None
        bus.on(Started, self._start)
        bus.on(LookDue, self._look)
        bus.on(JobDone, self._looked)
        bus.on(DiskLooked, lambda looked, tx: self._apply(looked.reading, tx))
        bus.on(LevelKnown, self._settle)
        bus.on(MessageFailed, self._no_room)
        bus.on(TidyDue, self._tidy)
        bus.on(ChainBroken, self._mark)

    @property
    def is_full(self) -> bool:
        """Only cash and collections go on (P11)."""
        return self._level >= CASH_ONLY

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
        if done.job == _ASIDE and done.error is not None:
            _log.error("what was set aside long ago cannot be removed: %s", done.error)
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
        if self._ballast is not Ballast.KEPT:
            self._refuse(failed.message, tx)
            return
        self._ballast = Ballast.GIVEN_UP
        try:
            reading = self._watch.look(full=True)
        except EdgeError as error:
            _log.error("the ballast could not be given up: %s", error)
            self._refuse(failed.message, tx)
            return
        # Nothing is written here: this transaction must not fail for want of room as well.
        tx.after_commit(failed.message)
        tx.after_commit(DiskLooked(reading))

    def _refuse(self, message: object, tx: Transaction) -> None:
        """The ballast is spent too: selling stops in plain words (P11). What nobody asked for says nothing."""
        if isinstance(message, BY_A_PERSON):
            self._ballast = Ballast.SPENT
            tx.after_commit(Say("store.spent", Tone.ALARM))

    def _apply(self, reading: Reading, tx: Transaction) -> None:
        level = int(reading.level)
        if level != self._level:
            tx.append(DiskLevelChanged(str(level) if level else "ok", reading.free_mb))
            (_log.warning if level else _log.info)("disk level %s, %d MB free", level or "ok", reading.free_mb)
        tx.after_commit(LevelKnown(level))

    def _settle(self, known: LevelKnown, tx: Transaction) -> None:
        """In a message of its own: a record of the level that found no room is written at the next look."""
        before, self._level = self._level, known.level
        if known.level < CASH_ONLY:
            self._ballast = Ballast.KEPT
        if known.level == before:
            return
        self._watch.quiet(on=known.level >= QUIET)
        if known.level >= CASH_ONLY:
            if self._ballast is not Ballast.SPENT:  # else worse was said already
                tx.after_commit(Say("store.full", Tone.ALARM))
        elif known.level >= QUIET > before:
            tx.after_commit(Say("store.low", Tone.ATTENTION))
        if known.level >= TIDY:
            self._tidy_in(0)

    def _tidy(self, due: TidyDue, tx: Transaction) -> None:
        """A bounded turn; goes on at once while there is more, and only while nobody is being served."""
        if due.serial != self._tidy_serial:
            return
        self._tidy_in(TIDY_EVERY_S)  # first of all: a turn that finds no room is not the last one
        if tx.counter.sale is not None:
            return
        again = self._forget(tx)
        self._check(tx)
        if again:
            self._tidy_in(1.0)

    def _forget(self, tx: Transaction) -> bool:
        """What is old, by a clock that somebody has set; by another one only what is too much."""
        now, gone = tx.stamp.at, 0
        if tx.retention.size_octets() > MAX_OCTETS:
            gone = tx.retention.prune(iso_ms(now), limit=ROWS_A_TURN, even_owed=True)
        elif tx.stamp.clk is Clk.OK:
            gone = forget(tx, limit=ROWS_A_TURN, short_of_room=self._level >= PRUNE)
            self._forget_aside(now)
        tx.retention.forget_coupons(keep=KEEP_COUPONS)
        emptied = tx.retention.drop_events(limit=ROWS_A_TURN)
        if self._level >= TIDY:
            emptied += tx.retention.forget_events(limit=ROWS_A_TURN)
        return gone + emptied > 0

    def _forget_aside(self, now: datetime) -> None:
        """Files, so on the jobs thread; once a day and once a start."""
        if self._aside_at is None or now - self._aside_at >= _DAY:
            self._aside_at = now
            self._run(_ASIDE, lambda: self._watch.forget_aside(now - KEEP_ASIDE))

    def _check(self, tx: Transaction) -> None:
        """One slice of the whole chain. A break stays known until a check from the first row on finds none."""
        first, known = int(tx.get(_CHECKED) or 1), tx.get(BROKEN) or ""
        if first == 1 and not known and self._was_checked_this_week(tx):
            return
        following, why = tx.check_chain(first, CHECKED_A_TURN)
        if why:
            tx.after_commit(ChainBroken())
        if why and not known:
            _log.critical("the journal is broken: %s", why)
            tx.after_commit(Say("store.broken", Tone.ALARM))
        if why != known and (why or following == 1):
            tx.put(BROKEN, why)
        if following != first:
            tx.put(_CHECKED, str(following))
        if following == 1 and not why:
            tx.put(_CHECKED_AT, iso_ms(tx.stamp.at))

    def _was_checked_this_week(self, tx: Transaction) -> bool:
        """False too when the clock now says an earlier time than it said then."""
        return iso_ms(tx.stamp.at - CHECK_EVERY) < (tx.get(_CHECKED_AT) or "") <= iso_ms(tx.stamp.at)

    def _mark(self, _: ChainBroken, tx: Transaction) -> None:
        try:
            self._watch.suspect()
        except EdgeError as error:
            _log.error("the next boot cannot be told to read the whole ledger: %s", error)
