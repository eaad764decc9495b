"""Real cables for device models: a pty that looks like a serial port, a TCP port as network printers have one."""

from __future__ import annotations

import logging
import os
import select
import socket
import threading
import tty
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from edge.clock import Clock, SystemClock
from edge.errors import DeviceError
from edge.sim.model import Abandoned, DeviceModel, Throttled

_TICK_S = 0.01
"""The longest a model waits before it may speak on its own: under one key of a scanner."""
_CHUNK = 4096
_SEND_S = 1.0
"""A terminal that does not read for so long is gone."""

_log = logging.getLogger("edge.sim")


class _Wire(Protocol):
    """The far end of a cable."""

    def take(self, n: int, timeout_s: float) -> bytes | None:
        """Empty: nothing came in time; None: whoever held the near end has let go of it."""
        ...

    def give(self, octets: bytes) -> None: ...
    def close(self) -> None: ...


class _Cable:
    """A model, a thread that carries bytes to and from it, and a plug. `lock` is held while the model works."""

    def __init__(self, model: DeviceModel, clock: Clock | None) -> None:
        self.model = model
        self.lock = threading.RLock()
        self._clock = clock or SystemClock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, wire: _Wire) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, args=(wire,), name="sim-cable", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    @property
    def running(self) -> bool:
        """A cable that broke can be plugged in anew."""
        return self._thread is not None and self._thread.is_alive()

    def _run(self, wire: _Wire) -> None:
        try:
            while not self._stop.is_set():
                self._carry(wire)
        except OSError as error:
            _log.error("the cable of %s is broken: %s", type(self.model).__name__, error)
        finally:
            wire.close()

    def _carry(self, wire: _Wire) -> None:
        octets = self._take(wire)
        with self.lock:
            self.model.advance(self._clock.mono())
            if octets is None and isinstance(self.model, Abandoned):
                self.model.hang_up()
            if octets:
                self.model.receive(octets)
            answer = self.model.transmit()
        if answer:
            wire.give(answer)

    def _take(self, wire: _Wire) -> bytes | None:
        with self.lock:
            room = self.model.room() if isinstance(self.model, Throttled) else _CHUNK
        if room <= 0:
            self._stop.wait(_TICK_S)
            return b""
        return wire.take(min(room, _CHUNK), _TICK_S)


class _Host:
    """What both hosts can do: plug(), pull(), and `with host:` for plugged in."""

    def __init__(self, model: DeviceModel, clock: Clock | None, connect: Callable[[], _Wire]) -> None:
        self._cable = _Cable(model, clock)
        self._connect = connect

    @property
    def lock(self) -> threading.RLock:
        """Hold it to touch the model while it is plugged in."""
        return self._cable.lock

    def plug(self) -> None:
        if not self._cable.running:
            self._cable.start(self._connect())

    def pull(self) -> None:
        self._cable.stop()

    def __enter__(self) -> Self:
        self.plug()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.pull()


class PtyHost(_Host):
    """`model` as a serial device at the path `link`. Pulled, the path is gone and whoever has it open gets EIO."""

    def __init__(self, model: DeviceModel, link: Path, *, clock: Clock | None = None) -> None:
        super().__init__(model, clock, lambda: _PtyWire(link))
        self.link = link


class TcpHost(_Host):
    """`model` behind a TCP port of 127.0.0.1, one connection at a time. `port` 0 takes a free one, and keeps it."""

    def __init__(self, model: DeviceModel, port: int = 0, *, clock: Clock | None = None) -> None:
        super().__init__(model, clock, self._listen)
        self.port = port

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def _listen(self) -> _Wire:
        wire = _TcpWire(self.port)
        self.port = wire.port
        return wire


class _PtyWire:
    def __init__(self, link: Path) -> None:
        self._link = link
        # The slave stays open here too: else the master fails with EIO whenever the terminal is not running.
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        link.unlink(missing_ok=True)
        link.symlink_to(os.ttyname(self._slave))

    def take(self, n: int, timeout_s: float) -> bytes:
        ready, _, _ = select.select([self._master], [], [], timeout_s)
        return os.read(self._master, n) if ready else b""

    def give(self, octets: bytes) -> None:
        while octets:
            try:
                octets = octets[os.write(self._master, octets) :]
            except BlockingIOError:
                # Nobody reads: a serial line has no patience, what does not fit is lost.
                return

    def close(self) -> None:
        self._link.unlink(missing_ok=True)
        os.close(self._slave)
        os.close(self._master)


class _TcpWire:
    def __init__(self, port: int) -> None:
        try:
            self._listener = socket.create_server(("127.0.0.1", port), backlog=1)
        except OSError as error:
            raise DeviceError(f"cannot listen: {error}", where=f"127.0.0.1:{port}", cure="Free the port.") from error
        self.port: int = self._listener.getsockname()[1]
        self._peer: socket.socket | None = None

    def take(self, n: int, timeout_s: float) -> bytes | None:
        ready, _, _ = select.select([self._peer or self._listener], [], [], timeout_s)
        if not ready:
            return b""
        try:
            if self._peer is None:
                self._peer, _ = self._listener.accept()
                self._peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._peer.settimeout(_SEND_S)
                return b""
            octets = self._peer.recv(n)
        except OSError:
            octets = b""
        if not octets:
            self._hang_up()
        return octets or None

    def give(self, octets: bytes) -> None:
        if self._peer is None:
            return
        try:
            self._peer.sendall(octets)
        except OSError:
            self._hang_up()

    def close(self) -> None:
        self._hang_up()
        self._listener.close()

    def _hang_up(self) -> None:
        if self._peer is not None:
            self._peer.close()
            self._peer = None
