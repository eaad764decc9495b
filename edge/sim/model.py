"""What every simulated device is, and how drivers find theirs.

The convention: a module of edge/sim that has a device model says at its end which drivers it stands in for:

    MODELS = {"printer_escpos": Bench(PrinterModel)}

The key is the driver's module name, `Bench.model` builds a fresh model, `Bench.settings` are the keys the driver needs
beside `port`. tests/test_driver_contract.py walks edge/drivers and edge/sim and fails for a driver that nobody names.
Every driver, the evdev ones too, is opened with `port = "sim://NAME"` through `context.open_port`; what an evdev node
would deliver is whole `struct input_event` records (`grain`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


class DeviceModel(Protocol):
    """A device with memory and physics, seen from its end of the cable. One thread at a time."""

    def receive(self, octets: bytes) -> None:
        """Take what the terminal wrote; however it is split."""
        ...

    def transmit(self) -> bytes:
        """What the device wants to send now; given once."""
        ...

    def advance(self, now_mono: float) -> None:
        """Let time pass up to `now_mono`: paper moves, timers run. Called before each receive and transmit."""
        ...


@runtime_checkable
class Throttled(Protocol):
    """A model whose buffer can be full; its host then leaves the rest in the cable, as flow control does."""

    def room(self) -> int:
        """How many bytes it takes now."""
        ...


@runtime_checkable
class Abandoned(Protocol):
    """A model that notices when its host lets go of it: a sound card drops what it holds."""

    def hang_up(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Bench:
    """How one driver is tried against its model. Noise on its cable comes in multiples of `grain` bytes."""

    model: Callable[[], DeviceModel]
    settings: Mapping[str, object] = field(default_factory=dict)
    grain: int = 1
