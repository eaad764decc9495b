"""A disk that fills up, and a chain that does not hold: what is booked, what is said, what the next boot does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from counter_bench import STRANGE, CounterBench
from link_bench import LinkBench, Note, Notes

from edge.errors import DiskFull, EdgeError, StoreError
from edge.messages import JobDone
from edge.ports import Transaction
from edge.services.storage import TidyDue
from edge.store.disk import Space
from edge.store.retention import RetentionTable


@pytest.fixture
def shop(tmp_path: Path) -> CounterBench:
    return CounterBench(tmp_path / "shop")


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
        if "store.spent" in tight.prompts:
            break
        booked += 1
    assert booked < 200
    assert tight.last_words == "存储用完了，停卖，叫技术员"
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
    assert "store.spent" not in tight.prompts
    assert tight.prompts.count("store.full") == 1, "only cash from here on"
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


def test_a_ballast_that_cannot_be_given_up_is_no_silent_refusal(tight: LinkBench) -> None:
    def look(*, full: bool) -> object:
        raise StoreError("the ballast cannot be given up")

    object.__setattr__(tight.storage._watch, "look", look)
    squeeze(tight, pages=0)
    for _ in range(40):
        tight.sell()
    assert len(tight.sales()) < 40
    assert tight.last_words == "存储用完了，停卖，叫技术员"


def test_a_level_whose_record_was_rolled_back_is_recorded_at_the_next_look(shop: CounterBench) -> None:
    failures = iter([EdgeError("another service failed")])

    def fail_once(done: JobDone, tx: Transaction) -> None:
        for error in failures if done.job == "disk.look" else ():
            raise error

    shop.bus.on(JobDone, fail_once)
    shop.space = Space(total=100_000_000, free=4_000_000)
    shop.run_jobs()
    assert [row["data"]["level"] for row in shop.records("disk.level")] == []
    assert not shop.ledger.quiet
    shop.pass_s(61)
    shop.run_jobs()
    assert [row["data"]["level"] for row in shop.records("disk.level")] == ["95"]
    assert shop.ledger.quiet
    assert shop.prompts.count("store.low") == 1


def test_a_turn_of_forgetting_that_finds_no_room_is_not_the_last_one(
    shop: CounterBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(table: RetentionTable, before_at: str) -> None:
        raise DiskFull("no room")

    turns = 0

    def count(due: TidyDue, tx: Transaction) -> None:
        nonlocal turns
        turns += 1

    with monkeypatch.context() as full:
        full.setattr(RetentionTable, "forget_commands", no_room)
        shop.pass_s(1300)
    shop.bus.on(TidyDue, count)
    shop.pass_s(1300)
    assert turns > 0
    assert "store.spent" not in shop.prompts, "nobody was refused anything"


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


def problems(shop: CounterBench) -> list[str]:
    return [text for text in shop.health.snapshot(shop.begin(), 1).problems if text.startswith("journal")]


def hurt(shop: CounterBench, before: str, after: str) -> None:
    with closing(sqlite3.connect(shop.ledger.path)) as connection:
        connection.execute("UPDATE journal SET body = replace(body, ?, ?)", (before, after))
        connection.commit()


def test_a_broken_chain_is_said_shown_and_looked_at_by_the_next_boot(shop: CounterBench) -> None:
    shop.sell()
    hurt(shop, "可乐", "可口")
    shop.pass_s(1300)
    assert [prompt for prompt in shop.prompts if prompt.startswith("store.")] == ["store.broken"]
    assert problems(shop) == ["journal: row 3 does not carry the hash of what it says"]
    assert (shop.folder / "ledger.suspect").exists()
    shop.sell()
    assert len(shop.booked) == 2
    shop.restart()
    assert shop.ledger.set_aside is not None
    assert not (shop.folder / "ledger.suspect").exists()
    assert problems(shop) == []


def test_a_chain_that_is_whole_again_is_no_problem_any_more(shop: CounterBench) -> None:
    shop.sell()
    hurt(shop, "可乐", "可口")
    shop.pass_s(601)
    hurt(shop, "可口", "可乐")
    assert problems(shop) != []
    shop.pass_s(601)
    assert problems(shop) == []


def test_the_whole_chain_is_read_once_a_week_and_no_more_often(shop: CounterBench) -> None:
    shop.sell()
    shop.pass_s(601)
    hurt(shop, "可乐", "可口")
    for _ in range(6):
        shop.sleep_s(86_400)
    assert problems(shop) == []
    shop.sleep_s(86_400)
    assert problems(shop) != []
