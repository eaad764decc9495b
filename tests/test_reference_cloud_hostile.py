"""Nothing that a terminal can send stops the cloud."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cloud_bench import TID, Cloud, acks, batch, event, event_id, hello, request
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.codec.json_text import compact, pack_object
from edge.codec.wire_term import RETRY
from edge.reference_cloud.spans import MAX_RUNS


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path / "cloud.db")


HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "64,001 bytes": ("tx", b"{" + b" " * 64_000, "proto.too_large"),
    "a gzip bomb": ("tx", gzip.compress(b"{" + b" " * 10_000_000), "proto.encoding"),
    "ten thousand levels": ("tx", b'{"a":' * 10_000, "proto.malformed"),
    "a key given twice": ("hello", b'{"v":1,"v":1}', "proto.malformed"),
    "another version": ("tx", pack_object(batch(event(1)) | {"v": 2}), "proto.version"),
    "another terminal": ("tx", pack_object(batch(event(1)) | {"tid": "T0000002"}), "auth.denied"),
    "another stream": ("pk", pack_object(batch(event(1))), "schema.invalid"),
    "an unknown topic": ("gossip", b"{}", "proto.malformed"),
    "half a surrogate pair": ("tx", b'{"v":1,"tid":"\\ud800"}', "proto.encoding"),
    "an answer to nothing": (
        "res",
        pack_object({"v": 1, "tid": TID, "cid": event_id(1), "state": "done", "at": "2026-11-23T02:21:01.020Z"}),
        "cmd.unknown",
    ),
    "nothing": ("tx", b"", "proto.encoding"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_payload_is_counted_and_parked_and_the_next_one_is_stored(cloud: Cloud, case: str) -> None:
    leaf, octets, code = HOSTILE[case]
    cloud.ingest.take(f"stores/v1/{TID}/up/{leaf}", octets)
    assert acks(cloud.said(cloud.ingest.commit())) == []
    assert cloud.report.refused() == {code: 1}
    parked = cloud.store.rows("SELECT code, raw FROM parked")
    assert parked == [(code, octets[:64_000])]
    assert acks(cloud.hear("tx", batch(event(1)))) == [1]


def test_a_terminal_that_only_sends_garbage_does_not_fill_the_disk(cloud: Cloud) -> None:
    for _ in range(1200):
        cloud.ingest.take(f"stores/v1/{TID}/up/tx", b"garbage")
    cloud.ingest.commit()
    assert cloud.report.refused() == {"proto.encoding": 1200}
    assert cloud.store.rows("SELECT count(*) FROM parked") == [(1000,)]


def test_scattered_numbers_are_refused_and_the_stream_lives(cloud: Cloud) -> None:
    for seq in range(2, 2 * MAX_RUNS + 40, 2):
        cloud.ingest.take(f"stores/v1/{TID}/up/tx", pack_object(batch(event(seq))))
    cloud.ingest.commit()
    assert cloud.report.refused()["quota.exceeded"] > 0
    assert acks(cloud.hear("tx", batch(event(1)))) == [2]


def test_hostile_inputs_never_stop_the_cloud(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud.db")
    sent = 0

    @settings(max_examples=2500, deadline=None)
    @given(
        st.binary(max_size=80),
        st.sampled_from(["tx", "pk", "ev", "hello", "status", "res", "req", "tele", "cfg", "x"]),
        st.integers(0, 2**32),
    )
    def bombard(octets: bytes, leaf: str, seed: int) -> None:
        nonlocal sent
        for payload in (octets, bent(seed, octets)):
            cloud.ingest.take(f"stores/v1/{TID}/up/{leaf}", payload)
            cloud.said(cloud.ingest.commit())
        sent += 1

    bombard()
    assert sent >= 1000 and set(cloud.report.refused()) <= set(RETRY)
    fresh = batch(event(1, n=2**40), epoch="01KAQ7M2C4T8K1V6P0YBHZ3N7D")
    assert 1 in acks(cloud.hear("tx", fresh))


def bent(seed: int, octets: bytes) -> bytes:
    """A real message with one thing wrong: a field replaced, or a byte."""
    chance = Random(seed)
    makers: list[Callable[[], dict[str, Any]]] = [
        lambda: batch(event(1), event(2)), hello,
        lambda: batch(event(chance.randrange(1, 9), n=chance.randrange(1, 9))),
        lambda: request(1, "price.lookup", sku="69"),
        lambda: {"v": 1, "tid": TID, "state": "online", "sess": 1, "boot": 1},
    ]  # fmt: skip
    message = chance.choice(makers)()
    target: Any = chance.choice([message, *message.get("evs", [])])
    target[chance.choice(sorted(target))] = chance.choice(
        [None, True, -1, 0, 2**53, 1.5, "", "水", [], {}, [[]], octets.hex()]
    )
    text = bytearray(compact(message).encode())
    if chance.random() < 0.3:
        text[chance.randrange(len(text))] = chance.randrange(256)
    return gzip.compress(bytes(text)) if chance.random() < 0.2 else bytes(text)
