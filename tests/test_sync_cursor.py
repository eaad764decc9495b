"""The cursor of what the cloud has: it travels with the next write, and what a power cut takes of it does no harm."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from link_bench import LinkBench, Note, Notes, online

from edge.errors import DiskFull
from edge.model.records import DiskLevelChanged, Stream
from edge.services.sync import CURSOR_AGAIN_S, CURSOR_S, CursorDue


@pytest.fixture
def shop(tmp_path: Path) -> LinkBench:
    """Online, ten events on their way, nothing acknowledged but the boot's (seq 1)."""
    shop = online(LinkBench(tmp_path / "shop"))
    shop.tell(Notes(10))
    shop.pass_s(CURSOR_S)
    shop.published.clear()
    return shop


def in_the_file(shop: LinkBench) -> int:
    with closing(sqlite3.connect(shop.ledger.path)) as connection:
        (acked,) = connection.execute("SELECT acked FROM pos WHERE stream = 'ev'").fetchone()
    return int(acked)


def known(shop: LinkBench) -> int:
    return int(shop.begin().outbox.position(Stream.EV).acked)


def test_an_acknowledgement_alone_writes_nothing_for_a_second(shop: LinkBench) -> None:
    wal = shop.ledger.path.with_name("ledger.db-wal")
    before = wal.stat().st_size
    for upto in range(2, 9):
        shop.ack(upto)
    shop.pass_s(CURSOR_S / 2)
    assert (known(shop), in_the_file(shop), wal.stat().st_size) == (8, 1, before)
    shop.pass_s(CURSOR_S / 2)
    assert (known(shop), in_the_file(shop)) == (8, 8)


def test_it_travels_with_the_next_write(shop: LinkBench) -> None:
    shop.ack(8)
    shop.tell(Note())
    assert in_the_file(shop) == 8


def test_after_a_power_cut_the_welcome_says_how_far_the_cloud_is(shop: LinkBench) -> None:
    shop.ack(8)
    shop.restart()
    assert known(shop) == 1
    shop.published.clear()
    shop.go_online(upto={"ev": 8})
    shop.pass_s(CURSOR_S)
    assert shop.seqs() == [(9, 12)], "12 is the second boot"
    assert in_the_file(shop) == 8


def test_a_cloud_that_does_not_say_how_far_it_is_gets_once_more_what_it_has(shop: LinkBench) -> None:
    shop.ack(8)
    shop.restart()
    shop.published.clear()
    shop.go_online()
    shop.pass_s(CURSOR_S)
    assert shop.seqs() == [(2, 12)]


def test_a_cursor_that_was_written_and_rolled_back_goes_with_the_next_write(shop: LinkBench) -> None:
    shop.ack(8)
    tx = shop.begin()
    tx.outbox.keep_cursors()
    tx.rollback()
    assert (known(shop), in_the_file(shop)) == (8, 1)
    shop.tell(Note())
    assert in_the_file(shop) == 8


def test_a_cursor_that_finds_no_room_is_written_once_there_is_some(shop: LinkBench) -> None:
    full = [DiskFull("full")]

    def no_room(*_: object) -> None:
        if full:
            raise full[0]

    shop.bus.on(CursorDue, no_room)
    shop.bus.on(DiskLevelChanged, no_room)
    shop.ack(8)
    shop.pass_s(CURSOR_S + 2 * CURSOR_AGAIN_S)
    assert (known(shop), in_the_file(shop)) == (8, 1)
    full.clear()
    shop.pass_s(CURSOR_AGAIN_S)
    assert in_the_file(shop) == 8


def test_a_clean_stop_keeps_it(shop: LinkBench) -> None:
    shop.ack(8)
    shop.restart(clean=True)
    assert known(shop) == 8


def test_a_row_that_the_cloud_parked_is_known_at_once(shop: LinkBench) -> None:
    shop.ack(8, rej=[{"seq": 8, "code": "schema.invalid"}])
    assert in_the_file(shop) == 8
    shop.restart()
    assert known(shop) == 8
    assert shop.begin().outbox.rejected() == 1


def test_what_a_rollback_undoes_is_not_acknowledged(shop: LinkBench) -> None:
    tx = shop.begin()
    assert tx.outbox.acknowledge(Stream.EV, 8) == 7
    tx.rollback()
    assert known(shop) == 1


def test_retention_has_the_cursor_written_before_it_asks_the_file(shop: LinkBench) -> None:
    """Or it would give up as un-sent what the cloud has had for a second."""
    shop.ack(11)
    tx = shop.begin()
    assert tx.retention.drop_events(limit=100, max_octets=0) == 0
    assert tx.retention.forget_events(limit=100) == 11
    tx.commit()
    assert in_the_file(shop) == 11


def test_a_new_epoch_tells_what_was_acknowledged_of_the_old_one(shop: LinkBench) -> None:
    shop.ack(8)
    tx = shop.begin()
    old = tx.outbox.rotate("01KAQ5M2C4T8K1V6P0YBHZ3N7D")
    tx.commit()
    assert shop.begin().outbox.past()[0] == (old, {"ev": 8, "pk": 0, "tx": 0})
    assert shop.begin().outbox.position(Stream.EV).head == 3
    assert (known(shop), in_the_file(shop)) == (0, 0)
