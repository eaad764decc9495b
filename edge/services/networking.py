"""The box's network, changed at the page: tried for ninety seconds, and kept only by who comes in at the new address.

The trial is NetworkManager's (`edge.network`): nothing of it is remembered here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from edge.bus import Bus
from edge.errors import NetworkRefused
from edge.messages import JobDone
from edge.model.network import How, Wanted
from edge.ports import Transaction
from edge.services.commands import Answered, CarryOut, Ordered

TRY, KEEP, UNDO = "network.try", "network.keep", "network.undo"
SOON_S = 6.0
"""The page that asks must have its answer before its address may go: it waits five seconds for one."""
JOB = "network "
"""What its jobs are called: this, and the cid."""


class Changes(Protocol):
    """Each raises NetworkRefused, and takes up to half a minute."""

    def attempt(self, wanted: Wanted) -> None: ...
    def keep(self, at: str) -> None: ...
    def undo(self) -> None: ...


@dataclass(frozen=True, slots=True)
class TryNow:
    """A timer."""

    cid: str
    wanted: Wanted


class Networking:
    """`run`: on the jobs thread."""

    def __init__(self, bus: Bus, changes: Changes, run: Callable[[str, Callable[[], object]], bool]) -> None:
        self._bus = bus
        self._changes = changes
        self._run = run
        bus.on(TryNow, self._try_now)
        bus.on(JobDone, self._done)

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        return {TRY: self._try, KEEP: self._keep, UNDO: self._undo}

    def _try(self, ordered: Ordered, tx: Transaction) -> Answered:
        self._bus.after(SOON_S, TryNow(ordered.cid, wanted_of(ordered.args)))
        return Answered(ordered.cid, "accepted")

    def _try_now(self, now: TryNow, tx: Transaction) -> None:
        tx.after_commit(self._begin(now.cid, lambda: self._changes.attempt(now.wanted)))

    def _keep(self, ordered: Ordered, tx: Transaction) -> Answered:
        return self._begin(ordered.cid, lambda: self._changes.keep(str(ordered.args["at"])))

    def _undo(self, ordered: Ordered, tx: Transaction) -> Answered:
        return self._begin(ordered.cid, self._changes.undo)

    def _begin(self, cid: str, work: Callable[[], None]) -> Answered:
        if self._run(f"{JOB}{cid}", work):
            return Answered(cid, "accepted")
        return Answered(cid, "failed", "cmd.busy", "too many jobs wait")

    def _done(self, done: JobDone, tx: Transaction) -> None:
        if not done.job.startswith(JOB):
            return
        cid, error = done.job.removeprefix(JOB), done.error
        if error is None:
            tx.after_commit(Answered(cid, "done"))
        else:
            cause = error.cause if isinstance(error, NetworkRefused) else "failed"
            tx.after_commit(Answered(cid, "failed", "internal", cause))


def wanted_of(args: Mapping[str, Any]) -> Wanted:
    """As the page has checked it."""
    return Wanted(
        str(args["interface"]), How(args["how"]), str(args.get("address", "")), str(args.get("gateway", "")),
        tuple(map(str, args.get("dns", ()))), str(args.get("ssid", "")), str(args.get("password", "")),
    )  # fmt: skip
