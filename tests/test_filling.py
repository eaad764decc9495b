"""An order is filled to free delivery by what will be needed soonest, never by slow stock, and said so."""

from __future__ import annotations

from pathlib import Path

from counter_bench import COLA, NOODLES, TISSUES
from purchase_bench import FILL, SUGGEST, PurchaseBench, Shelves, offer, slip_of

from edge.model.counter import Waiting
from edge.model.purchase import PurchaseState

OFFERS = (offer("NEAR", COLA, 24, 4_800), offer("NEAR", NOODLES, 12, 3_600), offer("NEAR", TISSUES, 10, 9_000))


def a_shop(folder: Path, *, noodles: int = 40, daily: int = 3, offers: tuple[object, ...] = OFFERS) -> PurchaseBench:
    """Two packs of cola are short, 96.00; noodles and tissues are not, yet."""
    shelves = Shelves({COLA: 6, NOODLES: daily, TISSUES: 1}, {COLA: 7, NOODLES: noodles, TISSUES: 10})
    return PurchaseBench(folder, offers=offers, shelves=shelves)  # type: ignore[arg-type]


def test_the_card_adds_what_is_needed_soonest_until_delivery_is_free(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    order = shop.suggested()
    shop.scan_slip(order)
    assert shop.last_words == "还差一百九十二元免运费"
    shop.card(FILL)
    filled = shop.order()
    assert filled.goods >= 28_800
    assert filled.fee == 0
    assert shop.spoken[-2].prompt == "fill.done"
    assert all(line.packs for line in filled.lines)
    assert any("[凑单] [已要]" in text for text in shop.papers()[-1]) is any(line.fills for line in filled.lines)
    for line, daily in ((line, {COLA: 6, NOODLES: 3, TISSUES: 1}[line.sku]) for line in filled.lines):
        stock = {COLA: 7, NOODLES: 40, TISSUES: 10}[line.sku]
        assert stock + line.pieces <= 21 * daily or not line.fills


def test_a_pack_whose_price_its_pieces_do_not_divide_reaches_288_to_the_fen(tmp_path: Path) -> None:
    """48.05 for 24 pieces: with 239.95 of cola it is 288.00, and a dearer pack beside it stays where it is."""
    offers = (offer("NEAR", COLA, 48, 23_995), offer("NEAR", NOODLES, 24, 4_805), offer("NEAR", TISSUES, 10, 5_000))
    shelves = Shelves({COLA: 4, NOODLES: 4, TISSUES: 4}, {COLA: 7, NOODLES: 42, TISSUES: 60})
    for beside in (offers[:2], offers):
        shop = PurchaseBench(tmp_path / str(len(beside)), offers=beside, shelves=shelves)
        shop.card(SUGGEST, FILL)
        filled = shop.order()
        assert (filled.goods, filled.fee) == (28_800, 0)
        assert [(line.sku, line.packs) for line in filled.taken] == [(COLA, 1), (NOODLES, 1)]


def test_an_untouched_slip_is_taken_as_a_whole_and_filled(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.card(SUGGEST, FILL)
    assert (shop.order().state, shop.order().gap) == (PurchaseState.EDITED, 0)
    assert shop.begin().counter.waiting is Waiting.PURCHASE
    shop.as_owner()
    shop.keys("E")
    assert shop.order().state is PurchaseState.CONFIRMED


def test_slow_stock_is_never_added(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, daily=0, offers=OFFERS[:2])
    order = shop.suggested()
    shop.scan_slip(order)
    before = shop.order()
    # Cola alone may come to 21 days of 6: 126 pieces, less 7 and 48: two more packs, 192.00 in all.
    shop.card(FILL)
    assert shop.last_words == "没有合适的可凑"
    assert shop.order() == before


def test_what_was_added_is_dropped_like_any_line(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.card(SUGGEST, FILL)
    added = next((line for line in shop.order().lines if line.fills), None)
    line = added or shop.order().lines[0]
    shop.scan(slip_of(shop.order(), line.n))
    shop.keys("-")
    assert shop.order().line(line.n).packs == 0  # type: ignore[union-attr]
    assert shop.order().fee == 1_500
    assert shop.spoken[-1].prompt == "stock.gap288"


def test_without_a_slip_there_is_nothing_to_fill_and_a_free_one_needs_none(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.card(FILL)
    assert shop.last_words == "没有要凑的单子"
    order = shop.suggested()
    shop.scan_slip(order, 1)
    shop.keys("9*")
    shop.card(FILL)
    assert shop.last_words == "这单不用凑"


def test_a_confirmed_order_is_not_filled(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    order = shop.confirmed()
    shop.scan_slip(order)
    shop.card(FILL)
    assert shop.order() == order


def test_a_filled_slip_survives_a_power_cut(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    shop.card(SUGGEST, FILL)
    filled = shop.order()
    shop.restart()
    assert shop.order() == filled
    shop.scan_slip(filled)
    assert shop.last_words.startswith("一共")


def test_what_minus_dropped_is_not_filled_with_again(tmp_path: Path) -> None:
    shop = a_shop(tmp_path, noodles=2)
    order = shop.suggested()
    shop.scan_slip(order)
    noodles = next(line for line in order.lines if line.sku == NOODLES)
    shop.scan_slip(order, noodles.n)
    shop.keys("-")
    shop.restart()
    shop.card(FILL)
    assert shop.order().line(noodles.n).packs == 0  # type: ignore[union-attr]
    assert shop.last_words == "没有合适的可凑"
    shop.scan_slip(order, noodles.n)
    assert shop.order().line(noodles.n).packs == noodles.suggested  # type: ignore[union-attr]


def test_a_slip_of_which_all_was_dropped_is_not_taken_as_a_whole(tmp_path: Path) -> None:
    shop = a_shop(tmp_path)
    order = shop.suggested()
    (cola,) = order.lines
    shop.scan_slip(order, cola.n)
    shop.keys("-")
    shop.card(FILL)
    assert COLA not in {line.sku for line in shop.order().taken}
    assert shop.last_words == "没有合适的可凑"
