"""Simulated devices for a settings file that names `sim://` ports: each gets the model of its driver."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

import edge.sim
from edge.clock import Clock
from edge.config import Device
from edge.errors import SettingsError
from edge.sim.model import Bench
from edge.sim.ports import SimPorts

_PREFIX = "sim://"


def benches() -> dict[str, Bench]:
    """Every model of edge/sim by the driver that it stands in for (the convention of `edge.sim.model`)."""
    found: dict[str, Bench] = {}
    for module in pkgutil.iter_modules(edge.sim.__path__):
        if not module.ispkg:
            found.update(getattr(importlib.import_module(f"edge.sim.{module.name}"), "MODELS", {}))
    return found


def sim_names(devices: Mapping[str, Device]) -> dict[str, Device]:
    """The devices that hang on a `sim://` port, by what follows the prefix."""
    ports = {str(getattr(device.settings, "port", "")): device for device in devices.values()}
    return {port.removeprefix(_PREFIX): device for port, device in ports.items() if port.startswith(_PREFIX)}


def plugged_in(devices: Mapping[str, Device], clock: Clock) -> SimPorts:
    """A cable and a model for each `sim://` device; raises SettingsError for a driver that nothing stands in for."""
    known, ports = benches(), SimPorts(clock)
    for name, device in sim_names(devices).items():
        if device.driver not in known:
            raise SettingsError("no simulated device stands in for this driver", where=device.name, got=device.driver)
        ports.add(name, known[device.driver].model())
    return ports
