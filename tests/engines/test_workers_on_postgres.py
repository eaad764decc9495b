"""Workers on one real database: what each stores and answers, and that two of them never undo each other's work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from cloud_bench import EPOCH, NEW_EPOCH, TID, StillClock, acks, batch, event, event_id, hello, of_kind, request
from engine_bench import folder_for_servers, running_cluster

from edge.codec.json_text import pack_object, read_object
from edge.codec.topics import Topics
from edge.errors import StoreError
from edge.reference_cloud.cluster import DATABASE, Cluster
from edge.reference_cloud.worker_ingest import WorkerIngest

pytestmark = pytest.mark.chaos
TABLES = ("terminal", "lane", "event", "again", "lost", "parked", "refused", "step", "resend")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """The database of one; no broker runs."""
    with running_cluster([DATABASE]) as cluster:
        yield cluster


def test_a_first_start_that_was_cut_off_is_made_anew() -> None:
    with folder_for_servers() as folder:
        half = folder / "cluster" / "db"
        half.mkdir(parents=True)
        (half / "PG_VERSION").write_text("15\n")  # initdb writes it early
        (half / "half").write_text("")
        cluster = Cluster(folder / "cluster")
        cluster.lay(30_000)
        assert cluster.database_url.startswith("postgresql://")
        assert not (half / "half").exists() and (half / "global" / "pg_control").is_file()


class OneWorker:
    """Its messages in, its answers out."""

    def __init__(self, url: str) -> None:
        # Here: `make test` reads this file too, and has no such package.
        from edge.reference_cloud.postgres_store import PostgresStore

        self.clock = StillClock()
        self.store = PostgresStore(url)
        self.store.open()
        self.ingest = WorkerIngest(self.store, self.clock, Random(1), Topics())

    def take(self, leaf: str, message: dict[str, Any]) -> None:
        self.ingest.take(f"stores/v1/{message['tid']}/up/{leaf}", pack_object(message))

    def commit(self) -> list[dict[str, Any]]:
        return [read_object(message.payload) for message in self.ingest.commit()]

    def hear(self, leaf: str, message: dict[str, Any]) -> list[dict[str, Any]]:
        self.take(leaf, message)
        return self.commit()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        found = self.store.rows(sql)
        self.store.rollback()
        return found

    def seqs(self) -> list[int]:
        return [seq for (seq,) in self.rows("SELECT seq FROM events WHERE stream = 'tx' ORDER BY seq, n")]


@pytest.fixture
def pair(cluster: Cluster) -> Iterator[tuple[OneWorker, OneWorker]]:
    """Two workers on an empty database."""
    workers = OneWorker(cluster.database_url), OneWorker(cluster.database_url)
    workers[0].store.run(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY")
    workers[0].store.commit()
    yield workers
    for worker in workers:
        worker.store.close()


@pytest.fixture
def worker(pair: tuple[OneWorker, OneWorker]) -> OneWorker:
    return pair[0]


def test_a_database_that_takes_no_tables_is_not_open(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from edge.reference_cloud import postgres_store

    monkeypatch.setattr(postgres_store, "SCHEMA", tmp_path / "schema.sql")
    (tmp_path / "schema.sql").write_text("CREATE TABLE nothing(")
    store = postgres_store.PostgresStore(cluster.database_url)
    with pytest.raises(StoreError, match="syntax error"):
        store.open()
    assert not store.is_open, "so it is opened again"


def test_a_batch_is_acknowledged_as_often_as_it_comes_and_stored_once(worker: OneWorker) -> None:
    worker.hear("hello", hello(tx=(2, 0)))
    for _ in range(3):
        assert acks(worker.hear("tx", batch(event(1), event(2)))) == [2]
    assert worker.seqs() == [1, 2]
    assert worker.rows("SELECT again FROM lane WHERE stream = 'tx'") == [(4,)]


def test_a_gap_holds_the_watermark_and_is_asked_for_and_filled(worker: OneWorker) -> None:
    worker.hear("hello", hello(tx=(5, 0)))
    worker.hear("tx", batch(event(1)))
    said = worker.hear("tx", batch(event(4), event(5)))
    assert acks(said) == [1]
    (asked,) = of_kind(said, "resend")
    assert (asked["lo"], asked["hi"], asked["why"]) == (2, 3, "gap")
    assert acks(worker.hear("tx", batch(event(2), event(3), rid=asked["rid"]))) == [5]
    assert worker.rows("SELECT filled FROM resend") == [(1,)]


def test_the_welcome_says_what_either_worker_stored(pair: tuple[OneWorker, OneWorker]) -> None:
    one, other = pair
    one.hear("hello", hello(tx=(3, 0)))
    one.hear("tx", batch(event(1), event(2)))
    other.hear("tx", batch(event(3)))
    (welcome,) = of_kind(one.hear("hello", hello(sess=413, tx=(3, 3))), "welcome")
    assert (welcome["sess"], welcome["upto"]["tx"], welcome["sess_min"]) == (413, 3, 413)
    assert welcome["last"]["tx"] == {"seq": 3, "id": event_id(3)}


def test_a_cloud_that_lost_rows_asks_for_them(worker: OneWorker) -> None:
    said = worker.hear("hello", hello(tx=(9, 7)))
    assert [(one["lo"], one["hi"], one["why"]) for one in of_kind(said, "resend")] == [(1, 7, "loss")]


def test_a_new_epoch_absorbs_what_is_known_by_its_id(worker: OneWorker) -> None:
    worker.hear("hello", hello(tx=(2, 0)))
    worker.hear("tx", batch(event(1), event(2)))
    worker.hear("hello", hello(epoch=NEW_EPOCH, tx=(2, 0)))
    assert acks(worker.hear("tx", batch(event(1, n=2), event(2, n=3), epoch=NEW_EPOCH))) == [2]
    assert len(worker.rows("SELECT 1 FROM event")) == 3


def test_two_rows_in_one_place_are_both_kept_and_marked(worker: OneWorker) -> None:
    worker.hear("tx", batch(event(1)))
    worker.hear("tx", batch(event(1, n=99)))
    assert worker.rows("SELECT code FROM event ORDER BY n") == [(None,), ("seq.conflict",)]


@pytest.mark.parametrize("spoilt", ["total", "type", "id"])
def test_a_bad_event_is_parked_and_the_stream_goes_on(worker: OneWorker, spoilt: str) -> None:
    bad = event(2)
    bad["data"] = bad["data"] | {"total": "\0 much"} if spoilt == "total" else bad["data"]
    bad |= {} if spoilt == "total" else {spoilt: "\0?"}
    (said,) = of_kind(worker.hear("tx", batch(event(1), bad, event(3))), "ack")
    assert said["upto"] == 3
    assert worker.rows("SELECT count(*) FROM parked")[0][0] + worker.rows("SELECT count(*) FROM event")[0][0] == 3


def test_what_nobody_can_read_is_counted_and_kept(worker: OneWorker) -> None:
    for octets in (b"", b"\x1f\x8b nothing", b'{"v":1', b"\0" * 70_000):
        worker.ingest.take(f"stores/v1/{TID}/up/tx", octets)
    worker.ingest.take("stores/v1/nobody/up/tx\0", b"{}")
    worker.commit()
    assert sum(times for (times,) in worker.rows("SELECT times FROM refused")) == 5
    assert len(worker.rows("SELECT raw FROM parked")) == 5


def test_who_asks_for_more_than_workers_do_is_told_so(worker: OneWorker) -> None:
    (answer,) = worker.hear("req", request(1, "price.lookup", sku="690"))
    assert (answer["ok"], answer["err"]["code"]) == (False, "cmd.unknown")


def test_a_terminal_that_nobody_heard_say_hello_is_asked_to(pair: tuple[OneWorker, OneWorker]) -> None:
    one, other = pair
    assert len(of_kind(one.hear("tx", batch(event(1))), "rebirth")) == 1
    other.hear("hello", hello(tx=(2, 1)))
    one.clock.pass_s(60)
    assert of_kind(one.hear("tx", batch(event(2))), "rebirth") == []


def test_two_workers_that_take_batches_of_one_stream_in_turn_lose_none(pair: tuple[OneWorker, OneWorker]) -> None:
    for seq in range(1, 41):
        pair[seq % 2].hear("tx", batch(event(seq)))
    assert pair[0].seqs() == list(range(1, 41))
    assert pair[0].rows("SELECT upto, spans FROM lane WHERE stream = 'tx'") == [(40, "[[1,40]]")]


def test_a_worker_waits_for_the_other_one_that_is_in_the_same_stream(pair: tuple[OneWorker, OneWorker]) -> None:
    one, other = pair
    one.hear("tx", batch(event(1)))
    one.take("tx", batch(event(2)))
    said: list[dict[str, Any]] = []
    waiting = threading.Thread(target=lambda: said.extend(other.hear("tx", batch(event(2), event(3)))))
    waiting.start()
    waiting.join(0.5)
    assert waiting.is_alive(), "the stream is the first one's until its commit"
    assert acks(one.commit()) == [2]
    waiting.join(10)
    assert acks(said) == [3]
    assert one.seqs() == [1, 2, 3]


def test_a_database_that_dies_before_the_commit_has_nothing_and_after_it_everything(
    cluster: Cluster, worker: OneWorker
) -> None:
    worker.hear("tx", batch(event(1)))
    worker.take("tx", batch(event(2)))
    cluster.stop([DATABASE], kill=True)
    with pytest.raises(StoreError, match="database"):
        worker.commit()
    worker.ingest.abandon()
    with pytest.raises(StoreError):
        worker.store.open()
    cluster.start([DATABASE], worker.clock)
    worker.store.open()
    assert worker.seqs() == [1]
    assert acks(worker.hear("tx", batch(event(2)))) == [2]
    assert worker.seqs() == [1, 2]


def test_workers_that_wait_for_each_other_are_told_and_try_again(pair: tuple[OneWorker, OneWorker]) -> None:
    one, other = pair
    for n, stream in enumerate(("tx", "pk"), 1):
        one.hear(stream, batch(event(1, n=10 * n), stream=stream))
    one.take("tx", batch(event(2)))
    other.take("pk", batch(event(2, n=12), stream="pk"))
    failed: list[StoreError] = []

    def cross() -> None:
        try:
            other.take("tx", batch(event(2)))
        except StoreError as error:
            failed.append(error)
            other.ingest.abandon()

    crossing = threading.Thread(target=cross)
    crossing.start()
    try:
        one.take("pk", batch(event(2, n=12), stream="pk"))
        one.commit()
    except StoreError as error:
        failed.append(error)
        one.ingest.abandon()
    crossing.join(10)
    assert len(failed) == 1
    for worker in pair:  # both first: whichever was told, the other holds its locks still
        worker.store.rollback()
        worker.ingest.abandon()
    for worker in pair:
        worker.take("tx", batch(event(2)))
        worker.take("pk", batch(event(2, n=12), stream="pk"))
        assert acks(worker.commit()) == [2, 2]
    assert len(one.rows("SELECT 1 FROM event")) == 4
    assert one.rows("SELECT DISTINCT epoch FROM lane") == [(EPOCH,)]
