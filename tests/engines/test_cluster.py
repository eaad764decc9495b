"""A real cluster: three nodes of RabbitMQ, workers, PostgreSQL; each part is killed while terminals publish."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_bench import Shops, Workers, running_cluster, stored, until

from edge.reference_cloud.cluster import DATABASE, Cluster
from edge.reference_cloud.main import run

pytestmark = pytest.mark.chaos
TERMINALS = 6
CALM_S = 3.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def workers(cluster: Cluster, tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(cluster, 2, tmp_path / "ingest.log")
    yield workers
    workers.stop()


def type_(cluster: Cluster, *words: str) -> int:
    return run(["cluster", *words, "--dir", str(cluster.path)])


def calm() -> None:
    """Let the shops sell for a while: what is killed next is killed in the middle of their batches."""
    threading.Event().wait(CALM_S)


def test_every_event_is_stored_once_whatever_is_killed_while_terminals_publish(
    cluster: Cluster, workers: Workers, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shops = Shops(tmp_path / "shops", cluster.mqtt_urls, TERMINALS)
    try:
        shops.open()
        for part in ("r2", DATABASE, "r1"):
            calm()
            assert type_(cluster, "kill", part) == 0
            assert type_(cluster, "status", part) == 1
            calm()
            assert type_(cluster, "start", part) == 0
            assert type_(cluster, "status") == 0
        calm()
        workers.kill_one()
        calm()
        shops.close()
        shops.drain()
        made = shops.made()
    finally:
        shops.leave()
    assert len(made) > 200
    assert stored(cluster) == made
    assert workers.said.count("starting it again") == 1
    capsys.readouterr()
    assert run(["stored", "--dir", str(cluster.path)]) == 0
    lanes = capsys.readouterr().out
    assert [f"ENGINE{n:04d}  tx" in lanes for n in range(TERMINALS)] == [True] * TERMINALS
    assert run(["stored", "--dir", str(cluster.path), "--events"]) == 0
    assert sorted(tuple(line.split()) for line in capsys.readouterr().out.splitlines()) == made


def test_what_was_published_while_no_worker_ran_is_stored_when_one_does(cluster: Cluster, tmp_path: Path) -> None:
    before = len(stored(cluster))
    workers = Workers(cluster, 1, tmp_path / "first.log")
    shops = Shops(tmp_path / "shops", cluster.mqtt_urls, 2)
    try:
        shops.open()
        assert workers.stop() == 0
        calm()
        shops.close()
        assert any(terminal.unsent for terminal in shops.terminals), "a broker's word is not the cloud's"
        workers = Workers(cluster, 3, tmp_path / "second.log")
        shops.drain()
        made = set(shops.made())
    finally:
        shops.leave()
        workers.stop()
    after = stored(cluster)
    assert len(after) == len(set(after)) == before + len(made)
    assert made <= set(after)


def test_all_listen_on_loopback_alone(cluster: Cluster) -> None:
    ours = range(cluster.base_port, cluster.base_port + 32)
    listening: dict[int, set[str]] = {}
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            address, port = line.split()[1].rsplit(":", 1)
            if line.split()[3] == "0A" and int(port, 16) in ours:
                listening.setdefault(int(port, 16) - cluster.base_port, set()).add(address)
    assert set(listening) == {1, 2, 3, 11, 12, 13, 21, 22, 23, 30, 31}
    assert set.union(*listening.values()) <= {"0100007F", "00000000000000000000000001000000"}


def test_a_worker_that_stands_by_takes_over(cluster: Cluster, tmp_path: Path) -> None:
    first, second = (Workers(cluster, 1, tmp_path / name) for name in ("first.log", "second.log"))
    shops = Shops(tmp_path / "shops", cluster.mqtt_urls, 2)
    try:
        shops.open()
        calm()
        assert first.stop() == 0
        calm()
        shops.close()
        shops.drain(patience_s=30.0)
    finally:
        shops.leave()
        second.stop()
    until(lambda: set(shops.made()) <= set(stored(cluster)), "all of it is stored", patience_s=1.0)
