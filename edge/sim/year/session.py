"""The terminal's MQTT session on the simulated network: a device like `edge.cloud.session`, without sockets."""

from __future__ import annotations

import math

from edge.messages import CloudAccepted, CloudDown, CloudMessage, CloudUp, Connect, Disconnect, Publish, Refusal
from edge.ports import DeviceContext
from edge.sim.year.network import Network

MQTT_5 = 5


class SimulatedSession:
    """Obeys Connect, Publish and Disconnect; posts CloudUp, CloudDown, CloudMessage and CloudAccepted."""

    def __init__(self, network: Network, context: DeviceContext) -> None:
        self._network = network
        self._post = context.post
        self._inbox = context.inbox
        self._connection: _Connection | None = None

    def open(self) -> None:
        """Nothing is connected until Connect says so."""

    def pump(self) -> float:
        while (command := self._inbox.take()) is not None:
            match command:
                case Connect():
                    self._leave()
                    self._connection = _Connection(self, command)
                    self._network.dial(self._connection, command.will)
                case Publish() if self._connection is not None and self._connection.is_up:
                    self._network.send(self._connection, command)
                case Disconnect(last):
                    if last is not None and self._connection is not None and self._connection.is_up:
                        self._network.send(self._connection, Publish(last.topic, last.payload, qos=1, retain=True))
                    self._leave()
        return math.inf

    def close(self) -> None:
        self._leave()

    def lose_power(self) -> None:
        """No farewell; whatever still arrives finds nobody."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._network.vanish(connection)

    def _leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._network.hang_up(connection)

    def hear(self, connection: _Connection, message: object) -> None:
        """What a connection reports; one that was given up has nothing to say."""
        if connection is self._connection:
            if isinstance(message, CloudDown):
                self._connection = None
            self._post(message)


class _Connection:
    """One attempt and what became of it."""

    def __init__(self, owner: SimulatedSession, connect: Connect) -> None:
        self._owner = owner
        self._sess = connect.sess
        self.is_up = False

    def opened(self) -> None:
        self.is_up = True
        self._owner.hear(self, CloudUp(self._sess, MQTT_5))

    def closed(self, reason: str) -> None:
        self._owner.hear(self, CloudDown(self._sess, Refusal.NETWORK, reason))

    def arrived(self, topic: str, payload: bytes) -> None:
        self._owner.hear(self, CloudMessage(topic, payload))

    def accepted(self, token: str) -> None:
        self._owner.hear(self, CloudAccepted(token, 0))
