"""The terminal's sync against the reference cloud over a network that loses, doubles, delays and reorders."""

from __future__ import annotations

from pathlib import Path

import pytest
from lossy_world import TID, plain_world


@pytest.mark.parametrize("seed", range(50))
def test_the_cloud_ends_up_with_exactly_the_journal_in_its_order(seed: int, tmp_path: Path) -> None:
    world = plain_world(tmp_path, seed)
    world.shop.dial()
    world.shop.up()
    for _ in range(60):
        world.sell_or_mishap()
        world.turn()
    for _ in range(400):
        if world.shop.queries.unsent() == 0:
            break
        world.turn(5.0)
    assert world.shop.queries.unsent() == 0
    for stream in ("tx", "ev"):
        assert world.at_cloud(stream) == world.in_journal(stream)
    world.store.close()


@pytest.mark.parametrize("seed", range(5))
def test_a_box_restored_from_an_old_copy_that_sold_offline_loses_nothing(seed: int, tmp_path: Path) -> None:
    world = plain_world(tmp_path, seed)
    world.network.loss = 0.0
    shop = world.shop
    shop.dial()
    shop.up()
    for _ in range(6):
        shop.sell()
        world.turn()
    old_copy = shop.folder
    shop.restart()
    shop.dial()
    shop.up()
    for _ in range(10):
        shop.sell()
        world.turn(3)
    forgotten = {row.id for row in world.report.rows(TID, "tx")}
    shop.folder = old_copy
    shop.restart()
    for _ in range(world.chance.randint(0, 14)):
        shop.sell()
    shop.dial()
    shop.up()
    for _ in range(200):
        world.turn(3)
        if shop.queries.unsent() == 0:
            break
    held = [row.id for row in world.report.rows(TID, "tx")]
    assert {row["id"] for row in shop.records("sale.completed")} | forgotten <= set(held)
    assert len(held) == len(set(held))
    world.store.close()
