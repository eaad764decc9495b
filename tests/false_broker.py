"""Somebody who answers in the broker's place, and the terminal's real session, which must not say a word to them."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path
from random import Random
from typing import Any

from edge.clock import Clock, SystemClock
from edge.cloud.session import Broker, CloudSession
from edge.messages import CloudDown, CloudUp, Connect, Disconnect, Will
from edge.ports import DeviceContext, Port, SerialLine
from edge.sim.counter.addresses import free_port
from edge.worker import CommandQueue

PATIENCE_S = 10.0


class FalseBroker:
    """Serves one connection after the other with the certificate that it is given; `heard` is what was said to it.

    `pair`: key and certificate in one file; None: it speaks no TLS at all. `version`: the only one that it speaks.
    """

    def __init__(self, pair: Path | None, *, clients: Path, version: ssl.TLSVersion | None = None) -> None:
        self.port = free_port()
        self.heard = bytearray()
        self._context: ssl.SSLContext | None = None
        if pair is not None:
            self._context = context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pair)
            context.load_verify_locations(clients)
            context.verify_mode = ssl.CERT_OPTIONAL
            if version is not None:
                context.set_ciphers("ALL:@SECLEVEL=0")
                context.minimum_version = version
                context.maximum_version = version
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        # A listener that is only closed goes on waiting in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(PATIENCE_S)

    def _serve(self) -> None:
        while True:
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            raw.settimeout(PATIENCE_S)
            self._hear(raw)

    def _hear(self, raw: socket.socket) -> None:
        if self._context is None:
            with raw:
                raw.recv(4096)  # a handshake, to which it has no answer but its own
                raw.sendall(b"\x20\x02\x00\x00" * 4)
            return
        wrapped = self._context.wrap_socket(raw, server_side=True, do_handshake_on_connect=False)
        with wrapped:
            try:
                wrapped.do_handshake()
                self.heard += wrapped.recv(4096)
            except OSError:
                return  # the terminal hung up


class SetClock(SystemClock):
    """Something disciplines it, on whatever machine the tests run."""

    def synced(self) -> bool:
        return True


class LoneSession:
    """The terminal's session without a terminal."""

    def __init__(self, broker: Broker, clock: Clock | None = None) -> None:
        self.posted: list[object] = []
        self._inbox = CommandQueue()
        self._session = CloudSession(
            broker, "T0000001", "stores/v1/T0000001/dn/#",
            DeviceContext("cloud", self.posted.append, clock or SetClock(), Random(1), _no_port, self._inbox),
        )  # fmt: skip

    def connect(self, sess: int = 1, **more: Any) -> CloudUp | CloudDown:
        """One attempt, to its end."""
        self._session.open()
        will = Will("stores/v1/T0000001/up/status", b"{}")
        self._inbox.put(Connect(sess, 5, will, 60, **more))
        clock = SystemClock()
        until = clock.mono() + PATIENCE_S * 2
        while clock.mono() < until:
            self._session.pump()
            for message in self.posted:
                if isinstance(message, CloudUp | CloudDown) and message.sess == sess:
                    return message
        raise AssertionError("neither up nor down")

    def close(self) -> None:
        self._inbox.put(Disconnect())
        self._session.pump()
        self._session.close()


def _no_port(_: str, __: SerialLine) -> Port:
    raise AssertionError("the session opens no port")
