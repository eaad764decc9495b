"""The outbox on its way: windows, acknowledgements, time-outs, resends, pace, and rows that can go no further."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from counter_bench import Habits
from link_bench import LinkBench, Note, Notes, octets_of, online

from edge.codec.wire_term import MAX_BATCH_OCTETS, MAX_EVENTS
from edge.errors import EdgeError
from edge.model.records import PaperOut, Stream
from edge.ports import Transaction
from edge.services.sync import CURSOR_S, LINGER_S, RTO_FIRST_S, RTO_LAST_S, WINDOW
from edge.store.journal import DROPPED

OTHER_EPOCH = "01KAQ5M2C4T8K1V6P0YBHZ3N7D"


@pytest.fixture
def shop(tmp_path: Path) -> LinkBench:
    """Online, the boot event acknowledged, nothing on its way: the next event has seq 2."""
    return online(LinkBench(tmp_path / "shop"))


def test_a_row_leaves_after_its_linger_and_alone_if_nobody_joins_it(shop: LinkBench) -> None:
    shop.tell(Note())
    assert shop.batches() == []
    shop.pass_s(LINGER_S)
    assert shop.seqs() == [(2, 2)]
    shop.pass_s(10)
    assert shop.seqs() == [(2, 2)]


def test_rows_that_come_within_the_linger_travel_together(shop: LinkBench) -> None:
    for _ in range(3):
        shop.tell(Note())
        shop.pass_s(LINGER_S / 4)
    shop.pass_s(LINGER_S)
    assert shop.seqs() == [(2, 4)]


def test_a_batch_holds_a_hundred_events_and_does_not_linger_when_it_is_full(shop: LinkBench) -> None:
    shop.tell(Notes(250))
    assert shop.seqs() == [(2, 101), (102, 201)]
    shop.pass_s(LINGER_S)
    assert shop.seqs()[-1] == (202, 251)


def test_a_batch_of_large_events_stays_below_48_kib_of_json(shop: LinkBench) -> None:
    for _ in range(30):
        shop.tell(Note("字" * 1500))
    shop.pass_s(1)
    assert shop.seqs()[0][0] == 2
    assert shop.seqs()[-1][1] == 31
    for publish in shop.published:
        assert octets_of(publish) <= MAX_BATCH_OCTETS
    assert all(batch.n <= MAX_EVENTS for batch in shop.batches())


def test_a_broker_with_a_small_limit_gets_small_payloads(tmp_path: Path) -> None:
    shop = online(LinkBench(tmp_path / "shop", Habits(max_payload=2_000)))
    chance = Random(1)
    for _ in range(20):
        shop.tell(Note("".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=600))))
    shop.pass_s(1)
    assert all(len(publish.payload) <= 2_000 for publish in shop.published)
    assert shop.seqs()[-1][1] == 21


def test_batches_are_contiguous_and_carry_the_journals_own_rows(shop: LinkBench) -> None:
    shop.tell(Notes(120))
    shop.pass_s(1)
    events = [event for batch in shop.batches() for event in batch.evs]
    rows = [row for row in shop.records() if row["stream"] == "ev" and row["seq"] > 1]
    assert [(e.seq, e.id, e.type, e.at, e.data) for e in events] == [
        (row["seq"], row["id"], row["type"], row["at"], row["data"]) for row in rows
    ]  # fmt: skip


def test_no_more_than_the_window_is_on_its_way(shop: LinkBench) -> None:
    shop.tell(Notes(MAX_EVENTS * (WINDOW + 4)))
    shop.pass_s(1)
    assert len(shop.seqs()) == WINDOW
    shop.ack(1 + 2 * MAX_EVENTS)
    assert len(shop.seqs()) == WINDOW + 2


def test_parcels_go_before_sales_and_sales_before_events(shop: LinkBench) -> None:
    shop.down()
    shop.sell()
    shop.tell(Note())
    shop.go_online()
    shop.published.clear()
    shop.pass_s(LINGER_S)
    order = [publish.topic.rpartition("/")[2] for publish in shop.published]
    assert order == ["tx", "ev"]
    assert list(Stream) == [Stream.PK, Stream.TX, Stream.EV]


def test_an_acknowledgement_is_cumulative_and_never_goes_back(shop: LinkBench) -> None:
    shop.tell(Notes(10))
    shop.pass_s(1)
    shop.ack(8)
    shop.ack(3)
    assert shop.begin().outbox.position(Stream.EV).acked == 8
    shop.pass_s(CURSOR_S)
    shop.restart()
    assert shop.begin().outbox.position(Stream.EV).acked == 8


def test_acknowledgements_of_another_epoch_or_beyond_the_head_are_ignored(shop: LinkBench) -> None:
    shop.tell(Notes(10))
    shop.pass_s(1)
    shop.ack(12)
    shop.ack(11, epoch=OTHER_EPOCH)
    assert shop.begin().outbox.position(Stream.EV).acked == 1


def test_an_acknowledgement_before_the_welcome_is_meant_for_another_box(shop: LinkBench) -> None:
    """It was on its way when an old copy of this box took over: its numbers stand for other rows here."""
    shop.tell(Notes(10))
    shop.pass_s(1)
    shop.restart()
    shop.published.clear()
    shop.dial()
    shop.up()
    shop.ack(8)
    assert shop.begin().outbox.position(Stream.EV).acked == 1
    shop.welcome(last={"ev": {"seq": 8, "id": "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"}})
    shop.welcome()
    shop.pass_s(1)
    assert shop.seqs()[0] == (1, 12)


def test_a_puback_frees_nothing(shop: LinkBench) -> None:
    shop.tell(Notes(10))
    shop.pass_s(1)
    shop.puback(0)
    assert shop.begin().outbox.position(Stream.EV).acked == 1
    shop.restart()
    assert len(shop.begin().outbox.rows(Stream.EV, 2, 11)) == 10


def test_without_progress_it_goes_back_to_the_first_row_that_is_not_acknowledged(shop: LinkBench) -> None:
    shop.tell(Notes(250))
    shop.pass_s(1)
    shop.ack(101)
    shop.published.clear()
    shop.pass_s(RTO_FIRST_S * 1.2 + LINGER_S)
    assert shop.seqs() == [(102, 201), (202, 251)]


def test_the_time_out_doubles_up_to_five_minutes_and_progress_resets_it(shop: LinkBench) -> None:
    def pauses(count: int) -> list[float]:
        found, last = list[float](), shop.clock.mono_s
        while len(found) < count:
            seen = len(shop.seqs())
            shop.pass_s(0.5)
            if len(shop.seqs()) > seen:
                found.append(shop.clock.mono_s - last)
                last = shop.clock.mono_s
        return found

    shop.tell(Note(), Note())
    shop.pass_s(1)
    shop.hush()
    for k, pause in enumerate(pauses(7)):
        expected = min(RTO_FIRST_S * 2**k, RTO_LAST_S)
        assert 0.8 * expected - 2 <= pause <= 1.2 * expected + 2, f"time-out {k}"
    shop.ack(2)
    shop.hush()
    assert pauses(1)[0] <= 1.2 * RTO_FIRST_S + 2


def test_a_reconnection_starts_at_the_first_row_that_is_not_acknowledged(shop: LinkBench) -> None:
    shop.tell(Notes(10))
    shop.pass_s(1)
    shop.ack(4)
    shop.down()
    shop.published.clear()
    shop.go_online()
    shop.pass_s(1)
    assert shop.seqs() == [(5, 11)]


def test_welcomes_leave_no_old_timers_behind(shop: LinkBench) -> None:
    shop.tell(Note())
    shop.pass_s(1)
    for _ in range(50):
        shop.welcome()
        shop.pass_s(0.3)
    shop.published.clear()
    shop.pass_s(RTO_FIRST_S * 1.2 + 1)
    assert len(shop.seqs()) == 1
    turns = shop.bus.handled
    shop.pass_s(200)
    assert shop.bus.handled - turns < 250


def test_pace_is_obeyed_until_the_next_welcome(shop: LinkBench) -> None:
    shop.ack(1, pace={"window": 1, "batch": 50, "gap_ms": 20_000, "linger_ms": 0})
    shop.tell(Notes(200))
    shop.pass_s(1)
    assert shop.seqs() == [(2, 51)]
    shop.ack(51)
    assert len(shop.seqs()) == 1
    shop.pass_s(19.5)
    assert shop.seqs() == [(2, 51), (52, 101)]
    shop.published.clear()
    shop.welcome()
    shop.pass_s(1)
    assert shop.seqs() == [(52, 151), (152, 201)]


def test_a_rate_limit_spreads_the_messages_of_a_stream(tmp_path: Path) -> None:
    shop = online(LinkBench(tmp_path / "shop", Habits(max_rate=2)))
    shop.tell(Notes(1000))
    shop.pass_s(0.9)
    assert len(shop.seqs()) == 2
    shop.pass_s(10)
    assert len(shop.seqs()) == 10


@pytest.mark.parametrize(("code", "wait_s"), [(0x87, 900), (0x97, 60)])
def test_a_broker_that_refuses_or_is_full_is_left_alone_for_a_while(shop: LinkBench, code: int, wait_s: float) -> None:
    shop.tell(Note())
    shop.pass_s(1)
    shop.puback(code)
    shop.published.clear()
    shop.tell(Note())
    shop.sell()
    shop.pass_s(wait_s - 20)
    assert shop.batches() == []
    assert shop.seqs("tx") != []
    shop.pass_s(30 + LINGER_S)
    assert shop.seqs() != []


def test_nobody_listening_is_counted_and_nothing_else(shop: LinkBench) -> None:
    shop.puback(0x10)
    shop.tell(Note())
    shop.pass_s(1)
    assert (shop.sync.ingest_absent, shop.seqs()) == (1, [(2, 2)])


def test_a_poison_row_is_marked_shown_and_never_sent_again(shop: LinkBench) -> None:
    shop.tell(Notes(3))
    shop.pass_s(1)
    shop.ack(4, rej=[{"seq": 3, "code": "schema.invalid"}])
    assert [row["rej"] for row in shop.records() if "rej" in row] == ["schema.invalid"]
    assert any("parked" in problem for problem in shop.health.snapshot(shop.begin(), 1).problems)
    shop.published.clear()
    shop.pass_s(600)
    assert shop.batches() == []
    assert shop.verdict() == ""


def test_a_cloud_that_calls_a_row_dropped_does_not_make_the_box_forget_it(shop: LinkBench) -> None:
    shop.tell(Notes(3))
    shop.pass_s(1)
    shop.ack(4, rej=[{"seq": 3, "code": DROPPED}])
    assert len(shop.begin().outbox.rows(Stream.EV, 1, 4)) == 4


def test_events_dropped_for_room_are_declared_in_their_stream_and_the_watermark_can_pass(shop: LinkBench) -> None:
    shop.down()
    shop.tell(Notes(30))
    tx = shop.begin()
    assert tx.retention.drop_events(limit=20, max_octets=1) == 20
    tx.commit()
    shop.published.clear()
    shop.go_online()
    shop.pass_s(1)
    first, second = shop.batches()
    assert [(part.lo, part.hi, part.why) for part in first.gone] == [(2, 21, "dropped")]
    assert (first.n, second.base, second.n) == (0, 22, 10)
    shop.ack(31)
    assert shop.begin().outbox.position(Stream.EV).acked == 31
    assert shop.verdict() == ""


def test_events_dropped_over_more_than_a_batch_take_no_good_ones_with_them(shop: LinkBench) -> None:
    shop.down()
    shop.tell(Notes(300))
    tx = shop.begin()
    assert tx.retention.drop_events(limit=150, max_octets=1) == 150
    tx.commit()
    shop.published.clear()
    shop.go_online()
    shop.pass_s(1)
    assert [(part.lo, part.hi) for batch in shop.batches() for part in batch.gone] == [(2, 151)]
    assert shop.seqs() == [(152, 251), (252, 301)]


def test_a_failed_transaction_does_not_put_the_stream_to_sleep(shop: LinkBench) -> None:
    def fail(record: PaperOut, tx: Transaction) -> None:
        raise EdgeError("refused")

    def book(text: str, tx: Transaction) -> None:
        tx.append(PaperOut("printer"))

    shop.bus.on(PaperOut, fail)
    shop.bus.on(str, book)
    shop.tell("a message whose handler fails after its record")
    shop.tell(Note())
    shop.pass_s(1)
    assert shop.seqs() == [(2, 2)]
