"""A shop with all platforms: in one day an order of each of two suppliers, out and in, with the reference cloud."""

from __future__ import annotations

from pathlib import Path

from counter_bench import COLA, NOODLES, TID
from lossy_world import World
from purchase_bench import STOP, SUGGEST, PurchaseBench, Shelves, offer

from edge.model.counter import Waiting
from edge.model.purchase import PurchaseState
from edge.platform_file import load_platforms


class DayWorld(World[PurchaseBench]):
    """See `World`; the suppliers of all platforms, and a network that loses nothing."""

    def __init__(self, folder: Path) -> None:
        shop = PurchaseBench(
            folder / "shop", suppliers=load_platforms().suppliers,
            offers=[offer("LST", COLA, 24, 4_800), offer("ULE", NOODLES, 12, 2_900, lead_days=3)],
            shelves=Shelves({COLA: 20, NOODLES: 10}, {COLA: 10, NOODLES: 5}),
        )  # fmt: skip
        super().__init__(folder, 1, shop)
        self.network.loss = self.network.doubled = 0.0
        self.network.longest_s = 0.2


def test_an_order_of_1688_and_one_of_ule_in_a_day(tmp_path: Path) -> None:
    world = DayWorld(tmp_path)
    shop = world.shop
    shop.dial()
    shop.up()
    for _ in range(10):
        world.turn()
    shop.card(SUGGEST)
    proposals = shop.orders(PurchaseState.PROPOSED)
    for order in proposals:
        shop.scan_slip(order)
        shop.as_owner()
        shop.keys("E")
    for _ in range(80):
        world.turn(2.0)
    on_the_way = {order.supplier: order for order in shop.orders(PurchaseState.IN_TRANSIT)}
    assert set(on_the_way) == {"LST", "ULE"}
    # Eight packs of cola are 384.00, nine of noodles 261.00: both above what their supplier asks for.
    assert {name: order.fee for name, order in on_the_way.items()} == {"LST": 0, "ULE": 0}
    assert {placed["supplier"]: placed["total"] for placed in world.cloud.suppliers.placed(TID)} == {
        name: order.total for name, order in on_the_way.items()
    }
    for order in on_the_way.values():
        line = order.lines[0]
        shop.scan(order.waybills[0])
        assert shop.begin().counter.waiting is Waiting.RECEIVE, order.waybills
        shop.scan(line.sku)
        shop.keys(f"{line.pieces}*")
        shop.keys("EE")
        shop.card(STOP)
    assert [order.state for order in shop.orders()] == [PurchaseState.RECEIVED] * 2
    assert shop.failed == []
    for _ in range(40):
        world.turn(5.0)
    assert shop.queries.unsent() == 0
    world.store.close()
