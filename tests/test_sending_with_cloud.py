"""Parcels to send over a bad network, with power cuts: no fee without its label, no parcel taken or given twice."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from counter_bench import COLA
from lossy_world import TID, Network, World
from send_bench import EXACT, SEND, STOP, SendBench

from edge.model.counter import Verb, Waiting
from edge.reference_cloud.ingest import Ingest
from edge.reference_cloud.report import CloudReport
from edge.reference_cloud.store import CloudStore

CUSTOMERS = 10
PATIENCE = 12
"""Turns; a customer scans once more after that."""
CARRIERS = ("SF", "JD", "CHINA_POST")


class SendWorld(World):
    """See `World`; with a parcel station, whose carriers are behind the network, too."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = Random(seed)
        self.shop = SendBench(folder / "shop", scale=False, seed=seed)
        self.store = CloudStore(folder / "reference.db")
        self.store.open()
        self.cloud = Ingest(self.store, self.shop.clock, Random(seed))
        self.network = Network(self.chance)
        self.report = CloudReport(folder / "reference.db")

    def connect(self) -> None:
        self.shop.dial()
        self.shop.up()

    def mishap(self) -> None:
        match self.chance.choice(("cut", "break", *["none"] * 12)):
            case "cut":
                self.shop.restart()
                self.network.on_the_way.clear()
                self.connect()
            case "break":
                self.shop.down()
                self.connect()


def send_one(world: SendWorld, number: int) -> None:
    """A customer with a parcel and sometimes goods, who shows the code again until it works, or goes away."""
    shop, chance = world.shop, world.chance
    assert isinstance(shop, SendBench)
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
            world.mishap()
            if shop.begin().counter.verb is Verb.SEND_OFFER:
                break
        if shop.begin().counter.verb is Verb.SEND_OFFER:
            shop.keys("E")
        else:
            shop.card(STOP)
        world.mishap()
        if any(name == "寄快递运费" for name, _ in shop.lines):
            break
    if shop.lines:
        shop.card(EXACT)
    world.mishap()
    for row in shop.records("parcel.labelled"):
        if chance.random() < 0.7:
            shop.scan(row["data"]["waybill"])
            world.mishap()


@pytest.mark.parametrize("seed", range(8))
def test_every_fee_has_one_label_and_every_parcel_leaves_once(seed: int, tmp_path: Path) -> None:
    world = SendWorld(tmp_path, seed)
    shop = world.shop
    assert isinstance(shop, SendBench)
    world.connect()
    for _ in range(20):
        world.turn()
    for number in range(CUSTOMERS):
        send_one(world, number)
    for carrier in ("SF", "JD"):
        shop.courier(carrier)
        for row in shop.records("parcel.labelled"):
            shop.scan(row["data"]["waybill"])
        shop.card(STOP)
    for _ in range(400):
        if shop.queries.unsent() == 0:
            break
        world.turn(5.0)
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
    journal = [(row["seq"], row["id"]) for row in shop.records() if row["stream"] == "pk"]
    assert [(row.seq, row.id) for row in world.report.rows(TID, "pk")] == journal
    assert shop.verdict() == ""
    world.store.close()
