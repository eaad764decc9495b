"""Goods ordered for customers, over a bad network and power cuts: each is fetched by who paid for it, once (row 75)."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from counter_bench import COLA, NOODLES
from lossy_world import TID, Network, World
from order_bench import COLLECT, ORDER, OrderBench, article
from parcel_bench import IN, STOP
from service_bench import EXACT
from test_jws import SECRET

from edge.codec import wire_service as wire
from edge.codec.command_card import OwnSlip, SlipKind, slip_code
from edge.codec.wire_order import CANCEL, PLACE
from edge.model.app_order import OPEN as WAITING
from edge.model.app_order import AppOrder, AppOrderState
from edge.model.counter import Waiting
from edge.model.service_order import ServiceOrder, ServiceState
from edge.reference_cloud.ingest import Ingest
from edge.reference_cloud.marketplace import app_order, parcel_of
from edge.reference_cloud.report import CloudReport
from edge.reference_cloud.seal import Signer
from edge.reference_cloud.store import CloudStore
from edge.services.order_desk import is_offered

S = ServiceState
PLANS = (0, 1, 90, 91, 92, 93, 95, 96, 99)
OPEN = (S.PAID, S.SUBMITTED, S.UNKNOWN)


class OrderWorld(World):
    """See `World`; the marketplace and the courier are behind the network, too."""

    shop: OrderBench

    def __init__(self, folder: Path, seed: int) -> None:
        self.chance = Random(seed)
        self.shop = OrderBench(folder / "shop", seed=seed)
        self.store = CloudStore(folder / "reference.db")
        self.store.open()
        signer = Signer("cmd-2026q4", SECRET.private_bytes_raw())
        self.cloud = Ingest(self.store, self.shop.clock, Random(seed), signer=signer)
        self.network = Network(self.chance)
        self.report = CloudReport(folder / "reference.db")

    def connect(self) -> None:
        self.shop.dial()
        self.shop.up()

    def mishap(self) -> None:
        match self.chance.choice(("cut", "break", *["none"] * 8)):
            case "cut":
                self.shop.restart()
                self.network.on_the_way.clear()
                self.connect()
            case "break":
                self.shop.down()
                self.connect()


def order_one(world: OrderWorld) -> None:
    """A customer who orders something, asks again until it works, and pays now or later; or gives up."""
    shop, chance = world.shop, world.chance
    barcode = article(chance.choice(PLANS))
    for _ in range(5):
        shop.card(ORDER)
        shop.scan(barcode)
        shop.keys("E")
        for _ in range(14):
            world.turn(1.0)
            if is_offered(shop.counter()):
                break
        if is_offered(shop.counter()):
            break
        shop.card(STOP)
        world.turn(3.0)
    world.mishap()
    if chance.random() < 0.5:
        shop.card(COLLECT)
        world.turn(5.0)
    else:
        shop.keys("E")
        for _ in range(6):
            if shop.lines:
                shop.card(EXACT)
                world.mishap()
                world.turn(5.0)
    shop.card(STOP)


def arrive(world: OrderWorld, order: ServiceOrder) -> None:
    (parcel,) = parcel_of(order.id)
    world.cloud.announce_parcels(TID, [parcel])
    for _ in range(40):
        world.turn(5.0)
        if world.shop.goods(order).parcels:
            break
    world.shop.card(IN)
    world.shop.scan(parcel.waybill)
    world.shop.card(STOP)


def fetch(world: OrderWorld, order: ServiceOrder) -> None:
    """With its slip, as often as it needs."""
    shop = world.shop
    for _ in range(40):
        if shop.goods(order).handed_at is not None or shop.state(order) is not S.COMPLETED:
            return
        if shop.lines:
            shop.card(EXACT)
        else:
            shop.scan(shop.slip(order))
        world.mishap()
        if shop.counter().waiting is Waiting.RELEASE:
            shop.scan(parcel_of(order.id)[0].waybill)
        world.turn(2.0)


def pick(world: OrderWorld, n: int) -> None:
    """Whoever stands in the shop picks the `n`th order, and its bearer fetches it; both as often as they need."""
    shop = world.shop
    oid, code = f"T-{n:08d}", f"26112300{n:02d}"
    lines = [(COLA, 1, 300), (NOODLES, 1, 450)]
    for turn in range(90):
        if turn % 15 == 0:  # the platform says it again until it is heard
            world.cloud.order(TID, PLACE, app_order(n, lines, code=code), ttl_s=7_200, by="svc:m")
        tx = shop.begin()
        order = tx.app_orders.find(oid)
        tx.rollback()
        if order is not None and order.state not in WAITING:
            return
        if order is not None and order.state is AppOrderState.PACKED:
            shop.card(COLLECT)
            shop.scan(code, paper(order))
        elif order is not None:
            shop.scan(paper(order), COLA, NOODLES)
            shop.keys("E")
        world.mishap()
        world.turn(2.0)


def paper(order: AppOrder) -> str:
    return slip_code(OwnSlip(SlipKind.SERVICE, order.slip))


@pytest.mark.parametrize("seed", range(4))
def test_orders_from_apps_are_handed_out_once_and_the_cloud_knows(seed: int, tmp_path: Path) -> None:
    world = OrderWorld(tmp_path, seed)
    shop = world.shop
    world.connect()
    for _ in range(20):
        world.turn()
    for n in range(1, 6):
        if n == 5:
            world.cloud.order(TID, CANCEL, {"oid": f"T-{n:08d}", "why": "customer"}, ttl_s=7_200, by="svc:m")
        pick(world, n)
    for _ in range(200):
        world.turn(5.0)
        if shop.queries.unsent() == 0:
            break
    handed = [row["data"]["oid"] for row in shop.records("order.handed_over")]
    off = [row["data"]["oid"] for row in shop.records("order.cancelled")]
    assert len(handed) == len(set(handed)) and not set(handed) & set(off)
    assert {f"T-{n:08d}" for n in range(1, 5)} <= set(handed)
    tx = shop.begin()
    assert tx.app_orders.reserved(COLA) == 0
    tx.rollback()
    journal = [(row["seq"], row["id"]) for row in shop.records() if row["stream"] == "tx"]
    assert [(row.seq, row.id) for row in world.report.rows(TID, "tx")] == journal
    assert shop.verdict() == ""
    world.store.close()


@pytest.mark.parametrize("seed", range(4))
def test_each_order_is_paid_once_and_fetched_once_and_the_cloud_knows(seed: int, tmp_path: Path) -> None:
    world = OrderWorld(tmp_path, seed)
    shop = world.shop
    world.connect()
    for _ in range(20):
        world.turn()
    for _ in range(6):
        order_one(world)
    for _ in range(300):
        world.turn(5.0)
        if not any(order.state in OPEN for order in shop.orders()):
            break
    done = [order for order in shop.orders() if order.state is S.COMPLETED]
    assert done, "somebody has ordered something"
    off = done[0]
    for order in done:
        arrive(world, order)
    world.cloud.order(
        TID, wire.CHANGED, {"soid": off.id, "cur": "CNY", "price": off.price, "state": "failed", "why": "late"},
        ttl_s=3_600, by="svc:market",
    )  # fmt: skip
    for _ in range(60):
        world.turn(5.0)
        if shop.state(off) is not S.COMPLETED:
            break
    for order in done[1:]:
        fetch(world, order)
    shop.scan(shop.slip(off))
    shop.keys("E")
    for _ in range(200):
        world.turn(5.0)
        if shop.queries.unsent() == 0:
            break
    assert shop.state(off) in (S.REFUNDED, S.CANCELLED)
    assert shop.goods(off).handed_at is None
    for order in done[1:]:
        assert shop.order(order.id).sale, "what is fetched is paid"
        assert shop.goods(order).handed_at is not None
    paid = [row["data"]["soid"] for row in shop.records("service.paid")]
    handed = [row["data"]["soid"] for row in shop.records("service.handed_over")]
    assert (len(paid), len(handed)) == (len(set(paid)), len(set(handed)))
    assert set(handed) == {order.id for order in done[1:]}
    for kind in ("tx", "pk"):
        journal = [(row["seq"], row["id"]) for row in shop.records() if row["stream"] == kind]
        assert [(row.seq, row.id) for row in world.report.rows(TID, kind)] == journal
    assert shop.verdict() == ""
    world.store.close()
