"""A configuration that the welcome tells of and that does not come is asked for: cfg.get (P16)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cloud_box import CloudBox
from hand_clock import HandClock
from test_configuring import FOOTER, TID
from test_jws import KEYS, SECRET

from edge.codec.config_body import canonical_sha
from edge.codec.jws import read_jws, write_jws
from edge.codec.topics import Down, Up
from edge.codec.wire_up import Request
from edge.errors import WireError
from edge.reference_cloud.configs import Configs
from edge.reference_cloud.seal import Signer
from edge.reference_cloud.store import CloudStore
from edge.services.config_question import EXPIRES_S, LATE_S, TRIES

STATION: dict[str, Any] = {"parcels": {}}
FULL: dict[str, Any] = {"ver": 31, "sha": canonical_sha(FOOTER), "confirm_s": 60, "body": FOOTER}


@pytest.fixture
def box(tmp_path: Path) -> Iterator[CloudBox]:
    box = CloudBox(tmp_path)
    yield box
    box.terminal.close()


def asked(box: CloudBox) -> list[Any]:
    return [one for one in box.said(Up.REQ) if one["type"] == "cfg.get"]


def answer(box: CloudBox, out: dict[str, Any], **more: Any) -> None:
    box.hear(Down.RES, {"cid": asked(box)[-1]["cid"], "ok": True, "out": out} | more)


def test_what_does_not_come_within_half_a_minute_is_asked_for_and_tried(box: CloudBox) -> None:
    box.greet(cfg_ver=31)
    box.pass_s(LATE_S - 1)
    assert asked(box) == []
    box.pass_s(2)
    answer(box, FULL)
    box.pass_s(20)
    box.next_start()
    assert box.footer == ["欢迎再来"]
    assert len(asked(box)) == 0  # of this start: it has it


def test_a_signed_one_is_taken_as_that(box: CloudBox) -> None:
    box.greet(cfg_ver=31)
    box.pass_s(LATE_S + 1)
    told = {"v": 1, "tid": TID, "ver": 31, "sha": canonical_sha(STATION), "confirm_s": 60, "body": STATION}
    answer(box, {"jws": write_jws(told, kid="cmd-2026q4", sign=SECRET.sign)})
    box.pass_s(20)
    box.next_start()
    assert box.terminal.settings.parcels is not None


def test_it_asks_under_the_same_cid_and_not_for_ever(box: CloudBox) -> None:
    box.greet(cfg_ver=31)
    box.pass_s(LATE_S + EXPIRES_S * (TRIES + 3))
    assert (len(asked(box)), len({one["cid"] for one in asked(box)})) == (TRIES, 1)
    box.greet(cfg_ver=31)
    box.pass_s(LATE_S + 1)
    assert len({one["cid"] for one in asked(box)}) == 2


def test_what_came_meanwhile_is_not_asked_for(box: CloudBox) -> None:
    box.greet(cfg_ver=31)
    box.desire(31, {"receipt": {"footer": "no list"}})
    box.pass_s(LATE_S + 1)
    assert asked(box) == []


@pytest.mark.parametrize("out", [{}, {"ver": 31}, {"jws": 5}, {"jws": "a.b.c"}, {"ver": "x", "body": []}])
def test_an_answer_that_is_none_changes_nothing(box: CloudBox, out: dict[str, Any]) -> None:
    box.greet(cfg_ver=31)
    box.pass_s(LATE_S + 1)
    answer(box, out)
    answer(box, FULL)
    box.pass_s(EXPIRES_S * 2)
    assert (len(asked(box)), box.terminal.ending) == (1, "stop")
    assert len(box.rows("message.refused")) == 1


def test_an_unreadable_answer_is_told_to_the_cloud(box: CloudBox) -> None:
    box.greet(cfg_ver=31)
    box.pass_s(LATE_S + 1)
    answer(box, {"ver": 31})
    assert [(row["code"], row["on"]) for row in box.rows("message.refused")] == [("schema.invalid", "res")]


def test_an_answer_is_of_this_terminal_whatever_it_says_itself(box: CloudBox) -> None:
    box.greet(cfg_ver=31)
    box.pass_s(LATE_S + 1)
    answer(box, FULL | {"tid": "somebody-else"})
    box.pass_s(20)
    box.next_start()
    assert (box.footer, box.rows("message.refused")) == (["欢迎再来"], [])


def test_the_reference_cloud_answers_with_the_newest_signed_where_it_must_be(tmp_path: Path) -> None:
    store = CloudStore(tmp_path / "cloud.db")
    store.open()
    at, cid = "2026-11-23T02:14:02.000Z", "019aadf2-5d01-7c3e-9d51-6a1b2c3d4e5f"
    request = Request(tid=TID, cid=cid, type="cfg.get", at=at, exp_s=60)
    plain = Configs(store, HandClock(), None)
    assert plain.got(request) == {"ver": 0, "body": None}
    plain.want(TID, FOOTER, confirm_s=60, since=30)
    assert plain.got(request) == FULL
    plain.want(TID, STATION, confirm_s=60, since=30)
    with pytest.raises(WireError, match="no key"):
        plain.got(request)
    signed = Configs(store, HandClock(), Signer("cmd-2026q4", SECRET.private_bytes_raw())).got(request)
    assert read_jws(str(signed["jws"]), KEYS)["ver"] == 32
    store.close()
