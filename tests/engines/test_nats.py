"""The terminal and the small cloud on a broker that knows MQTT 3.1.1 and nothing more."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_bench import Shops, SmallCloud, until

from edge.reference_cloud.main import run
from edge.reference_cloud.nats_node import node
from edge.sim.counter.addresses import free_port

pytestmark = pytest.mark.chaos
CALM_S = 3.0


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
