"""The one MQTT session of the terminal, a worker like a device: the only import of paho.

paho's callbacks only post (contract E5); this thread alone calls paho; paho's own reconnecting is off.
"""

from __future__ import annotations

import logging
import select
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge.clock import Clock
from edge.cloud.distrust import distrust, is_of_dates, look_at
from edge.messages import (
    BrokerShown,
    CloudAccepted,
    CloudDown,
    CloudMessage,
    CloudUp,
    Connect,
    Disconnect,
    Publish,
    Refusal,
    Will,
)
from edge.ports import DeviceContext

CONNECT_TIMEOUT_S = 5.0
SHARED_CONNECT_TIMEOUT_S = 1.0
"""Of many sessions in one thread: the others wait meanwhile."""
CONNACK_TIMEOUT_S = 15.0
"""From TCP connect to SUBACK; a broker that is silent for longer is treated as gone."""
FAREWELL_TIMEOUT_S = 1.0
"""P18 allows 2 s, and a planned stop as a whole is to be over in 2 s, with a broker that fell silent too."""
MAX_INFLIGHT = 20
MAX_QUEUED = 100
"""Beyond the windows of all three streams; the journal is the queue, paho's is kept short."""
SESSION_EXPIRY_S = 300
RECEIVE_MAXIMUM = 20
MAX_PACKET_OCTETS = 131_072
WILL_DELAY_S = 30
_TURN_S = 0.5
"""Longest wait of one pump: keep-alive is looked after this often."""
_LOOK_S = 5.0
"""The same where a pump does not wait: somebody else watches the sockets of many sessions, and pumps what is ready."""

_AUTH = frozenset({0x86, 0x87, 0x8A, 0x8C})
_MOVED = frozenset({0x9C, 0x9D})
_OLD_VERSION = 0x84

_log = logging.getLogger("edge.cloud")


@dataclass(frozen=True, slots=True)
class Broker:
    """Where to connect. `mqtts` wants `ca_file`; `cert_file` and `key_file` are this terminal's own.

    `following`: the same three files of a renewal that is tried (Connect.next_pair).
    """

    url: str
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    following: tuple[str, str, str] | None = None


class OpenFile(Protocol):
    """What poll and epoll can watch: a socket."""

    def fileno(self) -> int: ...


class CloudSession:
    """Obeys Connect, Publish and Disconnect; posts CloudUp, CloudDown, CloudMessage and CloudAccepted."""

    def __init__(self, broker: Broker, client_id: str, subscription: str, context: DeviceContext) -> None:
        parts = urlsplit(broker.url)
        self._broker = broker
        self._host = parts.hostname or ""
        self._tls = parts.scheme == "mqtts"
        self._port = parts.port or (8883 if self._tls else 1883)
        self._client_id = client_id
        self._subscription = subscription
        self._post: Callable[[object], None] = context.post
        self._inbox = context.inbox
        self._clock: Clock = context.clock
        self._turn_s = _TURN_S if context.patience_s else 0.0
        self._idle_s = context.idle_s
        self._client: mqtt.Client | None = None
        self._connect: Connect | None = None
        self._tokens: dict[int, str] = {}
        self._up = False
        self._deadline = float("inf")
        self._misc_mono = 0.0
        self._bell: tuple[socket.socket, socket.socket] | None = None

    @property
    def connection(self) -> tuple[OpenFile, bool] | None:
        """For who watches many sessions: the socket, and whether something waits to be written. None: not connected."""
        sock = self._client.socket() if self._client is not None else None
        return (sock, self._client.want_write()) if self._client is not None and sock is not None else None

    def open(self) -> None:
        """Nothing is connected until Connect says so."""
        if self._bell is None:
            self._bell = socket.socketpair()
            for end in self._bell:
                end.setblocking(False)

    def wake(self) -> None:
        bell = self._bell
        if bell is not None:
            try:
                bell[1].send(b"\0")
            except (BlockingIOError, OSError) as error:
                # A full bell has rung already; a closed one has nobody left to wake.
                _log.debug("the session's bell: %s", error)

    def pump(self) -> float:
        """Obey what waits, then one turn of the network."""
        while (command := self._inbox.take()) is not None:
            match command:
                case Connect():
                    self._begin(command)
                case Publish():
                    self._publish(command)
                case Disconnect(last):
                    self._leave(last)
        if self._client is None:
            return float("inf")
        self._turn(self._turn_s)
        return 0.0 if self._has_unread() else min(self._idle_s, _LOOK_S)

    def close(self) -> None:
        self._drop()
        if self._bell is not None:
            for end in self._bell:
                end.close()
            self._bell = None

    # --- connecting ------------------------------------------------------------------------------------------------

    def _begin(self, connect: Connect) -> None:
        self._drop()
        self._connect = connect
        place = f"{self._host}:{self._port}"
        try:
            client = self._build(connect)
        except FileNotFoundError as error:
            self._fail(Refusal.NO_KEY, f"it was not enrolled, or a file was removed: {error.filename or 'ca_file'}")
            return
        except OSError as error:
            self._fail(Refusal.NO_KEY, f"its certificate, key or roots cannot be read: {error.strerror or error}")
            return
        self._client = client
        try:
            client.connect(self._host, self._port, connect.keepalive_s, **self._session(connect))
        except ssl.SSLError as error:
            cause = self._cause_of(error)
            self._fail(cause, f"at {place}: {distrust(error, self._host) or error}")
            if cause is Refusal.CLOCK:
                self._show(connect)
            return
        except (OSError, ValueError, mqtt.WebsocketConnectionError) as error:
            self._fail(Refusal.NETWORK, f"cannot connect to {place}: {error}")
            return
        self._deadline = self._clock.mono() + CONNACK_TIMEOUT_S

    def _cause_of(self, error: ssl.SSLError) -> Refusal:
        if is_of_dates(error) and not self._clock.synced():
            return Refusal.CLOCK
        return Refusal.UNTRUSTED if distrust(error, self._host) else Refusal.NETWORK

    def _show(self, connect: Connect) -> None:
        """Not trusted for anything: a service asks whether our own authority vouches for its dates."""
        roots, certificate, key = self._files(connect)
        shown = look_at(self._host, self._port, certificate, key, timeout_s=CONNECT_TIMEOUT_S)
        if shown is not None and roots is not None:
            self._post(BrokerShown(self._host, shown, Path(roots).read_text(encoding="ascii", errors="replace")))

    def _build(self, connect: Connect) -> mqtt.Client:
        old = connect.version == mqtt.MQTTv311
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=self._client_id, protocol=mqtt.MQTTv311 if old else mqtt.MQTTv5,
            clean_session=True if old else None, reconnect_on_failure=False,
        )  # fmt: skip
        client.connect_timeout = CONNECT_TIMEOUT_S if self._turn_s else SHARED_CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(MAX_INFLIGHT)
        client.max_queued_messages_set(MAX_QUEUED)
        will_properties = None if old else _properties(PacketTypes.WILLMESSAGE, WillDelayInterval=WILL_DELAY_S)
        client.will_set(connect.will.topic, connect.will.payload, qos=1, retain=True, properties=will_properties)
        if self._tls:
            roots, certificate, key = self._files(connect)
            context = ssl.create_default_context(cafile=roots)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.sslsocket_class = _Handshake
            if certificate:
                context.load_cert_chain(certificate, key)
            client.tls_set_context(context)
        client.on_socket_open = _send_at_once
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_disconnect = self._on_disconnect
        return client

    def _files(self, connect: Connect) -> tuple[str | None, str | None, str | None]:
        """(roots, certificate, key)."""
        broker = self._broker
        if connect.next_pair and broker.following is not None:
            return broker.following
        return broker.ca_file, broker.cert_file, broker.key_file

    def _session(self, connect: Connect) -> dict[str, Any]:
        if connect.version == mqtt.MQTTv311:
            return {}
        properties = _properties(
            PacketTypes.CONNECT, SessionExpiryInterval=SESSION_EXPIRY_S, ReceiveMaximum=RECEIVE_MAXIMUM,
            MaximumPacketSize=MAX_PACKET_OCTETS,
        )  # fmt: skip
        return {"clean_start": False, "properties": properties}

    # --- the network -----------------------------------------------------------------------------------------------

    def _turn(self, wait_s: float) -> None:
        client = self._client
        sock = client.socket() if client is not None else None
        if client is None or sock is None or self._bell is None:
            self._fail(Refusal.NETWORK, "the connection is gone")
            return
        unread, bell = self._has_unread(), self._bell[0]
        try:
            readable, writable, rung = _ready(sock, bell, 0.0 if unread else wait_s, writing=client.want_write())
        except (OSError, ValueError) as error:
            self._fail(Refusal.NETWORK, f"the connection broke: {error}")
            return
        if rung:
            bell.recv(4096)
        code = MQTTErrorCode.MQTT_ERR_SUCCESS
        if readable or unread:
            code = client.loop_read()
        if code == MQTTErrorCode.MQTT_ERR_SUCCESS and writable:
            code = client.loop_write()
        self._look_after(client, code)

    def _has_unread(self) -> bool:
        """TLS has more than the kernel knows of."""
        sock = self._client.socket() if self._client is not None else None
        return isinstance(sock, ssl.SSLSocket) and sock.pending() > 0

    def _look_after(self, client: mqtt.Client, code: MQTTErrorCode) -> None:
        now = self._clock.mono()
        if code == MQTTErrorCode.MQTT_ERR_SUCCESS and now - self._misc_mono >= _TURN_S:
            self._misc_mono = now
            code = client.loop_misc()
        if self._client is None:
            return
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._fail(self._cause_of_close(), f"the connection broke: {mqtt.error_string(code)}")
        elif not self._up and now > self._deadline:
            self._fail(Refusal.NETWORK, "the broker does not answer")

    def _cause_of_close(self) -> Refusal:
        return Refusal.NETWORK if self._up else Refusal.CLOSED_BEFORE_CONNACK

    def _publish(self, publish: Publish) -> None:
        if self._client is None or not self._up:
            return
        sent = self._client.publish(publish.topic, publish.payload, qos=publish.qos, retain=publish.retain)
        if publish.qos and publish.token:
            self._tokens[sent.mid] = publish.token
        if sent.rc not in (MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_NO_CONN):
            # Not lost: the row stays in the journal and RTO sends it again.
            _log.warning("not published on %s: %s", publish.topic, mqtt.error_string(sent.rc))

    def _leave(self, last: Will | None) -> None:
        """Planned stop: the last status, a moment for its PUBACK, DISCONNECT 0x00 (P18)."""
        client = self._client
        if client is None:
            return
        if last is not None and self._up:
            sent = client.publish(last.topic, last.payload, qos=1, retain=True)
            deadline = self._clock.mono() + FAREWELL_TIMEOUT_S
            while self._client is not None and not sent.is_published() and self._clock.mono() < deadline:
                self._turn(0.05)
        if self._client is not None:
            self._client.on_disconnect = None
            self._client.disconnect()
            self._drop()

    def _drop(self) -> None:
        client, self._client = self._client, None
        self._up = False
        self._tokens.clear()
        if client is not None:
            client.on_disconnect = None
            sock = client.socket()
            if sock is not None:
                sock.close()

    def _fail(self, cause: Refusal, reason: str) -> None:
        connect = self._connect
        sock = self._client.socket() if self._client is not None else None
        tls = self._tls and sock is not None
        self._drop()
        if connect is not None:
            self._connect = None
            self._post(CloudDown(connect.sess, cause, reason, tls=tls))

    # --- paho's callbacks: they post and note, nothing else ----------------------------------------------------------

    def _on_connect(self, client: mqtt.Client, _: Any, __: Any, reason: ReasonCode, ___: Any) -> None:
        if reason.is_failure:
            self._fail(_cause(reason), f"the broker refused: {reason}")
            return
        client.subscribe(self._subscription, qos=1)

    def _on_subscribe(self, client: mqtt.Client, _: Any, __: int, reasons: list[ReasonCode], ___: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            self._fail(Refusal.AUTH, f"the broker refused the subscription: {reasons[0]}")
        elif self._connect is not None:
            self._up = True
            self._post(CloudUp(self._connect.sess, self._connect.version))

    def _on_message(self, _: mqtt.Client, __: Any, message: mqtt.MQTTMessage) -> None:
        self._post(CloudMessage(message.topic, bytes(message.payload)))

    def _on_publish(self, _: mqtt.Client, __: Any, mid: int, reason: ReasonCode, ___: Any) -> None:
        token = self._tokens.pop(mid, None)
        if token is not None:
            self._post(CloudAccepted(token, reason.value))

    def _on_disconnect(self, _: mqtt.Client, __: Any, ___: Any, reason: ReasonCode, ____: Any) -> None:
        cause = Refusal.MOVED if reason.value in _MOVED else self._cause_of_close()
        self._fail(cause, f"disconnected: {reason}")


def _ready(sock: OpenFile, bell: OpenFile, wait_s: float, *, writing: bool) -> tuple[bool, bool, bool]:
    """(readable or broken, writable, rung). Not by select, which knows no socket above 1,023."""
    poll = select.poll()
    poll.register(sock, select.POLLIN | (select.POLLOUT if writing else 0))
    poll.register(bell, select.POLLIN)
    found = dict(poll.poll(wait_s * 1000))
    events = found.get(sock.fileno(), 0)
    return bool(events & ~select.POLLOUT), bool(events & select.POLLOUT), bell.fileno() in found


def _shake_hands(sock: ssl.SSLSocket, *block: bool) -> None:
    """paho waits for a handshake as long as for a keep-alive, and leaves the socket open when it fails."""
    sock.settimeout(CONNACK_TIMEOUT_S)
    try:
        ssl.SSLSocket.do_handshake(sock, *block)
    except OSError:
        sock.close()
        raise


class _Handshake(ssl.SSLSocket):
    do_handshake = _shake_hands  # type: ignore[assignment]  # nobody names the argument


def _send_at_once(_: mqtt.Client, __: Any, sock: Any) -> None:
    """Without TCP_NODELAY a batch waits for the acknowledgement of the one before it."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _cause(reason: ReasonCode) -> Refusal:
    """paho turns 3.1.1 return codes into MQTT 5 reason codes, so one table is enough."""
    if reason.value == _OLD_VERSION:
        return Refusal.PROTOCOL_VERSION
    if reason.value in _MOVED:
        return Refusal.MOVED
    return Refusal.AUTH if reason.value in _AUTH else Refusal.NETWORK


def _properties(packet: int, **values: int) -> Properties:
    properties = Properties(packet)  # type: ignore[no-untyped-call]  # paho has no hints here
    for name, value in values.items():
        setattr(properties, name, value)
    return properties
