"""Everything of the terminal that runs, and how it starts, turns and ends; `daemon.build` makes it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from edge.bus import Bus
from edge.clock import Clock
from edge.codec.wire_command import RESTART
from edge.config import Settings
from edge.devices import CLOUD_WORKER
from edge.jobs import Jobs
from edge.messages import Started
from edge.ports import Snapshot
from edge.services.catalogue import ActiveCatalogue
from edge.services.health import Health
from edge.services.link import Link
from edge.store.folder_lock import FolderLock
from edge.store.ledger import Ledger
from edge.web.server import WebServer
from edge.worker import Worker

SNAPSHOT_EVERY_S = 0.2
LONGEST_SLEEP_S = 0.25
"""The dispatcher looks at a stop signal, the watchdog and the snapshot at least this often."""


@dataclass
class Terminal:
    """Everything that runs. `start`, then `run` on the dispatcher thread until `stop` was called, then `close`."""

    settings: Settings
    clock: Clock
    ledger: Ledger
    bus: Bus
    link: Link
    health: Health
    workers: list[Worker]
    jobs: Jobs
    catalogue: ActiveCatalogue
    lock: FolderLock
    more_jobs: list[Jobs] = field(default_factory=list)
    """Of what must not wait behind a backup."""
    web: WebServer | None = None
    snapshot: Snapshot | None = None
    look: Callable[[Snapshot], None] = lambda snapshot: None
    """Hears of each new snapshot; must neither block nor raise."""
    stopping: bool = False
    ending: str = "stop"
    """Why it stops: "stop", or the command that wants it to start anew."""
    handover: Callable[[], bytes] = lambda: b""
    """For the next life of this process, after a planned start."""
    listeners: Sequence[socket.socket] = ()
    """For it, too: those of the page, once `close` has kept them for it."""
    _snapshot_mono: float = field(default=float("-inf"))

    @property
    def goods(self) -> int:
        return len(self.catalogue)

    def start(self) -> None:
        """Threads, page, and the first message."""
        if self.web is not None:
            self.web.start()
        for jobs in (self.jobs, *self.more_jobs):
            jobs.start()
        self.bus.post(Started())
        self.bus.run_pending()
        self._look()
        for worker in self.workers:
            worker.start()

    def run(self, each_turn: Callable[[], None] = lambda: None) -> None:
        """Handle messages until `stopping`; `each_turn` is called between them (watchdog). Raises StoreError."""
        while not self.stopping:
            due = self.bus.next_due()
            pause = LONGEST_SLEEP_S if due is None else min(max(due - self.clock.mono(), 0.0), LONGEST_SLEEP_S)
            self.bus.run_once(pause)
            self._look()
            each_turn()

    def stop(self, why: str = "stop") -> None:
        self.stopping, self.ending = True, why

    def close(self, *, clean: bool = True) -> None:
        """Say farewell to the cloud, then everything in reverse; what the devices still answer is booked."""
        stamp = self.ledger.timeline.stamp()
        for worker in reversed(self.workers):
            is_cloud = worker.name == CLOUD_WORKER
            worker.stop(self.link.farewell(stamp.at, stamp.boot, self.ending) if is_cloud else None)
        for worker in reversed(self.workers):
            worker.join()
        for jobs in (self.jobs, *self.more_jobs):
            jobs.stop()
        if self.web is not None:
            self.listeners = self.web.stop(keeps=clean and self.ending == RESTART)
        if clean:
            self.bus.run_pending()
        self._let_go(clean=clean)

    def _let_go(self, *, clean: bool) -> None:
        """A disk that fails at the last word does not keep the folder from the next start."""
        try:
            self.ledger.close(clean=clean)
        finally:
            self.lock.release()

    def _look(self) -> None:
        now = self.clock.mono()
        if now - self._snapshot_mono >= SNAPSHOT_EVERY_S:
            self._snapshot_mono = now
            tx = self.ledger.begin(lambda record, tx: None)
            self.snapshot = self.health.snapshot(tx, self.ledger.last_n)
            tx.rollback()
            self.look(self.snapshot)
