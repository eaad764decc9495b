"""A TCP proxy that does to a connection what networks do: refuses, breaks, falls silent, is slow, tears a packet.

client ── FaultProxy ── target
              ▲
pass_on · cut · swallow · delay · tear_after · reset
"""

from __future__ import annotations

import selectors
import socket
import struct
import threading
from collections import deque
from enum import Enum
from typing import Self

from edge.clock import Clock, SystemClock
from edge.errors import DeviceError

CHUNK = 16_384
"""Read at once: more than a batch of the terminal, so that a tear can fall inside one."""
WAITING_MAX = 1 << 20
"""Bytes on their way in one direction; beyond it the sender is made to wait, as a full pipe does."""
TARGET_TIMEOUT_S = 2.0
BACKLOG = 64
LONGEST_WAIT_S = 0.5
FULL_PIPE_S = 0.002
"""Until a receiver that took no more is tried again."""

_LINGER_NONE = struct.pack("ii", 1, 0)
"""SO_LINGER of 0 s: closing sends a reset instead of a farewell."""


class Mode(Enum):
    """PASS carries; CUT refuses and has broken what was open; SWALLOW accepts everything and delivers nothing."""

    PASS = "pass"
    CUT = "cut"
    SWALLOW = "swallow"


class Direction(Enum):
    """UP is from the client to the target."""

    UP = "up"
    DOWN = "down"


class FaultProxy:
    """Listens on 127.0.0.1 from `start` to `close`; every method may be called from any thread."""

    def __init__(self, host: str, target_port: int, *, port: int = 0, clock: Clock | None = None) -> None:
        self.port = port
        self._target = (host, target_port)
        self._clock = clock or SystemClock()
        self._mode = Mode.PASS
        self._delay_s = 0.0
        self._tears: dict[Direction, int] = {}
        self._lock = threading.RLock()
        self._selector = selectors.DefaultSelector()
        self._listener: socket.socket | None = None
        self._flows: dict[socket.socket, _Flow] = {}
        self._wake, self._woken = socket.socketpair()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fault-proxy", daemon=True)

    @property
    def mode(self) -> Mode:
        return self._mode

    @property
    def connections(self) -> int:
        with self._lock:
            return len(self._flows) // 2

    def start(self) -> None:
        """Raises DeviceError when the port is taken."""
        self._woken.setblocking(False)
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._listen()
        self._thread.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._poke()
            self._thread.join()
        self.reset()
        if self._listener is not None:
            self._listener.close()
        self._selector.close()
        self._wake.close()
        self._woken.close()

    def pass_on(self) -> None:
        """The network is well again. What fell silent stays silent: those bytes are lost, so it is broken off."""
        with self._lock:
            silent = self._mode is Mode.SWALLOW
            self._mode, self._delay_s = Mode.PASS, 0.0
            self._tears.clear()
            if silent:
                self.reset()
            self._listen()
        self._poke()

    def cut(self) -> None:
        """Connections break, new ones are refused. The port stays ours."""
        with self._lock:
            self._mode = Mode.CUT
            self.reset()
            if self._listener is not None:
                self._selector.unregister(self._listener)
                self._listener.close()
            self._listener = None
        self._poke()

    def swallow(self) -> None:
        """A black hole: connections stand, new ones are taken, nothing arrives any more."""
        with self._lock:
            self._mode = Mode.SWALLOW
        self._poke()

    def delay(self, delay_s: float) -> None:
        """Each byte from now on arrives that much later, in each direction."""
        with self._lock:
            self._delay_s = delay_s

    def tear_after(self, octets: int, direction: Direction = Direction.UP) -> None:
        """That many more bytes go through in this direction, in the middle of a packet if it so falls; then a reset."""
        with self._lock:
            self._tears[direction] = octets

    def reset(self) -> None:
        """Both ends of every connection see a reset."""
        with self._lock:
            while self._flows:
                self._break(next(iter(self._flows.values())))
        self._poke()

    # --- the loop --------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stop.is_set():
            for key, _ in self._selector.select(self._patience_s()):
                with self._lock:
                    self._serve(key.fileobj)
            with self._lock:
                now = self._clock.mono()
                for flow in list(self._flows.values()):
                    if flow.source in self._flows:
                        self._deliver(flow, now)

    def _serve(self, source: object) -> None:
        if source is self._woken:
            self._drain_wakes()
        elif source is self._listener:
            self._accept()
        elif isinstance(source, socket.socket) and (flow := self._flows.get(source)) is not None:
            self._take(flow)

    def _patience_s(self) -> float:
        with self._lock:
            due = [flow.waiting[0][0] for flow in self._flows.values() if flow.waiting]
            if not due:
                return LONGEST_WAIT_S
            return min(LONGEST_WAIT_S, max(FULL_PIPE_S, min(due) - self._clock.mono()))

    def _accept(self) -> None:
        if self._listener is None:
            return
        try:
            client, _ = self._listener.accept()
        except OSError:
            return  # gone again before we looked
        try:
            target = socket.create_connection(self._target, TARGET_TIMEOUT_S)
        except OSError:
            _slam(client)
            return
        up, down = _Flow(client, target, Direction.UP), _Flow(target, client, Direction.DOWN)
        for flow in (up, down):
            flow.source.setblocking(False)
            flow.source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._flows[flow.source] = flow
            self._selector.register(flow.source, selectors.EVENT_READ)

    def _take(self, flow: _Flow) -> None:
        try:
            octets = flow.source.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            self._break(flow)
            return
        if not octets:
            self._selector.unregister(flow.source)
            flow.finished = True
        elif self._mode is Mode.PASS:
            flow.waiting.append((self._clock.mono() + self._delay_s, octets))
            flow.waiting_octets += len(octets)
            if flow.waiting_octets > WAITING_MAX:
                self._selector.unregister(flow.source)
                flow.held = True

    def _deliver(self, flow: _Flow, now: float) -> None:
        if self._mode is Mode.SWALLOW:
            flow.waiting.clear()
            flow.waiting_octets = 0
            return
        while flow.waiting and flow.waiting[0][0] <= now:
            due, octets = flow.waiting.popleft()
            sent = self._send(flow, octets)
            if sent is None:
                return
            flow.waiting_octets -= sent
            if sent < len(octets):
                flow.waiting.appendleft((due, octets[sent:]))
                break
        if flow.held and flow.waiting_octets <= WAITING_MAX // 2:
            self._selector.register(flow.source, selectors.EVENT_READ)
            flow.held = False
        if flow.finished and not flow.waiting:
            self._finish(flow)

    def _send(self, flow: _Flow, octets: bytes) -> int | None:
        """How many left; None when the connection ended over it."""
        left = self._tears.get(flow.direction)
        try:
            sent = flow.sink.send(octets if left is None else octets[:left]) if left != 0 else 0
        except BlockingIOError:
            return 0
        except OSError:
            self._break(flow)
            return None
        if left is not None:
            self._tears[flow.direction] = left - sent
            if left - sent == 0:
                del self._tears[flow.direction]
                self._break(flow, after_delivery=True)
                return None
        return sent

    def _finish(self, flow: _Flow) -> None:
        """The source has said farewell: so do we, and forget both when the other side has too."""
        if not flow.farewell:
            flow.farewell = True
            try:
                flow.sink.shutdown(socket.SHUT_WR)
            except OSError:
                self._break(flow)
                return
        other = self._flows.get(flow.sink)
        if other is not None and other.farewell:
            for end in (flow.source, flow.sink):
                self._flows.pop(end, None)
                end.close()

    def _break(self, flow: _Flow, *, after_delivery: bool = False) -> None:
        """With `after_delivery` the sink still gets what was sent to it, then an end in mid-packet."""
        for end in (flow.source, flow.sink):
            other = self._flows.pop(end, None)
            if other is not None and not (other.finished or other.held):
                self._selector.unregister(end)
            if after_delivery and end is flow.sink:
                end.close()
            else:
                _slam(end)

    def _listen(self) -> None:
        if self._listener is not None:
            return
        try:
            listener = socket.create_server(("127.0.0.1", self.port), backlog=BACKLOG)
        except OSError as error:
            raise DeviceError(
                f"cannot listen: {error}", where=f"127.0.0.1:{self.port}", cure="Free the port."
            ) from error
        listener.setblocking(False)
        self.port = listener.getsockname()[1]
        self._listener = listener
        self._selector.register(listener, selectors.EVENT_READ)

    def _poke(self) -> None:
        if self._thread.is_alive():
            self._wake.send(b"!")

    def _drain_wakes(self) -> None:
        try:
            while self._woken.recv(CHUNK):
                continue
        except BlockingIOError:
            return


class _Flow:
    """One direction of one connection."""

    def __init__(self, source: socket.socket, sink: socket.socket, direction: Direction) -> None:
        self.source = source
        self.sink = sink
        self.direction = direction
        self.waiting: deque[tuple[float, bytes]] = deque()
        """(when it may arrive, bytes), oldest first."""
        self.waiting_octets = 0
        self.held = False
        self.finished = False
        self.farewell = False


def _slam(end: socket.socket) -> None:
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
    end.close()
