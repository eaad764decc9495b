"""What one of several workers says, on the small cloud's database: it runs the same statements."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cloud_bench import TID, StillClock, acks, batch, event, hello, of_kind, request

from edge.codec.json_text import pack_object, read_object
from edge.codec.topics import Topics
from edge.errors import StoreError
from edge.reference_cloud.store import CloudStore
from edge.reference_cloud.worker_ingest import WorkerIngest


class OneWorker:
    """Its messages in, its answers out."""

    def __init__(self, path: Path) -> None:
        self.clock, self.store = StillClock(), CloudStore(path)
        self.store.open()
        self.ingest = WorkerIngest(self.store, self.clock, Random(1), Topics())

    def hear(self, leaf: str, *messages: dict[str, Any]) -> list[dict[str, Any]]:
        for message in messages:
            self.ingest.take(f"stores/v1/{TID}/up/{leaf}", pack_object(message))
        return [read_object(published.payload) for published in self.ingest.commit()]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[OneWorker]:
    worker = OneWorker(tmp_path / "cloud.db")
    yield worker
    worker.store.close()


def test_a_hello_is_welcomed_with_what_was_stored_and_minima(worker: OneWorker) -> None:
    worker.hear("tx", batch(event(1), event(2)))
    (welcome,) = of_kind(worker.hear("hello", hello(tx=(2, 0), ctr=7)), "welcome")
    assert (welcome["upto"]["tx"], welcome["sess_min"], welcome["ctr_min"]) == (2, 412, 7)


def test_a_batch_is_acknowledged_after_its_commit_and_not_before(worker: OneWorker) -> None:
    worker.ingest.take(f"stores/v1/{TID}/up/tx", pack_object(batch(event(1))))
    worker.ingest.abandon()
    assert worker.hear("tx") == []
    assert acks(worker.hear("tx", batch(event(1)))) == [1]


def test_many_batches_of_a_stream_in_one_commit_are_one_acknowledgement(worker: OneWorker) -> None:
    worker.hear("hello", hello(tx=(3, 0)))
    assert acks(worker.hear("tx", batch(event(1)), batch(event(2)), batch(event(1)), batch(event(3)))) == [3]


def test_requests_and_results_of_commands_are_not_its_business_and_said_so(worker: OneWorker) -> None:
    (answer,) = worker.hear("req", request(1, "price.lookup", sku="690"))
    assert (answer["cid"], answer["ok"], answer["err"]["code"]) == (request(1, "x")["cid"], False, "cmd.unknown")
    told = {"v": 1, "tid": TID, "cid": request(2, "x")["cid"], "state": "done", "at": "2026-11-23T02:21:01.020Z"}
    assert worker.hear("res", told) == []
    assert worker.store.rows("SELECT code, times FROM refused") == [("cmd.unknown", 1)]


def test_who_sends_without_a_hello_that_anybody_heard_is_asked_for_one_at_times(worker: OneWorker) -> None:
    asked = []
    for seq in (1, 2, 3):
        asked.append(len(of_kind(worker.hear("tx", batch(event(seq))), "rebirth")))
        worker.clock.pass_s(3)
    assert asked == [1, 0, 1]


def test_what_the_database_will_not_take_is_set_aside_with_its_bytes(worker: OneWorker) -> None:
    worker.ingest.set_aside(f"stores/v1/{TID}/up/tx", b"{...}", StoreError("out of range"))
    worker.ingest.commit()
    ((code, why, raw),) = worker.store.rows("SELECT code, why, raw FROM parked")
    assert (code, raw) == ("schema.invalid", b"{...}")
    assert "out of range" in why
