"""The cloud without a broker: what it stores, finds missing, absorbs and parks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cloud_bench import EPOCH, NEW_EPOCH, TID, Cloud, acks, batch, event, event_id, hello, of_kind
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.codec.bodies import BODIES
from edge.codec.json_text import compact, pack_object
from edge.errors import DiskFull, SettingsError
from edge.reference_cloud.report import CloudReport
from edge.reference_cloud.spans import Spans
from edge.reference_cloud.store import CloudStore


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path / "cloud.db")


def test_a_batch_is_stored_and_acknowledged_after_its_commit(cloud: Cloud) -> None:
    cloud.ingest.take(f"stores/v1/{TID}/up/tx", pack_object(batch(event(1), event(2))))
    assert cloud.report.count() == 0
    said = cloud.said(cloud.ingest.commit())
    assert acks(said) == [2]
    rows = cloud.report.rows(TID, "tx")
    assert [(row.seq, row.id, row.data["total"]) for row in rows] == [(1, event_id(1), 2352), (2, event_id(2), 2352)]
    assert [(sale.seq, sale.receipt, sale.total) for sale in cloud.sales] == [
        (n, "261123-1-0042", 2350) for n in (1, 2)
    ]


def test_many_batches_are_one_commit_and_one_ack(cloud: Cloud) -> None:
    for seq in range(1, 41):
        cloud.ingest.take(f"stores/v1/{TID}/up/tx", pack_object(batch(event(seq))))
    assert acks(cloud.said(cloud.ingest.commit())) == [40]


def test_what_comes_again_is_absorbed_and_acknowledged_again(cloud: Cloud) -> None:
    cloud.hear("tx", batch(event(1), event(2)))
    assert acks(cloud.hear("tx", batch(event(1), event(2), event(3)))) == [3]
    assert cloud.seqs() == [1, 2, 3]
    assert cloud.lane().again == 2 and len(cloud.sales) == 3


def test_a_failed_commit_acknowledges_nothing_and_forgets_everything(cloud: Cloud) -> None:
    cloud.hear("tx", batch(event(1)))
    pages = cloud.store.rows("PRAGMA page_count")[0][0]
    cloud.store.rollback()
    cloud.store.run(f"PRAGMA max_page_count = {pages}")
    cloud.store.rollback()
    with pytest.raises(DiskFull):
        for first in range(2, 400, 50):
            cloud.hear("tx", batch(*(event(seq) for seq in range(first, first + 50))))
    held = len(cloud.seqs())
    cloud.store.run("PRAGMA max_page_count = 100000")
    cloud.store.rollback()
    assert acks(cloud.hear("tx", batch(event(held + 1)))) == [held + 1]
    assert cloud.seqs() == list(range(1, held + 2))


def test_a_restarted_cloud_goes_on_where_it_was(cloud: Cloud) -> None:
    cloud.hear("tx", batch(event(1), event(2)))
    cloud.store.close()
    again = Cloud(cloud.path)
    assert acks(again.hear("tx", batch(event(2), event(3)))) == [3]
    assert again.seqs() == [1, 2, 3] and again.lane().again == 1


def test_streams_and_terminals_do_not_mix(cloud: Cloud) -> None:
    cloud.hear("tx", batch(event(1)))
    cloud.hear("ev", batch(event(1, n=50, kind="boot"), stream="ev"))
    other = batch(event(1)) | {"tid": "T0000002"}
    assert acks(cloud.hear("tx", other, tid="T0000002")) == [1]
    assert len(cloud.report.rows("T0000002", "tx")) == 1 and cloud.seqs("ev") == [1]


# --- gaps, losses, epochs --------------------------------------------------------------------------------------------


def test_a_gap_holds_the_watermark_and_is_asked_for_once(cloud: Cloud) -> None:
    cloud.hear("tx", batch(event(1)))
    said = cloud.hear("tx", batch(event(5)))
    assert acks(said) == [1]
    order = of_kind(said, "resend")[0]
    assert (order["lo"], order["hi"], order["why"]) == (2, 4, "gap")
    assert not of_kind(cloud.hear("tx", batch(event(6))), "resend")
    cloud.clock.pass_s(20)
    assert [again["rid"] for again in of_kind(cloud.hear("tx", batch(event(7))), "resend")] == [order["rid"]]
    assert acks(cloud.hear("tx", batch(event(2), event(3), event(4), rid=order["rid"]))) == [7]
    assert cloud.seqs() == [1, 2, 3, 4, 5, 6, 7] and cloud.lane().missing == 0


def test_no_more_than_four_resends_are_open(cloud: Cloud) -> None:
    rids = set[str]()
    for seq in range(2, 30, 2):
        cloud.clock.pass_s(60)
        for stream in ("tx", "pk", "ev"):
            for epoch in (EPOCH, NEW_EPOCH):
                said = cloud.hear(stream, batch(event(seq, n=1000 * len(rids) + seq), stream=stream, epoch=epoch))
                rids |= {order["rid"] for order in of_kind(said, "resend")}
    assert len(rids) == 4


def test_a_cloud_that_lost_rows_asks_for_them_at_hello(cloud: Cloud, tmp_path: Path) -> None:
    cloud.hear("tx", batch(*(event(seq) for seq in range(1, 11))))
    cloud.store.close()
    backup = (tmp_path / "cloud.db").read_bytes()
    later = Cloud(tmp_path / "cloud.db")
    later.hear("tx", batch(*(event(seq) for seq in range(11, 31))))
    later.store.close()
    (tmp_path / "restored.db").write_bytes(backup)
    restored = Cloud(tmp_path / "restored.db")
    said = restored.hear("hello", hello(tx=(32, 30)))
    welcome, order = of_kind(said, "welcome")[0], of_kind(said, "resend")[0]
    assert welcome["upto"]["tx"] == 10 and welcome["last"]["tx"] == {"seq": 10, "id": event_id(10)}
    assert (order["lo"], order["hi"], order["why"]) == (11, 30, "loss")
    restored.hear("tx", batch(event(31), event(32)))
    resent = batch(*(event(seq) for seq in range(11, 31)), rid=order["rid"])
    assert acks(restored.hear("tx", resent)) == [32]
    assert restored.seqs() == list(range(1, 33))


def test_what_the_box_no_longer_has_is_named_as_lost(cloud: Cloud) -> None:
    cloud.hear("hello", hello(tx=(4, 3)))
    gone = batch(base=1, rid="rs-1", gone=[{"lo": 1, "hi": 2, "why": "pruned"}])
    assert acks(cloud.hear("tx", gone)) == [2]
    assert acks(cloud.hear("tx", batch(event(3), event(4)))) == [4]
    assert cloud.lane().lost == 2 and cloud.seqs() == [3, 4]
    cloud.hear("tx", batch(event(1)))
    assert cloud.lane().lost == 1 and cloud.seqs() == [1, 3, 4]


def test_gone_rows_that_never_were_move_nothing(cloud: Cloud) -> None:
    said = cloud.hear("tx", batch(event(1), gone=[{"lo": 2, "hi": 2**53, "why": "pruned"}]))
    assert not acks(said) and cloud.report.refused() == {"schema.invalid": 1}


def test_rows_that_move_to_a_new_epoch_are_not_doubled(cloud: Cloud) -> None:
    cloud.hear("tx", batch(*(event(seq) for seq in range(1, 6))))
    moved = [event(seq - 3, n=seq) for seq in range(4, 8)]
    assert acks(cloud.hear("tx", batch(*moved, epoch=NEW_EPOCH))) == [4]
    assert [row.id for row in cloud.report.rows(TID, "tx")] == [event_id(n) for n in range(1, 8)]
    assert cloud.lane(epoch=NEW_EPOCH).again == 2
    assert acks(cloud.hear("tx", batch(*moved, epoch=NEW_EPOCH))) == [4]
    assert cloud.lane(epoch=NEW_EPOCH).conflicts == 0
    said = cloud.hear("hello", hello(epoch=NEW_EPOCH))
    assert of_kind(said, "welcome")[0]["last"]["tx"] == {"seq": 4, "id": event_id(7)}


def test_last_names_a_row_that_came_under_another_epoch_first(cloud: Cloud) -> None:
    cloud.hear("tx", batch(event(1), event(2)))
    cloud.hear("tx", batch(event(1, n=2), epoch=NEW_EPOCH))
    said = cloud.hear("hello", hello(epoch=NEW_EPOCH))
    assert of_kind(said, "welcome")[0]["last"]["tx"] == {"seq": 1, "id": event_id(2)}


def test_two_rows_at_one_place_are_both_kept_and_counted(cloud: Cloud) -> None:
    cloud.hear("tx", batch(event(1), event(2)))
    assert acks(cloud.hear("tx", batch(event(2, n=99)))) == [2]
    assert [row.id for row in cloud.report.rows(TID, "tx")] == [event_id(1), event_id(2), event_id(99)]
    assert cloud.lane().conflicts == 1 and len(cloud.sales) == 3
    cloud.hear("tx", batch(event(2, n=99)))
    assert cloud.lane().conflicts == 1


# --- poison ----------------------------------------------------------------------------------------------------------

POISON: dict[str, dict[str, Any]] = {
    "a body without a receipt": event(2, data={"total": 1}),
    "a payment that does not add up": event(2, data=BODIES["sale.completed"].EXAMPLE | {"total": 1}),
    "money as a float": event(2, data=BODIES["sale.completed"].EXAMPLE | {"disc": 0.5}),
    "a card channel": event(2, data=BODIES["sale.completed"].EXAMPLE | {"pay": [{"m": "visa", "amt": 2350}]}),
    "an id that is not a UUIDv7": event(2, id="1"),
    "a number that jumps": event(3),
    "a text": "poison",  # type: ignore[dict-item]
    "nothing": None,  # type: ignore[dict-item]
}


@pytest.mark.parametrize("case", POISON)
def test_a_bad_event_is_parked_and_the_rest_flows_on(cloud: Cloud, case: str) -> None:
    poisoned = batch(event(1), POISON[case], event(3), base=1)
    said = cloud.hear("tx", poisoned)
    assert acks(said) == [3] and said[0]["rej"] == [{"seq": 2, "code": "schema.invalid"}]
    assert cloud.seqs() == [1, 3] and cloud.lane().parked == 1
    assert cloud.hear("tx", poisoned)[0]["rej"] == [{"seq": 2, "code": "schema.invalid"}]
    assert cloud.lane().parked == 1
    assert "rej" not in cloud.hear("tx", batch(event(4)))[0]
    raw = cloud.store.rows("SELECT raw FROM parked")[0][0]
    assert json.loads(raw) == POISON[case]


def test_a_batch_that_breaks_the_rules_of_json_does_not_block_its_stream(cloud: Cloud) -> None:
    cloud.hear("tx", batch(event(1)))
    octets = compact(batch(event(2), event(3))).replace('"cur":"CNY"', '"cur":"CNY","cur":"EUR"').encode()
    cloud.ingest.take(f"stores/v1/{TID}/up/tx", octets)
    said = cloud.said(cloud.ingest.commit())
    assert acks(said) == [3]
    assert said[0]["rej"] == [{"seq": seq, "code": "proto.malformed"} for seq in (2, 3)]
    assert cloud.store.rows("SELECT raw FROM parked WHERE seq = 2") == [(octets,)]
    assert cloud.report.refused() == {"proto.malformed": 1}


def test_a_number_of_events_that_is_wrong_rejects_the_missing_one(cloud: Cloud) -> None:
    said = cloud.hear("tx", batch(event(1), event(2)) | {"n": 3})
    assert acks(said) == [3] and said[0]["rej"] == [{"seq": 3, "code": "schema.invalid"}]


def test_types_of_tomorrow_are_stored_and_acknowledged(cloud: Cloud) -> None:
    said = cloud.hear(
        "tx", batch(event(1, kind="drone.landed"), event(2, sv=9, data={"all": "new"}), event(3, kind="shift.opened"))
    )
    assert acks(said) == [3] and "rej" not in said[0]
    assert [row.code for row in cloud.report.rows(TID, "tx")] == ["schema.unknown_type", "schema.unknown_type", None]
    assert not cloud.sales and cloud.lane().unknown == 2


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 6)), max_size=20))
def test_spans_are_the_set_that_was_put_in(added: list[tuple[int, int]]) -> None:
    spans, whole = Spans(), set[int]()
    for lo, more in added:
        spans.add(lo, lo + more)
        whole |= set(range(lo, lo + more + 1))
    assert {seq for seq in range(60) if seq in spans} == whole
    assert spans.upto == next(seq for seq in range(60) if seq + 1 not in whole)
    assert spans.top == max(whole, default=0)
    holes = {seq for lo, hi in spans.missing(3, 50) for seq in range(lo, hi + 1)}
    assert holes == set(range(3, 51)) - whole
    assert Spans.read(spans.text()).text() == spans.text()
    if spans.gap is not None:
        assert spans.gap[0] == spans.upto + 1 and not set(range(spans.gap[0], spans.gap[1] + 1)) & whole
    assert (spans.gap is None) == (spans.upto == spans.top)


def test_another_programs_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("my notes, in a file that is longer than one would think" * 100)
    with pytest.raises(SettingsError):
        CloudStore(tmp_path / "notes.txt").open()
    with pytest.raises(SettingsError):
        CloudStore(tmp_path / "no" / "folder" / "cloud.db").open()
    with pytest.raises(SettingsError):
        CloudReport(tmp_path / "none.db").count()
