"""Settings and devices of the terminal's own page, wired: its layer, what is plugged in, what a device was known by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.bus import Bus
from edge.codec.cell_map import CELLS
from edge.config import TABLES, Settings, load_settings, sources
from edge.devices import driver_names, load_driver, lock_buses, refuse_seconds
from edge.errors import SettingsError
from edge.model.configuration import KeptConfig, Layer
from edge.model.found_port import FoundPort, PortKind
from edge.model.page_layer import may_set
from edge.outside import Outside
from edge.ports import ScanSeen
from edge.services.commands import CarryOut
from edge.services.layer_trial import Trial
from edge.services.own_settings import PUT, OwnSettings
from edge.services.port_memory import PortMemory, identity_kept, table_kept
from edge.services.wall_setup import WallSetup, mark_of
from edge.store.config_book import PAGE, SETTINGS, ConfigBook
from edge.store.documents import Documents
from edge.web.raw_tap import RawTap
from edge.web.sources import CellFacts, PortFacts
from edge.web.teach import KEYS

KNOWN = "devices"
"""The collection of what each device was known by."""


@dataclass
class OwnPorts:
    """Built before the devices' workers. `run`: see `Jobs.submit`."""

    settings: Settings
    bus: Bus
    outside: Outside
    documents: Documents
    run: Callable[[str, Callable[[], object]], bool]

    def __post_init__(self) -> None:
        self._raw = RawTap(self.outside.clock.mono)
        self._book = ConfigBook(self.documents.collection(SETTINGS), PAGE)
        self._cloud = ConfigBook(self.documents.collection(SETTINGS))
        trial = Trial(self.settings.page, self.settings.layer_refused, frozenset(self.settings.devices))
        self._put = OwnSettings(self.bus, self._book, trial, try_out=self._try_out)
        self._named: tuple[str, ...] | None = None
        self._known = self.documents.collection(KNOWN)
        self._ports = {
            name: str(getattr(device.settings, "port", "")) for name, device in self.settings.devices.items()
        }
        self._wall = WallSetup(self.bus, self.documents.collection(CELLS), lock_buses(self.settings))
        PortMemory(self.bus, self._tables(), self._known, look=self.outside.discover, run=self.run)

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        return {PUT: self._put.put, **self._wall.orders()}

    @property
    def heard(self) -> Callable[[str, Sequence[int]], None] | None:
        """For the drivers; None: there is no page at which anybody could look."""
        return self._raw.hear if self.settings.web is not None else None

    def raw(self, seen: ScanSeen) -> str:
        """What the scanner sent for this scan, as the live page shows it."""
        device = self.settings.devices.get(seen.device)
        is_keys = device is not None and device.driver == KEYS
        return self._raw.told(seen.device, is_keys=is_keys, is_hidden=seen.is_hidden)

    def kept(self) -> KeptConfig:
        """The page's layer, and what became of it."""
        return self._book.kept()

    def facts(self) -> PortFacts:
        return PortFacts(
            kept=self._book.kept, running=self.settings.page, refused=self.settings.layer_refused,
            values=self._values(), models=TABLES, origins={one.key: one.source for one in sources(self.settings)},
            devices=self._tables(),
            drivers=driver_names(), driver_model=load_driver, found=self._found, raw=self._raw,
            identity=lambda name: identity_kept(self._known.get(name)), remembered=self._remembered,
            now=self.outside.clock.wall,
        )  # fmt: skip

    def _tables(self) -> Mapping[str, Mapping[str, Any]]:
        return {name: {"driver": device.driver, **device.raw} for name, device in self.settings.devices.items()}

    def _remembered(self) -> Mapping[str, Mapping[str, Any]]:
        kept = {name: table_kept(document) for name, document in self._known.all().items()}
        return {name: table for name, table in kept.items() if table}

    def cells(self) -> CellFacts:
        return CellFacts(
            wall=lambda: self._wall.wall, buses=lock_buses(self.settings), setups=lambda: self._wall.setups,
            mark=mark_of, running=mark_of(self._wall.running),
        )  # fmt: skip

    def _try_out(self, layer: Layer) -> None:
        """As far as the settings alone can tell; the rest shows at the start under it."""
        path = Path(self.settings.file.name)
        refuse_seconds(load_settings(path, load_driver, self._cloud.kept().running, layer))

    def _values(self) -> dict[str, Any]:
        """What may be set at the page, as JSON has it."""
        found: dict[str, Any] = {}
        for table in TABLES:
            model = getattr(self.settings, table)
            own = model.model_dump(mode="json") if model is not None else {}
            found |= {f"{table}.{key}": value for key, value in own.items() if may_set(table, key)}
        return found

    def _below(self) -> tuple[str, ...]:
        """Ports of the devices that file and cloud name; neither changes before the next start."""
        if self._named is None:
            try:
                file = load_settings(Path(self.settings.file.name), load_driver, self._cloud.kept().running)
            except SettingsError:  # somebody is writing it just now
                return ()
            self._named = tuple(str(getattr(device.settings, "port", "")) for device in file.devices.values())
        return self._named

    def _found(self) -> tuple[FoundPort, ...]:
        """What is plugged in, and what only the settings know of: also of a device that the page took out of them."""
        seen = self.outside.discover()
        known = {name for port in seen for name in port.names}
        own = [port for port in dict.fromkeys([*self._below(), *self._ports.values()]) if port and port not in known]
        return (*seen, *(FoundPort(port, PortKind.NAMED, port, (port,)) for port in own))
