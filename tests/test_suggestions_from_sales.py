"""From what was sold, over the night, to the slip: the till's own days, and how long a card keeps the counter busy."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from datetime import time, timedelta
from pathlib import Path
from time import thread_time
from typing import Any
from zoneinfo import ZoneInfo

from counter_bench import COLA, NOODLES
from counter_goods import SHELF, ean, goods
from purchase_bench import FAR, SUGGEST, PurchaseBench, Shelves, offer
from test_sales_days import DAY_S, TODAY

from edge.messages import ScanData
from edge.model.item import Item
from edge.model.money import Rounding
from edge.model.platform import Supplier
from edge.model.reorder import DAYS
from edge.services.demand_nights import LOOK_EVERY_S
from edge.services.shortages import Selling
from edge.services.sold_days import selling_of
from edge.services.till_day import TillRules

A_SHOP_OF = 2_000


class SoldBench(PurchaseBench):
    """Proposes by what the till sold, as the terminal does."""

    def _selling(self) -> Selling:
        return selling_of(TillRules("1", Rounding.NONE, ZoneInfo(self.habits.zone), time(4)))


def a_shop(folder: Path, sold: int = 3, *, stock: int = 10, **more: Any) -> SoldBench:
    """So many colas on each of the 28 days before; as the night knows it."""
    shop = SoldBench(folder, shelves=Shelves({}, {COLA: stock, NOODLES: 50}), **more)
    book(shop, [COLA], sold)
    shop.pass_s(LOOK_EVERY_S)
    return shop


def book(shop: SoldBench, skus: Sequence[str], sold: int) -> None:
    tx = shop.begin()
    for sku in skus:
        for ago in range(DAYS, 0, -1):
            day = (TODAY - timedelta(days=ago)).isoformat()
            tx._write("INSERT INTO sales_day VALUES (?, ?, ?, 0)", (sku, day, 1000 * sold))
    tx.commit()


def suggested(shop: SoldBench) -> list[tuple[str, int]]:
    shop.card(SUGGEST)
    return [(line.sku, line.suggested) for order in shop.orders() for line in order.lines]


def test_the_slip_reckons_with_what_the_night_worked_out(tmp_path: Path) -> None:
    """Three a day for nine days are 27, ten are there: a carton of 24. What the night says is what counts."""
    shop = a_shop(tmp_path)
    assert suggested(shop) == [(COLA, 1)]
    tx = shop.begin()
    tx._write("UPDATE demand SET total = 10 * total, squares = '25200000000' WHERE sku = ?", (COLA,))
    tx.commit()
    assert (COLA, 11) in suggested(shop), "30 a day: 270"


def test_goods_that_no_night_has_seen_yet_are_reckoned_from_their_days(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    tx = shop.begin()
    tx._write("DELETE FROM demand")
    tx.commit()
    assert suggested(shop) == [(COLA, 1)]


def test_what_ran_out_four_weeks_ago_is_still_proposed(tmp_path: Path) -> None:
    """No day of the last 28 counts; what was known before stays known, and the shelf is empty."""
    shop = a_shop(tmp_path, stock=1)
    shop.sell(COLA)
    for _ in range(DAYS + 2):
        shop.sleep_s(DAY_S)
        shop.pass_s(LOOK_EVERY_S)
    tx = shop.begin()
    last = TODAY + timedelta(days=DAYS + 1)
    assert set(tx.sales_days.daily(COLA, last)) == {None}
    tx.rollback()
    assert [sku for sku, _ in suggested(shop)] == [COLA]


def test_each_suppliers_own_days_make_the_point(tmp_path: Path) -> None:
    """Twenty-seven are enough for nine days, not for the twelve of a supplier who takes five to deliver."""
    for supplier, lead, packs in (("NEAR", 2, []), ("FAR", 5, [(COLA, 1)])):
        offers = [offer(supplier, COLA, 24, 4_800, lead_days=lead)]
        shop = a_shop(tmp_path / supplier, stock=27, offers=offers)
        assert suggested(shop) == packs
    weekly = Supplier("FAR", "test", "远仓", "Far", FAR.free_delivery, FAR.delivery_fee, 2, review_days=14)
    shop = a_shop(tmp_path / "weekly", stock=27, offers=[offer("FAR", COLA, 24, 4_800)], suppliers=(weekly,))
    assert suggested(shop) == [(COLA, 1)], "who is asked once a fortnight brings more"


def test_the_card_keeps_nobody_waiting_in_a_shop_of_two_thousand_goods(tmp_path: Path) -> None:
    """In time of the processor, without garbage of other tests: what else the machine does is not the shop's."""
    skus = [ean(f"6911111{n:05d}") for n in range(A_SHOP_OF)]
    items: list[Item] = [*SHELF, *(goods(sku, f"货{n}", 100) for n, sku in enumerate(skus))]
    offers = [one for sku in skus for one in (offer("NEAR", sku, 12, 1_000), offer("FAR", sku, 24, 1_900, lead_days=5))]
    stock = {sku: 2 if n % 4 == 0 else 200 for n, sku in enumerate(skus)}
    shop = SoldBench(tmp_path, items=items, offers=offers, shelves=Shelves({}, stock))
    book(shop, skus, 2)
    shop.pass_s(LOOK_EVERY_S)
    shop.bus.post(ScanData("counter_scanner", SUGGEST, shop.clock.mono_s + 1))
    gc.freeze()  # as the terminal does once it runs
    turns, is_more = [], True
    while is_more:
        began = thread_time()
        is_more = shop.bus.run_once()
        turns.append(thread_time() - began)
    gc.unfreeze()
    print(f"{sum(turns) * 1000:.0f} ms in all, {max(turns) * 1000:.1f} ms at most")
    assert sum(len(order.lines) for order in shop.orders()) == 20
    assert max(turns) < 0.2
