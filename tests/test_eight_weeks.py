"""Eight weeks of one shop: what is suggested runs out less often than a fixed list, and lies around no longer."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from eight_weeks.customers import LEARNED_DAYS, wanted
from eight_weeks.goods import OFFERS, SUPPLIERS, WARES
from eight_weeks.ordering import AsSuggested
from eight_weeks.run import as_suggested, eight_weeks, same_each_week
from eight_weeks.shop import OPENS, PLENTY, STARTING_DAYS, ZONE, Shop

from edge.model.purchase import MAX_SUGGESTED, PurchaseState
from edge.store.queries import LedgerQueries


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_suggestions_run_out_less_often_than_a_fixed_list_without_more_stock(seed: int) -> None:
    same, suggested = eight_weeks(seed, same_each_week()), eight_weeks(seed, as_suggested())
    assert same.wanted == suggested.wanted, "other customers"
    assert sum(suggested.lost) < sum(same.lost)
    assert sum(suggested.lost_fen) < sum(same.lost_fen)
    assert suggested.mean_stock <= same.mean_stock


def test_even_without_large_packs_they_lose_less_than_the_list_with_a_third_less_stock() -> None:
    same, small = eight_weeks(1, same_each_week()), eight_weeks(1, as_suggested(large_packs=False))
    assert sum(small.lost) < sum(same.lost)
    assert small.mean_stock * 3 < same.mean_stock * 2.4


def test_the_orders_are_the_terminals_own(tmp_path: Path) -> None:
    """Cards, slips and Enter: suppliers compared, packs at once and discounts kept, nothing ordered twice in a day."""
    days = wanted(1)
    shop = Shop(tmp_path, 1)
    shop.learn(days[:LEARNED_DAYS])
    shop.live(days[LEARNED_DAYS:], AsSuggested())
    tx = shop.begin_to_look()
    orders = [order for order in tx.purchases.in_states(tuple(PurchaseState)) if order.taken]
    tx.rollback()
    shop.close()
    offers = {(offer.supplier, offer.sku, offer.pack): offer for offer in OFFERS}
    lines = [(order, line) for order in orders for line in order.taken]
    chosen = [offers[order.supplier, line.sku, line.pack] for order, line in lines]
    assert {order.supplier for order in orders} == {supplier.id for supplier in SUPPLIERS}
    assert all(
        line.cost == offer.net and line.packs >= offer.least for (_, line), offer in zip(lines, chosen, strict=True)
    )
    assert any(offer.discount for offer in chosen) and any(offer.least > 1 for offer in chosen)
    assert any(line.compared for _, line in lines) and any(line.too_much for _, line in lines)
    assert any(line.fills for _, line in lines)
    asked = Counter((order.made_at, line.sku) for order, line in lines if not line.fills)
    assert max(asked.values()) == 1
    assert max(len([line for line in order.lines if not line.fills]) for order in orders) <= MAX_SUGGESTED


def test_the_shop_is_the_terminals_own_books(tmp_path: Path) -> None:
    """What people took is in the sales' days, to the piece; what lies there is what came less what went."""
    days = wanted(1)[: LEARNED_DAYS + 14]
    shop = Shop(tmp_path, 1)
    shop.learn(days[:LEARNED_DAYS])
    learned = Counter(shop.sold)
    story = shop.live(days[LEARNED_DAYS:], AsSuggested())
    tx = shop.begin_to_look()
    first = OPENS.astimezone(ZONE).date()
    for ware in WARES:
        booked = tx._read("SELECT sum(sold) FROM sales_day WHERE sku = ? AND day >= ?", (ware.sku, first.isoformat()))
        assert booked.fetchone() == (1000 * shop.sold[ware.sku],)
        assert (tx.stock.on_hand(ware.sku) or 0) >= 0
    assert sum(shop.sold.values()) - sum(learned.values()) == story.wanted - sum(story.lost)
    tx.rollback()
    shop.close()
    chain, positions = LedgerQueries(tmp_path / "ledger.db").verify()
    assert (chain.why, positions) == ("", "")


def test_every_way_to_order_begins_with_the_same_shelves_and_meets_the_same_people(tmp_path: Path) -> None:
    assert wanted(7) == wanted(7) != wanted(8)
    shop = Shop(tmp_path, 7)
    shop.learn(wanted(7)[:LEARNED_DAYS])
    tx = shop.begin_to_look()
    for ware in WARES:
        laid = (tx.stock.on_hand(ware.sku) or 0) // 1000
        assert laid % ware.pack == 0
        assert laid < PLENTY
        assert 0 <= laid - shop.sold[ware.sku] * STARTING_DAYS / LEARNED_DAYS < ware.pack
    tx.rollback()
