"""A layer of settings on trial: a start under it when nobody is served, and it is kept only when all is well there.

    staged ──► nobody is served ──► planned stop, start under it ──► settled, each device well that was ──► in force
                  the time is over, or the start could not be made ──► taken back, start without it

What is not confirmed after two starts, or after one that broke off, is left out by the next one, so that no power cut
and no fault keeps a box under settings with which it cannot be reached. Cloud and page have one each, and neither knows
of the other's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec.wire_command import RESTART
from edge.errors import DiskFull
from edge.messages import DeviceDown, DeviceUp, PrinterState, PrinterStatus, Say, Started, Tone
from edge.model.configuration import KeptConfig, Outcome
from edge.ports import Transaction
from edge.services.commands import Answered
from edge.services.restarting import LOOK_S, SPOKEN_S, StopNow, is_idle

SETTLED_S = 5.0
"""Devices have had their moment to fail."""
_log = logging.getLogger("edge.config")


class Book(Protocol):
    def kept(self) -> KeptConfig: ...
    def keep(self, kept: KeptConfig) -> None: ...


@dataclass(frozen=True, slots=True)
class KeepConfig:
    """A message of its own: the document is on the disk before anything is told of it. `cid`: who waits for that."""

    of: str
    kept: KeptConfig
    is_news: bool = False
    cid: str = ""


@dataclass(frozen=True, slots=True)
class ConfirmDue:
    """A timer: is all well, or is the time over?"""

    of: str
    until_mono: float


@dataclass(frozen=True, slots=True)
class ApplyDue:
    """A timer: is nobody served, so that the terminal can start under `version`? For a newer one there is another."""

    of: str
    version: int
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """`running`: the version under which this start was made, `refused` why not under the newest. `devices`: those of
    this start, by name.
    """

    running: int
    refused: str
    devices: frozenset[str]


class LayerTrial:
    """`of`: whose layer. `unsettled`: what is still missing at a monotonic time, beside devices; empty: nothing.

    `told` hears of each outcome, in the transaction after it was kept.
    """

    def __init__(
        self, bus: Bus, book: Book, trial: Trial, *, of: str, unsettled: Callable[[float], str],
        told: Callable[[Outcome, Transaction], None],
    ) -> None:  # fmt: skip
        self._bus = bus
        self._book = book
        self._trial = trial
        self._of = of
        self._unsettled = unsettled
        self._told = told
        self._well: set[str] = set()
        bus.on(Started, self._start)
        bus.on(DeviceUp, lambda up, tx: self._well.add(up.device))
        bus.on(DeviceDown, lambda down, tx: self._well.discard(down.device))
        bus.on(PrinterStatus, self._printer)
        bus.on(KeepConfig, self._keep)
        bus.on(ConfirmDue, self._confirm)
        bus.on(ApplyDue, self._apply)

    @property
    def well(self) -> frozenset[str]:
        """Names of the devices that are well now."""
        return frozenset(self._well)

    @property
    def is_on(self) -> bool:
        """Whether this start is one on trial."""
        staged = self._book.kept().staged
        return staged is not None and self._trial.running == staged.version

    def stage(self, kept: KeptConfig, tx: Transaction, *, after_s: float = LOOK_S, cid: str = "") -> None:
        """Keep what is staged in `kept`, and start under it when nobody is served, `after_s` from now at the earliest.

        `cid`: the command that is done once it is on the disk.
        """
        tx.after_commit(KeepConfig(self._of, kept, cid=cid))
        assert kept.staged is not None
        self._bus.after(after_s, ApplyDue(self._of, kept.staged.version))

    def refuse(self, kept: KeptConfig, tx: Transaction) -> None:
        """Keep the outcome in `kept`, and tell it."""
        tx.after_commit(KeepConfig(self._of, kept, is_news=True))

    def _start(self, _: Started, tx: Transaction) -> None:
        kept = self._book.kept()
        if kept.staged is None:
            return
        if self._trial.running != kept.staged.version:
            why = self._trial.refused or "the terminal did not come to rest under it"
            self._end(kept, "rolled_back" if kept.tries else "rejected", "cfg.invalid", why, tx)
            return
        tx.after_commit(KeepConfig(self._of, replace(kept, tries=kept.tries + 1)))
        self._bus.after(SETTLED_S, ConfirmDue(self._of, tx.stamp.mono + kept.confirm_s))

    def _printer(self, status: PrinterStatus, tx: Transaction) -> None:
        is_well = status.state in (PrinterState.READY, PrinterState.UNKNOWN)
        (self._well.add if is_well else self._well.discard)(status.device)

    def _confirm(self, due: ConfirmDue, tx: Transaction) -> None:
        kept = self._book.kept()
        if due.of != self._of or kept.staged is None or not self.is_on:
            return
        # The other layer may have taken one out, or named it anew, for the same start.
        missing = [name for name in kept.healthy if name in self._trial.devices and name not in self._well]
        unsettled = self._unsettled(tx.stamp.mono)
        if not unsettled and not missing:
            tx.after_commit(KeepConfig(self._of, kept.confirmed(iso_ms(tx.stamp.at)), is_news=True))
        elif tx.stamp.mono < due.until_mono:
            self._bus.after(SETTLED_S, due)
        else:
            why = f"{', '.join(missing)}: not there" if missing else unsettled
            self._end(kept, "rolled_back", "cfg.unconfirmed", f"{why} within {kept.confirm_s} s", tx)
            self._bus.after(LOOK_S, ApplyDue(self._of, kept.active.version if kept.active is not None else 0))

    def _end(self, kept: KeptConfig, status: str, code: str, why: str, tx: Transaction) -> None:
        """What was staged is not in force; what was before it is, from the next start on at the latest."""
        assert kept.staged is not None
        _log.error("the %s's settings %d are %s: %s", self._of, kept.staged.version, status, why)
        is_back, at = status == "rolled_back", iso_ms(tx.stamp.at)
        ended = kept.ended(kept.staged, "rolled_back" if is_back else "rejected", code, why, at)
        tx.after_commit(KeepConfig(self._of, ended, is_news=True))

    def _apply(self, due: ApplyDue, tx: Transaction) -> None:
        """The start under it, or without what was taken back; whoever is served here goes before."""
        if due.of != self._of:
            return
        kept = self._book.kept()
        wanted = kept.running.version if kept.running is not None else 0
        if wanted == self._trial.running or due.version != wanted:
            return
        if not is_idle(tx):
            self._bus.after(LOOK_S, ApplyDue(self._of, wanted))
        elif not due.is_told:
            tx.after_commit(Say("sys.restart", Tone.ALARM))
            self._bus.after(SPOKEN_S, ApplyDue(self._of, wanted, is_told=True))
        else:
            tx.after_commit(StopNow(RESTART))

    def _keep(self, keep: KeepConfig, tx: Transaction) -> None:
        if keep.of != self._of:
            return
        try:
            self._book.keep(keep.kept)
        except DiskFull as error:
            if not keep.cid:
                raise
            tx.after_commit(Answered(keep.cid, "failed", "store.full", str(error)[:256]))
            return
        if keep.cid:
            tx.after_commit(Answered(keep.cid, "done", out={"ver": keep.kept.version}))
        if keep.is_news and keep.kept.outcome is not None:
            self._told(keep.kept.outcome, tx)
