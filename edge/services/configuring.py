"""Settings from the cloud: checked, tried at a start of their own, and kept only when all is well under them (P14).

    dn/cfg ──► checked ──► kept as staged ──► nobody is served ──► planned stop, start under it
                  └── refused: told at once                           │
          welcomed, and each device well that was well before ──► in force, told ◄─┘
          confirm_s are over, or the start could not be made ──► taken back, start without it, told

The file of the shop is never written. How a trial goes: `layer_trial`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from edge.bus import Bus
from edge.clock import iso_ms
from edge.codec.config_body import check_body
from edge.codec.jws import read_jws
from edge.codec.topics import Down, Topics, Up
from edge.codec.wire import checked, payload
from edge.codec.wire_down import CfgDesired, SignedConfig
from edge.codec.wire_term import fault
from edge.codec.wire_up import CfgReported
from edge.errors import SettingsError, WireError
from edge.messages import Publish
from edge.model.cloud_records import ConfigApplied, ConfigRejected
from edge.model.configuration import Layer, Outcome
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered
from edge.services.inbound import NotTaken
from edge.services.layer_trial import SETTLED_S, Book, LayerTrial, Trial
from edge.services.link import Welcomed

CONFIRM_S = 600
"""Unless the document says otherwise."""
CLOUD = "cloud"
VERSION = "cfg_ver"
"""In `meta`: what is in force, for the hello."""

TryOut = Callable[[Layer], None]
"""Read the settings as they would be; raises SettingsError."""


class Configuring:
    def __init__(
        self, bus: Bus, book: Book, trial: Trial, *, tid: str, topics: Topics, keys: Mapping[str, bytes],
        try_out: TryOut,
    ) -> None:  # fmt: skip
        self._book = book
        self._tid = tid
        self._topics = topics
        self._keys = keys
        self._try_out = try_out
        self._welcomed_mono: float | None = None
        self._trial = LayerTrial(bus, book, trial, of=CLOUD, unsettled=self._unsettled, told=self._told)
        bus.on(CfgDesired, lambda desired, tx: self._desired(desired, tx, signed=False))
        bus.on(SignedConfig, self._signed)
        bus.on(Welcomed, self._welcomed)

    def _unsettled(self, mono: float) -> str:
        """Settled is who was welcomed, and devices have had their moment since."""
        settled = self._welcomed_mono is not None and mono - self._welcomed_mono >= SETTLED_S
        return "" if settled else "no welcome of the cloud"

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
            outcome = Outcome(layer.version, layer.sha, "rejected", code, str(error)[:256])
            self._trial.refuse(replace(kept, outcome=outcome), tx)
            return
        self._trial.stage(kept.stage(layer, desired.confirm_s or CONFIRM_S, tuple(sorted(self._trial.well))), tx)

    def resend(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of cfg.resend: what became of the newest is reported again; `ver` 0: none ever came."""
        outcome = self._book.kept().outcome
        self._report(outcome, tx)
        told = {"ver": outcome.version, "status": outcome.status} if outcome is not None else {"ver": 0}
        return Answered(ordered.cid, "done", out=told)

    # --- what is told ----------------------------------------------------------------------------------------------

    def _told(self, outcome: Outcome, tx: Transaction) -> None:
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
