"""The terminal and the small cloud on a broker that knows MQTT 3.1.1 and nothing more."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from engine_bench import Shops, until

from edge.reference_cloud.main import run
from edge.reference_cloud.nats_node import node
from edge.sim.counter.addresses import free_port

pytestmark = pytest.mark.chaos
CALM_S = 3.0


class SmallCloud:
    """`edge cloud` in a process of its own."""

    def __init__(self, url: str, db: Path) -> None:
        self.db = db
        command = [sys.executable, "-m", "edge", "cloud", "--url", url, "--db", str(db), "--quiet"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline().startswith("ready: ")

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def stored(self) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(self.db)) as db:
            return sorted((str(tid), str(event_id)) for tid, event_id in db.execute("SELECT tid, id FROM event"))


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A node that runs."""
    folder = tmp_path / "nats"
    assert type_("start", folder, "--port", str(free_port())) == 0
    yield folder
    type_("kill", folder)


def type_(action: str, folder: Path, *words: str) -> int:
    return run(["nats", action, "--dir", str(folder), *words])


def test_terminals_need_nothing_but_mqtt_3_1_1_and_lose_nothing_when_node_or_cloud_is_killed(
    folder: Path, tmp_path: Path
) -> None:
    url = f"mqtt://127.0.0.1:{node(folder).port}"
    cloud = SmallCloud(url, tmp_path / "cloud.db")
    shops = Shops(tmp_path / "shops", [url], 4)
    try:
        shops.open()
        threading.Event().wait(CALM_S)
        assert type_("kill", folder) == 0
        assert type_("status", folder) == 1
        threading.Event().wait(CALM_S)
        assert type_("start", folder) == 0
        until(lambda: all(terminal.is_online for terminal in shops.terminals), "all are back")
        cloud.kill()
        threading.Event().wait(CALM_S)
        cloud = SmallCloud(url, tmp_path / "cloud.db")
        shops.close()
        shops.drain()
        made = shops.made()
    finally:
        shops.leave()
        cloud.kill()
    assert len(made) > 200
    assert cloud.stored() == made
