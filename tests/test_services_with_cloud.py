"""Services over a bad network, with power cuts: every order ends once, and till and provider agree (rows 69, 70)."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from counter_bench import COLA
from lossy_world import TID, Network, World
from service_bench import EXACT, FIFTY, STOP, TEN, TOP_UP, ServiceBench, phone

from edge.model.counter import Verb, Waiting
from edge.model.service_order import ServiceState
from edge.reference_cloud.ingest import Ingest
from edge.reference_cloud.report import CloudReport
from edge.reference_cloud.store import CloudStore

CUSTOMERS = 8
PATIENCE = 12
"""Turns; a customer asks once more after that."""
PLANS = ("00", "00", "90", "91", "92", "93", "95", "96", "98", "99")
S = ServiceState
DONE_THERE = {"completed", "reversed"}


class ServiceWorld(World):
    """See `World`; the providers are behind the network, too."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = Random(seed)
        self.shop = ServiceBench(folder / "shop", seed=seed)
        self.store = CloudStore(folder / "reference.db")
        self.store.open()
        self.cloud = Ingest(self.store, self.shop.clock, Random(seed))
        self.network = Network(self.chance)
        self.report = CloudReport(folder / "reference.db")

    def connect(self) -> None:
        self.shop.dial()
        self.shop.up()

    def mishap(self) -> None:
        match self.chance.choice(("cut", "break", *["none"] * 14)):
            case "cut":
                self.shop.restart()
                self.network.on_the_way.clear()
                self.connect()
            case "break":
                self.shop.down()
                self.connect()


def order_one(world: ServiceWorld) -> None:
    """A customer who tops a phone up, with goods or without, and asks again until it works, or goes away."""
    shop, chance = world.shop, world.chance
    assert isinstance(shop, ServiceBench)
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
            world.mishap()
            if shop.counter().verb is Verb.SERVICE_OFFER:
                break
        if shop.counter().verb is Verb.SERVICE_OFFER:
            shop.keys("E")
        else:
            shop.card(STOP)
        world.mishap()
        if any(name == "话费充值" for name, _ in shop.lines):
            break
    for _ in range(6):
        if not shop.lines:
            break
        shop.card(EXACT)
        world.turn(5.0)
    world.mishap()


def settle(world: ServiceWorld) -> None:
    """Until every order has its end and the cloud has every row; then customers come for their money."""
    shop = world.shop
    assert isinstance(shop, ServiceBench)
    open_states = (S.PAID, S.SUBMITTED, S.UNKNOWN)
    for _ in range(600):
        if shop.queries.unsent() == 0 and not any(order.state in open_states for order in shop.orders()):
            break
        world.turn(5.0)
    for order in shop.orders():
        if shop.state(order) is S.FAILED:
            shop.scan(shop.slip(order))
            shop.keys("E")
    for _ in range(100):
        world.turn(5.0)
        if shop.queries.unsent() == 0:
            break


@pytest.mark.parametrize("seed", range(8))
def test_every_order_ends_once_and_till_and_provider_agree(seed: int, tmp_path: Path) -> None:
    world = ServiceWorld(tmp_path, seed)
    shop = world.shop
    assert isinstance(shop, ServiceBench)
    world.connect()
    for _ in range(20):
        world.turn()
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
    journal = [(row["seq"], row["id"]) for row in shop.records() if row["stream"] == "tx"]
    assert [(row.seq, row.id) for row in world.report.rows(TID, "tx")] == journal
    assert shop.verdict() == ""
    world.store.close()
