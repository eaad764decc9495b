"""The clocks of box and cloud held against each other, at the cloud's wish (time.sync, row 135).

    ordered ──► hello again ──► welcome, which has the cloud's clock ──► in step: done
                                    └──► nothing disciplines this clock, and it is behind: stepped, looked at, done

The system's time service goes first: a clock that it keeps is never touched, only told of. No step goes backwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from edge.bus import Bus
from edge.clock import STEP_MS, Clk, iso_ms
from edge.messages import Started
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered
from edge.services.link import GreetAgain, Welcomed
from edge.services.untrusted_clock import SetClock

PATIENCE_S = 60.0
"""For the welcome; the hello is repeated meanwhile."""
SETTLED_S = 1.0
"""After a step: the next stamp shows it."""
MOST = timedelta(days=120)
"""A clock that follows the broker's certificate is no further behind; a welcome that says more is not believed. Of all
steps together, until something keeps the clock: whoever holds the broker would else lead it years ahead in a few.
"""
_SINCE = "time_since"
"""In `meta`: what the clock said before the first of these steps."""


@dataclass(frozen=True, slots=True)
class TimeLate:
    """A timer: no welcome came for the command `cid`."""

    cid: str


@dataclass(frozen=True, slots=True)
class StepDue:
    """A timer: was the clock stepped? The cloud's was `cloud_at` at `mono`; `off_ms` is what it was before."""

    cid: str
    cloud_at: datetime
    mono: float
    off_ms: int


class TimeSync:
    """`steps`: whether a welcome is proof enough to step the clock for, and this process is the one to do it: it came
    over TLS. Built after the link.
    """

    def __init__(self, bus: Bus, *, steps: bool) -> None:
        self._bus = bus
        self._steps = steps
        self._cid = ""
        bus.on(Started, self._start)
        bus.on(Welcomed, self._welcomed)
        bus.on(TimeLate, self._late)
        bus.on(StepDue, self._stepped)

    def order(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of time.sync."""
        if self._cid:
            return Answered(ordered.cid, "failed", "cmd.busy", "the time is being asked for already")
        self._cid = ordered.cid
        tx.after_commit(GreetAgain())
        self._bus.after(PATIENCE_S, TimeLate(ordered.cid))
        return Answered(ordered.cid, "accepted")

    def _start(self, _: Started, tx: Transaction) -> None:
        self._cid = ""

    def _welcomed(self, welcomed: Welcomed, tx: Transaction) -> None:
        if not self._cid:
            return
        cid, self._cid = self._cid, ""
        cloud_at = datetime.fromisoformat(welcomed.welcome.at)
        off = tx.stamp.at - cloud_at
        did = self._course(off, tx)
        if did == "stepped":
            tx.put(_SINCE, tx.get(_SINCE) or iso_ms(tx.stamp.at))
            tx.after_commit(SetClock(cloud_at))
            self._bus.after(SETTLED_S, StepDue(cid, cloud_at, tx.stamp.mono, _ms(off)))
        else:
            tx.after_commit(_told(cid, _ms(off), tx.stamp.clk, did))

    def _course(self, off: timedelta, tx: Transaction) -> str:
        if tx.stamp.clk is Clk.OK and tx.get(_SINCE):
            tx.put(_SINCE, "")
        if abs(_ms(off)) <= STEP_MS:
            return "in_step"
        if tx.stamp.clk is Clk.OK:
            return "kept"
        if off > timedelta(0):
            return "ahead"
        since = tx.get(_SINCE)
        if tx.stamp.at - off > (datetime.fromisoformat(since) if since else tx.stamp.at) + MOST:
            return "too_far"
        return "stepped" if self._steps else "unproved"

    def _stepped(self, due: StepDue, tx: Transaction) -> None:
        now = due.cloud_at + timedelta(seconds=tx.stamp.mono - due.mono)
        off_ms = _ms(tx.stamp.at - now)
        done = abs(off_ms) <= STEP_MS
        tx.after_commit(
            _told(due.cid, off_ms, tx.stamp.clk, "stepped" if done else "not_allowed", before_ms=due.off_ms)
        )

    def _late(self, late: TimeLate, tx: Transaction) -> None:
        if late.cid == self._cid:
            self._cid = ""
            tx.after_commit(Answered(late.cid, "failed", "cmd.timeout", "no welcome came"))


def _told(cid: str, off_ms: int, clk: Clk, did: str, **more: int) -> Answered:
    """`off_ms`: by how much this box is ahead of the cloud, now."""
    return Answered(cid, "done", out={"off_ms": off_ms, "clk": clk.value, "did": did, **more})


def _ms(span: timedelta) -> int:
    return round(span.total_seconds() * 1000)
