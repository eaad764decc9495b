"""The terminal's own page, wired: what the dispatcher tells it, what it reads by itself, and what it may order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from edge import __version__
from edge.bus import Bus
from edge.clock import Timeline
from edge.codec.escpos import copy_mark, encode_slip
from edge.config import Settings, sources
from edge.devices import RECEIPT_PRINTER, device_of
from edge.enrolling import Invitation, enrol_box
from edge.jobs import Jobs
from edge.keep_page import KeepPage
from edge.messages import LoginRefused, PageAnswer, SendPrint, Show, Speech
from edge.model.account import Account, read_account, was_ever_own
from edge.model.cell_map import CellMap
from edge.model.hotspot import hotspot_of
from edge.model.ids import uuid7
from edge.model.ledger_rows import CompletedSale, PrintJob
from edge.model.network import Hotspot
from edge.model.problem import Problem
from edge.model.set_up_slip import PageWays
from edge.model.slip import Slip
from edge.model.software import SINCE, running_since
from edge.off_stick import OffStick
from edge.outside import Outside
from edge.own_goods import OwnGoods
from edge.own_ports import KNOWN, OwnPorts
from edge.own_setup import OwnSetup
from edge.own_shop import shop_facts
from edge.own_sticks import OwnSticks
from edge.own_template import OwnTemplate
from edge.page_address import PageAddress
from edge.paper.apart import drawn_apart
from edge.ports import Catalogue, ScanSeen, Snapshot, Transaction
from edge.services.cell_switch import CellSwitch
from edge.services.claiming import Claiming
from edge.services.clock_by_hand import ClockByHand
from edge.services.commands import CarryOut
from edge.services.doubtful_papers import ASKED_FOR, DoubtfulPapers
from edge.services.hotspot import KEY as HOTSPOT_KEY
from edge.services.hotspot import HotspotParts, HotspotWatch
from edge.services.networking import Networking
from edge.services.owner_pin import Accounts, OwnerPin
from edge.services.passwords import CHOOSE, Passwords
from edge.services.price_desk import PriceDesk
from edge.services.technician import KeepAccount, SlipText
from edge.shop_files import ShopFiles, paper_of_shop
from edge.slots import read_slots
from edge.store.badges import BadgeBook
from edge.store.documents import Documents
from edge.store.logs import FOLDER, newest_lines
from edge.store.queries import LedgerQueries
from edge.terminal import Terminal
from edge.web.album import Album
from edge.web.box import BoxFacts
from edge.web.feed import Feed
from edge.web.handed_sessions import pack_sessions, unpack_sessions
from edge.web.login import Gate, hash_pin
from edge.web.look import Look
from edge.web.orders import Orders
from edge.web.queue_depth import QueueDepth
from edge.web.server import WebServer
from edge.web.software import SoftwareFacts
from edge.web.sources import DeviceFacts, PageSources, PortFacts
from edge.web.template_facts import TemplateFacts
from edge.web.terminal_site import terminal_app
from edge.web.watch import Watch
from edge.web.words import PageWords, read_page_words


@dataclass
class OwnPage:
    """Built before the services that it hears of, opened when all of them are there."""

    settings: Settings
    bus: Bus
    outside: Outside
    documents: Documents
    timeline: Timeline
    run: Callable[[str, Callable[[], object]], bool]
    """On the jobs thread."""
    catalogue: Catalogue
    feed: Feed = field(default_factory=Feed)

    def __post_init__(self) -> None:
        self.ports = OwnPorts(self.settings, self.bus, self.outside, self.documents, self.run)
        self.watch = Watch(self.feed, self.ports.raw)
        self.depth = QueueDepth()
        self._cells: frozenset[str] = frozenset()
        self.album = Album(self.feed, self._drawn, self.run)
        self.accounts = self.documents.collection("accounts")
        self._orders = Orders(self.bus.post)
        self._stick_jobs = Jobs(self.bus.post, "stick")  # one that hangs keeps nothing else waiting
        off_stick = OffStick(self.bus.post, self.run, self._stick_jobs.submit)
        self._keeping = KeepPage(self.settings, self.bus, self.outside, self.run, off_stick)
        self._sticks = OwnSticks(
            self.settings, self.bus, self.outside, made=self._keeping.made, bundled=self._keeping.bundled,
            run=self._stick_jobs.submit,
        )  # fmt: skip
        self._passwords = Passwords(self.bus, hashed=self._hashed, keep=self._keep)
        self._address: PageAddress | None = None
        if self.settings.web is not None:
            self._address = PageAddress(
                self.settings, self.bus, self.outside, self._is_new,
                lambda: self._hotspot is not None and self._hotspot.is_up,
            )  # fmt: skip
            self.bus.route(Show, self.watch.shown)
            self.bus.route(Speech, self.watch.spoke)
            self.bus.route(SendPrint, self.album.sent)
        self._owner = self._owner_pin()
        self._network_jobs = Jobs(self.bus.post, "network")  # ninety seconds to keep a trial: no backup goes before
        self._networking = Networking(self.bus, self.outside.network, self._network_jobs.submit)
        self._clock = ClockByHand(self.bus, self._step)
        self._setup = OwnSetup(self.settings, self.bus, self.documents.collection(KNOWN), self.watch.pressed)
        self._goods = OwnGoods(self.settings, self.bus, self.outside, self.run, off_stick)
        self._hotspot = self._hotspot_watch()
        self._claiming = Claiming(self.bus, self._enrol, self.run)
        self.bus.route(PageAnswer, self._orders.answered)
        self.bus.on(KeepAccount, lambda kept, _: self._keep(kept))

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        """What it orders of itself."""
        prices = PriceDesk(self.catalogue, limit_percent=self.settings.terminal.price_cut_limit_percent)
        papers = DoubtfulPapers(printer=self._printer is not None)
        owner = self._owner.orders if self._owner is not None else {}
        hotspot = self._hotspot.orders if self._hotspot is not None else {}
        return {CHOOSE: self._passwords.choose, **self.ports.orders, **papers.orders, **self._networking.orders,
                **self._clock.orders, **self._claiming.orders, **self._keeping.orders, **self._setup.orders, **owner,
                **self._goods.orders,
                **self._sticks.orders, **hotspot, **prices.at_page,
                **CellSwitch(lambda: self._cells).at_page}  # fmt: skip

    def scanned(self, seen: ScanSeen) -> None:
        self._setup.scanned(seen)
        self.watch.scanned(seen)

    def _enrol(self, url: str, code: str, fingerprint: str) -> datetime:
        own = self.settings.terminal
        ends_at, _ = enrol_box(own.tid, own.data_dir, Invitation(url, code, fingerprint))
        return ends_at

    def _step(self, at: datetime) -> bool:
        if not self.outside.set_clock(at):
            return False
        self.timeline.moved()
        return True

    @property
    def _printer(self) -> str | None:
        return device_of(self.settings, RECEIPT_PRINTER)

    def _owner_pin(self) -> OwnerPin | None:
        own, web = self.settings.terminal, self.settings.web
        if web is None:
            return None
        accounts = Accounts(self._keep, self.accounts.delete, self.accounts.get, self.accounts.put)
        return OwnerPin(
            self.bus, SlipText(own.tid, own.store, self.ways, own.language.value), accounts,
            chance=self.outside.chance, printer=self._printer, hashed=hash_pin,
            run=self.run,
        )  # fmt: skip

    def _hotspot_watch(self) -> HotspotWatch | None:
        """None where the settings have no address for it."""
        own, web, address = self.settings.terminal, self.settings.web, self._address
        if web is None or web.service is None or address is None:
            return None
        parts = HotspotParts(
            own.tid, own.language.value, web.service, address.service_url, self.outside.chance, self.ways, self._is_new,
            self.outside.clock.up_ms, printer=self._printer is not None,
        )  # fmt: skip
        return HotspotWatch(self.bus, self.outside.network, parts, self._network_jobs.submit)

    def _keep(self, kept: KeepAccount) -> None:
        before = self.accounts.get(kept.name)
        ever = kept.own or was_ever_own(before)
        self.accounts.put(kept.name, {"hash": kept.hash, "made_at": kept.made_at, "own": kept.own, "ever_own": ever})

    def open(
        self, terminal: Terminal, wall: CellMap, metrics: Callable[[], str], files: ShopFiles, badges: BadgeBook
    ) -> WebServer:  # fmt: skip
        own, queries, address = self.settings.terminal, LedgerQueries(terminal.ledger.path), self._address
        assert address is not None
        self._cells = frozenset(place.id for place in wall.places)
        self._keeping.snapshot = self._setup.snapshot = lambda: terminal.snapshot
        self._setup.wall = wall
        ports = self.ports.facts()
        self._sticks.shop = shop_facts(self.settings, terminal.clock, files, wall, badges, self.depth)
        page = PageSources(
            snapshot=lambda: terminal.snapshot,
            rows=lambda since: list(queries.journal(since=since)),
            counter=queries.counter,
            takings=queries.takings,
            settings=[(source.key, source.value, source.source) for source in sources(self.settings)],
            devices=[
                DeviceFacts(name, device.driver, str(getattr(device.settings, "port", "")))
                for name, device in self.settings.devices.items()
            ],
            commands=queries.commands,
            log_lines=lambda fits, most: newest_lines(own.data_dir / FOLDER, fits, most),
            broker=self.settings.cloud.url if self.settings.cloud is not None else "",
            doors=wall.places,
            metrics=metrics,
            order=self._orders.order,
            ports=ports,
            cells=self.ports.cells(),
            shop=self._sticks.shop,
            keep=self._keeping.facts(),
            box=self._box(queries),
            setup=self._setup.facts(),
            software=SoftwareFacts(lambda: running_since(queries.noted(SINCE), __version__), read_slots),
            goods=self._goods.facts(),
            template=self._template(ports),
            sticks=self._sticks.facts(),
        )
        gate = Gate(
            terminal.clock, self._account, lambda name, source: self.bus.post(LoginRefused(name, source)),
            unpack_sessions(self.outside.handed),
        )  # fmt: skip
        terminal.handover = lambda: pack_sessions(gate.living())
        look = Look(PageWords(read_page_words()), tid=own.tid, usual=own.language.value, zone=own.zone,
                    drivers={name: device.driver for name, device in self.settings.devices.items()})  # fmt: skip
        app = partial(
            terminal_app, page, gate, self.feed, look, names=address.names, new_id=self._new_id, version=__version__
        )  # fmt: skip
        terminal.look = self._look
        terminal.more_jobs += [self._network_jobs, self._stick_jobs]
        terminal.workers += address.workers()
        return address.server(lambda tls: app(tls=tls))

    def ways(self) -> PageWays:
        """What the set-up slip says of it."""
        return self._address.ways() if self._address is not None else PageWays(())

    def problems(self, tx: Transaction) -> Iterable[Problem]:
        return self._address.problems(tx) if self._address is not None else ()

    def _template(self, ports: PortFacts) -> TemplateFacts:
        own = OwnTemplate(
            self.settings, self.outside.clock, self.outside.disk, ports.kept, ports.found, self.outside.sticks
        )
        return own.facts()

    def _is_new(self) -> bool:
        """Nobody has ever chosen a password: a forgotten one does not make a shop a new box again."""
        return not any(map(was_ever_own, self.accounts.all().values()))

    def _look(self, snapshot: Snapshot) -> None:
        self.watch.look(snapshot, (self.ports.kept(), self._setup.silent()))
        self.depth.note(snapshot)

    def _box(self, queries: LedgerQueries) -> BoxFacts:
        own, web = self.settings.terminal, self.settings.web

        def kept() -> Hotspot | None:
            key, address = queries.noted(HOTSPOT_KEY), web.service if web is not None else None
            return hotspot_of(own.tid, key, address) if key and address else None

        def doubtful() -> Sequence[tuple[PrintJob, CompletedSale | None]]:
            return queries.doubtful_papers(self.outside.clock.wall() - ASKED_FOR)

        return BoxFacts(album=self.album, account=self._account, last_sale=queries.last_sale, doubtful_papers=doubtful,
                        network=lambda: self.outside.network.look(self.outside.clock.up_ms()),
                        addresses=self.outside.addresses,
                        hotspot_url=self._address.service_url if self._address is not None else "",
                        hotspot_kept=kept if self._printer is None else None)  # fmt: skip

    def _drawn(self, slip: Slip, copy_no: int) -> bytes:
        paper = paper_of_shop(self.settings)
        return drawn_apart(encode_slip(slip, paper, mark=copy_mark(copy_no)), paper)

    def _account(self, name: str) -> Account | None:
        return read_account(name, self.accounts.get(name))

    def _hashed(self, name: str) -> str | None:
        account = self._account(name)
        return account.hash if account is not None else None

    def _new_id(self) -> str:
        return uuid7(self.outside.clock.wall(), self.outside.chance)
