"""The wiring: every object of the terminal is built here by hand, in the order of effects, and stopped in reverse."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from random import Random
from typing import Any

from edge import __version__
from edge.bus import Bus
from edge.clock import Clock
from edge.codec.prompts import Prompts
from edge.codec.topics import Topics
from edge.config import Settings, sources
from edge.devices import (
    CLOUD_WORKER,
    RECEIPT_PRINTER,
    cloud_worker,
    device_of,
    device_worker,
    drawer_level,
    has_drawer,
    refuse_second_printer,
)
from edge.jobs import Jobs
from edge.messages import SaleBooked, Started
from edge.model.money import Fen, yuan
from edge.model.receipt import ReceiptText
from edge.outside import Outside
from edge.ports import Snapshot
from edge.promotion_file import load_promotions
from edge.services.catalogue import ActiveCatalogue, CatalogueKeeper
from edge.services.checkout import Checkout, CheckoutRules
from edge.services.commands import Commands
from edge.services.completion import Completion, TillRules
from edge.services.drawer import Drawer
from edge.services.empty_sale import EmptySale
from edge.services.health import Boot, Health, Identity
from edge.services.hints import Hints
from edge.services.holding import Holding
from edge.services.inbound import Inbound
from edge.services.keypad import Keypad
from edge.services.link import Link
from edge.services.membership import Membership
from edge.services.offers import Offers
from edge.services.payments import Payments
from edge.services.receipts import PrintMode, Receipts
from edge.services.refunds import Refunds
from edge.services.scanning import Scanning
from edge.services.storage import Storage
from edge.services.sync import Sync
from edge.services.technician import ACCOUNT, KeepAccount, SlipText, Technician
from edge.services.tendering import Tendering
from edge.services.voice import Voice
from edge.services.wallets import Wallets
from edge.store.documents import Documents
from edge.store.folder_lock import FolderLock
from edge.store.ledger import Ledger
from edge.store.queries import LedgerQueries
from edge.terminal_folder import open_terminal_folder
from edge.web.login import Gate, hash_pin
from edge.web.server import PageSources, WebServer, build_app
from edge.worker import Worker

TOPIC_TAIL = "/{tid}/"
SNAPSHOT_EVERY_S = 0.2
LONGEST_SLEEP_S = 0.25
"""The dispatcher looks at a stop signal, the watchdog and the snapshot at least this often."""

_sell = logging.getLogger("edge.sale")


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
    web: WebServer | None = None
    snapshot: Snapshot | None = None
    stopping: bool = False
    _snapshot_mono: float = field(default=float("-inf"))

    @property
    def goods(self) -> int:
        return len(self.catalogue)

    def start(self) -> None:
        """Threads, page, and the first message. Raises SettingsError when the page's port is taken."""
        if self.web is not None:
            self.web.start()
        self.jobs.start()
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

    def stop(self) -> None:
        self.stopping = True

    def close(self, *, clean: bool = True) -> None:
        """Say farewell to the cloud, then everything in reverse; what the devices still answer is booked."""
        stamp = self.ledger.timeline.stamp()
        for worker in reversed(self.workers):
            is_cloud = worker.name == CLOUD_WORKER
            worker.stop(self.link.farewell(stamp.at, stamp.boot, "stop") if is_cloud else None)
        for worker in reversed(self.workers):
            worker.join()
        self.jobs.stop()
        if self.web is not None:
            self.web.stop()
        if clean:
            self.bus.run_pending()
        self.ledger.close(clean=clean)
        self.lock.release()

    def withdraw(self) -> None:
        """Before anything ran: the next start must not take this one for a power cut."""
        self.ledger.close(clean=self.ledger.clean or self.ledger.fresh)
        self.lock.release()

    def _look(self) -> None:
        now = self.clock.mono()
        if now - self._snapshot_mono >= SNAPSHOT_EVERY_S:
            self._snapshot_mono = now
            tx = self.ledger.begin(lambda record, tx: None)
            self.snapshot = self.health.snapshot(tx, self.ledger.last_n)
            tx.rollback()


RECENT_ROWS = 50


def build(settings: Settings, outside: Outside | None = None) -> Terminal:
    """The whole terminal from checked settings. Opens the ledger, nothing else. Raises StoreError, SettingsError."""
    outside = outside or Outside()
    own, offers, clock, chance = settings.terminal, shop_offers(settings), outside.clock, outside.chance
    refuse_second_printer(settings)
    folder = open_terminal_folder(own.data_dir, outside)
    ledger = folder.ledger
    bus = Bus(ledger, clock, outside.leaving)
    jobs = Jobs(bus.post)
    topics = Topics((settings.cloud.topic_prefix if settings.cloud else "stores/v1") + TOPIC_TAIL)
    catalogue = ActiveCatalogue()

    # The order of services is the order of effects: the drawer opens before the receipt is printed.
    inbound = Inbound(bus, tid=own.tid, topics=topics)
    link = Link(
        bus, tid=own.tid, topics=topics, version=__version__, catalogue=catalogue, chance=chance,
        enabled=settings.cloud is not None,
    )  # fmt: skip
    CatalogueKeeper(bus, catalogue, folder.shelf(), tid=own.tid, topics=topics, run=jobs.submit)
    Storage(bus, folder.disk_watch(), run=jobs.submit)
    scanning = Scanning(bus, catalogue)
    Keypad(bus)
    rules = CheckoutRules(Fen(own.open_price_limit_fen), own.quantity == "before_scan")
    empty = EmptySale(bus)
    Checkout(bus, catalogue, rules, empty, offers)
    Membership(bus, offers, empty)
    completion = Completion(TillRules(own.till, own.rounding, own.zone, own.day_starts), online=link.online)
    Tendering(bus, completion, offers)
    Payments(bus, tid=own.tid, topics=topics, online=link.online)
    Wallets(bus, completion, online=link.online)
    Refunds(bus, completion, receipt_words(settings), online=link.online)
    Holding(bus, offers, zone=own.zone, language=own.language)
    Drawer(bus, open_level=drawer_level(settings), present=has_drawer(settings))
    mode = PrintMode(settings.receipt.print)
    Receipts(bus, receipt_words(settings), printer=device_of(settings, RECEIPT_PRINTER), mode=mode, zone=own.zone)
    Sync(
        bus, tid=own.tid, topics=topics, chance=chance,
        max_payload=settings.cloud.max_payload if settings.cloud else 64_000,
        max_rate=settings.cloud.max_rate if settings.cloud else None,
    )  # fmt: skip
    Commands(bus, tid=own.tid, topics=topics, welcomed=link.online)
    Hints(bus)
    Voice(bus, _prompts(), language=own.language, hear=outside.hear)
    drivers = {name: device.driver for name, device in settings.devices.items()}
    health = Health(
        bus, Identity(own.tid, __version__, drivers), Boot(ledger.clean, ledger.fresh, folder.set_aside()),
        topics=topics, catalogue=catalogue, link=lambda: link.phase.value,
        refused=lambda: sum(inbound.refused.values()), refused_scans=lambda: scanning.refused,
    )  # fmt: skip
    if settings.web is not None:
        _technician(settings, bus, jobs, folder.documents, chance)
    bus.route(SaleBooked, lambda sale: _booked(sale, clock))

    workers = [device_worker(name, settings, bus, outside) for name in settings.devices]
    if settings.cloud is not None:
        workers.append(cloud_worker(settings, bus, outside, topics))
    terminal = Terminal(settings, clock, ledger, bus, link, health, workers, jobs, catalogue, folder.lock)
    if settings.web is not None:
        terminal.web = _web(settings, terminal, folder.documents)
    return terminal


def shop_offers(settings: Settings) -> Offers:
    """Raises SettingsError with all that is wrong in the file of promotions."""
    table, zone = settings.promotions, settings.terminal.zone
    return Offers.of(load_promotions(table.file), zone, table.hint_percent) if table else Offers.of((), zone)


def receipt_words(settings: Settings) -> ReceiptText:
    own = settings.terminal
    return ReceiptText(own.shop, own.language.value, settings.receipt.header, settings.receipt.footer)


def _technician(settings: Settings, bus: Bus, jobs: Jobs, documents: Documents, chance: Random) -> None:
    own, web, accounts = settings.terminal, settings.web, documents.collection("accounts")
    assert web is not None
    page = f"{web.bind}/technician"
    slip = SlipText(own.tid, own.store, page, own.language.value)
    Technician(
        bus, slip, chance=chance, printer=device_of(settings, RECEIPT_PRINTER),
        known=lambda name: accounts.get(name) is not None, forget=accounts.delete, hashed=hash_pin, run=jobs.submit,
    )  # fmt: skip
    bus.on(KeepAccount, lambda kept, _: accounts.put(kept.name, {"hash": kept.hash, "made_at": kept.made_at}))


def _web(settings: Settings, terminal: Terminal, documents: Documents) -> WebServer:
    web, queries = settings.web, LedgerQueries(terminal.ledger.path)
    assert web is not None

    def account() -> str | None:
        found = documents.collection("accounts").get(ACCOUNT)
        return str(found["hash"]) if isinstance(found, Mapping) else None

    def recent() -> list[dict[str, Any]]:
        return list(queries.journal(since=max(1, terminal.ledger.last_n - RECENT_ROWS)))[::-1]

    shown = [(source.key, source.value, source.source) for source in sources(settings)]
    page = PageSources(lambda: terminal.snapshot, recent, shown)
    return WebServer(web.host, web.port, build_app(page, Gate(terminal.clock, account)))


@cache  # the simulation boots many a time
def _prompts() -> Prompts:
    source = resources.files("edge.words").joinpath("prompts.toml")
    return Prompts.parse(source.read_text(encoding="utf-8"), "edge/words/prompts.toml")


def _booked(sale: SaleBooked, clock: Clock) -> None:
    milliseconds = (clock.mono() - sale.asked_mono) * 1000
    _sell.info(
        "sale %s ¥%s %d lines, journal %d, %.1f ms", sale.receipt, yuan(sale.total), sale.lines, sale.n, milliseconds
    )
