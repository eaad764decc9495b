"""The wiring: every object of the terminal is built here by hand, in the order of effects, and stopped in reverse."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from random import Random
from typing import Any

from pydantic import BaseModel

import edge.drivers
from edge import __version__
from edge.bus import Bus
from edge.clock import Clock
from edge.cloud.session import Broker
from edge.codec.prompts import Prompts
from edge.codec.topics import Topics
from edge.config import Settings, sources
from edge.errors import DiskFull, SettingsError, StoreError
from edge.jobs import Jobs
from edge.messages import Connect, Disconnect, Publish, SaleBooked, Started
from edge.model.money import Fen, yuan
from edge.model.receipt import ReceiptText
from edge.model.records import StoreSetAside
from edge.outside import Outside
from edge.ports import Device, Inbox, Snapshot
from edge.services.catalogue import ActiveCatalogue, CatalogueKeeper, Shelf
from edge.services.checkout import Checkout, CheckoutRules
from edge.services.commands import Commands
from edge.services.drawer import Drawer
from edge.services.empty_sale import EmptySale
from edge.services.health import Boot, Health, Identity
from edge.services.hints import Hints
from edge.services.holding import Holding
from edge.services.inbound import Inbound
from edge.services.keypad import Keypad
from edge.services.link import Link
from edge.services.receipts import PrintMode, Receipts
from edge.services.scanning import Scanning
from edge.services.storage import DiskWatch, Storage
from edge.services.sync import Sync
from edge.services.technician import ACCOUNT, KeepAccount, SlipText, Technician
from edge.services.tendering import Tendering, TillRules
from edge.services.voice import Voice
from edge.store.aside import set_aside
from edge.store.catalogue import CatalogueFile
from edge.store.catalogue_build import build_delta, catalogue_files, clean
from edge.store.disk import Disk, DiskLevels
from edge.store.documents import Documents
from edge.store.documents import SetAside as SetAsideDocument
from edge.store.folder_lock import FolderLock
from edge.store.ledger import Ledger
from edge.store.queries import LedgerQueries
from edge.web.login import Gate, hash_pin
from edge.web.server import PageSources, WebServer, build_app
from edge.worker import Worker

LEDGER_FILE = "ledger.db"
TOPIC_TAIL = "/{tid}/"
ROOM_TO_OPEN = 256 * 1024
"""With less the ledger's own log and index may find no room: SQLite calls that an I/O error."""
SNAPSHOT_EVERY_S = 0.2
LONGEST_SLEEP_S = 0.25
"""The dispatcher looks at a stop signal, the watchdog and the snapshot at least this often."""

_log = logging.getLogger("edge.store")
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


CLOUD_WORKER = "cloud"
RECEIPT_PRINTER = "printer_escpos"
RECENT_ROWS = 50


def build(settings: Settings, outside: Outside | None = None) -> Terminal:
    """The whole terminal from checked settings. Opens the ledger, nothing else. Raises StoreError, SettingsError."""
    outside = outside or Outside()
    clock, chance, disk = outside.clock, outside.chance, outside.disk
    own, data_dir = settings.terminal, settings.terminal.data_dir
    refuse_second_printer(settings)
    lock, ledger, (documents, damaged) = _open_store(data_dir, outside)
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
    CatalogueKeeper(bus, catalogue, _shelf(data_dir, clock, disk), tid=own.tid, topics=topics, run=jobs.submit)
    Storage(bus, _disk_watch(data_dir, ledger, disk), run=jobs.submit)
    scanning = Scanning(bus, catalogue)
    Keypad(bus)
    rules = CheckoutRules(Fen(own.open_price_limit_fen), own.quantity == "before_scan")
    Checkout(bus, catalogue, rules, EmptySale(bus))
    Tendering(bus, TillRules(own.till, own.rounding, own.zone, own.day_starts), online=link.online)
    Holding(bus, zone=own.zone, language=own.language)
    Drawer(bus, open_level=_drawer_level(settings), present=_has_drawer(settings))
    receipt_text = receipt_words(settings)
    mode = PrintMode(settings.receipt.print)
    Receipts(bus, receipt_text, printer=_device_of(settings, RECEIPT_PRINTER), mode=mode, zone=own.zone)
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
        bus, Identity(own.tid, __version__, drivers), Boot(ledger.clean, ledger.fresh, _set_aside(ledger, damaged)),
        topics=topics, catalogue=catalogue, link=lambda: link.phase.value,
        refused=lambda: sum(inbound.refused.values()), refused_scans=lambda: scanning.refused,
    )  # fmt: skip
    if settings.web is not None:
        _technician(settings, bus, jobs, documents, chance)
    bus.route(SaleBooked, lambda sale: _booked(sale, clock))

    workers = [_worker(name, settings, bus, outside) for name in settings.devices]
    if settings.cloud is not None:
        workers.append(_cloud_worker(settings, bus, outside, topics))
    terminal = Terminal(settings, clock, ledger, bus, link, health, workers, jobs, catalogue, lock)
    if settings.web is not None:
        terminal.web = _web(settings, terminal, documents)
    return terminal


def _open_store(
    data_dir: Path, outside: Outside
) -> tuple[FolderLock, Ledger, tuple[Documents, list[SetAsideDocument]]]:
    lock = FolderLock(data_dir)
    lock.take()
    try:
        try:
            return lock, *_opened(data_dir, outside)
        except StoreError as error:
            if not isinstance(error, DiskFull) and outside.disk.space(data_dir).free > ROOM_TO_OPEN:
                raise
            _log.error("no room to open, the ballast is given up for it: %s", error)
            _levels(data_dir, outside.disk).look(full=True)
            return lock, *_opened(data_dir, outside)
    except BaseException:
        lock.release()  # else the next start in this process would find the folder taken
        raise


def _opened(data_dir: Path, outside: Outside) -> tuple[Ledger, tuple[Documents, list[SetAsideDocument]]]:
    clock, disk = outside.clock, outside.disk
    ledger = Ledger.open(data_dir / LEDGER_FILE, clock, outside.chance, disk)
    try:
        # Last, since it moves what is damaged out of the way: told once, it could not be told again after another try.
        return ledger, Documents.open(
            data_dir / "documents", at=clock.wall(), aside=data_dir / "aside", step=disk.reached
        )
    except BaseException:
        ledger.close(clean=ledger.clean or ledger.fresh)
        raise


def _levels(data_dir: Path, disk: Disk) -> DiskLevels:
    return DiskLevels(data_dir, ballast_octets=disk.ballast_octets, space=disk.space)


def refuse_second_printer(settings: Settings) -> None:
    """Each receipt would come out twice. Raises SettingsError that names the line of the second one."""
    printers = [name for name, device in settings.devices.items() if device.driver == RECEIPT_PRINTER]
    if len(printers) > 1:
        raise SettingsError(
            "there can be one receipt printer only", where=settings.file.where(("devices", printers[1])),
            expected=f"[devices.{printers[0]}] alone", got=f"also [devices.{printers[1]}]",
        )  # fmt: skip


def load_driver(name: str) -> type[BaseModel]:
    """The `Settings` of a driver, found by its file's name; raises SettingsError that lists the drivers there are."""
    settings: type[BaseModel] = driver_module(name).Settings
    return settings


def driver_names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(edge.drivers.__path__))


def receipt_words(settings: Settings) -> ReceiptText:
    own = settings.terminal
    return ReceiptText(own.shop, own.language.value, settings.receipt.header, settings.receipt.footer)


def driver_module(name: str) -> Any:
    """The module of a driver; raises SettingsError that lists the drivers there are."""
    if name not in driver_names():
        raise SettingsError("there is no such driver", expected=", ".join(driver_names()), got=name)
    return importlib.import_module(f"edge.drivers.{name}")


def _worker(name: str, settings: Settings, bus: Bus, outside: Outside) -> Worker:
    device = settings.devices[name]
    module = driver_module(device.driver)

    def make(inbox: Inbox) -> Device:
        driver: Device = module.Driver(device.settings, outside.context(name, bus, inbox))
        return driver

    worker = Worker(name, make, post=bus.post, clock=outside.clock, chance=outside.chance)
    for effect in getattr(module, "OBEYS", ()):
        bus.route(effect, worker.submit)
    return worker


def _cloud_worker(settings: Settings, bus: Bus, outside: Outside, topics: Topics) -> Worker:
    cloud, tid = settings.cloud, settings.terminal.tid
    assert cloud is not None
    files = (str(path) if path else None for path in (cloud.ca_file, cloud.cert_file, cloud.key_file))
    broker = Broker(cloud.url, *files)

    def make(inbox: Inbox) -> Device:
        return outside.session(broker, tid, topics.terminal_filter(tid), outside.context(CLOUD_WORKER, bus, inbox))

    worker = Worker(CLOUD_WORKER, make, post=bus.post, clock=outside.clock, chance=outside.chance)
    for effect in (Connect, Disconnect, Publish):
        bus.route(effect, worker.submit)
    return worker


def _shelf(data_dir: Path, clock: Clock, disk: Disk) -> Shelf:
    def build_file(base: str | None, ops: Any, version: int) -> str:
        if base is None:
            return build_delta(data_dir, None, ops, version=version, step=disk.reached).path.name
        with closing(CatalogueFile.open(data_dir / base)) as base_file:
            return build_delta(data_dir, base_file, ops, version=version, step=disk.reached).path.name

    return Shelf(
        open=lambda name: CatalogueFile.open(data_dir / name), build=build_file,
        set_aside=lambda name: set_aside(data_dir / name, at=clock.wall(), reason="damaged").name,
        names=lambda: [path.name for path in catalogue_files(data_dir)],
        clean=lambda name: clean(data_dir, data_dir / name),
    )  # fmt: skip


def _disk_watch(data_dir: Path, ledger: Ledger, disk: Disk) -> DiskWatch:
    levels = _levels(data_dir, disk)

    def quiet(*, on: bool) -> None:
        ledger.quiet = on

    return DiskWatch(look=levels.look, quiet=quiet, suspect=ledger.suspect)


def _set_aside(ledger: Ledger, damaged: Sequence[SetAsideDocument]) -> tuple[StoreSetAside, ...]:
    aside = ledger.set_aside
    kept = [StoreSetAside(ledger.path.name, aside.kept_as.name, aside.reason[:200])] if aside else []
    names = [
        StoreSetAside(d.file.name, d.kept_as.name if d.kept_as else "nowhere", f"{d.reason}, using {d.instead}"[:200])
        for d in damaged
    ]
    return (*kept, *names)


def _technician(settings: Settings, bus: Bus, jobs: Jobs, documents: Documents, chance: Random) -> None:
    own, web, accounts = settings.terminal, settings.web, documents.collection("accounts")
    assert web is not None
    page = f"{web.bind}/technician"
    slip = SlipText(own.tid, own.store, page, own.language.value)
    Technician(
        bus, slip, chance=chance, printer=_device_of(settings, "printer_escpos"),
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


def _device_of(settings: Settings, driver: str) -> str | None:
    return next((name for name, device in settings.devices.items() if device.driver == driver), None)


def _has_drawer(settings: Settings) -> bool:
    name = _device_of(settings, "printer_escpos")
    return name is not None and bool(getattr(settings.devices[name].settings, "drawer", False))


def _drawer_level(settings: Settings) -> bool | None:
    name = _device_of(settings, RECEIPT_PRINTER)
    level = getattr(settings.devices[name].settings, "drawer_open_level", "unknown") if name else "unknown"
    return {"high": True, "low": False}.get(str(level))


@cache  # the simulation boots many a time
def _prompts() -> Prompts:
    source = resources.files("edge.words").joinpath("prompts.toml")
    return Prompts.parse(source.read_text(encoding="utf-8"), "edge/words/prompts.toml")


def _booked(sale: SaleBooked, clock: Clock) -> None:
    milliseconds = (clock.mono() - sale.asked_mono) * 1000
    _sell.info(
        "sale %s ¥%s %d lines, journal %d, %.1f ms", sale.receipt, yuan(sale.total), sale.lines, sale.n, milliseconds
    )
