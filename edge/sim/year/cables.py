"""The cables of the counter: as `edge.sim.ports`, and the power can go between and within the bytes on them."""

from __future__ import annotations

from edge.clock import Clock
from edge.ports import Port, SerialLine
from edge.sim.ports import SimPorts
from edge.sim.year.power import Fuse


class Cables(SimPorts):
    def __init__(self, clock: Clock, fuse: Fuse) -> None:
        super().__init__(clock)
        self._fuse = fuse

    def open_port(self, url: str, line: SerialLine) -> Port:
        return _Fused(super().open_port(url, line), self._fuse)


class _Fused:
    """A port whose writes are moments of the fuse: before the first byte, and in the middle."""

    def __init__(self, port: Port, fuse: Fuse) -> None:
        self._port = port
        self._fuse = fuse
        self.read = port.read
        self.close = port.close

    def write(self, octets: bytes, timeout_s: float) -> None:
        self._fuse.reached("before bytes to a device")
        if self._fuse.burns_next:
            self._port.write(octets[: len(octets) // 2], timeout_s)
        self._fuse.reached("within bytes to a device")
        self._port.write(octets, timeout_s)
