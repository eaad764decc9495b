"""A worker: reads its queues by AMQP, stores, commits, answers, and only then says to the queue that it has it.

Where it dies in between, the queue gives the message to the next one, who finds it stored and answers again. One thread
does all of it; callbacks only enqueue. Needs pika, of the extra `cluster`.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import pika
from pika.exceptions import AMQPError

from edge.clock import Clock
from edge.codec.topics import Topics
from edge.errors import CloudError, EdgeError, StoreError
from edge.reference_cloud.cluster_topology import TERMINALS, declare, key_of, queue, topic_of
from edge.reference_cloud.mqtt import Bell
from edge.reference_cloud.postgres_store import PostgresStore
from edge.reference_cloud.worker_ingest import WorkerIngest

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel

PREFETCH = 64
"""Messages of one queue that a worker holds unacknowledged; as many go into one commit."""
PATIENCE_S = 0.25
LAST_BACKOFF_S = 5.0
"""A node that was killed is back, or another answers, sooner than this helps anybody."""
TRIES = 5
"""After so many commits of one message alone that the database refused, the message is set aside."""
AT_QOS_0, AT_QOS_1 = 1, 2
"""Delivery modes of AMQP, which the MQTT plugin takes for the QoS."""

_log = logging.getLogger("edge.reference_cloud")


@dataclass(frozen=True, slots=True)
class Delivery:
    """`tag` is good for the channel that it came on."""

    tag: int
    topic: str
    octets: bytes


class AmqpWorker:
    """`run` until the bell rings. `trouble` hears of each outage once, `ready` of each beginning."""

    def __init__(
        self, nodes: Sequence[pika.URLParameters], store: PostgresStore, clock: Clock, chance: Random, *,
        topics: Topics, partitions: Sequence[int], spread_s: int, bell: Bell, ready: Callable[[], None],
        trouble: Callable[[EdgeError], None],
    ) -> None:  # fmt: skip
        self._nodes = list(nodes)
        self._store = store
        self._ingest = WorkerIngest(store, clock, chance, topics, spread_s=spread_s)
        self._chance = chance
        self._topics = topics
        self._partitions = partitions
        self._bell = bell
        self._ready = ready
        self._trouble = trouble
        self._inbox: deque[Delivery] = deque()
        self._is_cancelled = False
        self._at_once = PREFETCH
        self._failures = 0
        self._refusals = 0
        """How often in a row a database that answers would not take one message alone."""

    def run(self) -> None:
        losses = 0
        while not self._bell.rung:
            try:
                connection, channel = self._opened()
                self._ready()
                losses = 0
                self._serve(connection, channel)
            except (AMQPError, OSError) as error:
                losses += 1
                if losses == 1:
                    self._trouble(CloudError(f"no node of the cluster answers: {error or type(error).__name__}"))
                self._bell.wait(self._chance.uniform(0, min(LAST_BACKOFF_S, 0.2 * 2.0**losses)))
        self._store.close()

    def _opened(self) -> tuple[pika.BlockingConnection, BlockingChannel]:
        self._inbox.clear()  # what was not acknowledged comes again
        self._is_cancelled = False
        self._chance.shuffle(self._nodes)
        connection = pika.BlockingConnection(self._nodes)
        channel = connection.channel()
        declare(channel, self._topics)
        channel.basic_qos(prefetch_count=PREFETCH)
        channel.add_on_cancel_callback(self._cancelled)
        for partition in self._partitions:
            channel.basic_consume(queue(partition), self._received)
        return connection, channel

    def _serve(self, connection: pika.BlockingConnection, channel: BlockingChannel) -> None:
        try:
            while not self._bell.rung:
                connection.process_data_events(time_limit=0 if self._inbox else PATIENCE_S)
                if self._is_cancelled:
                    raise AMQPError("a queue is gone")
                if self._inbox and not self._stored(channel):
                    connection.sleep(self._chance.uniform(0, min(LAST_BACKOFF_S, 0.1 * 2.0**self._failures)))
        finally:
            if connection.is_open:
                connection.close()

    def _stored(self, channel: BlockingChannel) -> bool:
        """One commit for the oldest in the inbox, then its answers, then the word to the queue. False: try again."""
        taken = [self._inbox[n] for n in range(min(len(self._inbox), self._at_once))]
        try:
            if not self._store.is_open:
                self._store.open()
            for delivery in sorted(taken, key=lambda delivery: delivery.topic):
                self._take(delivery)
            messages = self._ingest.commit()
        except StoreError as error:
            self._ingest.abandon()
            self._failures += 1
            if self._failures == 1:
                self._trouble(error)
            self._refusals = self._refusals + 1 if self._store.is_open and self._at_once == 1 else 0
            self._at_once = max(1, self._at_once // 8) if self._store.is_open else PREFETCH
            return False
        self._at_once, self._failures, self._refusals = PREFETCH, 0, 0
        for message in messages:
            mode = AT_QOS_1 if message.qos else AT_QOS_0
            properties = pika.BasicProperties(delivery_mode=mode)
            channel.basic_publish(TERMINALS, key_of(message.topic), message.payload, properties)
        for delivery in taken:
            channel.basic_ack(delivery.tag)
            self._inbox.popleft()
        return True

    def _take(self, delivery: Delivery) -> None:
        if self._refusals >= TRIES:
            unfit = StoreError(f"refused {self._refusals} times")
            self._ingest.set_aside(delivery.topic, delivery.octets, unfit)
        else:
            self._ingest.take(delivery.topic, delivery.octets)

    def _received(self, _channel: BlockingChannel, method: Any, _properties: object, body: bytes) -> None:
        self._inbox.append(Delivery(method.delivery_tag, topic_of(method.routing_key), body))

    def _cancelled(self, _method: object) -> None:
        self._is_cancelled = True
