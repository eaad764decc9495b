"""Terminals with their own journal, link, sync and MQTT session, each in threads of its own as on a box."""

from __future__ import annotations

import threading
from pathlib import Path
from random import Random

from edge.bus import Bus
from edge.clock import SystemClock
from edge.cloud.session import Broker
from edge.codec.topics import Topics
from edge.devices import CLOUD_WORKER
from edge.messages import Connect, Disconnect, Publish, Started
from edge.model.money import Fen
from edge.model.records import ItemUnknown, SaleCancelled
from edge.model.sale import Sale
from edge.outside import Outside
from edge.ports import DeviceContext, Inbox, Transaction
from edge.services.catalogue import ActiveCatalogue
from edge.services.inbound import Inbound
from edge.services.link import Link
from edge.services.sync import Sync
from edge.store.ledger import Ledger
from edge.store.queries import LedgerQueries
from edge.worker import Worker

LONGEST_WAIT_S = 0.1
MAX_PAYLOAD = 49_152


class Write:
    """Have one row of each of two streams written."""


def _write(_: Write, tx: Transaction) -> None:
    tx.append(ItemUnknown("690", Fen(100)))
    tx.append(SaleCancelled(Sale(tx.new_id()), "cancelled"))


class RealTerminal:
    """It runs from its making until `close`."""

    def __init__(self, folder: Path, tid: str, url: str) -> None:
        self.tid, self._url, self._folder = tid, url, folder
        folder.mkdir()
        self._stopping = threading.Event()
        self._open = threading.Event()
        self._thread = threading.Thread(target=self._run, name=tid, daemon=True)
        self._thread.start()
        assert self._open.wait(30), "the journal opens"

    def write(self) -> None:
        self._bus.post(Write())

    @property
    def unsent(self) -> int:
        return self._queries.unsent()

    @property
    def made(self) -> list[str]:
        """The ids of all rows of the journal."""
        return [row["id"] for row in self._queries.journal()]

    @property
    def is_online(self) -> bool:
        return self._link.online()

    def close(self) -> None:
        self._stopping.set()
        self._thread.join(30)

    def _run(self) -> None:
        outside, chance, topics = Outside(clock=SystemClock()), Random(self.tid), Topics()
        ledger = Ledger.open(self._folder / "ledger.db", outside.clock, chance)
        self._queries = LedgerQueries(self._folder / "ledger.db")
        bus = self._bus = Bus(ledger, outside.clock)
        Inbound(bus, tid=self.tid, topics=topics)
        self._link = Link(
            bus, tid=self.tid, topics=topics, version="engines", catalogue=ActiveCatalogue(), chance=chance,
            enabled=True,
        )  # fmt: skip
        Sync(bus, tid=self.tid, topics=topics, chance=chance, max_payload=MAX_PAYLOAD, max_rate=None)
        bus.on(Write, _write)

        def opened(inbox: Inbox) -> object:
            context: DeviceContext = outside.context(CLOUD_WORKER, bus, inbox)
            return outside.session(Broker(self._url), self.tid, topics.terminal_filter(self.tid), context)

        worker = Worker(CLOUD_WORKER, opened, post=bus.post, clock=outside.clock, chance=chance)  # type: ignore[arg-type]
        for effect in (Connect, Disconnect, Publish):
            bus.route(effect, worker.submit)
        worker.start()
        bus.post(Started())
        self._open.set()
        while not self._stopping.is_set():
            due = bus.next_due()
            wait_s = LONGEST_WAIT_S if due is None else min(LONGEST_WAIT_S, max(0.0, due - outside.clock.mono()))
            bus.run_once(wait_s)
        worker.stop()
        worker.join()
        ledger.close(clean=True)
