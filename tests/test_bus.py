"""One message, one transaction: in order, whole or not at all, and effects only after the commit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import HandClock

from edge import bus as bus_module
from edge.bus import Bus
from edge.errors import DiskFull, EdgeError, StoreError
from edge.messages import MessageFailed, WorkQueued
from edge.model.records import PaperOut
from edge.store.ledger import Ledger
from edge.store.queries import LedgerQueries


@dataclass(frozen=True)
class Ping:
    n: int


@dataclass(frozen=True)
class Pong:
    n: int


class Counterpart:
    """A bus on a real ledger, and what was heard on it."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock()
        self.ledger = Ledger.open(folder / "ledger.db", self.clock, Random(1))
        self.bus = Bus(self.ledger, self.clock)
        self.heard: list[Any] = []

    def note(self, message: Any, tx: Any) -> None:
        self.heard.append(message)

    def rows(self) -> int:
        return len(list(LedgerQueries(self.ledger.path).journal()))


@pytest.fixture
def part(tmp_path: Path) -> Iterator[Counterpart]:
    part = Counterpart(tmp_path)
    yield part
    part.ledger.close(clean=False)


def note_name(part: Counterpart, name: str, message: Any, tx: Any) -> None:
    part.heard.append(name)


def test_messages_come_in_the_order_in_which_they_were_posted(part: Counterpart) -> None:
    part.bus.on(Ping, part.note)
    for n in range(5):
        part.bus.post(Ping(n))
    part.bus.run_pending()
    assert part.heard == [Ping(n) for n in range(5)]
    assert part.bus.run_once() is False


def test_handlers_of_one_message_run_in_the_order_in_which_they_were_wired(part: Counterpart) -> None:
    for name in "abc":
        part.bus.on(Ping, partial(note_name, part, name))
    part.bus.post(Ping(1))
    part.bus.run_pending()
    assert part.heard == ["a", "b", "c"]


def test_effects_leave_after_the_commit_in_their_order_and_before_the_next_message(part: Counterpart) -> None:
    def book(message: Ping, tx: Any) -> None:
        tx.after_commit(Pong(1))
        tx.append(PaperOut("printer"))
        tx.after_commit(Pong(2))
        assert part.rows() == 0

    part.bus.on(Ping, book)
    part.bus.route(Pong, lambda pong: part.heard.append((pong.n, part.rows())))
    part.bus.on(Pong, lambda pong, tx: part.heard.append(f"handled {pong.n}"))
    part.bus.on(str, part.note)
    part.bus.post(Ping(1))
    part.bus.post("later")
    part.bus.run_pending()
    assert part.heard == [(1, 1), (2, 1), "handled 1", "handled 2", "later"]


def test_timers_ring_in_the_order_of_their_time_and_equal_ones_in_the_order_of_asking(part: Counterpart) -> None:
    part.bus.on(Ping, part.note)
    for seconds, n in ((3, 1), (1, 2), (3, 3), (2, 4)):
        part.bus.after(seconds, Ping(n))
    part.bus.run_pending()
    assert part.heard == []
    assert part.bus.next_due() == part.clock.mono_s + 1
    part.clock.pass_s(3)
    part.bus.run_pending()
    assert [ping.n for ping in part.heard] == [2, 4, 1, 3]
    assert part.bus.next_due() is None


def test_a_failure_leaves_nothing_and_is_reported_once(part: Counterpart) -> None:
    def book(message: Ping, tx: Any) -> None:
        tx.append(PaperOut("printer"))
        tx.after_commit(Pong(1))

    def fail(message: Ping, tx: Any) -> None:
        raise KeyError("a bug")

    part.bus.on(Ping, book)
    part.bus.on(Ping, fail)
    part.bus.on(MessageFailed, part.note)
    part.bus.route(Pong, lambda pong: part.heard.append(pong))
    part.bus.post(Ping(7))
    part.bus.run_pending()
    assert part.rows() == 0
    (failed,) = part.heard
    assert (failed.message, repr(failed.error)) == (Ping(7), "KeyError('a bug')")


def test_the_next_message_after_a_failure_is_handled_as_if_nothing_had_been(part: Counterpart) -> None:
    def book(message: Ping, tx: Any) -> None:
        tx.append(PaperOut("printer"))
        if message.n == 1:
            raise EdgeError("refused")

    part.bus.on(Ping, book)
    part.bus.post(Ping(1))
    part.bus.post(Ping(2))
    part.bus.run_pending()
    rows = list(LedgerQueries(part.ledger.path).journal())
    assert [(row["n"], row["seq"]) for row in rows] == [(1, 1)]


def test_a_store_that_fails_ends_the_dispatcher(part: Counterpart) -> None:
    def fail(message: Ping, tx: Any) -> None:
        raise StoreError("an fsync failed")

    part.bus.on(Ping, fail)
    part.bus.post(Ping(1))
    with pytest.raises(StoreError, match="an fsync failed"):
        part.bus.run_once()


def test_a_bug_in_the_report_of_a_failure_ends_the_dispatcher_but_a_full_disk_does_not(part: Counterpart) -> None:
    errors: list[Exception] = [DiskFull("full"), KeyError("a bug")]

    def fail(message: Ping, tx: Any) -> None:
        raise DiskFull("full")

    def report(failed: MessageFailed, tx: Any) -> None:
        raise errors.pop(0)

    part.bus.on(Ping, fail)
    part.bus.on(MessageFailed, report)
    part.bus.post(Ping(1))
    part.bus.run_pending()
    part.bus.post(Ping(2))
    with pytest.raises(KeyError, match="a bug"):
        part.bus.run_pending()


def test_handlers_that_post_to_themselves_without_end_are_stopped(
    part: Counterpart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus_module, "MAX_CHAIN", 50)
    part.bus.on(Ping, lambda ping, tx: tx.after_commit(Ping(ping.n + 1)))
    part.bus.post(Ping(1))
    with pytest.raises(EdgeError, match="without end"):
        part.bus.run_pending()


def test_threads_may_post_at_once_and_nothing_is_lost_or_doubled(part: Counterpart) -> None:
    part.bus.on(Ping, part.note)

    def post(k: int) -> None:
        for n in range(200):
            part.bus.post(Ping(k * 1000 + n))

    threads = [threading.Thread(target=post, args=(k,)) for k in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    part.bus.run_pending()
    assert len(part.heard) == len({ping.n for ping in part.heard}) == 1000
    for k in range(5):
        own = [ping.n for ping in part.heard if ping.n // 1000 == k]
        assert own == sorted(own)


def test_a_nudge_that_waits_is_as_good_as_two(part: Counterpart) -> None:
    def nudge(ping: Ping, tx: Any) -> None:
        for effect in (WorkQueued(), Pong(1), WorkQueued(), Pong(1)):
            tx.after_commit(effect)

    part.bus.on(Ping, nudge)
    for kind in (WorkQueued, Pong):
        part.bus.on(kind, part.note)
    part.bus.post(Ping(1))
    part.bus.run_pending()
    assert part.heard == [WorkQueued(), Pong(1), Pong(1)]
    part.bus.post(Ping(2))
    part.bus.run_pending()
    assert part.heard.count(WorkQueued()) == 2, "one that was handled is not remembered"


def test_a_dispatcher_that_waits_is_woken_by_a_post(part: Counterpart) -> None:
    part.bus.on(Ping, part.note)
    thread = threading.Thread(target=lambda: part.bus.post(Ping(1)))
    thread.start()
    assert part.bus.run_once(wait_s=10.0)
    thread.join()
    assert part.heard == [Ping(1)]


def test_the_dispatcher_is_never_held_up_by_its_own_full_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused command posts its answer from the dispatcher's thread, in the middle of a flood of scans."""
    monkeypatch.setattr(bus_module, "MAX_POSTED", 2)
    part = Counterpart(tmp_path)

    def answer(ping: Ping, tx: Any) -> None:
        for n in range(3):
            part.bus.post(Pong(n))

    part.bus.on(Ping, answer)
    part.bus.on(Pong, part.note)
    part.bus.post(Ping(1))
    part.bus.run_pending()
    assert sorted(pong.n for pong in part.heard) == [0, 1, 2]
    part.ledger.close(clean=False)
