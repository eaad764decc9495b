"""What the ledger forgets, in which order, and what a full disk does to a sale."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from counter_bench import COLA, STRANGE, CounterBench, HandClock
from link_bench import LinkBench, Note, Notes

from edge.clock import iso_ms
from edge.model.ledger_rows import EffectState
from edge.model.records import Stream
from edge.services.storage import KEEP
from edge.store.disk import Space


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


def acknowledge_all(shop: CounterBench, *, but: int = 0) -> None:
    tx = shop.begin()
    for stream in Stream:
        tx.outbox.acknowledge(stream, tx.outbox.position(stream).head - but)
    tx.commit()


def prune(shop: CounterBench, *, before_days: float = 0, limit: int = 10_000) -> int:
    tx = shop.begin()
    gone: int = tx.retention.prune(iso_ms(shop.clock.at - timedelta(days=before_days)), limit=limit)
    tx.commit()
    return gone


def test_only_old_and_acknowledged_rows_go_and_the_chain_still_verifies(shop: CounterBench) -> None:
    for _ in range(5):
        shop.sell()
        shop.sleep_s(86_400)
    before = len(shop.records())
    assert prune(shop) == 0
    acknowledge_all(shop)
    gone = prune(shop, before_days=2.5)
    assert 0 < gone < before
    assert [row["n"] for row in shop.records()] == list(range(gone + 1, before + 1))
    assert shop.verdict() == ""
    shop.restart()
    shop.sell()
    assert shop.verdict() == ""
    assert shop.ledger.set_aside is None


def test_the_first_row_that_must_stay_keeps_everything_after_it(shop: CounterBench) -> None:
    for _ in range(4):
        shop.sell()
    tx = shop.begin()
    tx.outbox.acknowledge(Stream.TX, 4)
    tx.commit()
    shop.sleep_s(86_400 * 2)
    shop.sell()
    assert prune(shop) == 0, "the boot event before them is not acknowledged"


def test_a_turn_is_bounded(shop: CounterBench) -> None:
    for _ in range(10):
        shop.sell()
    shop.sleep_s(86_400)
    shop.sell()
    acknowledge_all(shop)
    assert prune(shop, limit=4) == 4
    assert shop.verdict() == ""


def test_receipt_numbers_and_the_business_day_go_on_though_every_row_may_go(shop: CounterBench) -> None:
    """By size, rows of today may go as soon as they are acknowledged."""
    for _ in range(3):
        shop.sell()
        acknowledge_all(shop)
        shop.pass_s(60)
        prune(shop)
    assert shop.sales()[-1]["receipt"] == "261123-1-0003"
    shop.clock.at -= timedelta(days=3)
    shop.restart()
    shop.sell()
    assert shop.sales()[-1]["receipt"] == "261123-1-0004"


def test_the_newest_row_stays_as_the_floor_of_the_clock(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", items=None)
    acknowledge_all(shop)
    shop.sleep_s(86_400)
    prune(shop)
    assert len(shop.records()) == 1


def test_sales_and_their_jobs_go_with_their_rows(shop: CounterBench) -> None:
    shop.sell()
    first = shop.records("sale.completed")[0]["id"]
    shop.sleep_s(86_400 * 2)
    shop.sell()
    acknowledge_all(shop)
    assert prune(shop, before_days=1) > 0
    tx = shop.begin()
    assert (tx.sales.by_id(first), list(tx.print_jobs.of(first))) == (None, [])
    assert first not in [kick.id for state in EffectState for kick in tx.kicks.in_state(state)]


def test_the_shop_forgets_by_itself_after_ninety_days_and_not_while_someone_is_served(shop: CounterBench) -> None:
    shop.sell()
    acknowledge_all(shop)
    shop.sleep_s(KEEP.total_seconds() - 86_400)
    shop.sell()
    acknowledge_all(shop)
    assert shop.records()[0]["n"] == 1
    shop.scan(COLA)
    shop.sleep_s(2 * 86_400)
    assert shop.records()[0]["n"] == 1
    shop.card("ZZ1021")
    shop.pass_s(1300)
    assert shop.records()[0]["n"] > 1
    assert shop.verdict() == ""


def test_dropped_events_keep_their_links_and_tx_is_never_dropped(shop: CounterBench) -> None:
    shop.sell()
    tx = shop.begin()
    assert tx.retention.drop_events(limit=100, max_octets=10) > 0
    tx.commit()
    assert shop.verdict() == ""
    assert shop.sales()[0]["total"] == 300
    assert [row["data"] for row in shop.records("boot")] == [None]
    shop.restart()
    assert shop.ledger.set_aside is None


@pytest.fixture
def tight(tmp_path: Path) -> Iterator[LinkBench]:
    yield LinkBench(tmp_path / "shop")


def squeeze(shop: CounterBench, *, pages: int) -> None:
    """Room for so many more pages, as a full partition leaves it."""
    connection = shop.ledger._connection
    (used,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {used + pages}")


def test_a_full_disk_books_all_of_a_sale_or_nothing_and_says_so(tight: LinkBench) -> None:
    squeeze(tight, pages=0)
    booked = 0
    for _ in range(200):
        tight.sell()
        if "store.full" in tight.prompts:
            break
        booked += 1
    assert booked < 200
    assert tight.last_words == "存储满了，只收现金"
    assert len(tight.sales()) == len(tight.booked)
    assert tight.verdict() == ""


def test_when_the_ballast_is_given_up_the_same_sale_is_made_and_the_shop_sells_on(tight: LinkBench) -> None:
    squeeze(tight, pages=0)
    look = tight.storage._watch.look

    def with_room(*, full: bool) -> object:
        if full:
            squeeze(tight, pages=500)
        return look(full=full)

    object.__setattr__(tight.storage._watch, "look", with_room)
    for _ in range(60):
        tight.sell()
    assert len(tight.sales()) == 60
    assert "store.full" not in tight.prompts
    assert [row["data"]["level"] for row in tight.records("disk.level")] == ["98"]
    assert tight.verdict() == ""


def test_a_disk_that_fills_up_stops_events_but_neither_sales_nor_clock_steps(shop: CounterBench) -> None:
    shop.space = Space(total=100_000_000, free=4_000_000)
    shop.pass_s(61)
    shop.run_jobs()
    assert [row["data"]["level"] for row in shop.records("disk.level")] == ["95"]
    assert shop.last_words == "存储快满了，请叫技术员"
    shop.scan(STRANGE)
    events = len(shop.records("item.unknown"))
    shop.keys("5E")
    shop.clock.at += timedelta(hours=1)
    shop.keys("E")
    shop.pass_s(1)
    shop.keys("E")
    assert len(shop.sales()) == 1
    assert len(shop.records("item.unknown")) == events
    assert len(shop.records("clock.stepped")) == 1
    shop.space = Space(total=100_000_000, free=60_000_000)
    shop.pass_s(61)
    shop.run_jobs()
    assert [row["data"]["level"] for row in shop.records("disk.level")] == ["95", "ok"]
    shop.restart()
    assert shop.verdict() == ""


def test_a_link_that_found_no_room_tries_again(tight: LinkBench) -> None:
    tight.tell(Notes(1))
    squeeze(tight, pages=0)
    for _ in range(100):
        tight.tell(Note("x" * 900))
    tight.pass_s(3600)
    connection: sqlite3.Connection = tight.ledger._connection
    connection.execute("PRAGMA max_page_count = 100000")
    tight.pass_s(2000)
    assert tight.connected != []


def test_a_step_of_the_clock_that_finds_no_room_is_recorded_when_there_is_some(tight: LinkBench) -> None:
    squeeze(tight, pages=0)
    for _ in range(40):
        tight.sell()
    tight.clock.at += timedelta(hours=2)
    tight.scan("/not a code/")
    assert tight.records("clock.stepped") == []
    tight.ledger._connection.execute("PRAGMA max_page_count = 100000")
    tight.sell()
    assert [row["data"]["step_ms"] for row in tight.records("clock.stepped")] == [7_200_000]
    step, sale = tight.records("clock.stepped")[0], tight.records("sale.completed")[-1]
    assert step["n"] < sale["n"]


def test_floor_of_an_unsynchronised_clock_is_the_last_row_and_a_second(tmp_path: Path) -> None:
    clock = HandClock(disciplined=False)
    shop = CounterBench(tmp_path / "shop", clock=clock)
    shop.sell()
    last = shop.records()[-1]["at"]
    clock.at -= timedelta(days=400)
    shop.restart()
    assert shop.records("boot")[-1]["at"] > last
    assert shop.records("boot")[-1]["clk"] == "unsync"
    clock.at -= timedelta(hours=1)
    shop.sell()
    assert all(row["at"] > last for row in shop.records() if row["boot"] == 2)
    clock.at += timedelta(days=400, hours=1)
    clock.disciplined = True
    shop.sell()
    step = shop.records("clock.stepped")[-1]
    after = shop.records("sale.completed")[-1]
    assert step["data"]["src"] == "ntp"
    assert step["n"] < after["n"]
    assert (after["clk"], after["at"][:16]) == ("ok", iso_ms(clock.at)[:16])
    assert sum(row["type"] == "clock.stepped" for row in shop.records()) <= 2


def test_a_step_is_recorded_once_and_first_and_a_small_drift_not_at_all(shop: CounterBench) -> None:
    shop.clock.at += timedelta(seconds=1.9)
    shop.sell()
    assert shop.records("clock.stepped") == []
    shop.clock.at += timedelta(seconds=7283.69)
    look = shop.begin()
    shop.health.snapshot(look, 1)
    look.rollback()
    shop.sell()
    shop.sell()
    (step,) = shop.records("clock.stepped")
    assert step["data"]["step_ms"] == 7_283_690
    assert all(row["up"] >= step["up"] for row in shop.records() if row["n"] > step["n"])
    assert all(row["up"] < step["up"] for row in shop.records() if row["n"] < step["n"])
