"""In which version of MQTT to try, and what a connection that was closed says of it (contract B1)."""

from __future__ import annotations

from datetime import timedelta

from edge.clock import iso_ms
from edge.messages import CloudDown, Refusal
from edge.ports import Transaction

CLOSED_TO_BE_REFUSED = 3
CLOSED_TO_BE_OLD = 2
"""Some brokers close at a CONNECT in MQTT 5 without a word (RabbitMQ 3.10): so often, and 3.1.1 is tried; once is
enough where that was the remedy before.
"""
MQTT_5, MQTT_311 = 5, 4
OLD_MQTT_FOR = timedelta(hours=24)
"""How long "unsupported protocol version" is remembered."""
_UNTIL = "mqtt311_until"


class MqttVersion:
    """Of one link, from attempt to attempt."""

    def __init__(self) -> None:
        self._now = MQTT_5
        self._tries_old = False
        """The present attempt is in 3.1.1 since MQTT 5 was closed."""
        self._closed_early = 0
        self._closed_in_5 = 0

    def choose(self, tx: Transaction) -> int:
        """Of the attempt that begins."""
        until = tx.get(_UNTIL) or ""
        is_old = until > iso_ms(tx.stamp.at)
        self._tries_old = not is_old and self._closed_in_5 >= (1 if until else CLOSED_TO_BE_OLD)
        self._now = MQTT_311 if is_old or self._tries_old else MQTT_5
        return self._now

    def connected(self, tx: Transaction) -> None:
        if self._tries_old:
            tx.put(_UNTIL, iso_ms(tx.stamp.at + OLD_MQTT_FOR))
        self._closed_early = self._closed_in_5 = 0

    def cause(self, down: CloudDown) -> Refusal:
        """Closed before CONNACK is a refusal where TLS had completed, three times in a row (decisions 4).

        A version that is not supported has a remedy, an attempt in 3.1.1 at once, only where that was not tried.
        """
        if down.cause is not Refusal.CLOSED_BEFORE_CONNACK:
            self._closed_early = 0
            if down.cause is not Refusal.NETWORK:  # whoever does not answer says nothing of versions
                self._closed_in_5 = 0
            untried = self._now == MQTT_5 or down.cause is not Refusal.PROTOCOL_VERSION
            return down.cause if untried else Refusal.NETWORK
        self._closed_early = self._closed_early + 1 if down.tls else 0
        self._closed_in_5 = self._closed_in_5 + 1 if self._now == MQTT_5 else 0
        return Refusal.AUTH if self._closed_early >= CLOSED_TO_BE_REFUSED else Refusal.NETWORK

    def refused(self, cause: Refusal, tx: Transaction) -> None:
        """The broker does not speak the version. In 3.1.1 too: what was remembered does not help, and is forgotten."""
        tx.put(_UNTIL, iso_ms(tx.stamp.at + OLD_MQTT_FOR) if cause is Refusal.PROTOCOL_VERSION else "")
