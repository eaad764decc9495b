"""Thousands of spoilt messages, each with a commit of its own: the database never has to say no."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

import pytest
from cloud_bench import TID, StillClock, batch, event, hello, request
from engine_bench import running_cluster

from edge.codec.topics import Topics
from edge.reference_cloud.cluster import DATABASE
from edge.reference_cloud.worker_ingest import WorkerIngest

pytestmark = pytest.mark.chaos
MESSAGES = 1_500
STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 1, 2**31, 2**53, -(2**53), 2**63, 2**64, 10**30, 1.5, "", "\0", "a\0b", "\ud800", "x" * 5_000,
    [], {}, [[]], {"a": "\0"}, "2026-11-23T02:14:58.004Z", "01KAQ3Z8F0S7J6W2R9XDBN4V5C",
)  # fmt: skip
"""What a column of a database may dislike: numbers beyond its range, texts that it cannot hold."""
STATUS = {"v": 1, "tid": TID, "state": "online", "sess": 412, "boot": 17}
TELE = {"v": 1, "tid": TID, "at": "2026-11-23T02:15:00.000Z", "boot": 17, "up": 914_341, "m": {"cpu_c": 61.2}}


def messages(chance: Random) -> tuple[tuple[str, dict[str, Any]], ...]:
    return (
        ("tx", batch(event(chance.randrange(1, 50)))), ("ev", batch(event(3, kind="clock.stepped"), stream="ev")),
        ("pk", batch(event(4, kind="nobody.knows"), stream="pk", gone=[{"lo": 1, "hi": 3, "why": "pruned"}])),
        ("hello", hello(tx=(9, 7))), ("status", STATUS), ("tele", TELE), ("req", request(1, "price.lookup", sku="1")),
    )  # fmt: skip


def places(value: Any, *above: Any) -> Iterator[tuple[Any, ...]]:
    """Ways to each part of a message."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        yield (*above, key)
        yield from places(part, *above, key)


def spoil(message: dict[str, Any], chance: Random) -> None:
    *way, last = chance.choice(list(places(message)))
    part: Any = message
    for key in way:
        part = part[key]
    part[last] = deepcopy(chance.choice(STRANGE))


@pytest.mark.parametrize("seed", range(2))
def test_no_message_whatever_stands_in_it_is_one_that_the_database_refuses(seed: int) -> None:
    from edge.reference_cloud.postgres_store import PostgresStore  # here: `make test` reads this file, too

    chance = Random(seed)
    with running_cluster([DATABASE]) as cluster:
        store = PostgresStore(cluster.database_url)
        store.open()
        ingest = WorkerIngest(store, StillClock(), chance, Topics())
        for _ in range(MESSAGES):
            leaf, whole = chance.choice(messages(chance))
            message = deepcopy(whole)
            for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):  # 0: good ones must come through between the others
                spoil(message, chance)
            octets = json.dumps(message).encode()
            ingest.take(f"stores/v1/{TID}/up/{leaf}", octets[: chance.choice((len(octets), len(octets) // 2))])
            ingest.commit()
        (refused,) = store.rows("SELECT sum(times) FROM refused")[0]
        (stored,) = store.rows("SELECT count(*) FROM event")[0]
        store.close()
    assert refused > MESSAGES / 2
    assert stored > 20
