"""Which device was at which port when it was well, so that it is known again at another one (design 6), and where its
port is used again after it was taken out of the settings.

Looking is done by the jobs thread, and opens nothing; what is kept is the document `devices`, by the device's name.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from edge.bus import Bus
from edge.errors import DiskFull
from edge.messages import DeviceDown, DeviceUp, JobDone
from edge.model.found_port import FoundPort
from edge.ports import Transaction

LOOK = "ports.look"
AFTER_S = 3.0
"""After the last device came up: udev has made its links."""
_log = logging.getLogger("edge.config")


class Shelf(Protocol):
    def get(self, key: str) -> Any: ...
    def put(self, key: str, value: Any) -> None: ...
    def delete(self, key: str) -> bool: ...
    def all(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class LookDue:
    """A timer: did no other device come up since the `serial`th?"""

    serial: int


class PortMemory:
    """`tables`: of the devices of the settings, `driver` included. `look`: see `discovery.Discovery`. `run`: see
    `Jobs.submit`.
    """

    def __init__(
        self, bus: Bus, tables: Mapping[str, Mapping[str, Any]], shelf: Shelf, *,
        look: Callable[[], Sequence[FoundPort]], run: Callable[[str, Callable[[], object]], bool],
    ) -> None:  # fmt: skip
        self._bus = bus
        self._tables = tables
        self._shelf = shelf
        self._look = look
        self._run = run
        self._up: set[str] = set()
        self._serial = 0
        bus.on(DeviceUp, self._came)
        bus.on(DeviceDown, lambda down, tx: self._up.discard(down.device))
        bus.on(LookDue, self._due)
        bus.on(JobDone, self._looked)

    def _came(self, up: DeviceUp, _: Transaction) -> None:
        if self._tables.get(up.device, {}).get("port"):
            self._up.add(up.device)
            self._serial += 1
            self._bus.after(AFTER_S, LookDue(self._serial))

    def _due(self, due: LookDue, _: Transaction) -> None:
        if due.serial == self._serial:
            self._run(LOOK, self._look)

    def _looked(self, done: JobDone, _: Transaction) -> None:
        if done.job != LOOK or not isinstance(done.result, tuple):
            return
        by_name = {name: port for port in done.result for name in port.names}
        for device in sorted(self._up):
            table, before = self._tables[device], self._shelf.get(device)
            port = by_name.get(str(table["port"]))
            stays = isinstance(before, Mapping) and before.get("port") == table["port"]
            identity = port.identity if port is not None else identity_kept(before) if stays else ""
            self._keep(device, {"port": table["port"], "identity": identity, "table": dict(table)})

    def _keep(self, device: str, seen: Mapping[str, Any]) -> None:
        if _plain(self._shelf.get(device)) == _plain(seen):
            return
        try:
            for other in self._others_at(device, seen):
                self._shelf.delete(other)
            self._shelf.put(device, seen)
        except DiskFull as error:
            _log.warning("where %s hangs is not kept: %s", device, error)

    def _others_at(self, device: str, seen: Mapping[str, Any]) -> list[str]:
        """What hung at this very port before, and is in no settings any more: the port is known by the newest."""
        gone = [name for name in self._shelf.all() if name not in self._tables]
        return [name for name in gone if table_kept(self._shelf.get(name)).get("port") == seen["port"]]


def _plain(document: object) -> str:
    """Of what is read all lists are tuples."""
    return json.dumps(document, sort_keys=True, default=dict)


def table_kept(document: object) -> Mapping[str, Any]:
    """The settings of a device whose port was open once, its port with them; empty: none are known."""
    table = document.get("table") if isinstance(document, Mapping) else None
    return table if isinstance(table, Mapping) else {}


def identity_kept(document: object) -> str:
    """Of a device that was well once; empty: none is known."""
    return str(document.get("identity", "")) if isinstance(document, Mapping) else ""
