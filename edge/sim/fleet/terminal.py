"""One terminal of a fleet: the box's own ledger, services and MQTT session, and a simulated shop in front of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from edge import __version__
from edge.bus import Bus
from edge.cloud.session import Broker, CloudSession, OpenFile
from edge.codec.topics import Topics
from edge.config_tables import MAX_WIRE_OCTETS
from edge.devices import CLOUD_WORKER
from edge.messages import Connect, Disconnect, Publish, Started
from edge.outside import Outside
from edge.ports import Inbox
from edge.services.catalogue import ActiveCatalogue
from edge.services.commands import Commands
from edge.services.health import Boot, Health, Identity
from edge.services.inbound import Inbound
from edge.services.link import Link
from edge.services.suspending import Suspending
from edge.services.sync import Sync
from edge.services.telemetry import Telemetry, Watched
from edge.sim.fleet.cable import Cable
from edge.sim.fleet.shop import Shop
from edge.sim.fleet.tally import Tally
from edge.sim.fleet.watch import Watch
from edge.store.ledger import Ledger
from edge.worker import Worker

LEDGER_FILE = "ledger.db"
MESSAGES_A_TURN = 64
"""Then the others have their turn; what is left is due at once."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a terminal stands: who it is, its folder, its broker, how often a customer comes. `seed`: of this life."""

    tid: str
    folder: Path
    broker: Broker
    topics: Topics
    gap_s: float
    seed: str


class FleetTerminal:
    """Opened by its constructor, which raises StoreError. One thread calls everything."""

    def __init__(self, place: Place, outside: Outside, tally: Tally, sold: list[str], *, begin_mono: float) -> None:
        self.place = place
        self._clock = outside.clock
        chance = Random(place.seed)
        self.ledger = Ledger.open(place.folder / LEDGER_FILE, outside.clock, chance, outside.disk)
        bus = self.bus = Bus(self.ledger, outside.clock)
        tid, topics, catalogue = place.tid, place.topics, ActiveCatalogue()
        inbound = Inbound(bus, tid=tid, topics=topics)
        self._refused = inbound.refused
        self.link = Link(bus, tid=tid, topics=topics, version=__version__, catalogue=catalogue, chance=chance,
                         enabled=True)  # fmt: skip
        self.shop = Shop(bus, self.link, chance, gap_s=place.gap_s)
        suspending = Suspending(bus)
        Sync(bus, tid=tid, topics=topics, chance=chance, max_payload=MAX_WIRE_OCTETS, max_rate=None)
        Commands(
            bus, tid=tid, topics=topics, welcomed=self.link.online, carried_out=frozenset(),
            at_once={"terminal.suspend": suspending.order}, keys={}, nonce=self.link.nonce,
        )  # fmt: skip
        telemetry = Telemetry(bus, self._watched(outside, inbound, catalogue), tid=tid, topics=topics)
        Health(
            bus, Identity(tid, __version__, {}), Boot(self.ledger.clean, self.ledger.fresh), catalogue=catalogue,
            alerts=lambda: telemetry.alerts, link=lambda: self.link.phase.value, licences=lambda at: (),
            refused=inbound.refused.total, refused_scans=lambda: 0,
        )  # fmt: skip
        self.watch = Watch(bus, outside.clock, tally, sold, begin_mono=begin_mono)
        self._tally = tally
        self._worker = Worker(CLOUD_WORKER, self._opener(outside), post=bus.post, clock=outside.clock, chance=chance)
        for effect in (Connect, Disconnect, Publish):
            bus.route(effect, self._worker.submit)

    def _watched(self, outside: Outside, inbound: Inbound, catalogue: ActiveCatalogue) -> Watched:
        return Watched(
            lambda: outside.vitals(self.place.folder), self.link.online, inbound.refused.total,
            lambda: catalogue.version, {}, __version__,
        )  # fmt: skip

    def _opener(self, outside: Outside) -> Callable[[Inbox], CloudSession]:
        def opened(inbox: Inbox) -> CloudSession:
            place, self._cable = self.place, Cable(inbox, self.bus.post)
            context = outside.context(CLOUD_WORKER, self.bus, self._cable)
            self._session = CloudSession(place.broker, place.tid, place.topics.terminal_filter(place.tid), context)
            return self._session

        return opened

    def start(self) -> None:
        self.bus.post(Started())

    def turn(self) -> float:
        """All that can be done now; returns the monotonic time of what is due next."""
        wake = self._worker.step(self._clock.mono())
        for _ in range(MESSAGES_A_TURN):
            if not self.bus.run_once():
                due = self.bus.next_due()
                return wake if due is None else min(wake, due)
            if self._worker.rung:
                wake = self._worker.step(self._clock.mono())
        return self._clock.mono()

    @property
    def connection(self) -> tuple[OpenFile, bool] | None:
        """The socket to the broker, and whether something waits to be written."""
        return self._session.connection

    def pull(self) -> None:
        """The network is gone: no farewell, and the broker is left to find out."""
        self._cable.pulled = True
        self._session.close()
        self._session.open()
        self._cable.tell()

    def plug(self) -> None:
        self._cable.pulled = False

    def die(self) -> None:
        """As by SIGKILL: what was written is there, nothing is said or put in order. The object is of no use then."""
        self._session.close()
        wal = self.place.folder / f"{LEDGER_FILE}-wal"
        kept = [path for path in (self.place.folder / LEDGER_FILE, wal) if path.exists()]
        for path in kept:
            shutil.copyfile(path, path.with_name(f"{path.name}.killed"))
        self.ledger.close(clean=False)  # SQLite puts the file in order as it is closed: not so the copy
        for path in kept:
            path.with_name(f"{path.name}.killed").rename(path)
        self._let_go()

    def close(self) -> None:
        """A planned stop."""
        stamp = self.ledger.timeline.stamp()
        self._worker.stop(self.link.farewell(stamp.at, stamp.boot, "stop"))
        self._worker.join()
        self.bus.run_pending()
        self.ledger.close(clean=True)
        self._let_go()

    def _let_go(self) -> None:
        self._tally.trouble.update(self._refused)
