"""`edge cloud command`: what is wrong is named, what is right leaves once, and each answer is a sentence."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from cloud_bench import TID, hello
from conftest import Mosquitto
from fleet_bench import OTHER, Fleet
from test_jws import KEYS, SEED
from test_reference_cloud_mqtt import Box, CloudProcess
from test_reference_cloud_mqtt import hello as greeting

from edge.clock import SystemClock, iso_ms
from edge.codec.json_text import read_object
from edge.codec.jws import read_jws
from edge.reference_cloud.command_args import kind_of, read_args
from edge.reference_cloud.command_kinds import KINDS
from edge.reference_cloud.command_table import given
from edge.reference_cloud.command_words import follow
from edge.reference_cloud.main import run
from edge.reference_cloud.orders import HANDED_IN, PENDING
from edge.reference_cloud.seal import Signer


@pytest.fixture
def fleet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Fleet:
    fleet = Fleet(tmp_path / "cloud.db", capsys, Signer("cmd-2026q4", SEED))
    fleet.greet()
    return fleet


def leaving(fleet: Fleet) -> list[dict[str, Any]]:
    """What the cloud sends at its next look, verified where it is signed."""
    told = [read_object(one.payload) for one in fleet.cloud.ingest.due()]
    return [read_jws(str(one["jws"]), KEYS) if "jws" in one else one for one in told]


def answer(fleet: Fleet, cid: str, state: str, **more: Any) -> None:
    told = {"v": 1, "tid": TID, "cid": cid, "state": state, "at": iso_ms(fleet.cloud.clock.at)}
    fleet.cloud.hear("res", told | more)


def state_of(fleet: Fleet) -> str:
    return fleet.type("commands").lines[-1].strip()


def test_a_command_is_typed_handed_in_and_leaves_once(fleet: Fleet) -> None:
    said = fleet.type("command", TID, "print.text", 'lines=["Hello", "你好"]', "copies=2")
    assert said.code == 0
    cid = said.out.split()[0]
    assert said.lines == [f"{cid}  print.text for {TID}",
                          "    handed in; the cloud that serves this file sends it"]  # fmt: skip
    (told,) = leaving(fleet)
    assert (told["cid"], told["type"], told["ttl_s"], told["by"]) == (cid, "print.text", 300, "user:cli")
    assert told["args"] == {"lines": ["Hello", "你好"], "copies": 2}
    assert leaving(fleet) == []


def test_a_command_of_class_s_leaves_signed(fleet: Fleet) -> None:
    assert "signed by its --command-key" in fleet.type("command", TID, "locker.open", "box=B07", "why=look").out
    (told,) = leaving(fleet)
    assert (told["args"], told["ttl_s"], told["nonce"]) == ({"box": "B07", "why": "look"}, 15, hello()["nonce"])


def test_what_json_reads_as_something_else_is_meant_as_it_was_typed() -> None:
    name = ["role=courier", "name=2026", "days=30"]
    assert read_args(kind_of("card.issue"), name) == {"role": "courier", "name": "2026", "days": 30}
    assert read_args(kind_of("message.show"), ["text=null"]) == {"text": "null"}
    assert read_args(kind_of("trust.update"), ["n=1", "x=a b", 'y={"z": []}']) == {
        "n": 1,
        "x": "a b",
        "y": {"z": []},
    }
    assert read_args(kind_of("card.issue"), ["days=3"], '{"role": "owner", "name": "Li"}')["name"] == "Li"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("print.txt", "lines=[]"), "no such command, expected print.text"),
        (("print.text", "Hello"), "argument 1: this is no argument of a command, expected key=value, got Hello"),
        (("print.text", 'lines=["a"]', "lines=[]"), "argument 2: it is given twice, got lines"),
        (("print.text", 'lines=["a"]', "--args", '{"lines": []}'), "print.text lines: it is given twice"),
        (("print.text",), "print.text lines: this is missing. Such as: edge cloud command TID print.text lines="),
        (("print.text", "line=a"), "print.text: it takes no such argument, expected lines, copies, got line"),
        (
            ("print.text", 'lines=["a"]', "copies=9"),
            "print.text copies: this does not fit, expected less than or equal",
        ),
        (("print.text", "lines=Hello"), "print.text lines: this does not fit, expected a valid tuple, got Hello"),
        (("selftest", "--args", "[]"), "--args: this is no JSON object"),
        (("selftest", "deep=1"), "it takes no such argument, expected none at all"),
        (("selftest", "--ttl", "0"), "ttl_s"),
        (("locker.open", "box=B07", "why=Look here"), "locker.open why: this does not fit"),
        (("log.upload", "put=http://files.example/1"), "log.upload put: this does not fit"),
        (("service.offer", "offer=NONE"), "service.offer: this is no command"),
    ],
)
def test_what_is_wrong_in_a_command_is_named_and_nothing_leaves(
    fleet: Fleet, words: tuple[str, ...], told: str
) -> None:
    refused = fleet.type("command", TID, *words)
    assert refused.code == 2 and told in refused.err
    assert leaving(fleet) == [] and fleet.type("commands").lines == []


def test_a_terminal_that_nobody_knows_or_that_is_gone_gets_none(fleet: Fleet) -> None:
    assert "no such terminal" in fleet.type("command", OTHER, "selftest").err
    fleet.type("terminal", TID, "--state", "retired")
    assert "is retired" in fleet.type("command", TID, "selftest").err
    assert leaving(fleet) == []


def test_every_kind_has_an_example_that_can_be_typed() -> None:
    for kind in KINDS.values():
        if kind.example:
            words = [word.replace("'", "") for word in kind.example.split(" ")]
            words = [kind.example.replace("'", "")] if "'" in kind.example else words
            assert read_args(kind, words), kind.name
    assert sum(bool(kind.example) for kind in KINDS.values()) >= 12


def test_the_list_tells_every_command_with_its_class_and_what_it_takes(fleet: Fleet) -> None:
    assert run(["command", "--list"]) == 0
    assert fleet.type("command", "--list").code == 0
    lines = fleet.type("command", "--list").lines
    assert any(line.split()[:5] == ["locker.open", "S", "O+T", "15", "s"] for line in lines)
    assert any(line.startswith("print.text") and line.endswith("lines, copies?") for line in lines)


def test_each_answer_is_a_sentence_with_what_to_do(fleet: Fleet) -> None:
    cid = fleet.type("command", TID, "locker.open", "box=B07", "parcel=p-1", "why=collect").out.split()[0]
    leaving(fleet)
    assert state_of(fleet) == "sent, and not answered yet"
    answer(fleet, cid, "accepted")
    assert state_of(fleet) == "the terminal has it"
    answer(fleet, cid, "running", out={"wait": "confirm"})
    assert state_of(fleet) == "under way: wait confirm. Somebody at the counter must press Enter"
    answer(fleet, cid, "running", pct=40)
    assert state_of(fleet) == "under way, 40 %"
    jam = {"code": "hw.locker_jam", "msg": "door B07 stayed shut", "retry": True}
    answer(fleet, cid, "failed", err=jam)
    assert state_of(fleet) == ("failed: door B07 stayed shut (hw.locker_jam). Somebody must look at the door")
    (row,) = [json.loads(line) for line in fleet.type("commands", "--json", "--tid", TID).lines]
    assert (row["cid"], row["state"], row["result"]["err"]) == (cid, "failed", jam)
    assert fleet.type("commands", "--tid", OTHER).lines == []


def test_what_nobody_answers_is_over_and_a_late_answer_still_tells_what_became_of_it(fleet: Fleet) -> None:
    cid = fleet.type("command", TID, "print.text", 'lines=["a"]', "--ttl", "60").out.split()[0]
    leaving(fleet)
    fleet.cloud.clock.pass_s(61)
    (row,) = given(fleet.cloud.store, fleet.cloud.clock.at, newest=1)
    assert row.state == "expired"
    fleet.greet()
    assert state_of(fleet) == "over: nobody answered in its time"
    answer(fleet, cid, "done", out={"paper": "ok\x1b[2J"})
    assert state_of(fleet) == "done: paper ok?[2J"
    answer(fleet, cid, "failed")
    assert state_of(fleet).startswith("done"), "a final answer stands"


def test_waiting_tells_each_state_and_its_exit_code_tells_the_end(fleet: Fleet) -> None:
    said = fleet.type("command", TID, "selftest", "--wait", "0")
    assert said.code == 1
    assert said.lines[-1].strip().startswith("no last word within 0 s")
    (told,) = leaving(fleet)
    steps = iter(("accepted", "done"))
    cid, clock = str(told["cid"]), fleet.cloud.clock

    def passes(seconds: float) -> None:
        clock.pass_s(seconds)
        answer(fleet, cid, next(steps))

    seen = [row.state for row in follow(fleet.cloud.store, clock, cid, wait_s=60, pause=passes)]
    assert seen == ["sent", "accepted", "done"]


def test_over_a_real_broker_a_terminal_answers_and_who_waits_reads_it(
    tmp_path: Path, broker: Mosquitto, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud, box = CloudProcess(broker.url, tmp_path / "cloud.db"), Box(broker.port)
    obedient = threading.Thread(target=obey, args=(box,))
    try:
        box.send("hello", greeting())
        box.heard("welcome")
        obedient.start()
        code = run(["command", TID, "print.text", 'lines=["Hello"]', "--wait", "20", "--db", str(cloud.db)])
        obedient.join(20)
    finally:
        box.close()
        cloud.kill()
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert (code, lines[1], lines[-1]) == (0, "handed in; the cloud that serves this file sends it", "done: paper ok")


def obey(box: Box) -> None:
    result = {"v": 1, "tid": TID, "cid": box.told("ttl_s")["cid"], "at": iso_ms(SystemClock().wall())}
    box.send("res", result | {"state": "accepted"})
    box.send("res", result | {"state": "done", "out": {"paper": "ok"}})


def test_an_answer_to_what_waits_for_a_second_person_is_none(fleet: Fleet) -> None:
    for name in ("ann", "bob"):
        fleet.type("operator", name, "--role", "fleet", *(["--as", "ann"] if name == "bob" else []))
    cid = fleet.type("command", TID, "terminal.suspend", "on=true", "--as", "ann").out.split()[0]
    answer(fleet, cid, "done")
    assert fleet.cloud.store.rows("SELECT state FROM command") == [("proposed",)]


def test_open_and_new_commands_are_found_without_reading_all_that_there_ever_were(fleet: Fleet) -> None:
    for sql, index in ((HANDED_IN, "command_new"), (PENDING, "command_open")):
        plan = fleet.cloud.store.rows(f"EXPLAIN QUERY PLAN {sql}", ("", "", 1)[: 3 if sql is PENDING else 2])
        assert any(index in row[-1] for row in plan), plan
