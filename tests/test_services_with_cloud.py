"""Services over a bad network, with power cuts: every order ends once, and till and provider agree (rows 69, 70)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA
from lossy_world import TID, World
from service_bench import EXACT, FIFTY, STOP, TEN, TOP_UP, ServiceBench, phone

from edge.model.counter import Verb, Waiting
from edge.model.service_order import ServiceState

CUSTOMERS = 8
PATIENCE = 12
"""Turns; a customer asks once more after that."""
PLANS = ("00", "00", "90", "91", "92", "93", "95", "96", "98", "99")
CALM = 14
"""Times of sixteen in which nothing goes wrong."""
S = ServiceState
DONE_THERE = {"completed", "reversed"}


def order_one(world: World[ServiceBench]) -> None:
    """A customer who tops a phone up, with goods or without, and asks again until it works, or goes away."""
    shop, chance = world.shop, world.chance
    if chance.random() < 0.4:
        shop.scan(COLA)
    for _ in range(4):
        shop.card(TOP_UP)
        if shop.counter().waiting is not Waiting.SERVICE:
            world.turn(2.0)
            continue
        shop.keys(f"{phone(chance.choice(PLANS))}E")
        shop.card(chance.choice((TEN, FIFTY)))
        shop.keys("E")
        for _ in range(PATIENCE):
            world.turn(1.0)
            world.mishap(CALM)
            if shop.counter().verb is Verb.SERVICE_OFFER:
                break
        if shop.counter().verb is Verb.SERVICE_OFFER:
            shop.keys("E")
        else:
            shop.card(STOP)
        world.mishap(CALM)
        if any(name == "话费充值" for name, _ in shop.lines):
            break
    for _ in range(6):
        if not shop.lines:
            break
        shop.card(EXACT)
        world.turn(5.0)
    world.mishap(CALM)


def settle(world: World[ServiceBench]) -> None:
    """Until every order has its end and the cloud has every row; then customers come for their money."""
    shop = world.shop
    open_states = (S.PAID, S.SUBMITTED, S.UNKNOWN)
    for _ in range(600):
        if shop.queries.unsent() == 0 and not any(order.state in open_states for order in shop.orders()):
            break
        world.turn(5.0)
    for order in shop.orders():
        if shop.state(order) is S.FAILED:
            shop.scan(shop.slip(order))
            shop.keys("E")
    world.turn(5.0)
    world.settle(100)


@pytest.mark.parametrize("seed", range(8))
def test_every_order_ends_once_and_till_and_provider_agree(seed: int, tmp_path: Path) -> None:
    world = World(tmp_path, seed, ServiceBench(tmp_path / "shop", seed=seed))
    shop = world.shop
    world.greet()
    for _ in range(CUSTOMERS):
        order_one(world)
    if shop.lines:
        shop.card(STOP)
    settle(world)
    paid = [
        line["sku"].removeprefix("svc:") for sale in shop.sales() for line in sale["lines"] if line["kind"] == "service"
    ]
    assert paid, "somebody has ordered something"
    assert len(paid) == len(set(paid)), "an order is in one bill"
    assert sorted(row["data"]["soid"] for row in shop.records("service.paid")) == sorted(paid)
    back = [line["sku"].removeprefix("svc:") for row in shop.records("sale.refunded") for line in row["data"]["lines"]]
    assert len(back) == len(set(back)), "no money went back twice"
    there = dict(world.store.rows("SELECT soid, state FROM service WHERE tid = ? AND sale <> ''", (TID,)))
    for soid in paid:
        state = shop.order(soid).state
        assert state in (S.COMPLETED, S.REFUNDED), f"{soid} is forgotten: {state}"
        assert (state is S.REFUNDED) == (soid in back)
        if state is S.COMPLETED:
            assert there[soid] in DONE_THERE
    assert world.at_cloud("tx") == world.in_journal("tx")
    assert shop.verdict() == ""
    world.store.close()
