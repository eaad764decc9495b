"""Safe mode: after three starts that failed, a page and nothing else, until a person or a minute has it tried again.

Without an account that can be read nobody gets in, and the box goes on trying: a shop that nobody has set up has
nothing to mend by a page, and whose accounts are lost has a console.
"""

from __future__ import annotations

import logging
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from random import SystemRandom
from zoneinfo import ZoneInfo

from edge import __version__
from edge.clock import Clock, iso_ms
from edge.config_web import is_loopback
from edge.errors import CodecError, CorruptStore, StoreError
from edge.model.account import Account, read_account
from edge.model.ids import uuid7
from edge.model.manner import LANGUAGES
from edge.model.network import Network
from edge.rescue_place import RescuePlace
from edge.safe_network import NetworkTrials
from edge.safe_restore import SafeRestore
from edge.store.aside import set_aside
from edge.store.atomic_storage import DOCUMENTS_TABLE, beside, read_tables
from edge.store.config_book import SETTINGS
from edge.store.disk import Disk
from edge.store.documents import COLLECTIONS
from edge.store.log_bundle import log_bundle
from edge.store.logs import FOLDER, newest_lines
from edge.store.page_key import open_page_certificate, read_page_certificate
from edge.store.restore import Machine
from edge.store.shop_folder import ASIDE, DOCUMENTS
from edge.store.starts import Starts
from edge.vitals import read_vitals
from edge.web.guard import LOOPBACK_NAMES
from edge.web.login import IDLE_S, Gate
from edge.web.look import Look
from edge.web.safe_network import SafeNetwork
from edge.web.safe_site import SafeSources, safe_app
from edge.web.server import Entrance, WebServer
from edge.web.words import PageWords, read_page_words

AGAIN_S = 60.0
ANSWERED_S = 1.0
"""The page that says so is sent before the program ends."""
ACCOUNTS = "accounts"
_ZONE = ZoneInfo("Asia/Shanghai")
_log = logging.getLogger("edge")


class SafeMode:
    """`step` is called again and again; true: start anew. `listeners`: as `WebServer` is handed them."""

    def __init__(
        self, place: RescuePlace, starts: Starts, clock: Clock, trials: NetworkTrials | None = None,
        listeners: Sequence[socket.socket] = (),
    ) -> None:  # fmt: skip
        self._place = place
        self._starts = starts
        self._clock = clock
        self._asked = threading.Event()
        self._due_mono = clock.mono() + AGAIN_S
        self._used_mono = float("-inf")
        network = (trials or NetworkTrials(clock)).ways()
        self._names = tuple(filter(None, (f"{place.tid.lower()}.local", place.name, "localhost")))
        gate = Gate(clock, self._account, lambda name, source: _log.warning("a wrong password at the page"))
        usual = place.language if place.language in LANGUAGES else LANGUAGES[0]
        look = Look(PageWords(read_page_words()), tid=place.tid, usual=usual, zone=_ZONE)
        self._restore = SafeRestore(
            place.data_dir, place.tid, Machine(clock, SystemRandom(), Disk()), self._use, self._asked.set
        )  # fmt: skip
        sources = SafeSources(
            failed=lambda: [(one.kind, one.why) for one in starts.failed()], lines=self._lines,
            has_layer=lambda: self._settings.exists(), try_again=self._asked.set, leave_out=self._leave_out,
            bundle=self._bundle, network=replace(network, look=lambda: self._seen(network)),
            rescue=self._restore.ways(),
        )  # fmt: skip
        self.app = safe_app(
            sources, gate, look, names=lambda: LOOPBACK_NAMES | frozenset(self._names),
            new_id=lambda: uuid7(clock.wall(), SystemRandom()), version=__version__, tls=not is_loopback(place.host),
        )  # fmt: skip
        tls = None if is_loopback(place.host) else self.page_tls
        self.web = WebServer(Entrance(place.host, place.port, self.app, tls), handed=listeners)

    def start(self) -> None:
        self._restore.forget()
        self.web.start()

    def step(self, wait: Callable[[float], object]) -> bool:
        """Whether the terminal is to be started anew."""
        if self._asked.is_set():
            wait(ANSWERED_S)
            self._starts.well()
            return True
        wait(ANSWERED_S)
        now = self._clock.mono()
        if now >= self._due_mono and now - self._used_mono > IDLE_S:
            self._starts.try_once()
            return True
        return False

    def page_tls(self) -> ssl.SSLContext:
        """The page's own certificate as it is, since its fingerprint stands on the slip. Raises StoreError."""
        try:
            found = read_page_certificate(self._place.data_dir)
        except CodecError:
            found = None
        if found is not None:
            return found.tls
        return open_page_certificate(self._place.data_dir, self._names, self._clock.wall()).tls

    @property
    def _settings(self) -> Path:
        return self._place.data_dir / DOCUMENTS / f"{SETTINGS}.json"

    def _use(self) -> None:
        """Whoever reads the page, or sends a file, is at it: it must not go away beneath them."""
        self._used_mono = self._clock.mono()

    def _seen(self, network: SafeNetwork) -> Network:
        self._use()
        return network.look()

    def _bundle(self) -> Iterator[bytes]:
        self._use()
        failed = [{"kind": one.kind, "why": one.why} for one in self._starts.failed()]
        told = {
            "tid": self._place.tid, "at": iso_ms(self._clock.wall()), "failed": failed,
            "versions": {"edge": __version__, "python": sys.version},
            "machine": read_vitals(self._place.data_dir),
        }  # fmt: skip
        return log_bundle(self._place.data_dir, told)

    def _lines(self, most: int) -> list[str]:
        self._use()
        try:
            return newest_lines(self._place.data_dir / FOLDER, lambda line: True, most)
        except StoreError:
            return []

    def _leave_out(self) -> None:
        for path in (beside(self._settings, "bak"), self._settings):  # a start would take the copy for the settings
            if path.exists():
                set_aside(path, at=self._clock.wall(), reason="left out", folder=self._place.data_dir / ASIDE)

    def _account(self, name: str) -> Account | None:
        """One that a person chose: a printed PIN is good for choosing, and nobody can do that here (contract C33)."""
        account = read_account(name, self._accounts().get(name))
        return account if account is not None and not account.printed else None

    def _accounts(self) -> Mapping[str, object]:
        path = self._place.data_dir / DOCUMENTS / f"{ACCOUNTS}.json"
        for one in (path, beside(path, "bak")):
            try:
                tables = read_tables(one, COLLECTIONS[ACCOUNTS])
            except (CorruptStore, StoreError):
                continue
            if tables is not None:
                return {row["key"]: row["value"] for row in tables[DOCUMENTS_TABLE].values()}
        return {}
