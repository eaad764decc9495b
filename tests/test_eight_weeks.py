"""Eight weeks of one shop: what is suggested runs out less often than a fixed list, and lies around no longer."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from eight_weeks.customers import LEARNED_DAYS, wanted
from eight_weeks.goods import WARES
from eight_weeks.ordering import AsSuggested
from eight_weeks.run import as_suggested, eight_weeks, same_each_week
from eight_weeks.shop import OPENS, PLENTY, STARTING_DAYS, ZONE, Shop

from edge.store.queries import LedgerQueries


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_suggestions_run_out_less_often_than_a_fixed_list_without_more_stock(seed: int) -> None:
    same, suggested = eight_weeks(seed, same_each_week()), eight_weeks(seed, as_suggested())
    assert same.wanted == suggested.wanted, "other customers"
    assert sum(suggested.lost) < sum(same.lost)
    assert sum(suggested.lost_fen) < sum(same.lost_fen)
    assert suggested.mean_stock <= same.mean_stock


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
