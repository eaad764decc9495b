"""The cloud without a broker: hello and welcome, rebirth, clocks, requests, catalogues, commands."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from cloud_bench import EPOCH, NEW_EPOCH, TID, Cloud, acks, batch, event, hello, of_kind, request

from edge.codec.wire_down import CatOp
from edge.reference_cloud.ingest import Ingest
from edge.reference_cloud.main import run
from edge.reference_cloud.sessions import MAX_OPEN_RESENDS


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path / "cloud.db")


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
    cloud.hear(
        "ev",
        batch(
            event(1, kind="boot", up=100, at="1970-01-01T00:00:01.000Z"),
            event(2, kind="paper.out", up=40_000),
            step,
            stream="ev",
        ),
    )
    cloud.hear("tx", batch(event(1, n=50, up=30_000, at="1970-01-01T00:00:31.000Z"), event(2, n=51, boot=16, up=5)))
    assert [row.at_corrected for row in cloud.report.rows(TID, "ev")][:2] == [
        "1970-01-01T02:01:24.690Z",
        "2026-11-23T02:14:58.004Z",
    ]
    assert [(row.at, row.at_corrected) for row in cloud.report.rows(TID, "tx")] == [
        ("1970-01-01T00:00:31.000Z", "1970-01-01T02:01:54.690Z"), ("2026-11-23T02:14:58.004Z",) * 2,
    ]  # fmt: skip


def test_gaps_that_were_filled_without_being_asked_for_do_not_bar_a_loss(cloud: Cloud) -> None:
    for n in range(MAX_OPEN_RESENDS):
        epoch = f"{EPOCH[:-1]}{n}"
        asked = cloud.hear("tx", batch(event(2, n=10 * n + 2), epoch=epoch))
        assert of_kind(asked, "resend") != []
        cloud.hear("tx", batch(event(1, n=10 * n + 1), epoch=epoch))
    lost = cloud.hear("hello", hello(epoch=NEW_EPOCH, tx=(5, 5)))
    assert [(r["lo"], r["hi"], r["why"]) for r in of_kind(lost, "resend")] == [(1, 5, "loss")]


def test_a_loss_of_an_epoch_that_is_over_is_asked_for_and_then_the_next_one(cloud: Cloud) -> None:
    """A cloud restored from a backup that is older than the box's change of epoch."""
    cloud.hear("tx", batch(event(1), event(2)))
    epochs = [f"{EPOCH[:-1]}{n}" for n in range(MAX_OPEN_RESENDS)]
    past = [{"epoch": EPOCH, "acked": {"tx": 3}}] + [{"epoch": epoch, "acked": {"tx": 1}} for epoch in epochs]
    said = cloud.hear("hello", hello(epoch=NEW_EPOCH, tx=(0, 0), past=past))
    asked = [(r["epoch"], r["lo"], r["hi"]) for r in of_kind(said, "resend")]
    assert asked == [(EPOCH, 3, 3), *((epoch, 1, 1) for epoch in epochs[:-1])]
    answered = cloud.hear("tx", batch(event(3), rid="rs-1"))
    assert (epochs[-1], 1, 1) in [(r["epoch"], r["lo"], r["hi"]) for r in of_kind(answered, "resend")]
    assert cloud.lane().missing == 0


def test_a_hole_in_an_epoch_that_is_over_is_asked_for_until_the_box_says_that_it_is_gone(cloud: Cloud) -> None:
    """A box restored from a copy older than its newest rows, one of which was still under way (found by seed 19)."""
    cloud.hear("tx", batch(event(1), event(2)))
    cloud.hear("tx", batch(event(4)))
    past = [{"epoch": EPOCH, "acked": {"tx": 1}}]
    for told in (past, []):
        said = cloud.hear("hello", hello(epoch=NEW_EPOCH, tx=(0, 0), past=told))
        assert [(r["epoch"], r["lo"], r["hi"]) for r in of_kind(said, "resend")] == [(EPOCH, 3, 3)]
    cloud.hear("tx", batch(base=3, gone=[{"lo": 3, "hi": 3, "why": "pruned"}], rid="rs-1"))
    assert (cloud.lane().missing, cloud.lane().lost) == (0, 1)
    said = cloud.hear("hello", hello(epoch=NEW_EPOCH, tx=(0, 0), past=past))
    assert of_kind(said, "resend") == []


# --- requests, catalogue, commands -----------------------------------------------------------------------------------


def test_requests_are_answered_once_and_truthfully(cloud: Cloud) -> None:
    assert cloud.hear("req", request(1, "price.lookup", sku="69"))[0]["out"] == {
        "sku": "69",
        "price": None,
        "cur": "CNY",
    }
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
    assert (
        cloud.ingest.publish_catalogue(TID, [CatOp(op="put", sku="69", price=350), CatOp(op="put", sku="70", price=1)])
        == 2
    )
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


def test_a_cloud_with_more_terminals_tells_a_longer_spread(cloud: Cloud) -> None:
    cloud.ingest = Ingest(cloud.store, cloud.clock, Random(1), spread_s=130)
    (welcome,) = cloud.hear("hello", hello())
    assert welcome["reconnect"]["spread_s"] == 130


@pytest.mark.parametrize("words", [["--spread", "86401"], ["--spread", "soon"]])
def test_a_spread_that_terminals_would_refuse_is_refused_before(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--url", "mqtt://127.0.0.1:1", "--db", str(tmp_path / "cloud.db"), *words]) == 2
    assert "expected seconds from 0 to 86400" in capsys.readouterr().err
