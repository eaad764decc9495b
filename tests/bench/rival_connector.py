"""A connector for the rival gateway, which loads it in its own process: takes orders on a socket, accepts events.

    burst COUNT FIRST            as fast as it goes; answers `accepted COUNT`
    steady RATE SECONDS FIRST    evenly; answers the number of each event once it is accepted

Imports nothing of ours: it is copied into the rival's own environment, where ours is not.
"""

from __future__ import annotations

import socket
import time
from importlib import import_module
from random import Random
from threading import Event, Thread
from typing import Any

TEXT = "0123456789 农夫山泉 abcdefghij"
EVENT_CHARACTERS = 600
DEVICE = "till-1"


class BenchConnector:
    """What the gateway asks of a connector; it looks it up by this class's name."""

    def __init__(self, gateway: Any, config: dict[str, Any], connector_type: str) -> None:
        self.name = "bench"
        self._gateway = gateway
        self._config = config
        self._type = connector_type
        self._stopped = Event()
        self._chance = Random(1)
        self._begun_ms = int(time.time() * 1000)
        # Found in its environment, not in ours.
        self._entities = import_module("thingsboard_gateway.gateway.entities.converted_data")

    def open(self) -> None:
        Thread(target=self._serve, name="bench orders", daemon=True).start()

    def close(self) -> None:
        self._stopped.set()

    def get_id(self) -> str:
        return str(self._config["id"])

    def get_name(self) -> str:
        return self.name

    def get_type(self) -> str:
        return self._type

    def get_config(self) -> dict[str, Any]:
        return self._config

    def is_connected(self) -> bool:
        return not self._stopped.is_set()

    def is_stopped(self) -> bool:
        return self._stopped.is_set()

    def on_attributes_update(self, content: object) -> None:
        """The bench changes no attributes."""

    def _serve(self) -> None:
        with socket.create_server(("127.0.0.1", int(self._config["port"]))) as listener:
            while not self._stopped.is_set():
                peer, _ = listener.accept()
                with peer, peer.makefile("rw") as orders:
                    for order in orders:
                        self._obey(order.split(), orders)

    def _obey(self, order: list[str], answers: Any) -> None:
        if order[0] == "burst":
            count, first = int(order[1]), int(order[2])
            accepted = sum(self._accept(n) for n in range(first, first + count))
            answers.write(f"accepted {accepted}\n")
            answers.flush()
            return
        rate, seconds, first = float(order[1]), float(order[2]), int(order[3])
        begun = time.monotonic()
        for n in range(int(rate * seconds)):
            self._stopped.wait(max(0.0, begun + n / rate - time.monotonic()))
            if self._accept(first + n):
                answers.write(f"{first + n}\n")
                answers.flush()

    def _accept(self, n: int) -> bool:
        text = "".join(self._chance.choices(TEXT, k=EVENT_CHARACTERS))
        event = self._entities.ConvertedData(device_name=DEVICE, device_type="till")
        # A millisecond each: of two points of one moment it keeps one, and sales are further apart than that.
        event.add_to_telemetry(self._entities.TelemetryEntry({"n": n, "event": text}, ts=self._begun_ms + n))
        return str(self._gateway.send_to_storage(self.name, self.get_id(), event)).endswith("SUCCESS")
