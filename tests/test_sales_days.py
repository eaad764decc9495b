"""What was sold of a sku day by day: by the till's own sales and refunds, without days on which the shelf was empty."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from counter_bench import COLA, NOODLES, CounterBench
from test_ledger_damage import sql
from test_query_plans import whole_reads
from test_refunds import EXACT, POST_VOID, REFUND, confirm, last_receipt

from edge.codec.command_card import card_code
from edge.model.money import Milli
from edge.model.records import StockMoved
from edge.model.stock_records import CountedLine, StockCounted

DAY_S = 86_400.0
CANCEL = card_code(106)
TODAY = date(2026, 11, 23)


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def daily(shop: CounterBench, sku: str = COLA, *, days: int = 3, passed: int = 0) -> list[int | None]:
    tx = shop.begin()
    found: list[int | None] = tx.sales_days.daily(sku, TODAY + timedelta(days=passed), days)
    tx.rollback()
    return found


def count(shop: CounterBench, pieces: int | None, *, passed: int = 0, sku: str = COLA) -> None:
    """As a stock count or a delivery books it."""
    on_hand = None if pieces is None else Milli(1000 * pieces)
    tx = shop.begin()
    tx._write(
        "INSERT INTO stock(sku, on_hand) VALUES (?1, ?2) ON CONFLICT(sku) DO UPDATE SET on_hand = ?2", (sku, on_hand)
    )
    tx.sales_days.stocked(sku, TODAY + timedelta(days=passed), on_hand)
    tx.commit()


def test_a_sale_counts_for_its_business_day(shop: CounterBench) -> None:
    shop.scan(COLA, COLA, NOODLES)
    shop.keys("3*")
    shop.card(EXACT)
    shop.sell(COLA)
    assert daily(shop) == [None, None, 3000]
    assert daily(shop, NOODLES) == [None, None, 3000]


def test_what_is_voided_or_never_paid_was_not_sold(shop: CounterBench) -> None:
    shop.scan(COLA, COLA)
    shop.keys("-")
    shop.card(EXACT)
    shop.scan(COLA)
    shop.card(CANCEL)
    assert daily(shop) == [None, None, 1000]


def test_goods_without_a_barcode_have_no_days(shop: CounterBench) -> None:
    shop.keys("2.5+")
    shop.card(EXACT)
    assert shop.begin().sales_days.next_sku("") is None


def test_days_before_the_first_sale_do_not_count_and_quiet_ones_after_it_are_zero(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.sleep_s(2 * DAY_S)
    shop.sell(COLA)
    assert daily(shop, passed=3, days=6) == [None, None, 1000, 0, 1000, 0]
    assert daily(shop, NOODLES, passed=3, days=2) == [None, None]


def test_the_window_begins_where_it_says_and_looks_back_no_further(shop: CounterBench) -> None:
    shop.sell(COLA)
    assert daily(shop, passed=27, days=28) == [1000] + 27 * [0]
    assert daily(shop, passed=28, days=28) == 28 * [0]


def test_what_comes_back_is_taken_off_the_day_of_its_sale(shop: CounterBench) -> None:
    shop.sell(COLA, COLA)
    receipt = last_receipt(shop)
    shop.sleep_s(DAY_S)
    shop.sell(NOODLES)
    shop.card(REFUND, receipt)
    shop.scan(COLA)
    confirm(shop)
    assert daily(shop, passed=1, days=2) == [1000, 0]


def test_a_sale_that_is_taken_back_was_none(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.sell(COLA, NOODLES)
    shop.as_owner(POST_VOID)
    confirm(shop)
    assert (daily(shop, days=1), daily(shop, NOODLES, days=1)) == ([1000], [0])


def test_a_day_on_which_the_last_piece_went_does_not_count(shop: CounterBench) -> None:
    count(shop, 2)
    shop.sell(COLA)
    assert daily(shop, days=1) == [1000]
    shop.sell(COLA)
    assert daily(shop, days=1) == [None]


def test_days_without_stock_do_not_count_until_goods_are_here_again(shop: CounterBench) -> None:
    count(shop, 1)
    shop.sell(COLA)
    assert daily(shop, passed=4, days=5) == [None] * 5
    count(shop, 12, passed=2)
    assert daily(shop, passed=4, days=5) == [None, None, None, 0, 0]
    shop.sleep_s(3 * DAY_S)
    shop.sell(COLA)
    assert daily(shop, passed=4, days=5) == [None, None, None, 1000, 0]


def test_goods_that_come_back_are_on_the_shelf_from_that_day_on(shop: CounterBench) -> None:
    count(shop, 1)
    shop.sell(COLA)
    receipt = last_receipt(shop)
    shop.sleep_s(2 * DAY_S)
    shop.card(REFUND, receipt)
    shop.scan(COLA)
    confirm(shop)
    assert daily(shop, passed=3, days=4) == [None, None, None, 0]


def test_a_shelf_that_was_filled_unseen_counts_from_the_day_after_its_next_sale(shop: CounterBench) -> None:
    count(shop, 1)
    shop.sell(COLA)
    tx = shop.begin()
    tx._write("UPDATE stock SET on_hand = 5000 WHERE sku = ?", (COLA,))
    tx.commit()
    shop.sleep_s(2 * DAY_S)
    shop.sell(COLA)
    assert daily(shop, passed=3, days=4) == [None, None, None, 0]


@pytest.mark.parametrize("pieces", [None, -4])
def test_a_book_that_says_nothing_or_less_than_nothing_empties_no_shelf(shop: CounterBench, pieces: int | None) -> None:
    count(shop, pieces)
    shop.sell(COLA)
    assert daily(shop, passed=1, days=2) == [1000, 0]


def test_a_carton_that_is_sold_is_the_pieces_in_it(shop: CounterBench) -> None:
    tx = shop.begin()
    tx.stock.pack(NOODLES, COLA, 12)
    tx.commit()
    shop.sell(NOODLES, COLA)
    assert (daily(shop, days=1), daily(shop, NOODLES, days=1)) == ([13_000], [None])


def test_a_delivery_before_the_first_sale_of_a_day_ends_the_shortage_of_the_day_before(shop: CounterBench) -> None:
    count(shop, 1)
    shop.sell(COLA)
    shop.sleep_s(DAY_S)
    shop.sell(NOODLES)
    shop.sleep_s(DAY_S)
    tx = shop.begin()
    tx.append(StockMoved(of="delivery", why="received", moves=((COLA, Milli(12_000)),)))
    tx.commit()
    shop.sell(COLA)
    assert daily(shop, passed=3, days=4) == [None, None, 1000, 0]


def test_a_count_of_nothing_empties_the_shelf(shop: CounterBench) -> None:
    count(shop, 5)
    shop.sell(COLA)
    tx = shop.begin()
    tx.append(StockCounted("count", (CountedLine(COLA, Milli(0), Milli(4000)),)))
    tx.commit()
    assert daily(shop, passed=1, days=2) == [None, None]


def test_the_same_word_about_the_stock_twice_changes_nothing(shop: CounterBench) -> None:
    count(shop, 0)
    count(shop, 0)
    assert daily(shop, passed=1, days=2) == [None, None]
    count(shop, 6, passed=1)
    count(shop, 6, passed=1)
    assert daily(shop, passed=2, days=3) == [None, None, 0]


def test_days_are_in_the_sales_own_transaction(shop: CounterBench) -> None:
    tx = shop.begin()
    tx.sales_days.stocked(COLA, TODAY, Milli(0))
    tx.rollback()
    assert shop.begin().sales_days.next_sku("") is None
    shop.sell(COLA)
    shop.restart()
    assert daily(shop, days=1) == [1000]


def test_old_days_go_but_for_the_newest_which_tells_where_the_goods_were(shop: CounterBench) -> None:
    for _ in range(3):
        shop.sell(COLA)
        shop.sell(NOODLES)
        shop.sleep_s(DAY_S)
    count(shop, 0, passed=2)
    tx = shop.begin()
    old = TODAY + timedelta(days=60)
    assert tx.sales_days.forget(TODAY, limit=100) == 0
    assert tx.sales_days.forget(TODAY + timedelta(days=2), limit=100) == 2
    assert tx.sales_days.forget(old, limit=1) == 1
    assert tx.sales_days.forget(old, limit=100) == 1
    assert tx.sales_days.forget(old, limit=100) == 0
    tx.commit()
    assert daily(shop, passed=90) == [None] * 3
    assert daily(shop, NOODLES, passed=90) == [0] * 3


def test_skus_are_walked_one_after_the_other(shop: CounterBench) -> None:
    shop.sell(NOODLES, COLA)
    tx = shop.begin()
    assert [tx.sales_days.next_sku(after) for after in ("", COLA, NOODLES)] == [COLA, NOODLES, None]


def test_days_come_out_of_a_damaged_ledger(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.sleep_s(DAY_S)
    shop.sell(COLA)
    shop.ledger.close(clean=True)
    sql("UPDATE journal SET body = body || ' ' WHERE n = 3")(shop.ledger.path)
    again = CounterBench(shop.folder, seed=9)
    assert again.ledger.set_aside is not None
    assert daily(again, passed=1, days=2) == [1000, 1000]


def test_no_statement_about_days_reads_a_whole_table(shop: CounterBench) -> None:
    count(shop, 3)
    said: list[str] = []
    shop.ledger._connection.set_trace_callback(said.append)
    shop.sell(COLA)
    shop.card(REFUND, last_receipt(shop))
    shop.scan(COLA)
    confirm(shop)
    daily(shop, days=28)
    tx = shop.begin()
    tx.sales_days.next_sku("")
    tx.sales_days.forget(TODAY, limit=10)
    tx.demands.find(COLA)
    tx.rollback()
    shop.ledger._connection.set_trace_callback(None)
    assert any("DELETE FROM sales_day" in sql for sql in said)
    assert list(whole_reads(shop, said)) == []
