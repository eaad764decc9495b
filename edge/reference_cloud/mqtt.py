"""The cloud's own MQTT session. One thread reads, stores and publishes; callbacks only enqueue (contract E5)."""

from __future__ import annotations

import logging
import select
import socket
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from edge.clock import Clock
from edge.codec.topics import Topics
from edge.errors import CloudError
from edge.messages import Publish
from edge.reference_cloud.ingest import Ingest

KEEPALIVE_S = 60
CONNECT_TIMEOUT_S = 5.0
ANSWER_TIMEOUT_S = 10.0
"""CONNACK and SUBACK must come within this, else the connection is given up."""
PATIENCE_S = 0.25
"""Longest wait for the next packet: rebirths and repeated commands are due meanwhile."""
TURN_MESSAGES = 8
"""Messages in one commit: half a terminal's window, so that it fills the other half meanwhile."""
MAX_QUEUED = 1_000
LAST_BACKOFF_S = 30.0
"""The only session of this cloud: it must be back soon after its broker."""
UNSUPPORTED_VERSION = 0x84

_log = logging.getLogger("edge.reference_cloud")


@dataclass(frozen=True, slots=True)
class Broker:
    """Where to connect. `tls` is None for plain mqtt://."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None


class Bell:
    """Ends a wait in select from a signal or another thread."""

    def __init__(self) -> None:
        self._read, self._write = socket.socketpair()
        self.rung = False

    def ring(self) -> None:
        self.rung = True
        self._write.send(b"!")

    def wait(self, longest_s: float) -> None:
        """Until it rings, but no longer."""
        select.select([self._read], [], [], longest_s)

    def fileno(self) -> int:
        return self._read.fileno()

    def close(self) -> None:
        self._read.close()
        self._write.close()


class Link:
    """Keeps a session open until the bell rings. `ready` hears of each subscription, `trouble` of each outage once."""

    def __init__(
        self, broker: Broker, ingest: Ingest, clock: Clock, chance: Random, *, client_id: str, topics: Topics,
        bell: Bell, ready: Callable[[], None], trouble: Callable[[CloudError], None],
    ) -> None:  # fmt: skip
        self._broker = broker
        self._ingest = ingest
        self._clock = clock
        self._chance = chance
        self._client_id = client_id
        self._topics = topics
        self._bell = bell
        self._ready = ready
        self._trouble = trouble
        self._version = MQTTProtocolVersion.MQTTv5
        self._inbox: deque[tuple[str, bytes]] = deque()
        self._connack: int | None = None
        self._subscribed = False

    def run(self) -> None:
        """Connect, serve, reconnect with full jitter; returns when the bell rang. Raises StoreError of the disk."""
        failures = 0
        while not self._bell.rung:
            try:
                client = self._opened()
                failures = 0
                self._serve(client)
            except CloudError as error:
                if not failures:
                    self._trouble(error)
                failures += 1
                self._bell.wait(self._chance.uniform(0, min(LAST_BACKOFF_S, 2.0**failures)))

    def _opened(self) -> Client:
        """A client that is connected and subscribed."""
        client = self._client()
        self._connack, self._subscribed = None, False
        self._inbox.clear()
        try:
            client.connect(self._broker.host, self._broker.port, KEEPALIVE_S, **self._clean_start())
        except (OSError, ValueError) as error:
            raise CloudError(f"cannot reach the broker: {error}", where=self._place()) from error
        until = self._clock.mono() + ANSWER_TIMEOUT_S
        while not self._subscribed and not self._bell.rung:
            if self._clock.mono() > until:
                raise CloudError("the broker does not answer", where=self._place())
            self._turn(client)
            self._check_connack()
        if self._subscribed:
            self._ingest.start()
            self._ready()
        return client

    def _serve(self, client: Client) -> None:
        try:
            while not self._bell.rung:
                self._turn(client)
                self._store(client)
        finally:
            client.disconnect()

    def _store(self, client: Client) -> None:
        """One commit for what arrived, then its answers, then what is due."""
        if self._inbox:
            while self._inbox:
                self._ingest.take(*self._inbox.popleft())
            self._say(client, self._ingest.commit())
        self._say(client, self._ingest.due())

    def _say(self, client: Client, messages: list[Publish]) -> None:
        for message in messages:
            client.publish(message.topic, message.payload, message.qos)

    def _turn(self, client: Client) -> None:
        """Read what is there, up to TURN_MESSAGES, and write what waits; raises CloudError when the session is gone."""
        sock = client.socket()
        if sock is None:
            raise CloudError("the broker closed the session", where=self._place())
        writing = [sock] if client.want_write() else []
        pending = isinstance(sock, ssl.SSLSocket) and sock.pending() > 0
        ready, writable, _ = select.select(
            [sock.fileno(), self._bell.fileno()], writing, [], 0 if pending else PATIENCE_S
        )
        readable = sock.fileno() in ready
        while (readable or pending) and len(self._inbox) < TURN_MESSAGES:
            self._check(client.loop_read())
            pending = isinstance(sock, ssl.SSLSocket) and sock.pending() > 0
            readable = bool(select.select([sock], [], [], 0)[0])
        if writable or client.want_write():
            self._check(client.loop_write())
        self._check(client.loop_misc())

    def _check(self, code: MQTTErrorCode) -> None:
        if code not in (MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_AGAIN):
            self._check_connack()
            raise CloudError(f"the session broke: {code.name}", where=self._place())

    def _check_connack(self) -> None:
        if self._connack == UNSUPPORTED_VERSION and self._version is MQTTProtocolVersion.MQTTv5:
            self._version = MQTTProtocolVersion.MQTTv311
            raise CloudError("the broker speaks MQTT 3.1.1 only", where=self._place(), cure="Trying that.")
        if self._connack:
            raise CloudError("the broker refused the connection", where=self._place(), got=f"code {self._connack:#04x}")

    def _client(self) -> Client:
        five = self._version is MQTTProtocolVersion.MQTTv5
        client = Client(
            CallbackAPIVersion.VERSION2, self._client_id, clean_session=None if five else True,
            protocol=self._version, reconnect_on_failure=False,
        )  # fmt: skip
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_queued_messages_set(MAX_QUEUED)
        if self._broker.tls is not None:
            client.tls_set_context(self._broker.tls)
        client.on_socket_open = _undelayed
        client.on_connect = self._connected
        client.on_subscribe = self._was_subscribed
        client.on_message = self._received
        return client

    def _clean_start(self) -> dict[str, Any]:
        return {"clean_start": True} if self._version is MQTTProtocolVersion.MQTTv5 else {}

    def _connected(self, client: Client, _userdata: object, _flags: object, reason: Any, _properties: object) -> None:
        self._connack = reason.value
        if not reason.is_failure:
            client.subscribe(self._topics.cloud_filter(), qos=1)

    def _was_subscribed(self, *_: object) -> None:
        self._subscribed = True

    def _received(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        self._inbox.append((message.topic, bytes(message.payload)))

    def _place(self) -> str:
        return f"{self._broker.host}:{self._broker.port}"


def _undelayed(_client: Client, _userdata: object, sock: Any) -> None:
    """Without it an ack waits up to 40 ms for the kernel to fill a packet: a third of the throughput."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def tls_context(ca_file: Path | None, cert_file: Path | None, key_file: Path | None) -> ssl.SSLContext:
    """TLS 1.2 or later with our own CA; verification is never off. Raises OSError for files that cannot be read."""
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file is not None else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if cert_file is not None:
        context.load_cert_chain(cert_file, key_file)
    return context
