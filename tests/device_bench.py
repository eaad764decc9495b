"""A driver in its real worker, stepped by hand: the clock moves only when a test says so."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from edge.clock import Clock
from edge.messages import Command, DeviceDown, DeviceUp
from edge.model.cell_map import CellMap
from edge.ports import DeviceContext, Inbox
from edge.sim.model import DeviceModel
from edge.sim.ports import SimPorts
from edge.worker import Worker

STEPS_MAX = 100_000
"""A worker that asks to be stepped more often than this within one test is spinning."""

Posted = TypeVar("Posted")


class HandClock:
    def __init__(self) -> None:
        self.now = 1000.0

    def mono(self) -> float:
        return self.now

    def wall(self) -> datetime:
        return datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=self.now)

    def up_ms(self) -> int:
        return round(self.now * 1000)

    def boot_id(self) -> str:
        return "bench"

    def synced(self) -> bool:
        return True


def build_worker(
    driver: str, settings: dict[str, Any], *, name: str, post: Callable[[object], None], clock: Clock,
    ports: SimPorts, patience_s: float, idle_s: float, wall: CellMap | None = None,
) -> Worker:  # fmt: skip
    """A worker around the driver module of that name, as the daemon builds it."""
    module = importlib.import_module(f"edge.drivers.{driver}")

    def build(inbox: Inbox) -> Any:
        context = DeviceContext(
            name=name, post=post, clock=clock, chance=Random(1), open_port=ports.open_port, inbox=inbox,
            patience_s=patience_s, idle_s=idle_s, wall=wall or CellMap(),
        )  # fmt: skip
        return module.Driver(module.Settings(**settings), context)

    return Worker(name, build, post=post, clock=clock, chance=Random(1))


class DeviceBench:
    """One driver on `sim://device`. `run` lets seconds pass, `posted` is what the terminal was told."""

    def __init__(
        self, driver: str, model: DeviceModel, *, port: str = "", wall: CellMap | None = None, **settings: Any
    ) -> None:
        self.clock = HandClock()
        self.ports = SimPorts(self.clock)
        self.posted: list[Any] = []
        url = port or self.ports.add("device", model)
        self.worker = build_worker(
            driver, {"port": url, **settings}, name="device", post=self.posted.append, clock=self.clock,
            ports=self.ports, patience_s=0.0, idle_s=float("inf"), wall=wall,
        )  # fmt: skip
        self._wake = self.clock.now
        self._steps = 0

    def send(self, command: Command) -> None:
        """Hand a command to the worker, which wakes at once."""
        self.worker.submit(command)
        self._wake = self.clock.now

    def send_nothing(self) -> None:
        """Wake the worker, as input on a real port would."""
        self._wake = self.clock.now

    def run(self, seconds: float = 0.0) -> None:
        """Step the worker whenever it asked for it, for so long."""
        end = self.clock.now + seconds
        while self._wake <= end:
            self.clock.now = max(self.clock.now, self._wake)
            self._wake = self.worker.step(self.clock.now)
            self._steps += 1
            assert self._steps < STEPS_MAX, "the worker spins"
        self.clock.now = end

    def run_until(self, kind: type[Posted], *, limit_s: float = 120.0) -> tuple[Posted, float]:
        """The next message of this kind, and the seconds it took."""
        begun, seen = self.clock.now, len(self.all(kind))
        while len(self.all(kind)) == seen:
            assert self.clock.now - begun < limit_s, f"no {kind.__name__} in {limit_s} s"
            self.run(0.005)
        return self.all(kind)[seen], self.clock.now - begun

    def all(self, kind: type[Posted]) -> list[Posted]:
        return [message for message in self.posted if isinstance(message, kind)]

    def last(self, kind: type[Posted]) -> Posted:
        return self.all(kind)[-1]

    @property
    def is_up(self) -> bool:
        return isinstance(next(m for m in reversed(self.posted) if isinstance(m, DeviceUp | DeviceDown)), DeviceUp)
