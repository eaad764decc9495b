"""The terminal's own page, wired: what the dispatcher tells it, what it reads by itself, and what it may order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from edge import __version__
from edge.bus import Bus
from edge.config import Settings, sources
from edge.messages import LoginRefused, PageAnswer, Show, Speech
from edge.model.account import Account, read_account
from edge.model.cell_map import CellMap
from edge.model.ids import uuid7
from edge.outside import Outside
from edge.services.commands import CarryOut
from edge.services.passwords import CHOOSE, Passwords
from edge.services.technician import KeepAccount
from edge.store.documents import Collection
from edge.store.logs import FOLDER, newest_lines
from edge.store.queries import LedgerQueries
from edge.terminal import Terminal
from edge.web.feed import Feed
from edge.web.guard import LOOPBACK_NAMES
from edge.web.login import Gate
from edge.web.look import Look
from edge.web.orders import Orders
from edge.web.server import WebServer
from edge.web.sources import DeviceFacts, PageSources
from edge.web.terminal_site import terminal_app
from edge.web.watch import Watch
from edge.web.words import PageWords, read_page_words


@dataclass
class OwnPage:
    """Built before the services that it hears of, opened when all of them are there."""

    settings: Settings
    bus: Bus
    outside: Outside
    accounts: Collection
    feed: Feed = field(default_factory=Feed)

    def __post_init__(self) -> None:
        self.watch = Watch(self.feed)
        self._orders = Orders(self.bus.post)
        self._passwords = Passwords(self.bus, hashed=self._hashed, keep=self._keep)
        if self.settings.web is not None:
            self.bus.route(Show, self.watch.shown)
            self.bus.route(Speech, self.watch.spoke)
        self.bus.route(PageAnswer, self._orders.answered)
        self.bus.on(KeepAccount, lambda kept, _: self._keep(kept))

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        """What it orders of itself."""
        return {CHOOSE: self._passwords.choose}

    def _keep(self, kept: KeepAccount) -> None:
        self.accounts.put(kept.name, {"hash": kept.hash, "made_at": kept.made_at, "own": kept.own})

    def open(self, terminal: Terminal, wall: CellMap, metrics: Callable[[], str]) -> WebServer:
        web, own, queries = self.settings.web, self.settings.terminal, LedgerQueries(terminal.ledger.path)
        assert web is not None
        page = PageSources(
            snapshot=lambda: terminal.snapshot,
            rows=lambda since: list(queries.journal(since=since)),
            sale=lambda: queries.counter().sale,
            takings=queries.takings,
            settings=[(source.key, source.value, source.source) for source in sources(self.settings)],
            devices=[
                DeviceFacts(name, device.driver, str(getattr(device.settings, "port", "")))
                for name, device in self.settings.devices.items()
            ],
            commands=queries.commands,
            log_lines=lambda fits, most: newest_lines(own.data_dir / FOLDER, fits, most),
            broker=self.settings.cloud.url if self.settings.cloud is not None else "",
            doors=[place.id for place in wall.places],
            metrics=metrics,
            order=self._orders.order,
        )
        gate = Gate(terminal.clock, self._account, lambda name, source: self.bus.post(LoginRefused(name, source)))
        look = Look(PageWords(read_page_words()), tid=own.tid, usual=own.language.value, zone=own.zone)
        app = terminal_app(
            page, gate, self.feed, look, names=lambda: LOOPBACK_NAMES | {f"{own.tid.lower()}.local"},
            new_id=self._new_id, version=__version__,
        )  # fmt: skip
        terminal.look = self.watch.look
        return WebServer(web.host, web.port, app)

    def _account(self, name: str) -> Account | None:
        return read_account(name, self.accounts.get(name))

    def _hashed(self, name: str) -> str | None:
        account = self._account(name)
        return account.hash if account is not None else None

    def _new_id(self) -> str:
        return uuid7(self.outside.clock.wall(), self.outside.chance)
