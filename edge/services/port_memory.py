"""Which device was at which port when it was well, so that it is known again at another one (design 6).

Looking is done by the jobs thread, and opens nothing; what is kept is the document `devices`, by the device's name.
"""

from __future__ import annotations

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


@dataclass(frozen=True, slots=True)
class LookDue:
    """A timer: did no other device come up since the `serial`th?"""

    serial: int


class PortMemory:
    """`ports`: of the devices of the settings. `look`: see `discovery.Discovery`. `run`: see `Jobs.submit`."""

    def __init__(
        self, bus: Bus, ports: Mapping[str, str], shelf: Shelf, *, look: Callable[[], Sequence[FoundPort]],
        run: Callable[[str, Callable[[], object]], bool],
    ) -> None:  # fmt: skip
        self._bus = bus
        self._ports = ports
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
        if up.device in self._ports:
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
            port = by_name.get(self._ports[device])
            if port is not None and port.identity:
                self._keep(device, {"port": self._ports[device], "identity": port.identity})

    def _keep(self, device: str, seen: Mapping[str, Any]) -> None:
        if self._shelf.get(device) == seen:
            return
        try:
            self._shelf.put(device, seen)
        except DiskFull as error:
            _log.warning("where %s hangs is not kept: %s", device, error)


def identity_kept(document: object) -> str:
    """Of a device that was well once; empty: none is known."""
    return str(document.get("identity", "")) if isinstance(document, Mapping) else ""
