"""How many packs the slip proposes: what a shelf shows and holds, what lasts too long; and who is served first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from counter_bench import COLA, NOODLES
from counter_goods import SHELF, ean, goods
from purchase_bench import FILL, SUGGEST, PurchaseBench, Shelves, offer

from edge.messages import ScanData
from edge.services.goods_walk import WalkOn


def shop_with(folder: Path, *offers: Any, sells: int, stock: int, cover_days: int = 21, **shelf: Any) -> PurchaseBench:
    """Cola alone; `shelf`: what the catalogue says of its shelf."""
    items = [replace(item, **shelf) if item.sku == COLA else item for item in SHELF]
    shelves = Shelves({COLA: sells}, {COLA: stock})
    return PurchaseBench(folder, offers=offers, shelves=shelves, items=items, cover_days=cover_days)


def test_a_pack_that_lasts_too_long_is_taken_by_its_own_barcode_alone(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, offer("NEAR", COLA, 240, 48_000), sells=1, stock=5)
    order = shop.suggested()
    assert [(line.suggested, line.too_much) for line in order.lines] == [(1, True)]
    assert "  [整箱太多] 够卖245天，要就扫" in shop.papers()[-1]
    assert not any(text.startswith(("货款", "还差")) for text in shop.papers()[-1]), "there is no sum of nothing"
    shop.scan_slip(order)
    assert shop.last_words == "还没选商品，请扫一行"
    assert shop.order().taken == ()
    shop.scan_slip(order, 1)
    assert [line.packs for line in shop.order().taken] == [1]
    (row,) = shop.records("purchase.suggested")
    assert row["data"]["lines"][0]["too_much"] is True


def test_what_takes_all_of_a_slip_leaves_packs_that_last_too_long(tmp_path: Path) -> None:
    offers = (offer("NEAR", COLA, 24, 4_800), offer("NEAR", NOODLES, 96, 20_000))
    shop = PurchaseBench(tmp_path, offers=offers)
    order = shop.suggested()
    assert {line.sku: line.too_much for line in order.lines} == {COLA: False, NOODLES: True}
    assert "货款 | ￥96.00" in shop.papers()[-1], "the sum is of what the slip's own barcode takes"
    shop.scan_slip(order)
    assert [(line.sku, line.packs) for line in shop.order().taken] == [(COLA, 2)]


def test_how_long_goods_may_lie_is_the_shops_own_setting(tmp_path: Path) -> None:
    """A carton of 24 lasts 29 days with the five that are there; the reorder point of one a day is nine."""
    for days, too_much in ((21, True), (29, False)):
        shop = shop_with(tmp_path / str(days), offer("NEAR", COLA, 24, 4_800), sells=1, stock=5, cover_days=days)
        assert [line.too_much for line in shop.suggested().lines] == [too_much]


def test_who_does_not_fill_the_shelf_too_long_is_chosen_by_the_shops_own_setting(tmp_path: Path) -> None:
    offers = (offer("NEAR", COLA, 24, 4_800), offer("FAR", COLA, 12, 3_600))
    for days, supplier, why in ((21, "FAR", "不压货"), (29, "NEAR", "便宜")):
        shop = shop_with(tmp_path / str(days), *offers, sells=1, stock=5, cover_days=days)
        assert shop.suggested().supplier == supplier
        assert f"选*：{why}" in shop.papers()[-1]


def test_a_shelf_shows_its_least_and_holds_its_most(tmp_path: Path) -> None:
    """One a day has a reorder point of nine: ten are enough, unless the catalogue wants thirty to be seen."""
    pack = offer("NEAR", COLA, 12, 2_400)
    for number, (stock, shelf, packs) in enumerate(
        (
            (10, {}, []),
            (10, {"shelf_min": 30}, [2]),
            (5, {"shelf_max": 17}, [1]),
            (5, {"shelf_max": 16}, []),
            (5, {"shelf_min": 40, "shelf_max": 40}, [2]),
        )
    ):
        shop = shop_with(tmp_path / str(number), pack, sells=1, stock=stock, **shelf)
        shop.card(SUGGEST)
        assert [line.suggested for order in shop.orders() for line in order.lines] == packs


def test_a_shelf_that_is_said_to_hold_a_carton_may_hold_it(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, offer("NEAR", COLA, 240, 48_000), sells=1, stock=5, shelf_max=300)
    assert [(line.suggested, line.too_much) for line in shop.suggested().lines] == [(1, False)]


def test_a_supplier_who_sells_more_packs_at_once_than_fit_is_left_out(tmp_path: Path) -> None:
    two = offer("NEAR", COLA, 12, 2_400, least=2)
    shop = shop_with(tmp_path, two, sells=1, stock=5, shelf_max=28)
    shop.card(SUGGEST)
    assert shop.orders() == []


def test_what_was_ordered_of_the_quick_supplier_is_not_ordered_of_the_slow_one_too(tmp_path: Path) -> None:
    """Six a day: the quick one's point is 48, the slow one's 72; two packs bring the seven to 55."""
    offers = (offer("NEAR", COLA, 24, 4_800, lead_days=1), offer("FAR", COLA, 24, 4_800, lead_days=5))
    shop = PurchaseBench(tmp_path, offers=offers, shelves=Shelves({COLA: 6}, {COLA: 7}))
    assert shop.confirmed().supplier == "NEAR"
    shop.card(SUGGEST)
    assert shop.last_words == "都够卖，不用补货"


def test_an_order_is_not_filled_beyond_what_a_shelf_holds(tmp_path: Path) -> None:
    """Noodles would be added by the carton: 40 lie there, and 51 is all that fits."""
    offers = (offer("NEAR", COLA, 48, 24_000), offer("NEAR", NOODLES, 12, 4_800))
    for most, words in ((52, "一共二百八十八元"), (51, "没有合适的可凑")):
        items = [replace(item, shelf_max=most) if item.sku == NOODLES else item for item in SHELF]
        shelves = Shelves({COLA: 4, NOODLES: 4}, {COLA: 7, NOODLES: 40})
        shop = PurchaseBench(tmp_path / str(most), offers=offers, shelves=shelves, items=items)
        shop.card(SUGGEST, FILL)
        assert shop.last_words == words


def test_a_power_cut_while_goods_are_looked_at_proposes_nothing_until_the_card_comes_again(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    shop.bus.post(ScanData("counter_scanner", SUGGEST, shop.clock.mono_s + 1))
    while not any(isinstance(message, WalkOn) for message in shop.bus._own):
        assert shop.bus.run_once()
    shop.restart()
    shop.pass_s(60)
    assert shop.orders() == []
    assert len(shop.suggested().lines) == 2


def test_the_slip_says_how_much_is_sold_a_day(tmp_path: Path) -> None:
    shop = PurchaseBench(tmp_path)
    shop.suggested()
    assert {"每天卖 6", "每天卖 3"} <= set(shop.papers()[-1])


def test_whoever_scans_while_all_goods_are_looked_at_is_served_at_once(tmp_path: Path) -> None:
    """Two hundred goods are four turns: the scan comes after the first of them, and the slip all the same."""
    skus = [ean(f"6911111{n:05d}") for n in range(200)]
    items = [*SHELF, *(goods(sku, f"货{n}", 100) for n, sku in enumerate(skus))]
    shelves = Shelves(dict.fromkeys(skus, 2), dict.fromkeys(skus, 0))
    offers = [offer("NEAR", sku, 12, 1_000) for sku in skus]
    shop = PurchaseBench(tmp_path, items=items, offers=offers, shelves=shelves)
    shop.bus.post(ScanData("counter_scanner", SUGGEST, shop.clock.mono_s + 1))
    while not shop.bus._posted.queue or not isinstance(shop.bus._posted.queue[0], WalkOn):
        assert shop.bus.run_once()
    shop.bus.post(ScanData("counter_scanner", COLA, shop.clock.mono_s + 2))
    while not shop.lines:
        assert shop.bus.run_once()
    assert shop.orders() == [], "the basket has its line before the walk is over"
    shop.bus.run_pending()
    assert len(shop.order().lines) == 20
