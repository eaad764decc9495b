"""Coming and going: when the terminal connects, how it greets, whose welcome counts, and what a restored box does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from counter_bench import CounterBench, Habits, HandClock
from link_bench import LONG_S, LinkBench, Note, Notes

from edge.codec.topics import Down
from edge.codec.wire_up import Status
from edge.messages import CloudUp, Connect, Disconnect, Refusal
from edge.model.records import Stream
from edge.services.link import Phase
from edge.services.reconnect import wait_s

OTHER_EPOCH = "01KAQ5M2C4T8K1V6P0YBHZ3N7D"
OTHER_ID = "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"


@pytest.fixture
def shop(tmp_path: Path) -> LinkBench:
    return LinkBench(tmp_path / "shop")


def test_a_terminal_without_a_cloud_never_connects(tmp_path: Path) -> None:
    shop = CounterBench(tmp_path / "shop", Habits(cloud=False))
    shop.sell()
    shop.pass_s(LONG_S)
    assert (shop.connected, shop.link.phase) == ([], Phase.DOWN)


def test_it_connects_greets_and_sends_nothing_else_before_the_welcome(shop: LinkBench) -> None:
    shop.sell()
    assert shop.dial() <= 5.0
    shop.up()
    shop.pass_s(60)
    assert [status.state for status in shop.sent("status")] == ["online"]
    assert shop.sent("hello")[0].sess == shop.sess
    assert (shop.batches("tx"), shop.batches("ev")) == ([], [])
    shop.welcome()
    shop.pass_s(1)
    assert shop.seqs("tx") == [(1, 2)]


def test_the_will_is_an_offline_status_of_the_same_session(shop: LinkBench) -> None:
    shop.dial()
    connect = shop.connected[-1]
    assert isinstance(connect, Connect)
    will = Status.model_validate_json(connect.will.payload)
    assert (will.state, will.sess, connect.will.topic) == ("offline", shop.sess, "stores/v1/T7K3M9Q2/up/status")
    assert 108 <= connect.keepalive_s <= 132


def test_each_session_has_a_higher_number_after_a_power_cut_too(shop: LinkBench) -> None:
    numbers = []
    for _ in range(3):
        shop.dial()
        numbers.append(shop.sess)
        shop.down()
        shop.dial()
        numbers.append(shop.sess)
        shop.restart()
    assert numbers == [1, 2, 3, 4, 5, 6]


def test_a_hello_is_repeated_after_2_4_8_up_to_60_seconds_until_the_welcome(shop: LinkBench) -> None:
    shop.dial()
    shop.up()
    moments: list[float] = []
    start = shop.clock.mono_s
    while shop.clock.mono_s < start + 300:
        shop.pass_s(0.5)
        moments += [shop.clock.mono_s - start] * (len(shop.sent("hello")) - 1 - len(moments))
    assert [round(moment) for moment in moments] == [2, 6, 14, 30, 62, 122, 182, 242]
    shop.welcome()
    shop.pass_s(300)
    assert len(shop.sent("hello")) == 9


def test_a_rebirth_brings_status_and_hello_again_and_only_one_row_of_repetitions(shop: LinkBench) -> None:
    shop.dial()
    shop.up()
    for _ in range(3):
        shop.pass_s(1)
        shop.hear(Down.CTL, {"t": "rebirth"})
    assert len(shop.sent("status")) == len(shop.sent("hello")) == 4
    shop.pass_s(2.1)
    assert len(shop.sent("hello")) == 5


def test_a_rebirth_while_online_repeats_its_hello_until_it_is_welcomed_again(shop: LinkBench) -> None:
    shop.go_online()
    shop.hear(Down.CTL, {"t": "rebirth"})
    shop.pass_s(7)
    assert len(shop.sent("hello")) == 4
    shop.welcome()
    shop.pass_s(100)
    assert len(shop.sent("hello")) == 4


def test_a_welcome_for_another_session_or_epoch_is_not_mine(shop: LinkBench) -> None:
    shop.dial()
    shop.up()
    shop.welcome(sess=shop.sess + 1)
    shop.welcome(epoch=OTHER_EPOCH)
    shop.pass_s(1)
    assert (shop.link.phase, shop.batches()) == (Phase.GREETING, [])
    shop.welcome()
    assert shop.link.phase is Phase.ONLINE


def test_a_welcome_that_comes_when_the_line_is_down_is_ignored(shop: LinkBench) -> None:
    shop.dial()
    shop.welcome()
    assert not shop.link.online()
    shop.up()
    shop.down()
    shop.welcome()
    assert shop.link.phase is Phase.DOWN


def test_news_of_an_older_session_is_ignored(shop: LinkBench) -> None:
    shop.dial()
    old = shop.sess
    shop.down()
    shop.dial()
    shop.tell(CloudUp(old, 5))
    assert shop.link.phase is Phase.CONNECTING


@pytest.mark.parametrize("failures", range(1, 12))
def test_the_kth_failed_attempt_waits_with_full_jitter_up_to_its_bound(failures: int) -> None:
    chance = Random(failures)
    waits = [wait_s(Refusal.NETWORK, failures, spread_s=390, cap_s=900, chance=chance) for _ in range(500)]
    bound = min(900, 2 ** (failures + 2))
    assert 0 <= min(waits) < 0.1 * bound
    assert 0.9 * bound < max(waits) <= bound


def test_attempts_that_fail_one_after_the_other_keep_to_the_bounds_of_the_contract(tmp_path: Path) -> None:
    for seed in range(6):
        shop = LinkBench(tmp_path / str(seed), seed=seed)
        shop.go_online(reconnect={"spread_s": 300, "cap_s": 100})
        shop.restart()
        assert shop.dial() <= 300
        for k in range(1, 9):
            shop.down()
            assert shop.dial() <= min(100, 2 ** (k + 2)), f"attempt {k}"


def test_a_good_connection_that_ends_spreads_its_first_attempt_as_the_cloud_said(tmp_path: Path) -> None:
    waits = []
    for seed in range(12):
        shop = LinkBench(tmp_path / str(seed), seed=seed)
        shop.go_online(reconnect={"spread_s": 300})
        shop.pass_s(61)
        shop.down()
        waits.append(shop.dial())
    assert max(waits) <= 300
    assert sum(wait > 60 for wait in waits) >= 6


def test_a_second_loss_within_the_minute_is_spread_as_the_first(tmp_path: Path) -> None:
    waits = []
    for seed in range(12):
        shop = LinkBench(tmp_path / str(seed), seed=seed)
        for _ in range(2):
            shop.go_online(reconnect={"spread_s": 300})
            shop.pass_s(5)
            shop.down()
        waits.append(shop.dial())
    assert max(waits) <= 300
    assert sum(wait > 60 for wait in waits) >= 6


def test_connections_that_do_not_last_a_minute_count_as_failures(shop: LinkBench) -> None:
    for _ in range(8):
        shop.go_online(reconnect={"spread_s": 1, "cap_s": 900})
        shop.pass_s(5)
        shop.down()
    waits = []
    for _ in range(3):
        waits.append(shop.dial())
        shop.down()
    assert max(waits) > 30


def test_a_refused_certificate_waits_five_to_fifteen_minutes(shop: LinkBench) -> None:
    shop.dial()
    shop.down(Refusal.AUTH)
    assert 300 <= shop.dial() <= 900


def test_closed_before_connack_is_a_refusal_only_the_third_time_in_a_row_over_tls(shop: LinkBench) -> None:
    early = Refusal.CLOSED_BEFORE_CONNACK
    shop.go_online(reconnect={"spread_s": 1, "cap_s": 10})
    shop.down()
    for _ in range(6):
        shop.dial()
        shop.down(early, tls=False)
    assert shop.dial() < 300
    for _ in range(2):
        shop.down(early, tls=True)
        assert shop.dial() < 300
    shop.down(early, tls=True)
    assert 300 <= shop.dial() <= 900


def test_other_failures_in_between_do_not_make_a_refusal_of_one_early_close(shop: LinkBench) -> None:
    shop.dial()
    for cause in (Refusal.NETWORK, Refusal.NETWORK, Refusal.CLOSED_BEFORE_CONNACK):
        shop.down(cause, tls=True)
        assert shop.dial() <= 32


def test_an_old_broker_is_spoken_to_in_3_1_1_for_24_hours_restarts_included(shop: LinkBench) -> None:
    def version() -> int:
        connect = shop.connected[-1]
        assert isinstance(connect, Connect)
        return connect.version

    shop.dial()
    assert version() == 5
    shop.down(Refusal.PROTOCOL_VERSION)
    assert shop.dial() < 1
    assert version() == 4
    shop.restart()
    shop.dial()
    assert version() == 4
    shop.clock.pass_s(timedelta(hours=24).total_seconds())
    shop.down()
    shop.dial()
    assert version() == 5


def test_a_sale_while_the_line_is_down_tries_once_ahead_of_time_and_once_a_minute_at_most(shop: LinkBench) -> None:
    shop.dial()
    shop.down(Refusal.AUTH)
    asked = len(shop.connected)
    shop.sell()
    assert len(shop.connected) == asked + 1
    shop.down(Refusal.AUTH)
    shop.sell()
    shop.sell()
    assert len(shop.connected) == asked + 1
    shop.pass_s(60)
    shop.sell()
    assert len(shop.connected) == asked + 2


def test_losing_the_cloud_is_said_and_having_it_back_too(shop: LinkBench) -> None:
    shop.go_online()
    shop.pass_s(61)
    shop.down()
    assert shop.last_words == "网络断了，现金照常收"
    shop.go_online()
    assert "网络恢复" in [speech.text for speech in shop.spoken]


def test_a_sale_says_whether_the_cloud_was_there(shop: LinkBench) -> None:
    shop.sell()
    shop.go_online()
    shop.sell()
    assert [sale["offline"] for sale in shop.sales()] == [True, False]


@pytest.mark.parametrize("case", ["upto beyond head", "last beyond head", "last is another row"])
def test_a_box_restored_from_an_old_copy_begins_a_new_epoch_with_the_same_ids(shop: LinkBench, case: str) -> None:
    shop.sell()
    shop.sell()
    ids, epoch = [row["id"] for row in shop.records() if row["stream"] == Stream.TX], shop.epoch
    claims: dict[str, dict[str, Any]] = {
        "upto beyond head": {"upto": {"tx": 4}},
        "last beyond head": {"last": {"tx": {"seq": 9, "id": OTHER_ID}}},
        "last is another row": {"upto": {"tx": 2}, "last": {"tx": {"seq": 2, "id": OTHER_ID}}},
    }
    shop.go_online(**claims[case], sess_min=70, ctr_min=55)
    assert shop.epoch != epoch
    assert shop.link.phase is Phase.GREETING
    assert [(row["seq"], row["id"]) for row in shop.records("sale.completed")] == [(2, ids[1]), (3, ids[2])]
    assert [row["data"]["old"] for row in shop.records("seq.rotated")] == [epoch]
    assert shop.sent("hello")[-1].epoch == shop.epoch
    assert [(past.epoch, past.acked["tx"]) for past in shop.sent("hello")[-1].past] == [(epoch, 0)]
    assert shop.batches("tx") == []
    shop.welcome()
    shop.pass_s(1)
    assert [event.id for batch in shop.batches("tx") for event in batch.evs] == ids
    assert (shop.begin().get("sess"), shop.begin().get("ctr")) == ("70", "55")
    shop.down()
    shop.dial()
    assert shop.sess == 71
    assert shop.verdict() == ""


def test_only_what_was_not_acknowledged_moves_to_the_new_epoch(shop: LinkBench) -> None:
    shop.write(5, stream=Stream.TX)
    shop.go_online()
    shop.ack(4, stream="tx")
    rows = shop.records("sale.completed")
    shop.down()
    shop.go_online(upto={"tx": 99})
    moved = [(row["seq"], row["id"]) for row in shop.records("sale.completed") if row["epoch"] == shop.epoch]
    assert moved == [(1, rows[3]["id"]), (2, rows[4]["id"])]


def test_a_row_of_the_same_id_at_its_place_is_no_sign_of_a_restored_box(shop: LinkBench) -> None:
    shop.sell()
    shop.go_online(upto={"tx": 2}, last={"tx": {"seq": 2, "id": shop.records("sale.completed")[0]["id"]}})
    assert shop.link.phase is Phase.ONLINE
    assert shop.begin().outbox.position(Stream.TX).acked == 2


def test_a_second_welcome_that_turns_the_epoch_stops_all_batches_until_the_next_one(shop: LinkBench) -> None:
    shop.go_online()
    shop.pass_s(1)
    shop.welcome(upto={"tx": 50})
    shop.published.clear()
    shop.tell(Note())
    shop.pass_s(1)
    assert shop.batches() == []
    shop.welcome()
    shop.pass_s(1)
    assert shop.seqs()[0][0] == 1


def test_the_record_of_a_new_epoch_takes_no_waiting_rows_along_before_its_welcome(shop: LinkBench) -> None:
    """It is the fiftieth row: the batch is full, and would leave at once."""
    shop.go_online(pace={"ev": {"batch": 50, "linger_ms": 0}})
    shop.pass_s(1)
    shop.ack(0, pace={"linger_ms": 60_000})
    shop.tell(Notes(49))
    shop.published.clear()
    shop.welcome(upto={"tx": 50})
    assert (shop.link.phase, shop.batches()) == (Phase.GREETING, [])


def test_a_planned_stop_says_sleep(shop: LinkBench) -> None:
    assert shop.link.farewell(shop.clock.wall(), 1, "stop") == Disconnect()
    shop.go_online()
    last = shop.link.farewell(shop.clock.wall(), 1, "stop").last
    assert last is not None
    status = Status.model_validate_json(last.payload)
    assert (status.state, status.sess, status.reason) == ("sleep", shop.sess, "stop")


def test_the_hello_tells_positions_versions_and_a_nonce_of_its_own_for_each_session(shop: LinkBench) -> None:
    shop.write(3, stream=Stream.TX)
    shop.go_online()
    shop.ack(2, stream="tx")
    shop.down()
    shop.dial()
    shop.up()
    first, second = shop.sent("hello")
    position = second.streams["tx"]
    assert (position.head, position.acked) == (4, 2)
    assert first.nonce != second.nonce
    assert (second.cat_ver, second.boot, second.epoch) == (1, 1, shop.epoch)


def test_an_undisciplined_clock_is_told_as_such(tmp_path: Path) -> None:
    shop = LinkBench(tmp_path / "shop", clock=HandClock(disciplined=False))
    shop.dial()
    shop.up()
    assert shop.sent("hello")[0].clock.src == "rtc"
