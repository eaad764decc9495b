"""A new box that is put into service at its page, wired: what is tried of it, and how far it is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping

from edge import __version__
from edge.bus import Bus
from edge.config import Settings
from edge.devices import RECEIPT_PRINTER, device_of, has_drawer
from edge.errors import DiskFull
from edge.model.cell_map import CellMap
from edge.model.first_setup import SPEAKING, FirstSetup, read_setup, to_try
from edge.ports import ScanSeen, Snapshot
from edge.services.commands import CarryOut
from edge.services.parts_tried import PartsTried
from edge.services.port_memory import Shelf
from edge.services.setting_up import KEY, READY, SettingUp, SetupParts, read_text
from edge.store.queries import LedgerQueries
from edge.terminal_folder import LEDGER_FILE
from edge.web.sources import SetupFacts

HEARD = ".heard"
"""No device has this name."""
_log = logging.getLogger("edge.page")


class OwnSetup:
    """`snapshot`: how the terminal is, None before it runs; `wall`: its doors. `shelf`: the newest place at which
    each device was heard. `pressed` hears of a keypad of which a key came.
    """

    def __init__(self, settings: Settings, bus: Bus, shelf: Shelf, pressed: Callable[[str], None]) -> None:
        own = settings.terminal
        drivers = {name: device.driver for name, device in settings.devices.items()}
        self._tried = to_try(drivers, drawer=has_drawer(settings))
        self._queries = LedgerQueries(own.data_dir / LEDGER_FILE)
        self.snapshot: Callable[[], Snapshot | None] = lambda: None
        self._ears = PartsTried(bus, pressed, self._heard)
        self._shelf = shelf
        self._places = {
            name: f"{device.driver} {getattr(device.settings, 'port', '')}" for name, device in settings.devices.items()
        }
        self.wall = CellMap(())
        parts = SetupParts(
            own.tid, own.store, own.zone, own.language.value, __version__, self._tried,
            printer=device_of(settings, RECEIPT_PRINTER) is not None, state=self._state, ears=self._ears,
            places=self._places,
        )  # fmt: skip
        self._setting_up = SettingUp(bus, parts)

    @property
    def orders(self) -> Mapping[str, CarryOut]:
        return self._setting_up.orders

    def scanned(self, seen: ScanSeen) -> None:
        self._ears.scanned(seen)

    def facts(self) -> SetupFacts:
        return SetupFacts(self._read, self._tried, self.sells, self._ears.last, self.silent)

    def silent(self) -> Collection[str]:
        """Devices of which nothing ever came where they hang now: whether they work, nobody knows."""
        heard = self._heard_before()
        speaking = {one.device for one in self._tried if one.part in SPEAKING}
        return {one for one in speaking if not self._ears.is_heard(one) and heard.get(one) != self._places[one]}

    def _heard(self, device: str) -> None:
        """Kept, so that no morning begins with doubts."""
        place, before = self._places.get(device), self._heard_before()
        if place is None or before.get(device) == place:
            return
        try:
            self._shelf.put(HEARD, {**before, device: place})
        except DiskFull as error:
            _log.warning("that %s was heard is not kept: %s", device, error)

    def _heard_before(self) -> Mapping[str, object]:
        document = self._shelf.get(HEARD)
        return document if isinstance(document, Mapping) else {}

    def sells(self) -> bool:
        """Whether it has ever sold something."""
        return self._queries.newest_receipt() is not None

    def _read(self) -> FirstSetup:
        return read_setup(read_text(self._queries.noted(KEY)))

    def _state(self, device: str) -> str:
        now = self.snapshot()
        if now is None:
            return ""
        state = next((one.state for one in now.devices if one.name == device), "")
        return self._open_door(device, now) or state if state in READY else state

    def _open_door(self, device: str, now: Snapshot) -> str:
        """`door_open.7`: a wall is not handed over while door 7 of it stands open."""
        wide = {one.what for one in now.troubles if one.kind == "door.open"}
        doors = (place.door for place in self.wall.places if place.device == device)
        return next((f"door_open.{door}" for door in doors if str(door) in wide), "")
