"""The cloud without a broker: what it stores, what it answers, and that nothing hostile stops it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.codec.bodies import BODIES
from edge.codec.json_text import compact, pack_object, read_object
from edge.codec.topics import Topics
from edge.codec.wire import read_down
from edge.codec.wire_down import CatOp
from edge.codec.wire_term import RETRY
from edge.errors import DiskFull, SettingsError
from edge.messages import Publish
from edge.reference_cloud.ingest import Ingest
from edge.reference_cloud.intake import StoredSale
from edge.reference_cloud.report import CloudReport, LaneReport
from edge.reference_cloud.spans import MAX_RUNS, Spans
from edge.reference_cloud.store import CloudStore

TID = "T7K3M9Q2"
EPOCH = "01KAQ3Z8F0S7J6W2R9XDBN4V5C"
NEW_EPOCH = "01KAQ5M2C4T8K1V6P0YBHZ3N7D"


@dataclass
class StillClock:
    """A clock that a test moves."""

    mono_s: float = 1000.0
    at: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 2, 14, tzinfo=UTC))

    def pass_s(self, seconds: float) -> None:
        self.mono_s += seconds
        self.at += timedelta(seconds=seconds)

    def mono(self) -> float:
        return self.mono_s

    def wall(self) -> datetime:
        return self.at

    def up_ms(self) -> int:
        return int(self.mono_s * 1000)

    def boot_id(self) -> str:
        return "cloud"

    def synced(self) -> bool:
        return True


class Cloud:
    """An ingest on a real file, its answers read as a terminal would read them."""

    def __init__(self, path: Path, clock: StillClock | None = None) -> None:
        self.path = path
        self.clock = clock or StillClock()
        self.sales: list[StoredSale] = []
        self.store = CloudStore(path)
        self.store.open()
        self.ingest = Ingest(self.store, self.clock, Random(1), told=self.sales.append)
        self.report = CloudReport(path)

    def hear(self, leaf: str, message: dict[str, Any], *, tid: str = TID) -> list[dict[str, Any]]:
        self.ingest.take(f"stores/v1/{tid}/up/{leaf}", pack_object(message))
        return self.said(self.ingest.commit())

    def said(self, published: list[Publish]) -> list[dict[str, Any]]:
        for message in published:
            read_down(Topics(), message.topic, message.payload)
        return [read_object(message.payload) for message in published]

    def lane(self, stream: str = "tx", epoch: str = EPOCH) -> LaneReport:
        return next(lane for lane in self.report.lanes(TID) if (lane.stream, lane.epoch) == (stream, epoch))

    def seqs(self, stream: str = "tx") -> list[int]:
        return [row.seq for row in self.report.rows(TID, stream)]


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path / "cloud.db")


def event_id(n: int) -> str:
    return f"019aadf2-18f1-7c3e-9d51-{n:012x}"


def event(seq: int, *, n: int | None = None, kind: str = "sale.completed", **changes: Any) -> dict[str, Any]:
    body = BODIES[kind].EXAMPLE if kind in BODIES else {"as": "it comes"}
    return {"seq": seq, "id": event_id(seq if n is None else n), "type": kind, "sv": 1,
            "at": "2026-11-23T02:14:58.004Z", "boot": 17, "up": 1000 * seq, "clk": "ok", "data": body} | changes  # fmt: skip


def batch(*events: dict[str, Any], base: int | None = None, epoch: str = EPOCH, stream: str = "tx", **more: Any) -> dict[str, Any]:
    return {"v": 1, "tid": TID, "stream": stream, "epoch": epoch,
            "base": base if base is not None else events[0]["seq"], "n": len(events),
            "sent": "2026-11-23T02:16:12.003Z", "evs": list(events)} | more  # fmt: skip


def hello(*, sess: int = 412, epoch: str = EPOCH, tx: tuple[int, int] = (0, 0), **more: Any) -> dict[str, Any]:
    none = {"first": 0, "head": 0, "acked": 0}
    return {"v": 1, "tid": TID, "sess": sess, "nonce": "q0b3Zp8dT6mV1yXc4Rk2wA", "boot": 17, "app": "0.1.0",
            "proto": [1], "caps": ["gzip"], "epoch": epoch, "cfg_ver": 31, "cat_ver": 20881,
            "streams": {"tx": {"first": 1, "head": tx[0], "acked": tx[1]}, "pk": none, "ev": none}} | more  # fmt: skip


def acks(said: list[dict[str, Any]]) -> list[int]:
    return [message["upto"] for message in said if message.get("t") == "ack"]


def of_kind(said: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [message for message in said if message.get("t") == kind]


# --- storing -------------------------------------------------------------------------------------------------------


def test_a_batch_is_stored_and_acknowledged_after_its_commit(cloud: Cloud) -> None:
    cloud.ingest.take(f"stores/v1/{TID}/up/tx", pack_object(batch(event(1), event(2))))
    assert cloud.report.count() == 0
    said = cloud.said(cloud.ingest.commit())
    assert acks(said) == [2]
    rows = cloud.report.rows(TID, "tx")
    assert [(row.seq, row.id, row.data["total"]) for row in rows] == [(1, event_id(1), 2352), (2, event_id(2), 2352)]
    assert [(sale.seq, sale.receipt, sale.total) for sale in cloud.sales] == [(n, "261123-1-0042", 2350) for n in (1, 2)]


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
    rids = set()
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
    said = cloud.hear("tx", batch(event(1, kind="drone.landed"), event(2, sv=9, data={"all": "new"}), event(3, kind="shift.opened")))
    assert acks(said) == [3] and "rej" not in said[0]
    assert [row.code for row in cloud.report.rows(TID, "tx")] == ["schema.unknown_type", "schema.unknown_type", None]
    assert not cloud.sales and cloud.lane().unknown == 2


# --- sessions --------------------------------------------------------------------------------------------------------


def test_hello_is_answered_with_positions_versions_and_pace(cloud: Cloud) -> None:
    cloud.hear("tx", batch(event(1), event(2)))
    welcome = cloud.hear("hello", hello(tx=(2, 0)))[0]
    assert welcome["sess"] == 412 and welcome["epoch"] == EPOCH and welcome["upto"] == {"tx": 2, "pk": 0, "ev": 0}
    assert welcome["reconnect"]["spread_s"] == 5 and welcome["pending"] == 0
    assert (welcome["cfg_ver"], welcome["cat_ver"]) == (31, 20881)
    assert welcome["pace"]["pk"] == {"linger_ms": 0}


def test_a_restored_box_learns_its_minima(cloud: Cloud) -> None:
    cloud.hear("hello", hello(sess=412, ctr=77))
    welcome = cloud.hear("hello", hello(sess=398, ctr=70))[0]
    assert (welcome["sess"], welcome["sess_min"], welcome["ctr_min"]) == (398, 412, 77)


def test_a_batch_without_a_hello_is_stored_and_answered_with_one_rebirth(cloud: Cloud) -> None:
    said = cloud.hear("tx", batch(event(1)))
    assert acks(said) == [1] and len(of_kind(said, "rebirth")) == 1
    assert not of_kind(cloud.hear("tx", batch(event(2))), "rebirth")
    cloud.clock.pass_s(6)
    assert of_kind(cloud.hear("tx", batch(event(3))), "rebirth")
    cloud.hear("hello", hello())
    cloud.clock.pass_s(60)
    assert not of_kind(cloud.hear("tx", batch(event(4))), "rebirth")


def test_a_cloud_that_starts_asks_its_terminals_for_a_hello_over_some_seconds(cloud: Cloud) -> None:
    for number in range(20):
        tid = f"T{number:07d}"
        cloud.hear("status", {"v": 1, "tid": tid, "state": "online", "sess": 1, "boot": 1}, tid=tid)
    cloud.store.close()
    again = Cloud(cloud.path, cloud.clock)
    again.ingest.start()
    asked: list[int] = []
    for _ in range(6):
        asked.append(len(again.said(again.ingest.due())))
        again.clock.pass_s(1)
    assert sum(asked) == 20 and max(asked) < 12 and asked[0] == 0


def test_an_older_status_is_ignored(cloud: Cloud) -> None:
    for state, sess in (("online", 8), ("offline", 7), ("sleep", 8)):
        cloud.hear("status", {"v": 1, "tid": TID, "state": state, "sess": sess, "boot": 1})
    assert cloud.report.terminals() == [{"tid": TID, "state": "sleep", "sess": 8, "epoch": None}]


def test_times_before_a_clock_step_are_corrected_and_rows_are_not_rewritten(cloud: Cloud) -> None:
    step = event(3, kind="clock.stepped", up=35_002)
    cloud.hear("ev", batch(event(1, kind="boot", up=100, at="1970-01-01T00:00:01.000Z"), event(2, kind="paper.out", up=40_000), step, stream="ev"))
    cloud.hear("tx", batch(event(1, n=50, up=30_000, at="1970-01-01T00:00:31.000Z"), event(2, n=51, boot=16, up=5)))
    assert [row.at_corrected for row in cloud.report.rows(TID, "ev")][:2] == ["1970-01-01T02:01:24.690Z", "2026-11-23T02:14:58.004Z"]
    assert [(row.at, row.at_corrected) for row in cloud.report.rows(TID, "tx")] == [
        ("1970-01-01T00:00:31.000Z", "1970-01-01T02:01:54.690Z"), ("2026-11-23T02:14:58.004Z",) * 2,
    ]  # fmt: skip


# --- requests, catalogue, commands -----------------------------------------------------------------------------------


def request(n: int, kind: str, **args: Any) -> dict[str, Any]:
    return {"v": 1, "tid": TID, "cid": event_id(n), "type": kind, "at": "2026-11-23T02:14:02.000Z", "exp_s": 3, "args": args}


def test_requests_are_answered_once_and_truthfully(cloud: Cloud) -> None:
    assert cloud.hear("req", request(1, "price.lookup", sku="69"))[0]["out"] == {"sku": "69", "price": None, "cur": "CNY"}
    assert cloud.hear("req", request(2, "cat.full"))[0]["err"]["code"] == "cat.base_missing"
    assert cloud.hear("req", request(3, "make.tea"))[0]["err"] == {
        "code": "cmd.unknown", "msg": "this cloud does not answer make.tea", "retry": False
    }  # fmt: skip
    assert cloud.hear("req", request(4, "cfg.get"))[0]["out"] == {"ver": 0, "body": None}
    assert cloud.hear("req", request(5, "price.lookup", sku=69))[0]["err"]["code"] == "schema.invalid"
    cloud.ingest.publish_catalogue(TID, [CatOp(op="put", sku="69", price=360)])
    assert cloud.hear("req", request(1, "price.lookup", sku="69"))[-1]["out"]["price"] is None
    assert cloud.hear("req", request(6, "price.lookup", sku="69"))[-1]["out"]["price"] == 360


def test_catalogue_deltas_form_a_chain_that_hello_continues(cloud: Cloud) -> None:
    cloud.hear("hello", hello(cat_ver=0))
    assert cloud.ingest.publish_catalogue(TID, [CatOp(op="put", sku="69", name="水", price=360)]) == 1
    assert cloud.ingest.publish_catalogue(TID, [CatOp(op="put", sku="69", price=350), CatOp(op="put", sku="70", price=1)]) == 2
    first, second = cloud.said(cloud.ingest.commit())
    assert (first["base"], first["ver"], second["base"], second["ver"]) == (0, 1, 1, 2)
    cloud.ingest.publish_catalogue(TID, [CatOp(op="del", sku="70")])
    assert cloud.hear("req", request(1, "cat.full"))[-1]["out"] == {
        "ver": 3, "kind": "full", "inline": [{"op": "put", "sku": "69", "name": "水", "price": 350}]
    }  # fmt: skip
    said = cloud.hear("hello", hello(cat_ver=1))
    assert said[0]["cat_ver"] == 3 and [notice["ver"] for notice in said[1:]] == [2, 3]


def test_a_command_is_repeated_until_it_is_answered(cloud: Cloud) -> None:
    cloud.hear("hello", hello())
    cid = cloud.ingest.order(TID, "message.show", {"text": "hi"}, ttl_s=3600, by="user:ops-1")
    assert [message["cid"] for message in cloud.said(cloud.ingest.commit())] == [cid]
    cloud.clock.pass_s(5)
    assert [message["cid"] for message in cloud.said(cloud.ingest.due())] == [cid]
    said = cloud.hear("hello", hello())
    assert said[0]["pending"] == 1 and said[1]["cid"] == cid
    result = {"v": 1, "tid": TID, "cid": cid, "at": "2026-11-23T02:21:01.020Z"}
    cloud.hear("res", result | {"state": "done"})
    cloud.hear("res", result | {"state": "failed"})
    cloud.clock.pass_s(100)
    assert cloud.ingest.due() == [] and cloud.hear("hello", hello())[0]["pending"] == 0
    assert cloud.store.rows("SELECT state FROM command") == [("done",)]


# --- hostile input ---------------------------------------------------------------------------------------------------

HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "64,001 bytes": ("tx", b"{" + b" " * 64_000, "proto.too_large"),
    "a gzip bomb": ("tx", gzip.compress(b"{" + b" " * 10_000_000), "proto.encoding"),
    "ten thousand levels": ("tx", b'{"a":' * 10_000, "proto.malformed"),
    "a key given twice": ("hello", b'{"v":1,"v":1}', "proto.malformed"),
    "another version": ("tx", pack_object(batch(event(1)) | {"v": 2}), "proto.version"),
    "another terminal": ("tx", pack_object(batch(event(1)) | {"tid": "T0000002"}), "auth.denied"),
    "another stream": ("pk", pack_object(batch(event(1))), "schema.invalid"),
    "an unknown topic": ("gossip", b"{}", "proto.malformed"),
    "half a surrogate pair": ("tx", b'{"v":1,"tid":"\\ud800"}', "proto.encoding"),
    "an answer to nothing": (
        "res",
        pack_object({"v": 1, "tid": TID, "cid": event_id(1), "state": "done", "at": "2026-11-23T02:21:01.020Z"}),
        "cmd.unknown",
    ),
    "nothing": ("tx", b"", "proto.encoding"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_payload_is_counted_and_parked_and_the_next_one_is_stored(cloud: Cloud, case: str) -> None:
    leaf, octets, code = HOSTILE[case]
    cloud.ingest.take(f"stores/v1/{TID}/up/{leaf}", octets)
    assert acks(cloud.said(cloud.ingest.commit())) == []
    assert cloud.report.refused() == {code: 1}
    parked = cloud.store.rows("SELECT code, raw FROM parked")
    assert parked == [(code, octets[:64_000])]
    assert acks(cloud.hear("tx", batch(event(1)))) == [1]


def test_a_terminal_that_only_sends_garbage_does_not_fill_the_disk(cloud: Cloud) -> None:
    for _ in range(1200):
        cloud.ingest.take(f"stores/v1/{TID}/up/tx", b"garbage")
    cloud.ingest.commit()
    assert cloud.report.refused() == {"proto.encoding": 1200}
    assert cloud.store.rows("SELECT count(*) FROM parked") == [(1000,)]


def test_scattered_numbers_are_refused_and_the_stream_lives(cloud: Cloud) -> None:
    for seq in range(2, 2 * MAX_RUNS + 40, 2):
        cloud.ingest.take(f"stores/v1/{TID}/up/tx", pack_object(batch(event(seq))))
    cloud.ingest.commit()
    assert cloud.report.refused()["quota.exceeded"] > 0
    assert acks(cloud.hear("tx", batch(event(1)))) == [2]


def test_hostile_inputs_never_stop_the_cloud(tmp_path: Path) -> None:
    cloud = Cloud(tmp_path / "cloud.db")
    sent = 0

    @settings(max_examples=2500, deadline=None)
    @given(st.binary(max_size=80), st.sampled_from(["tx", "pk", "ev", "hello", "status", "res", "req", "tele", "cfg", "x"]), st.integers(0, 2**32))
    def bombard(octets: bytes, leaf: str, seed: int) -> None:
        nonlocal sent
        for payload in (octets, bent(seed, octets)):
            cloud.ingest.take(f"stores/v1/{TID}/up/{leaf}", payload)
            cloud.said(cloud.ingest.commit())
        sent += 1

    bombard()
    assert sent >= 1000 and set(cloud.report.refused()) <= set(RETRY)
    fresh = batch(event(1, n=2**40), epoch="01KAQ7M2C4T8K1V6P0YBHZ3N7D")
    assert 1 in acks(cloud.hear("tx", fresh))


def bent(seed: int, octets: bytes) -> bytes:
    """A real message with one thing wrong: a field replaced, or a byte."""
    chance = Random(seed)
    makers: list[Callable[[], dict[str, Any]]] = [
        lambda: batch(event(1), event(2)), hello,
        lambda: batch(event(chance.randrange(1, 9), n=chance.randrange(1, 9))),
        lambda: request(1, "price.lookup", sku="69"),
        lambda: {"v": 1, "tid": TID, "state": "online", "sess": 1, "boot": 1},
    ]  # fmt: skip
    message = chance.choice(makers)()
    target: Any = chance.choice([message, *message.get("evs", [])])
    target[chance.choice(sorted(target))] = chance.choice([None, True, -1, 0, 2**53, 1.5, "", "水", [], {}, [[]], octets.hex()])
    text = bytearray(compact(message).encode())
    if chance.random() < 0.3:
        text[chance.randrange(len(text))] = chance.randrange(256)
    return gzip.compress(bytes(text)) if chance.random() < 0.2 else bytes(text)


# --- parts -----------------------------------------------------------------------------------------------------------


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
