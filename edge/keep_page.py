"""A shop kept and moved by its page, wired: what the page orders, and what it reads and fetches by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from edge.bus import Bus
from edge.config import Settings
from edge.keeping import keep_text, keep_ways, make_bundle
from edge.model.backup import MadeBackup
from edge.off_stick import OffStick
from edge.outgoing import what_ails
from edge.outside import Outside
from edge.ports import Snapshot
from edge.services.commands import CarryOut
from edge.services.keeping import ShopKeeping
from edge.store.given import Given, drop_given
from edge.store.queries import LedgerQueries
from edge.terminal_folder import LEDGER_FILE
from edge.web.sources import KeepFacts

STICK_BUNDLE = "stick.zip"
"""Made on the stick's thread, while the page may hand out its own."""


class KeepPage:
    """Built before the services that it hears of. `snapshot`: how the terminal is, None before it runs."""

    def __init__(
        self, settings: Settings, bus: Bus, outside: Outside, run: Callable[[str, Callable[[], object]], bool],
        off_stick: OffStick,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._bus = bus
        self._outside = outside
        self._queries = LedgerQueries(settings.terminal.data_dir / LEDGER_FILE)
        ways = keep_ways(settings, outside, self._ails, off_stick)
        self._keeping = ShopKeeping(bus, ways, keep_text(settings), run=run)
        self.snapshot: Callable[[], Snapshot | None] = lambda: None

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        return self._keeping.orders

    def bundled(self) -> Path:
        """Makes the file for whoever helps, on the stick's thread; where it is. Raises StoreError."""
        return make_bundle(self._settings, self._outside, self._ails(), STICK_BUNDLE, before=STICK_BUNDLE)

    def made(self) -> MadeBackup | None:
        return self._keeping.state().made

    def facts(self) -> KeepFacts:
        own, disk = self._settings.terminal, self._outside.disk
        return KeepFacts(
            own.tid, self._keeping.state, self._queries.unsaved, lambda name: Given(own.data_dir, name, disk),
            lambda path: drop_given(Path(path)), self._queries.custody,
        )  # fmt: skip

    def _ails(self) -> Mapping[str, Any]:
        machine = self._outside.vitals(self._settings.terminal.data_dir)
        return what_ails(self._settings, self._queries, self.snapshot(), machine)
