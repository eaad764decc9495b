"""Every driver in edge/drivers, found by itself, against the model that stands in for its device."""

from __future__ import annotations

import importlib
import pkgutil
from random import Random
from types import ModuleType
from typing import Any

import pytest
from device_bench import DeviceBench
from pydantic import BaseModel

import edge.drivers
import edge.sim
from edge.messages import DeviceDown, DeviceUp
from edge.sim.model import Bench, DeviceModel

NOISE_ROUNDS = 30


def modules_of(package: ModuleType) -> list[str]:
    return [found.name for found in pkgutil.iter_modules(package.__path__)]


def benches() -> dict[str, Bench]:
    found: dict[str, Bench] = {}
    for name in modules_of(edge.sim):
        found.update(getattr(importlib.import_module(f"edge.sim.{name}"), "MODELS", {}))
    return found


DRIVERS = modules_of(edge.drivers)
BENCHES = benches()


class NoisyCable:
    """The device behind a bad plug: `noise` reaches the terminal in front of what the device says."""

    def __init__(self, model: DeviceModel) -> None:
        self.model = model
        self.noise = b""

    def receive(self, octets: bytes) -> None:
        self.model.receive(octets)

    def transmit(self) -> bytes:
        noise, self.noise = self.noise, b""
        return noise + self.model.transmit()

    def advance(self, now_mono: float) -> None:
        self.model.advance(now_mono)


def settings_of(driver: str) -> dict[str, Any]:
    return dict(BENCHES[driver].settings)


def open_bench(driver: str) -> tuple[DeviceBench, NoisyCable]:
    cable = NoisyCable(BENCHES[driver].model())
    bench = DeviceBench(driver, cable, **settings_of(driver))
    bench.run(1)
    return bench, cable


def test_there_are_drivers() -> None:
    assert {"printer_escpos", "line_display"} <= set(DRIVERS)


@pytest.mark.parametrize("driver", DRIVERS)
def test_each_driver_has_a_device_model(driver: str) -> None:
    assert driver in BENCHES, f"add MODELS = {{{driver!r}: Bench(…)}} to a module of edge/sim (see edge/sim/model.py)"


def test_each_device_model_has_a_driver() -> None:
    assert set(BENCHES) <= set(DRIVERS), "MODELS in edge/sim names a driver that edge/drivers does not have"


@pytest.mark.parametrize("driver", DRIVERS)
def test_each_driver_names_its_settings_and_its_class_and_refuses_unknown_keys(driver: str) -> None:
    module = importlib.import_module(f"edge.drivers.{driver}")
    assert module.__doc__ and issubclass(module.Settings, BaseModel)
    assert module.Settings.model_config.get("extra") == "forbid" and module.Settings.model_config.get("frozen")
    assert "port" in module.Settings.model_fields
    assert all(callable(getattr(module.Driver, verb)) for verb in ("open", "pump", "close"))


@pytest.mark.parametrize("driver", DRIVERS)
def test_each_driver_opens_and_stays_open_at_rest(driver: str) -> None:
    bench, _ = open_bench(driver)
    bench.run(60)
    assert bench.all(DeviceDown) == []
    assert len(bench.all(DeviceUp)) == 1
    bench.worker.close()


@pytest.mark.parametrize("driver", DRIVERS)
def test_each_driver_survives_noise(driver: str) -> None:
    bench, cable = open_bench(driver)
    chance = Random(driver)
    for _ in range(NOISE_ROUNDS):
        cable.noise = chance.randbytes(BENCHES[driver].grain * chance.randrange(1, 60))
        bench.send_nothing()
        bench.run(2.5)
    assert bench.all(DeviceDown) == []


@pytest.mark.parametrize("driver", DRIVERS)
def test_each_driver_comes_back_after_the_cable_was_pulled(driver: str) -> None:
    bench, _ = open_bench(driver)
    for outage in range(1, 4):
        bench.ports.pull("device")
        bench.send_nothing()
        bench.run(10)
        assert len(bench.all(DeviceDown)) == outage, "an outage is said once"
        assert "a fault in the driver" not in bench.last(DeviceDown).reason
        bench.ports.plug("device")
        bench.run(2)
        assert bench.is_up


@pytest.mark.parametrize("driver", DRIVERS)
def test_each_driver_can_be_closed_twice_and_before_it_was_open(driver: str) -> None:
    module = importlib.import_module(f"edge.drivers.{driver}")
    bench, _ = open_bench(driver)
    device = bench.worker._device
    device.close()
    device.close()
    assert isinstance(device, module.Driver)
    bench.ports.pull("device")
    unopened = DeviceBench(driver, BENCHES[driver].model(), **settings_of(driver))
    unopened.ports.pull("device")
    unopened.run(1)
    unopened.worker._device.close()
    assert len(unopened.all(DeviceDown)) == 1
