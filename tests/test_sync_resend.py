"""Resends: what the cloud lost is sent again by its order, beside what is live, and what is gone is declared."""

from __future__ import annotations

from pathlib import Path

import pytest
from link_bench import LinkBench, Notes, online

from edge.model.records import Stream


@pytest.fixture
def shop(tmp_path: Path) -> LinkBench:
    """Online, the boot event acknowledged, nothing on its way: the next event has seq 2."""
    return online(LinkBench(tmp_path / "shop"))


def test_a_resend_rewinds_by_its_rid_and_nothing_else_does(shop: LinkBench) -> None:
    shop.tell(Notes(300))
    shop.pass_s(1)
    shop.ack(301)
    shop.published.clear()
    shop.resend(50, 270)
    shop.pass_s(1)
    assert [(batch.rid, batch.base, batch.n) for batch in shop.batches()] == [
        ("rs-1", 50, 100), ("rs-1", 150, 100), ("rs-1", 250, 21)
    ]  # fmt: skip
    assert shop.begin().outbox.position(Stream.EV).acked == 301
    assert shop.begin().outbox.resends() == []


def test_the_same_rid_twice_is_one_resend(shop: LinkBench) -> None:
    shop.ack(1, pace={"gap_ms": 60_000})
    shop.tell(Notes(400))
    shop.resend(1, 1)
    for _ in range(3):
        shop.resend(2, 350, rid="rs-2")
    assert [(order.rid, order.hi) for order in shop.begin().outbox.resends()] == [("rs-2", 350)]


def test_four_resends_are_open_at_most(shop: LinkBench) -> None:
    shop.tell(Notes(500))
    shop.pass_s(1)
    shop.ack(1, pace={"gap_ms": 60_000})
    shop.resend(1, 300, rid="rs-0")
    for n in range(1, 8):
        shop.resend(1, 300, rid=f"rs-{n}")
    assert len(shop.begin().outbox.resends()) == 4


def test_the_oldest_resend_is_served_first_whatever_it_is_called(shop: LinkBench) -> None:
    shop.ack(1, pace={"gap_ms": 5_000})
    shop.tell(Notes(400))
    shop.resend(1, 1)
    shop.resend(2, 150, rid="rs-9")
    shop.resend(2, 150, rid="rs-1")
    shop.pass_s(60)
    assert [batch.rid for batch in shop.batches() if batch.rid] == ["rs-1", "rs-9", "rs-9", "rs-1", "rs-1"]


def test_a_resend_goes_on_after_a_power_cut(shop: LinkBench) -> None:
    shop.tell(Notes(300))
    shop.pass_s(1)
    shop.ack(301, pace={"gap_ms": 5_000})
    shop.resend(1, 250)
    shop.restart()
    shop.published.clear()
    shop.go_online()
    shop.pass_s(10)
    resent = [batch for batch in shop.batches() if batch.rid]
    assert resent[0].base == 101
    assert resent[-1].base + resent[-1].n == 251


def test_what_is_gone_is_declared_and_what_is_not_written_yet_is_not(shop: LinkBench) -> None:
    shop.tell(Notes(50))
    shop.pass_s(1)
    shop.ack(51)
    tx = shop.begin()
    assert tx.retention.prune("2099", limit=20) == 20
    tx.commit()
    shop.published.clear()
    shop.resend(1, 90)
    shop.pass_s(1)
    gone = [(part.lo, part.hi, part.why) for batch in shop.batches() for part in batch.gone]
    assert gone == [(1, 20, "pruned")]
    assert shop.seqs() == [(21, 51)]


def test_a_resend_of_an_older_epoch_is_answered_from_that_epoch(shop: LinkBench) -> None:
    shop.tell(Notes(9))
    shop.pass_s(1)
    shop.ack(10)
    old = shop.epoch
    shop.welcome(upto={"ev": 99})
    shop.welcome()
    shop.pass_s(1)
    shop.published.clear()
    shop.resend(3, 5, epoch=old)
    shop.pass_s(1)
    (batch,) = shop.batches()
    assert (batch.epoch, batch.base, batch.n) == (old, 3, 3)


def test_resends_share_the_line_with_what_is_live(shop: LinkBench) -> None:
    shop.tell(Notes(1000))
    shop.pass_s(1)
    shop.ack(1001)
    shop.published.clear()
    shop.resend(1, 1000)
    shop.tell(Notes(1000))
    shop.pass_s(1)
    first = [bool(batch.rid) for batch in shop.batches()][:9]
    assert first.count(True) >= 3
    assert first.count(False) >= 5


def test_a_long_resend_does_not_overrun_the_queue_of_the_session(shop: LinkBench) -> None:
    shop.tell(Notes(9000))
    for upto in range(100, 9001, 100):
        shop.ack(upto)
    shop.pass_s(1)
    shop.ack(9001)
    shop.published.clear()
    shop.resend(1, 9001)
    assert len(shop.published) <= 4
    shop.pass_s(60)
    assert sum(batch.n for batch in shop.batches()) == 9001
