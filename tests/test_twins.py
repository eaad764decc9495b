"""One identity in two boxes is told within minutes; a restored box, and words that come late, are not (C 12)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cloud_bench import TID, Cloud, hello

from edge.reference_cloud.fleet_table import ailments
from edge.reference_cloud.registry import Registry


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    cloud = Cloud(tmp_path / "cloud.db")
    yield cloud
    cloud.store.close()


def said(cloud: Cloud) -> str:
    return " ".join(ailments(Registry(cloud.store, cloud.clock).terminals(), cloud.clock.wall()))


def greet(cloud: Cloud, sess: int, *, up: int, boot: int = 17, head: int = 10) -> None:
    told = hello(tx=(head, 0)) | {"sess": sess, "boot": boot, "nonce": f"nonce-of-{sess}-{up}-000"}
    told["clock"] = {"src": "ntp", "at": "2026-11-23T02:14:01.020Z", "up": up}
    cloud.hear("hello", told)
    cloud.clock.pass_s(30)


def test_two_that_take_turns_are_found(cloud: Cloud) -> None:
    for turn in range(3):
        greet(cloud, 400 + 2 * turn, up=900_000 + 60_000 * turn)
        greet(cloud, 401 + 2 * turn, up=5_000 + 60_000 * turn)
    assert "two boxes use its identity" in said(cloud)
    assert TID in said(cloud)


def test_positions_that_go_back_tell_it_too(cloud: Cloud) -> None:
    for turn in range(3):
        greet(cloud, 400 + 2 * turn, up=10_000 * (2 * turn + 1), head=50)
        greet(cloud, 401 + 2 * turn, up=10_000 * (2 * turn + 2), head=20)
    assert "two boxes use its identity" in said(cloud)


def test_a_box_that_was_restored_once_is_none(cloud: Cloud) -> None:
    greet(cloud, 400, up=900_000)
    greet(cloud, 401, up=5_000, boot=12)
    for turn in range(5):
        greet(cloud, 402 + turn, up=65_000 + 60_000 * turn, boot=12)
    assert "identity" not in said(cloud)


def test_starts_and_late_words_are_none(cloud: Cloud) -> None:
    for boot in range(17, 27):
        greet(cloud, 383 + boot, up=900_000, boot=boot)
        greet(cloud, 382 + boot, up=5_000, boot=boot - 1)
    assert "identity" not in said(cloud)
