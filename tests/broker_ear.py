"""A listener of the test's own at the broker: hears everything, can say anything."""

from __future__ import annotations

import queue
import threading
from types import TracebackType
from typing import Self

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from edge.codec.json_text import read_object

PATIENCE_S = 20.0


class Ear:
    """`heard` keeps (topic, payload, retained) in order of arrival."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, bytes, bool]] = []
        self._lock = threading.Lock()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, "test-ear", protocol=MQTTProtocolVersion.MQTTv5)
        self._port = port

    def __enter__(self) -> Self:
        subscribed: queue.Queue[bool] = queue.Queue()
        self._client.on_message = self._note
        self._client.on_subscribe = lambda *_: subscribed.put(True)
        self._client.connect("127.0.0.1", self._port)
        self._client.subscribe("stores/#", qos=1)
        self._client.loop_start()
        subscribed.get(timeout=PATIENCE_S)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def say(self, topic: str, octets: bytes, *, retain: bool = False) -> None:
        self._client.publish(topic, octets, qos=1, retain=retain).wait_for_publish(PATIENCE_S)

    def messages(self, leaf: str) -> list[dict[str, object]]:
        """What was said on this end of a topic, read as JSON."""
        return [read_object(octets) for topic, octets, _ in self._all() if topic.endswith(leaf)]

    def payloads(self, leaf: str) -> list[bytes]:
        return [octets for topic, octets, _ in self._all() if topic.endswith(leaf)]

    def _all(self) -> list[tuple[str, bytes, bool]]:
        with self._lock:
            return list(self.heard)

    def _note(self, _client: paho.Client, _userdata: object, message: paho.MQTTMessage) -> None:
        with self._lock:
            self.heard.append((message.topic, bytes(message.payload), message.retain))
