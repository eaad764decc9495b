"""Parcels to send over a bad network, with power cuts: no fee without its label, no parcel taken or given twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from counter_bench import COLA
from lossy_world import World
from send_bench import EXACT, SEND, STOP, SendBench

from edge.model.counter import Verb, Waiting

CUSTOMERS = 10
PATIENCE = 12
"""Turns; a customer scans once more after that."""
CALM = 12
"""Times of fourteen in which nothing goes wrong."""
CARRIERS = ("SF", "JD", "CHINA_POST")


def send_one(world: World[SendBench], number: int) -> None:
    """A customer with a parcel and sometimes goods, who shows the code again until it works, or goes away."""
    shop, chance = world.shop, world.chance
    token = f"SEND:{chance.choice(CARRIERS)}:张三 13812345678:customer-{number}"
    if chance.random() < 0.4:
        shop.scan(COLA)
    for _ in range(4):
        shop.scan(SEND, token)
        if shop.waits_for() is not Waiting.SEND:
            world.turn(2.0)
            continue
        shop.keys(f"{chance.choice((80, 500, 1_900))}E")
        for _ in range(PATIENCE):
            world.turn(1.0)
            world.mishap(CALM)
            if shop.begin().counter.verb is Verb.SEND_OFFER:
                break
        if shop.begin().counter.verb is Verb.SEND_OFFER:
            shop.keys("E")
        else:
            shop.card(STOP)
        world.mishap(CALM)
        if any(name == "寄快递运费" for name, _ in shop.lines):
            break
    if shop.lines:
        shop.card(EXACT)
    world.mishap(CALM)
    for row in shop.records("parcel.labelled"):
        if chance.random() < 0.7:
            shop.scan(row["data"]["waybill"])
            world.mishap(CALM)


@pytest.mark.parametrize("seed", range(8))
def test_every_fee_has_one_label_and_every_parcel_leaves_once(seed: int, tmp_path: Path) -> None:
    world = World(tmp_path, seed, SendBench(tmp_path / "shop", scale=False, seed=seed))
    shop = world.shop
    world.greet()
    for number in range(CUSTOMERS):
        send_one(world, number)
    for carrier in ("SF", "JD"):
        shop.courier(carrier)
        for row in shop.records("parcel.labelled"):
            shop.scan(row["data"]["waybill"])
        shop.card(STOP)
    world.settle(400)
    labelled = shop.records("parcel.labelled")
    waybills = [row["data"]["waybill"] for row in labelled]
    paid = [line["sku"] for sale in shop.sales() for line in sale["lines"] if line["kind"] == "service"]
    assert sorted(paid) == sorted(f"send:{row['data']['parcel']}" for row in labelled)
    assert len(set(waybills)) == len(waybills)
    assert labelled, "somebody has sent something"
    for waybill in waybills:
        assert shop.slips(waybill), "its label went to the printer"
    for what in ("accepted", "handed_over"):
        assert set(Counter(row["data"]["waybill"] for row in shop.records(f"parcel.{what}")).values()) <= {1}
    gone = {row["data"]["waybill"] for row in shop.records("parcel.handed_over")}
    assert gone == {row["data"]["waybill"] for row in labelled if row["data"]["carrier"] != "CHINA_POST"}
    assert world.at_cloud("pk") == world.in_journal("pk")
    assert shop.verdict() == ""
    world.store.close()
