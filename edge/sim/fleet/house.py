"""A broker and a cloud of the fleet's own, on free ports of loopback: for who names no others."""

from __future__ import annotations

from collections import deque
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Self

from edge.clock import Clock
from edge.errors import DeviceError
from edge.sim.counter.addresses import LOOPBACK
from edge.sim.counter.broker import start_broker
from edge.sim.counter.leash import Launcher, edge_command

READY_S = 20.0
LINES_KEPT = 20


class House:
    """A context: mosquitto and `edge cloud` run in it. `url` and `db` are what the fleet needs of them."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._stack = ExitStack()
        self.url = ""
        self.db = folder / "cloud.db"
        self.broker = ""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            launcher = Launcher()
            stack.callback(launcher.close)
            broker = start_broker(launcher, self._folder, self._clock)
            stack.callback(broker.child.kill)
            self.url, self.broker = f"mqtt://{LOOPBACK}:{broker.port}", broker.name
            ready, lines = Event(), deque[str](maxlen=LINES_KEPT)

            def hear(line: str) -> None:
                lines.append(line)
                if line.startswith("ready"):
                    ready.set()

            command = edge_command("cloud", "--url", self.url, "--db", str(self.db), "--quiet")
            cloud = launcher.start(command, hear)
            stack.callback(cloud.stop)
            if not ready.wait(READY_S):
                raise DeviceError("the cloud does not start", got=lines[-1] if lines else "no word")
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
