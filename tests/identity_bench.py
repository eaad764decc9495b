"""Two authorities in a folder, a real mosquitto with the shipped configuration, terminals with certificates."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import leashed
import paho.mqtt.client as paho
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from edge.clock import SystemClock
from edge.reference_cloud.authority import DEVICES, SERVERS, Authority, Issued, key_pem
from edge.reference_cloud.main import run

ONE, TWO = "T0000001", "T0000002"
PATIENCE_S = 15.0
HOST = "localhost"


def known(_: str) -> str:
    return "enrolled"


def request(name: str, key: Any = None, *, extensions: tuple[x509.ExtensionType, ...] = ()) -> str:
    """A certificate request in PEM."""
    builder = x509.CertificateSigningRequestBuilder().subject_name(
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    signed = builder.sign(key or ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    return signed.public_bytes(encoding()).decode()


def encoding() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.PEM


class Fleet:
    """`edge cloud ca init` and `broker`, done; certificates for whoever asks."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder
        self.port = port
        assert run(["ca", "init", "--dir", str(folder)]) == 0
        if port:
            assert run(["ca", "broker", "--dir", str(folder), "--port", str(port)]) == 0
        self.devices = Authority(folder / DEVICES)
        self.roots = folder / SERVERS / "roots.pem"
        self._process: subprocess.Popen[bytes] | None = None

    def pair(self, tid: str, *, days_ago: float = 0.0, authority: Authority | None = None, name: str = "") -> Path:
        """A file with key and certificate. `days_ago`: when it was signed."""
        key = ec.generate_private_key(ec.SECP256R1())
        issued = self.sign(tid, key, days_ago=days_ago, authority=authority)
        return self.keep(name or f"{tid}-{issued.serial[:6]}", key, issued)

    def sign(self, tid: str, key: Any, *, days_ago: float = 0.0, authority: Authority | None = None) -> Issued:
        now = SystemClock().wall() - timedelta(days=days_ago)
        return (authority or self.devices).sign_terminal(request(tid, key), tid, known, now)

    def keep(self, name: str, key: Any, issued: Issued) -> Path:
        path = self.folder / f"{name}.pem"
        path.write_bytes(key_pem(key) + issued.pem)
        return path

    def start(self) -> None:
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
        assert program is not None, "mosquitto is not installed; get it with: sudo apt install mosquitto"
        with (self.folder / "mosquitto.log").open("ab") as log:
            self._process = leashed.start([program, "-c", str(self.folder / "mosquitto.conf")], stderr=log)
        until(self._accepts, lambda: (self.folder / "mosquitto.log").read_text())

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _accepts(self) -> bool:
        with suppress(OSError):  # not yet
            socket.create_connection(("127.0.0.1", self.port), 1.0).close()
            return True
        return False

    def context(self, pair: Path | None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.roots))
        if pair is not None:
            context.load_cert_chain(pair)
        return context

    def station(
        self, pair: Path | None, client_id: str = "", *, version: int = MQTTProtocolVersion.MQTTv5, will: str = ""
    ) -> Station:
        """`will`: the topic on which the broker speaks for it once it is gone."""
        return Station(self.port, self.context(pair), client_id, version, will)


class Station:
    """A client that anybody could write: it may try whatever it likes."""

    def __init__(self, port: int, context: ssl.SSLContext, client_id: str, version: int, will: str = "") -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.connected = threading.Event()
        self.gone = threading.Event()
        self.codes: list[int] = []
        self._subscribed = threading.Event()
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id, protocol=MQTTProtocolVersion(version), reconnect_on_failure=False
        )
        self._client.tls_set_context(context)
        if will:
            self._client.will_set(will, b"will", qos=1)
        self._client.on_connect = lambda *_: self.connected.set()
        self._client.on_disconnect = lambda *_: self.gone.set()
        self._client.on_message = lambda _c, _u, message: self.heard.append((message.topic, bytes(message.payload)))
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_publish = lambda _c, _u, _m, reason, _p: self.codes.append(reason.value)
        with suppress(OSError):  # a handshake that fails at once is a refusal too
            self._client.connect(HOST, port)
            self._client.loop_start()

    def taken(self) -> bool:
        """Whether the broker took it; waits until that is decided."""
        until(lambda: self.connected.is_set() or self.gone.is_set() or not self._client.socket(), lambda: "no answer")
        return self.connected.is_set()

    def publish(self, topic: str, payload: bytes = b"{}", *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(PATIENCE_S)

    def subscribe(self, *filters: str) -> None:
        for one in filters:
            self._subscribed.clear()
            self._client.subscribe(one, qos=1)
            assert self._subscribed.wait(PATIENCE_S)

    def break_off(self) -> None:
        """Without a word: its socket is gone."""
        wire = self._client.socket()
        assert isinstance(wire, socket.socket)
        wire.shutdown(socket.SHUT_RDWR)
        until(self.gone.is_set, lambda: "it is gone")
        self._client.loop_stop()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


def until(came: Callable[[], object], what: Callable[[], str]) -> None:
    deadline, pause = monotonic() + PATIENCE_S, threading.Event()
    while not came():
        assert monotonic() < deadline, what()
        pause.wait(0.02)
