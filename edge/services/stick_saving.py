"""What the page saves to a USB stick: one at a time, on a thread that nothing else waits for.

stick.backup │ stick.export │ stick.bundle ──► its thread ──► on the stick for good: it may be pulled │ why not
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from edge.bus import Bus
from edge.errors import DiskFull, FileRefused
from edge.messages import JobDone
from edge.model.backup import Stage
from edge.model.stick import Saved, StickSave
from edge.ports import Transaction
from edge.services.commands import Answered, CarryOut, Ordered

TOLD_S = 600.0
"""So long the page tells how a save ended."""
_log = logging.getLogger("edge.store")


@dataclass(frozen=True, slots=True)
class ToldLongEnough:
    """A timer: whoever saved has seen how it ended."""

    cid: str


class StickSaving:
    """`ways`: by the order, what is done with its args on the thread of `run`; raises EdgeError."""

    def __init__(
        self, bus: Bus, ways: Mapping[str, Callable[[Mapping[str, Any]], Saved]],
        *, run: Callable[[str, Callable[[], object]], bool],
    ) -> None:  # fmt: skip
        self._bus = bus
        self._ways = ways
        self._run = run
        self._state = StickSave()
        self._cid = ""
        """Of the save at hand, or of the last one."""
        bus.on(JobDone, self._done)
        bus.on(ToldLongEnough, self._forget)

    def state(self) -> StickSave:
        """Asked by any thread."""
        return self._state

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        return dict.fromkeys(self._ways, self._save)

    def _save(self, ordered: Ordered, tx: Transaction) -> Answered:
        work = partial(self._ways[ordered.type], dict(ordered.args))
        if self._state.stage is Stage.RUNNING or not self._run(ordered.type, work):
            return Answered(ordered.cid, "failed", "cmd.busy", "another save to a stick is on its way")
        self._cid, self._state = ordered.cid, StickSave(Stage.RUNNING, ordered.type)
        return Answered(ordered.cid, "accepted")

    def _done(self, done: JobDone, tx: Transaction) -> None:
        if done.job not in self._ways or self._state.stage is not Stage.RUNNING:
            return
        if isinstance(done.result, Saved):
            saved = done.result
            self._state = StickSave(Stage.READY, done.job, saved)
            tx.after_commit(Answered(self._cid, "done", out={"name": saved.name, "label": saved.label}))
        else:
            full = isinstance(done.error, DiskFull)  # the box's own disk: of a full stick there is a FileRefused
            why = done.error.code if isinstance(done.error, FileRefused) else "room" if full else "internal"
            self._state = StickSave(Stage.FAILED, done.job, why=why)
            _log.warning("%s: %s", done.job, done.error)
            code = "store.full" if full else "internal"
            tx.after_commit(Answered(self._cid, "failed", code, str(done.error)[:256]))
        self._bus.after(TOLD_S, ToldLongEnough(self._cid))

    def _forget(self, told: ToldLongEnough, tx: Transaction) -> None:
        if told.cid == self._cid and self._state.stage is not Stage.RUNNING:
            self._state = StickSave()
