"""`sim://NAME`: device models in this process, with a cable that can be pulled or cut in mid-write."""

from __future__ import annotations

import threading

from edge import channel
from edge.clock import Clock
from edge.errors import DeviceError, DeviceInUse
from edge.ports import Port, SerialLine
from edge.sim.model import Abandoned, DeviceModel, Throttled

_PREFIX = "sim://"
_LOOK_AGAIN_S = 0.01
"""How often a waiting read looks whether the model has something; only threads wait, the simulation never does."""


class SimPorts:
    """The models of one terminal by name. `open_port` is what `daemon.build` is given.

    `lock` is held while a model works: take it to touch a model of a terminal that runs in threads.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._cables: dict[str, _Cable] = {}
        self.lock = threading.RLock()

    def add(self, name: str, model: DeviceModel) -> str:
        """Put `model` on the end of a cable; returns the address to open it by."""
        self._cables[name] = _Cable(name, model)
        return _PREFIX + name

    def model(self, name: str) -> DeviceModel:
        return self._cables[name].model

    def pull(self, name: str) -> None:
        """Pull the cable: whoever holds the port finds it gone, and nobody can open it."""
        with self.lock:
            self._cables[name].pull()

    def plug(self, name: str) -> None:
        with self.lock:
            self._cables[name].plugged = True

    def cut_after(self, name: str, octets: int) -> None:
        """The cable parts after that many more bytes to the device; they arrive, the write fails."""
        with self.lock:
            self._cables[name].cut_after = octets

    def open_port(self, url: str, line: SerialLine) -> Port:
        """An `edge.ports.OpenPort`; what is not `sim://` goes to the real channels."""
        if not url.startswith(_PREFIX):
            return channel.open_port(url, line)
        name = url.removeprefix(_PREFIX)
        with self.lock:
            cable = self._cables.get(name)
            if cable is None or not cable.plugged:
                raise DeviceError("nothing is plugged in", where=url, cure="Plug the cable in.")
            if cable.holder is not None:
                raise DeviceInUse("another program holds the port", where=url)
            return _SimPort(cable, self._clock, self.lock)


class _Cable:
    def __init__(self, name: str, model: DeviceModel) -> None:
        self.url = _PREFIX + name
        self.model = model
        self.room = model.room if isinstance(model, Throttled) else None
        self.hang_up = model.hang_up if isinstance(model, Abandoned) else None
        self.plugged = True
        self.holder: _SimPort | None = None
        self.cut_after: int | None = None

    def pull(self) -> None:
        self.plugged = False
        self.cut_after = None
        self.let_go()

    def let_go(self) -> None:
        self.holder = None
        if self.hang_up is not None:
            self.hang_up()


class _SimPort:
    def __init__(self, cable: _Cable, clock: Clock, lock: threading.RLock) -> None:
        self._cable = cable
        self._clock = clock
        self._lock = lock
        self._unread = b""
        self._closed = threading.Event()
        cable.holder = self

    def read(self, n: int, timeout_s: float) -> bytes:
        while True:
            self._listen()
            if self._unread or timeout_s <= 0:
                octets, self._unread = self._unread[:n], self._unread[n:]
                return octets
            self._closed.wait(min(timeout_s, _LOOK_AGAIN_S))
            timeout_s -= _LOOK_AGAIN_S

    def write(self, octets: bytes, timeout_s: float) -> None:
        with self._lock:
            model = self._reach()
            cut = self._cable.cut_after
            if cut is not None and cut < len(octets):
                model.receive(octets[:cut])
                self._cable.pull()
                raise DeviceError("writing failed: the cable was cut", where=self._cable.url)
            if cut is not None:
                self._cable.cut_after = cut - len(octets)
            room = self._cable.room() if self._cable.room is not None else len(octets)
            model.receive(octets[:room])
            if room < len(octets):
                raise DeviceError("the device takes no bytes", where=self._cable.url, got=f"{len(octets) - room} left")

    def close(self) -> None:
        self._closed.set()
        with self._lock:
            if self._cable.holder is self:
                self._cable.model.advance(self._clock.mono())
                self._cable.let_go()

    def _listen(self) -> None:
        with self._lock:
            self._unread += self._reach().transmit()

    def _reach(self) -> DeviceModel:
        """The model, brought to now; raises DeviceError when this handle is dead."""
        if self._cable.holder is not self:
            raise DeviceError("the port is gone", where=self._cable.url)
        self._cable.model.advance(self._clock.mono())
        return self._cable.model
