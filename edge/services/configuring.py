"""Settings from the cloud: checked, tried at a start of their own, and kept only when all is well under them (P14).

    dn/cfg ──► checked ──► kept as staged ──► nobody is served ──► planned stop, start under it
                  └── refused: told at once                           │
          welcomed, and each device well that was well before ──► in force, told ◄─┘
          confirm_s are over, or the start could not be made ──► taken back, start without it, told

The file of the shop is never written. What is not confirmed after two starts is left out by the next one, so that no
power cut and no fault keeps a box under settings with which it cannot be reached.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec.config_body import check_body
from edge.codec.jws import read_jws
from edge.codec.topics import Down, Topics, Up
from edge.codec.wire import checked, payload
from edge.codec.wire_command import RESTART
from edge.codec.wire_down import CfgDesired, SignedConfig
from edge.codec.wire_term import fault
from edge.codec.wire_up import CfgReported
from edge.errors import SettingsError, WireError
from edge.messages import DeviceDown, DeviceUp, PrinterState, PrinterStatus, Publish, Say, Started, Tone
from edge.model.cloud_records import ConfigApplied, ConfigRejected
from edge.model.configuration import KeptConfig, Layer, Outcome
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered
from edge.services.inbound import NotTaken
from edge.services.link import Welcomed
from edge.services.restarting import LOOK_S, SPOKEN_S, StopNow, is_idle

CONFIRM_S = 600
"""Unless the document says otherwise."""
SETTLED_S = 5.0
"""After the welcome: devices have had their moment to fail."""
VERSION = "cfg_ver"
"""In `meta`: what is in force, for the hello."""
_log = logging.getLogger("edge.config")


class Book(Protocol):
    def kept(self) -> KeptConfig: ...
    def keep(self, kept: KeptConfig) -> None: ...


TryOut = Callable[[Layer], None]
"""Read the settings as they would be; raises SettingsError."""


@dataclass(frozen=True, slots=True)
class KeepConfig:
    """A message of its own: the document is on the disk before anything is told of it."""

    kept: KeptConfig
    is_news: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmDue:
    """A timer: is all well, or is the time over?"""

    until_mono: float


@dataclass(frozen=True, slots=True)
class ApplyDue:
    """A timer: is nobody served, so that the terminal can start under what is staged?"""

    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """`running`: the version under which this start was made, `refused` why not under the newest."""

    running: int
    refused: str


class Configuring:
    def __init__(
        self, bus: Bus, book: Book, trial: Trial, *, tid: str, topics: Topics, keys: Mapping[str, bytes],
        try_out: TryOut,
    ) -> None:  # fmt: skip
        self._bus = bus
        self._book = book
        self._trial = trial
        self._tid = tid
        self._topics = topics
        self._keys = keys
        self._try_out = try_out
        self._well: set[str] = set()
        self._welcomed_mono: float | None = None
        bus.on(Started, self._start)
        bus.on(CfgDesired, lambda desired, tx: self._desired(desired, tx, signed=False))
        bus.on(SignedConfig, self._signed)
        bus.on(Welcomed, self._welcomed)
        bus.on(DeviceUp, lambda up, tx: self._well.add(up.device))
        bus.on(DeviceDown, lambda down, tx: self._well.discard(down.device))
        bus.on(PrinterStatus, self._printer)
        bus.on(KeepConfig, self._keep)
        bus.on(ConfirmDue, self._confirm)
        bus.on(ApplyDue, self._apply)

    # --- this start ------------------------------------------------------------------------------------------------

    def _start(self, _: Started, tx: Transaction) -> None:
        kept = self._book.kept()
        if kept.staged is None:
            return
        if self._trial.running != kept.staged.version:
            why = self._trial.refused or "the terminal did not come to rest under it"
            self._end(kept, "rolled_back" if kept.tries else "rejected", "cfg.invalid", why, tx)
            return
        tx.after_commit(KeepConfig(replace(kept, tries=kept.tries + 1)))
        self._bus.after(SETTLED_S, ConfirmDue(tx.stamp.mono + kept.confirm_s))

    def _printer(self, status: PrinterStatus, tx: Transaction) -> None:
        is_well = status.state in (PrinterState.READY, PrinterState.UNKNOWN)
        (self._well.add if is_well else self._well.discard)(status.device)

    def _confirm(self, due: ConfirmDue, tx: Transaction) -> None:
        kept = self._book.kept()
        if kept.staged is None or self._trial.running != kept.staged.version:
            return
        missing = [name for name in kept.healthy if name not in self._well]
        settled = self._welcomed_mono is not None and tx.stamp.mono - self._welcomed_mono >= SETTLED_S
        if settled and not missing:
            tx.after_commit(KeepConfig(kept.confirmed(), is_news=True))
        elif tx.stamp.mono < due.until_mono:
            self._bus.after(SETTLED_S, due)
        else:
            why = f"{', '.join(missing)}: not there" if missing else "no welcome of the cloud"
            self._end(kept, "rolled_back", "cfg.unconfirmed", f"{why} within {kept.confirm_s} s", tx)
            self._bus.after(LOOK_S, ApplyDue())

    def _end(self, kept: KeptConfig, status: str, code: str, why: str, tx: Transaction) -> None:
        """What was staged is not in force; what was before it is, from the next start on at the latest."""
        assert kept.staged is not None
        _log.error("the cloud's settings %d are %s: %s", kept.staged.version, status, why)
        ended = kept.ended(kept.staged, "rolled_back" if status == "rolled_back" else "rejected", code, why)
        tx.after_commit(KeepConfig(ended, is_news=True))

    # --- what the cloud wants --------------------------------------------------------------------------------------

    def _signed(self, signed: SignedConfig, tx: Transaction) -> None:
        try:
            desired = checked(CfgDesired, read_jws(signed.jws, self._keys), where="a signed configuration")
            if desired.tid != self._tid:
                raise WireError("cmd.wrong_terminal", "signed for another terminal")
        except WireError as error:
            tx.after_commit(NotTaken(error, Down.CFG))
            return
        self._desired(desired, tx, signed=True)

    def _desired(self, desired: CfgDesired, tx: Transaction, *, signed: bool) -> None:
        """A version that was taken in hand before is not new; whoever missed what became of it is told again."""
        kept = self._book.kept()
        if desired.ver <= kept.version:
            self._report(kept.outcome, tx)
            return
        layer = Layer(desired.ver, desired.sha, desired.body or {})
        try:
            if desired.body is None:
                raise WireError("cfg.invalid", "the document is not in it", expected="it inline, up to 32 KiB")
            check_body(desired.body, desired.sha, signed=signed)
            self._try_out(layer)
        except (WireError, SettingsError) as error:
            code = error.code if isinstance(error, WireError) else "cfg.invalid"
            tx.after_commit(KeepConfig(replace(
                kept, outcome=Outcome(layer.version, layer.sha, "rejected", code, str(error)[:256])
            ), is_news=True))  # fmt: skip
            return
        staged = kept.stage(layer, desired.confirm_s or CONFIRM_S, tuple(sorted(self._well)))
        tx.after_commit(KeepConfig(staged))
        self._bus.after(LOOK_S, ApplyDue())

    def _apply(self, due: ApplyDue, tx: Transaction) -> None:
        """The start under it, or without what was taken back; whoever is served here goes before."""
        kept = self._book.kept()
        wanted = kept.running.version if kept.running is not None else 0
        if wanted == self._trial.running:
            return
        if not is_idle(tx):
            self._bus.after(LOOK_S, ApplyDue())
        elif not due.is_told:
            tx.after_commit(Say("sys.restart", Tone.ALARM))
            self._bus.after(SPOKEN_S, ApplyDue(is_told=True))
        else:
            tx.after_commit(StopNow(RESTART))

    def resend(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of cfg.resend: what became of the newest is reported again; `ver` 0: none ever came."""
        outcome = self._book.kept().outcome
        self._report(outcome, tx)
        told = {"ver": outcome.version, "status": outcome.status} if outcome is not None else {"ver": 0}
        return Answered(ordered.cid, "done", out=told)

    # --- what is told ----------------------------------------------------------------------------------------------

    def _keep(self, keep: KeepConfig, tx: Transaction) -> None:
        self._book.keep(keep.kept)
        outcome = keep.kept.outcome
        if not keep.is_news or outcome is None:
            return
        if outcome.status == "applied":
            tx.put(VERSION, str(outcome.version))
            tx.append(ConfigApplied(outcome.version, outcome.sha))
        else:
            tx.append(ConfigRejected(outcome.version, outcome.sha, outcome.status, outcome.code, outcome.msg))
        self._report(outcome, tx)

    def _welcomed(self, _: Welcomed, tx: Transaction) -> None:
        self._welcomed_mono = tx.stamp.mono
        self._report(self._book.kept().outcome, tx)

    def _report(self, outcome: Outcome | None, tx: Transaction) -> None:
        if outcome is None or self._welcomed_mono is None:
            return
        told: dict[str, Any] = {"ver": outcome.version, "sha": outcome.sha, "status": outcome.status}
        if outcome.code:
            told["err"] = fault(outcome.code, outcome.msg)
        message = CfgReported(tid=self._tid, at=iso_ms(tx.stamp.at), **told)
        tx.after_commit(Publish(self._topics.up(self._tid, Up.CFG), payload(message), qos=1))
