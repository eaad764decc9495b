"""Scanners and keypads on the bench: their input wakes the worker, by hand on `sim://`, in a thread on a real port."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from device_bench import DeviceBench, build_worker

from edge.clock import SystemClock
from edge.messages import ScanData, ScanRefused, ScanTrouble
from edge.ports import DeviceContext
from edge.sim.ports import SimPorts
from edge.worker import CommandQueue, Worker

REAL_LIMIT_S = 10.0
"""How long a test waits for a real thread before it gives up; a busy machine takes milliseconds."""


class InputBench(DeviceBench):
    """A bench whose device has something to say: `watch` looks at the port all the time, as a thread does."""

    def watch(self, seconds: float = 0.0, *, tick_s: float = 0.001) -> None:
        for _ in range(max(1, round(seconds / tick_s))):
            self.send_nothing()
            self.run(tick_s if seconds else 0.0)

    def replug(self) -> None:
        """Pull the cable, notice it, plug it in and let the worker open it again."""
        self.ports.pull("device")
        self.watch()
        self.ports.plug("device")
        self.run(1.0)

    @property
    def scans(self) -> list[str]:
        return [scan.text for scan in self.all(ScanData)]

    @property
    def troubles(self) -> list[ScanTrouble]:
        return [refused.trouble for refused in self.all(ScanRefused)]


class LiveDevice:
    """A worker in its own thread, and what it posted."""

    def __init__(self, worker: Worker, posted: queue.Queue[Any]) -> None:
        self.worker = worker
        self._posted = posted

    def next(self, kind: type) -> Any:
        """The next message of this kind; others are passed over."""
        while True:
            message = self._posted.get(timeout=REAL_LIMIT_S)
            if isinstance(message, kind):
                return message


@contextmanager
def live(driver: str, port: str, **settings: Any) -> Iterator[LiveDevice]:
    """A driver as the daemon runs it: real thread, real clock, real port."""
    posted: queue.Queue[Any] = queue.Queue()
    clock = SystemClock()
    worker = build_worker(
        driver, {"port": port, **settings}, name="device", post=posted.put, clock=clock, ports=SimPorts(clock),
        patience_s=0.25, idle_s=0.0,
    )  # fmt: skip
    worker.start()
    try:
        yield LiveDevice(worker, posted)
    finally:
        worker.stop()
        worker.join()  # or its last words are read by the next test


def context(bench: DeviceBench, name: str = "device") -> DeviceContext:
    """For a device that is built by hand: what the bench's worker would have given it."""
    return DeviceContext(
        name=name, post=bench.posted.append, clock=bench.clock, chance=Random(1), open_port=bench.ports.open_port,
        inbox=CommandQueue(), patience_s=0.0, idle_s=float("inf"),
    )  # fmt: skip
