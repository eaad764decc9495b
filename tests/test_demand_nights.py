"""The night in which reorder points are worked out: on the box alone, in small turns, whatever happens in between."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from time import perf_counter

import pytest
from counter_bench import COLA, NOODLES, CounterBench
from test_query_plans import whole_reads
from test_sales_days import CANCEL, DAY_S, TODAY, count

from edge.model.reorder import DAYS, Demand
from edge.services.demand_nights import KEEP_DAYS, LOOK_EVERY_S, PAUSE_S, SKUS_A_TURN, NightDue

SHOP_OF = 3_000
"""Items of a large village shop."""


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def demands(shop: CounterBench) -> dict[str, Demand]:
    tx = shop.begin()
    skus = [sku for (sku,) in tx._read("SELECT sku FROM demand ORDER BY sku")]
    found = {sku: tx.demands.find(sku) for sku in skus}
    tx.rollback()
    return found


def a_day(*pieces: int) -> Demand:
    """Of days on which so many pieces were sold."""
    return Demand(len(pieces), 1000 * sum(pieces), 10**6 * sum(day * day for day in pieces))


def nights(shop: CounterBench) -> str | None:
    tx = shop.begin()
    until: str | None = tx.get("demand.until")
    tx.rollback()
    return until


def stock_up(shop: CounterBench, skus: int, days: int = DAYS) -> None:
    """As many skus with as many days, the last of them yesterday."""
    tx = shop.begin()
    for n in range(skus):
        for passed in range(days):
            day = TODAY - timedelta(days=days - passed)
            tx._write("INSERT INTO sales_day VALUES (?, ?, ?, 0)", (f"sku{n:05}", day.isoformat(), 1000 * (n % 7)))
    tx.commit()


def test_what_was_sold_today_is_known_tomorrow(shop: CounterBench) -> None:
    shop.sell(COLA, COLA, COLA)
    shop.sell(NOODLES)
    shop.pass_s(LOOK_EVERY_S)
    assert demands(shop) == {}
    shop.pass_s(DAY_S)
    assert demands(shop) == {COLA: a_day(3), NOODLES: a_day(1)}
    assert nights(shop) == "2026-11-23"


def test_a_night_needs_no_network_and_no_clock_that_is_trusted(shop: CounterBench) -> None:
    shop.clock.disciplined = False
    shop.sell(COLA)
    shop.pass_s(2 * DAY_S)
    assert demands(shop) == {}, "nobody knows whether a day has ended"
    shop.sell(NOODLES)
    shop.pass_s(LOOK_EVERY_S)
    assert demands(shop) == {COLA: a_day(1, 0)}


def test_a_box_that_was_off_at_night_does_it_when_it_starts(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.restart(off_s=DAY_S)
    shop.pass_s(3 * PAUSE_S)
    assert demands(shop) == {COLA: a_day(1)}


def test_a_night_goes_on_where_the_power_cut_it(shop: CounterBench) -> None:
    stock_up(shop, 3 * SKUS_A_TURN)
    shop.pass_s(DAY_S / 2)
    shop.tell(NightDue(0))
    shop.restart()
    shop.pass_s(PAUSE_S)
    assert len(demands(shop)) in (SKUS_A_TURN, 3 * SKUS_A_TURN)
    shop.restart()
    shop.pass_s(LOOK_EVERY_S)
    assert len(demands(shop)) == 3 * SKUS_A_TURN
    assert nights(shop) is not None


def test_nothing_is_worked_out_while_somebody_is_served(shop: CounterBench) -> None:
    shop.scan(COLA)
    stock_up(shop, 2 * SKUS_A_TURN)
    shop.sleep_s(DAY_S)
    shop.pass_s(2 * LOOK_EVERY_S)
    assert demands(shop) == {}
    shop.card(CANCEL, CANCEL)
    shop.pass_s(LOOK_EVERY_S)
    assert len(demands(shop)) == 2 * SKUS_A_TURN


def test_the_same_night_is_worked_out_once(shop: CounterBench) -> None:
    stock_up(shop, 1)
    shop.pass_s(LOOK_EVERY_S)
    tx = shop.begin()
    tx.demands.keep("sku00000", a_day(77))
    tx.commit()
    shop.restart()
    shop.pass_s(3 * LOOK_EVERY_S)
    assert demands(shop) == {"sku00000": a_day(77)}


def test_of_goods_that_nobody_could_buy_what_was_known_stays(shop: CounterBench) -> None:
    count(shop, 2)
    shop.sell(COLA)
    shop.sleep_s(DAY_S)
    shop.pass_s(LOOK_EVERY_S)
    before = demands(shop)
    assert before[COLA] == a_day(1)
    shop.sell(COLA)
    for _ in range(DAYS + 2):
        shop.sleep_s(DAY_S)
        shop.pass_s(LOOK_EVERY_S)
    tx = shop.begin()
    assert set(tx.sales_days.daily(COLA, TODAY + timedelta(days=DAYS + 2))) == {None}
    tx.rollback()
    assert demands(shop) == {COLA: a_day(1)}


def test_a_shelf_that_was_filled_unseen_is_noticed_in_the_night(shop: CounterBench) -> None:
    count(shop, 1)
    shop.sell(COLA)
    tx = shop.begin()
    tx._write("UPDATE stock SET on_hand = 5000 WHERE sku = ?", (COLA,))
    tx.commit()
    shop.sleep_s(DAY_S)
    shop.pass_s(LOOK_EVERY_S)
    tx = shop.begin()
    assert tx.sales_days.daily(COLA, TODAY + timedelta(days=3), 4) == [None, None, 0, 0]


def test_days_are_forgotten_after_sixty(shop: CounterBench) -> None:
    shop.sell(COLA)
    shop.sleep_s(DAY_S)
    shop.sell(COLA)
    shop.sleep_s((KEEP_DAYS + 3) * DAY_S)
    shop.pass_s(LOOK_EVERY_S)
    tx = shop.begin()
    assert tx._read("SELECT day FROM sales_day").fetchall() == [("2026-11-24",)]


def test_a_turn_that_fails_is_tried_again(shop: CounterBench) -> None:
    shop.sell(COLA)
    ledger = shop.ledger._connection
    ledger.execute("CREATE TEMP TRIGGER full BEFORE INSERT ON demand BEGIN SELECT RAISE(ABORT, 'no room'); END")
    shop.sleep_s(DAY_S)
    shop.pass_s(2 * LOOK_EVERY_S)
    assert demands(shop) == {}
    ledger.execute("DROP TRIGGER full")
    shop.pass_s(LOOK_EVERY_S)
    assert demands(shop) == {COLA: a_day(1)}


def test_no_statement_of_a_night_reads_a_whole_table(shop: CounterBench) -> None:
    stock_up(shop, SKUS_A_TURN + 1)
    said: list[str] = []
    shop.ledger._connection.set_trace_callback(said.append)
    shop.pass_s(LOOK_EVERY_S)
    shop.ledger._connection.set_trace_callback(None)
    assert any("INTO demand " in sql for sql in said)
    assert list(whole_reads(shop, said)) == []


def test_a_shop_of_three_thousand_items_takes_the_dispatcher_a_second_in_small_turns(shop: CounterBench) -> None:
    """The limits are generous: a machine that runs all other tests at the same time is no shop's box."""
    stock_up(shop, SHOP_OF)
    longest = total = 0.0
    while nights(shop) is None:
        shop.clock.pass_s(PAUSE_S)
        began = perf_counter()
        shop.bus.run_pending()
        took = perf_counter() - began
        longest, total = max(longest, took), total + took
    print(f"{total:.2f} s in all, {longest * 1000:.1f} ms at most")
    assert len(demands(shop)) == SHOP_OF
    assert total < 5.0
    assert longest < 0.5
