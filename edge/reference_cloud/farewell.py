"""A terminal whose certificate is revoked loses its session at once (checklist row 9).

A broker looks at the list of revoked certificates at a handshake only: who is connected stays so. Of MQTT's own means
one ends a session everywhere: somebody else connects with its client id. Here the name in the certificate is the client
id, so the authority makes itself a certificate of that name that lives for minutes.
"""

from __future__ import annotations

import ssl
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from edge.clock import Clock
from edge.errors import CloudError
from edge.reference_cloud.authority import DEVICES, EARLY, SERVERS, Authority, key_pem, new_key
from edge.reference_cloud.mqtt import CONNECT_TIMEOUT_S, tls_context

LIFE = timedelta(minutes=10)
PATIENCE_S = 10.0


def take_leave(folder: Path, address: str, tid: str, clock: Clock) -> None:
    """End the live session of `tid`. Raises CloudError when the broker cannot be asked."""
    parts = urlsplit(address)
    client = Client(
        CallbackAPIVersion.VERSION2, tid, protocol=MQTTProtocolVersion.MQTTv5, reconnect_on_failure=False
    )  # fmt: skip
    client.connect_timeout = CONNECT_TIMEOUT_S
    client.tls_set_context(_context(folder, tid, clock.wall()))
    answers: list[Any] = []
    client.on_connect = lambda _client, _userdata, _flags, reason, _properties: answers.append(reason)
    try:
        client.connect(parts.hostname or "", parts.port or 8883, clean_start=True)
        until = clock.mono() + PATIENCE_S
        while not answers and client.loop(0.1) == MQTTErrorCode.MQTT_ERR_SUCCESS and clock.mono() < until:
            pass
    except OSError as error:
        raise CloudError(f"the broker cannot be reached: {error}", where=address) from error
    if not answers or answers[0].is_failure:
        raise CloudError("the broker does not take the authority's word", where=address, got=str(answers[:1]))
    client.disconnect()


def _context(folder: Path, tid: str, now: datetime) -> ssl.SSLContext:
    key = new_key()
    issued = Authority(folder / DEVICES).sign_key(tid, key.public_key(), now, life=EARLY + LIFE)
    with tempfile.TemporaryDirectory(prefix="edge-farewell-") as name:
        pair = Path(name) / "pair.pem"  # in a folder that only its owner can enter
        pair.write_bytes(key_pem(key) + issued.pem)
        return tls_context(folder / SERVERS / "roots.pem", pair, pair)
