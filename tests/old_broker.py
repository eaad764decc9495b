"""The door of a broker that speaks MQTT 3.1.1 only: refuses an MQTT 5 CONNECT, lets an older one through."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

CHUNK = 4096
_NAME = b"\x00\x04MQTT"
"""In a CONNECT; the protocol level follows."""


class OldBroker:
    """Listens before the broker at `target_port`. `refusal` is the CONNACK for MQTT 5; levels that came: `levels`."""

    def __init__(self, target_port: int, refusal: bytes) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.levels: list[int] = []
        self._target_port = target_port
        self._refusal = refusal
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        _begin(self._serve)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for end in (self._listener, *self._open):
            _shut(end)
            end.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # the test is over
            self._open.append(client)
            first = client.recv(CHUNK)
            level = first[first.index(_NAME) + len(_NAME)]
            self.levels.append(level)
            if level >= 5:
                client.sendall(self._refusal)
                _shut(client)
            else:
                self._join(client, first)

    def _join(self, client: socket.socket, first: bytes) -> None:
        target = socket.create_connection(("127.0.0.1", self._target_port))
        self._open.append(target)
        target.sendall(first)
        _begin(lambda: _carry(client, target))
        _begin(lambda: _carry(target, client))


def _carry(source: socket.socket, sink: socket.socket) -> None:
    try:
        while octets := source.recv(CHUNK):
            sink.sendall(octets)
    except OSError:
        return  # one side is gone: that is the end of both
    _shut(sink)


def _shut(end: socket.socket) -> None:
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was closed before


def _begin(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()
