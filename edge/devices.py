"""The devices of the settings: a driver is found by its file's name, and each device gets a worker."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from pydantic import BaseModel

import edge.drivers
from edge.bus import Bus
from edge.cloud.session import Broker
from edge.codec.topics import Topics
from edge.config import Settings
from edge.enrolled import cloud_files, is_enrolled
from edge.errors import SettingsError
from edge.messages import Connect, Disconnect, Publish
from edge.model.cell_map import CellMap, LockLine
from edge.outside import Outside
from edge.ports import Device, Inbox
from edge.worker import Worker

CLOUD_WORKER = "cloud"
RECEIPT_PRINTER = "printer_escpos"
SPEAKER = "speaker"
SCALE = "scale_serial"
LOCKER = "locker_"
"""How the names of all drivers of lock boards begin."""

_SINGLES = {RECEIPT_PRINTER: "receipt printer", SCALE: "scale", SPEAKER: "speaker"}
"""Of two printers each receipt would come out twice; of two scales nobody could say which one weighs; and each sentence
would be said twice, or by one of two speakers only.
"""


def refuse_seconds(settings: Settings) -> None:
    """Raises SettingsError that names the line of a second device of which there can be one."""
    for driver, what in _SINGLES.items():
        found = [name for name, device in settings.devices.items() if device.driver == driver]
        if len(found) > 1:
            raise SettingsError(
                f"there can be one {what} only", where=settings.file.where(("devices", found[1])),
                expected=f"[devices.{found[0]}] alone", got=f"also [devices.{found[1]}]",
            )  # fmt: skip


def load_driver(name: str) -> type[BaseModel]:
    """The `Settings` of a driver, found by its file's name; raises SettingsError that lists the drivers there are."""
    settings: type[BaseModel] = driver_module(name).Settings
    return settings


def driver_names() -> list[str]:
    """Of all there are, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(edge.drivers.__path__))


def driver_module(name: str) -> Any:
    """The module of a driver; raises SettingsError that lists the drivers there are."""
    if name not in driver_names():
        raise SettingsError("there is no such driver", expected=", ".join(driver_names()), got=name)
    return importlib.import_module(f"edge.drivers.{name}")


def all_workers(settings: Settings, bus: Bus, outside: Outside, topics: Topics, wall: CellMap) -> list[Worker]:
    """One for each device, and the session with the cloud."""
    workers = [device_worker(name, settings, bus, outside, wall) for name in settings.devices]
    return workers if settings.cloud is None else [*workers, cloud_worker(settings, bus, outside, topics)]


def device_worker(name: str, settings: Settings, bus: Bus, outside: Outside, wall: CellMap) -> Worker:
    """The thread of one device; what its driver obeys is routed to it. `wall`: see `ports.DeviceContext`."""
    device = settings.devices[name]
    module = driver_module(device.driver)

    def make(inbox: Inbox) -> Device:
        driver: Device = module.Driver(device.settings, outside.context(name, bus, inbox, wall))
        return driver

    worker = Worker(name, make, post=bus.post, clock=outside.clock, chance=outside.chance)
    for effect in getattr(module, "OBEYS", ()):
        bus.route(effect, worker.submit)
    return worker


def cloud_worker(settings: Settings, bus: Bus, outside: Outside, topics: Topics) -> Worker:
    """The session with the broker is a worker like a device."""
    cloud, tid = settings.cloud, settings.terminal.tid
    assert cloud is not None
    roots, certificate, key = (str(path) if path else None for path in (cloud.ca_file, cloud.cert_file, cloud.key_file))
    own = [str(path) for path in cloud_files(settings.terminal.data_dir).next]
    following = (own[0], own[1], own[2]) if is_enrolled(cloud, settings.terminal.data_dir) else None
    broker = Broker(cloud.url, roots, certificate, key, following)

    def make(inbox: Inbox) -> Device:
        return outside.session(broker, tid, topics.terminal_filter(tid), outside.context(CLOUD_WORKER, bus, inbox))

    worker = Worker(CLOUD_WORKER, make, post=bus.post, clock=outside.clock, chance=outside.chance)
    for effect in (Connect, Disconnect, Publish):
        bus.route(effect, worker.submit)
    return worker


def device_of(settings: Settings, driver: str) -> str | None:
    """The settings' name of the first device with this driver."""
    return next((name for name, device in settings.devices.items() if device.driver == driver), None)


def lock_buses(settings: Settings) -> dict[str, LockLine]:
    """Each bus of lock boards, by its name."""
    found = {}
    for name, device in settings.devices.items():
        if device.driver.startswith(LOCKER):
            own, module = device.settings, driver_module(device.driver)
            found[name] = LockLine(getattr(own, "boards", ()), module.WIRING, getattr(own, "locks", module.LOCKS))
    return found


def has_drawer(settings: Settings) -> bool:
    """A drawer is a role of the receipt printer (decisions 3)."""
    name = device_of(settings, RECEIPT_PRINTER)
    return name is not None and bool(getattr(settings.devices[name].settings, "drawer", False))


def drawer_level(settings: Settings) -> bool | None:
    """Pin 3 when the drawer is open: True high, False low; None: not set up."""
    name = device_of(settings, RECEIPT_PRINTER)
    level = getattr(settings.devices[name].settings, "drawer_open_level", "unknown") if name else "unknown"
    return {"high": True, "low": False}.get(str(level))
