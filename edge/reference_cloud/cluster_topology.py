"""Exchanges and queues of the cluster, made before the first terminal publishes.

amq.topic ──stores.v1.*.up.#──► edge.up (consistent hash of the routing key) ──► edge.up.0 … edge.up.N-1 (quorum queues)

All that one terminal says on one topic lies in one queue, and one worker at a time reads it, in order. So two workers
never wait for each other's rows, and a second worker on a queue stands by until the first is gone. What is stored is
right without that, too: each transaction locks the lanes that it changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edge.codec.topics import Topics

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel

TERMINALS = "amq.topic"
"""Where RabbitMQ's MQTT plugin puts what comes, and takes what goes: `/` of a topic is `.` of a routing key."""
SPREAD = "edge.up"
PARTITIONS = 8
"""More than workers that one would start; as many workers can work. To change it, drain the queues, then make anew."""
MEMBERS = 3


def queue(partition: int) -> str:
    return f"{SPREAD}.{partition}"


def key_of(topic: str) -> str:
    return topic.replace("/", ".")


def topic_of(key: str) -> str:
    """Nothing of ours has a dot in a level: tids are capitals and digits."""
    return key.replace(".", "/")


def declare(channel: BlockingChannel, topics: Topics) -> None:
    """All of it; what is there stays. With all nodes up, so that each queue has its three members."""
    channel.exchange_declare(SPREAD, "x-consistent-hash", durable=True)
    for partition in range(PARTITIONS):
        channel.queue_declare(
            queue(partition), durable=True,
            arguments={"x-queue-type": "quorum", "x-quorum-initial-group-size": MEMBERS,
                       "x-single-active-consumer": True},
        )  # fmt: skip
        channel.queue_bind(queue(partition), SPREAD, routing_key="1")
    channel.exchange_bind(SPREAD, TERMINALS, routing_key=key_of(topics.cloud_filter()).replace("+", "*"))
