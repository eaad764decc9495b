"""The rival's server: says that there are no limits, and counts the events that come, each once.

python -m bench.rival_server PORT. On its output, one JSON object a line after each lull: the tally so far.
"""

from __future__ import annotations

import json
import select
import sys
from threading import Event
from time import monotonic

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from bench.cloud_stub import LULL_S, tell
from bench.rival_gateway import NOT_COUNTED

TELEMETRY, REQUEST, RESPONSE = "v1/gateway/telemetry", "v1/devices/me/rpc/request/", "v1/devices/me/rpc/response/"
NO_LIMITS = json.dumps({"rateLimits": {}, "gatewayRateLimits": {}, "maxInflightMessages": 100, "maxPayloadSize": 65536})
CONNECT_AGAIN_S = 0.02


class RivalServer:
    """Counts distinct events by their number."""

    def __init__(self, port: int) -> None:
        self._seen: set[int] = set()
        self._messages = self._told = 0
        self._first_mono = self._last_mono = 0.0
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        self._client.on_connect = lambda client, *_: client.subscribe([(TELEMETRY, 1), (f"{REQUEST}+", 1)])
        self._client.on_subscribe = lambda *_: tell({"ready": monotonic()})
        self._client.on_message = self._on_message
        self._port = port

    def run(self) -> None:
        """Waits for the broker: it must have subscribed before the rival finds its way back."""
        tell({"waiting": monotonic()})
        while self._client.socket() is None:
            try:
                self._client.connect("127.0.0.1", self._port)
            except ConnectionRefusedError:
                Event().wait(CONNECT_AGAIN_S)
        while (sock := self._client.socket()) is not None:
            if select.select([sock], [], [], LULL_S)[0]:
                self._client.loop_read()
            elif self._messages > self._told:
                self._told = self._messages
                tell({"events": len(self._seen), "messages": self._messages, "first_mono": self._first_mono,
                      "last_mono": self._last_mono, "seen": sorted(self._seen)})  # fmt: skip
            if self._client.want_write():
                self._client.loop_write()
            self._client.loop_misc()

    def _on_message(self, _: object, __: object, message: mqtt.MQTTMessage) -> None:
        if message.topic.startswith(REQUEST):
            self._client.publish(RESPONSE + message.topic.removeprefix(REQUEST), NO_LIMITS, qos=1)
            return
        self._last_mono = monotonic()
        self._first_mono = self._first_mono or self._last_mono
        self._messages += 1
        for points in json.loads(message.payload).values():
            self._seen.update(
                point["values"]["n"] for point in points if point["values"].get("n", NOT_COUNTED) < NOT_COUNTED
            )


if __name__ == "__main__":
    RivalServer(int(sys.argv[1])).run()
