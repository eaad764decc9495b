"""A broker over TLS that grants each terminal a session, and refuses the topics of others; it carries nothing."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

CONNACK, PUBACK, SUBACK = b"\x20\x03\x00\x00\x00", b"\x40\x02", b"\x90\x04"
CONNECT, PUBLISH, SUBSCRIBE = 1, 3, 8
PATIENCE_S = 10.0


class RefusingBroker:
    """`guarded`: whose topics nobody but itself may subscribe to. Not `says_so`: it hangs up on who tries."""

    def __init__(self, pair: Path, guarded: str, *, says_so: bool) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(pair)
        self._guarded, self._says_so = guarded.encode(), says_so
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            raw.settimeout(PATIENCE_S)
            threading.Thread(target=self._hear, args=(raw,), daemon=True).start()

    def _hear(self, raw: socket.socket) -> None:
        is_guarded = False
        with suppress(OSError), self._context.wrap_socket(raw, server_side=True) as wrapped:
            stream = wrapped.makefile("rb")
            while first := stream.read(1):
                packet = stream.read(_length(stream))
                kind = first[0] >> 4
                if kind == CONNECT:
                    is_guarded = self._guarded not in packet.partition(b"stores/")[0]  # before its will: its name
                    wrapped.sendall(CONNACK)
                elif kind == SUBSCRIBE and not (is_guarded and self._guarded in packet):
                    wrapped.sendall(SUBACK + packet[:2] + b"\x00\x01")
                elif kind == SUBSCRIBE and self._says_so:
                    wrapped.sendall(SUBACK + packet[:2] + b"\x00\x87")
                elif kind == SUBSCRIBE:
                    return
                elif kind == PUBLISH:
                    topic_end = 2 + int.from_bytes(packet[:2])
                    wrapped.sendall(PUBACK + packet[topic_end : topic_end + 2])


def _length(stream: BinaryIO) -> int:
    """Of what follows: seven bits an octet, the lowest first."""
    length, shift = 0, 0
    while True:
        (octet,) = stream.read(1)
        length |= (octet & 0x7F) << shift
        shift += 7
        if octet < 0x80:
            return length
