"""Settings that a technician changes at the page (decisions 2): checked as a whole, then on trial as the cloud's are.

settings.put ──► fits with all the rest ──► staged, done ──► nobody is served ──► start under it (`layer_trial`)
             └── refused: what is wrong; nothing changed
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.bus import Bus
from edge.errors import ModelError, SettingsError
from edge.messages import Started
from edge.model.configuration import KeptConfig, Layer, Outcome
from edge.model.page_layer import DEVICES, Change, changed
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered
from edge.services.configuring import TryOut
from edge.services.layer_trial import SETTLED_S, Book, LayerTrial, Trial

PUT = "settings.put"
PAGE = "page"
MAX_CHANGES = 40
GATHER_S = 8.0
"""Whoever sets one thing often sets a second; each would be a start of its own."""
CONFIRM_S = 60
"""Who changed it stands beside the device."""


class OwnSettings:
    def __init__(self, bus: Bus, book: Book, trial: Trial, *, try_out: TryOut) -> None:
        self._book = book
        self._try_out = try_out
        self._started_mono: float | None = None
        self._trial = LayerTrial(bus, book, trial, of=PAGE, unsettled=self._unsettled, told=self._told)
        bus.on(Started, self._start)

    def put(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of PUT: `changes` as (table, key, value or back), and `seen`, the version that whoever changes them saw."""
        kept, cid = self._book.kept(), ordered.cid
        if ordered.args["seen"] != kept.version:
            return Answered(cid, "rejected", "seq.conflict", "somebody else has changed the settings meanwhile")
        if self._trial.is_on:
            return Answered(cid, "rejected", "cmd.busy", "the last change is being tried")
        before = newest_body(kept)
        try:
            layer = Layer(kept.version + 1, "", changed(before, _changes(ordered.args["changes"])))
            self._try_out(layer)
        except (ModelError, SettingsError) as error:
            return Answered(cid, "rejected", "cfg.invalid", str(error)[:256])
        if layer.body == before:
            return Answered(cid, "done", out={"ver": kept.version})
        self._trial.stage(kept.stage(layer, CONFIRM_S, self._missed(layer)), tx, after_s=GATHER_S, cid=cid)
        return Answered(cid, "accepted")

    def _missed(self, layer: Layer) -> tuple[str, ...]:
        """Devices that are well now and that there will be still, and what takes the place of those that go."""
        active = self._book.kept().active
        before = active.body.get(DEVICES, {}) if active is not None else {}
        after = layer.body.get(DEVICES, {})
        stay = {name for name in self._trial.well if after.get(name, True) is not None}
        goes = any(after.get(name, name not in before or None) is None for name in self._trial.well)
        new = {name for name, table in after.items() if table is not None and name not in before} if goes else set()
        return tuple(sorted(stay | new))

    def _start(self, _: Started, tx: Transaction) -> None:
        self._started_mono = tx.stamp.mono

    def _unsettled(self, mono: float) -> str:
        is_settled = self._started_mono is not None and mono - self._started_mono >= SETTLED_S
        return "" if is_settled else "not come to rest"

    def _told(self, outcome: Outcome, tx: Transaction) -> None:
        """The page reads it from the document."""


def newest_body(kept: KeptConfig) -> Mapping[str, Any]:
    """What the page has set, the change that waits for its start included."""
    layer = kept.staged or kept.active
    return layer.body if layer is not None else {}


def _changes(args: Sequence[Mapping[str, Any]]) -> list[Change]:
    if len(args) > MAX_CHANGES:
        raise ModelError("too many changes at once", expected=f"at most {MAX_CHANGES}", got=str(len(args)))
    return [Change(**one) for one in args]
