"""Goods ordered for customers, over a bad network and power cuts: each is fetched by who paid for it, once (row 75)."""

from __future__ import annotations

from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES
from lossy_world import TID, World
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
from edge.reference_cloud.marketplace import app_order, parcel_of
from edge.reference_cloud.seal import Signer
from edge.services.order_desk import is_offered

S = ServiceState
PLANS = (0, 1, 90, 91, 92, 93, 95, 96, 99)
OPEN = (S.PAID, S.SUBMITTED, S.UNKNOWN)
CALM = 8
"""Times of ten in which nothing goes wrong."""


def a_world(folder: Path, seed: int) -> World[OrderBench]:
    signer = Signer("cmd-2026q4", SECRET.private_bytes_raw())
    return World(folder, seed, OrderBench(folder / "shop", seed=seed), signer=signer)


def order_one(world: World[OrderBench]) -> None:
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
    world.mishap(CALM)
    if chance.random() < 0.5:
        shop.card(COLLECT)
        world.turn(5.0)
    else:
        shop.keys("E")
        for _ in range(6):
            if shop.lines:
                shop.card(EXACT)
                world.mishap(CALM)
                world.turn(5.0)
    shop.card(STOP)


def arrive(world: World[OrderBench], order: ServiceOrder) -> None:
    (parcel,) = parcel_of(order.id)
    world.cloud.announce_parcels(TID, [parcel])
    for _ in range(40):
        world.turn(5.0)
        if world.shop.goods(order).parcels:
            break
    world.shop.card(IN)
    world.shop.scan(parcel.waybill)
    world.shop.card(STOP)


def fetch(world: World[OrderBench], order: ServiceOrder) -> None:
    """With its slip, as often as it needs."""
    shop = world.shop
    for _ in range(40):
        if shop.goods(order).handed_at is not None or shop.state(order) is not S.COMPLETED:
            return
        if shop.lines:
            shop.card(EXACT)
        else:
            shop.scan(shop.slip(order))
        world.mishap(CALM)
        if shop.counter().waiting is Waiting.RELEASE:
            shop.scan(parcel_of(order.id)[0].waybill)
        world.turn(2.0)


def pick(world: World[OrderBench], n: int) -> None:
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
        world.mishap(CALM)
        world.turn(2.0)


def paper(order: AppOrder) -> str:
    return slip_code(OwnSlip(SlipKind.SERVICE, order.slip))


@pytest.mark.parametrize("seed", range(4))
def test_orders_from_apps_are_handed_out_once_and_the_cloud_knows(seed: int, tmp_path: Path) -> None:
    world = a_world(tmp_path, seed)
    shop = world.shop
    world.greet()
    for n in range(1, 6):
        if n == 5:
            world.cloud.order(TID, CANCEL, {"oid": f"T-{n:08d}", "why": "customer"}, ttl_s=7_200, by="svc:m")
        pick(world, n)
    world.turn(5.0)
    world.settle(200)
    handed = [row["data"]["oid"] for row in shop.records("order.handed_over")]
    off = [row["data"]["oid"] for row in shop.records("order.cancelled")]
    assert len(handed) == len(set(handed)) and not set(handed) & set(off)
    assert {f"T-{n:08d}" for n in range(1, 5)} <= set(handed)
    tx = shop.begin()
    assert tx.app_orders.reserved(COLA) == 0
    tx.rollback()
    assert world.at_cloud("tx") == world.in_journal("tx")
    assert shop.verdict() == ""
    world.store.close()


@pytest.mark.parametrize("seed", range(4))
def test_each_order_is_paid_once_and_fetched_once_and_the_cloud_knows(seed: int, tmp_path: Path) -> None:
    world = a_world(tmp_path, seed)
    shop = world.shop
    world.greet()
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
    world.turn(5.0)
    world.settle(200)
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
        assert world.at_cloud(kind) == world.in_journal(kind)
    assert shop.verdict() == ""
    world.store.close()
