"""`edge cloud rollout` as a person types it, beside a cloud that serves the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fleet_bench import Fleet

from edge.clock import iso_ms


@pytest.fixture
def typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Fleet:
    fleet = Fleet(tmp_path / "cloud.db", capsys)
    for n in range(4):
        fleet.greet(f"T{n:07d}")
        assert fleet.type("terminal", f"T{n:07d}", "--tag", "pilot").code == 0
    return fleet


START = ("rollout", "start", "--type", "selftest", "--select", "tag=pilot", "--waves", "50%,100%")


def test_a_rollout_is_typed_served_and_read(typed: Fleet) -> None:
    said = typed.type(*START)
    assert said.code == 0
    assert said.lines[0] == "rollout 1: selftest to tag=pilot, 4 terminals, by user:cli: running, wave 1 of 2"
    assert said.lines[1:] == ["    wave 1, up to 50 %: 2 waiting", "    wave 2, up to 100 %: 2 waiting",
                              "    0 of 2 failed; it stops above 3 %"]  # fmt: skip
    ingest, clock = typed.cloud.ingest, typed.cloud.clock
    commands = typed.cloud.said(ingest.due())
    assert [(one["type"], one["by"]) for one in commands] == [("selftest", "rollout:1/wave1")] * 2
    for command in commands:
        told = {"v": 1, "tid": command["tid"], "cid": command["cid"], "state": "done", "at": iso_ms(clock.at)}
        typed.cloud.hear("res", told, tid=command["tid"])
    clock.pass_s(5)
    assert typed.cloud.said(ingest.due()) == []
    clock.pass_s(5)
    for command in commands:
        typed.sample(command["tid"])
    assert len(typed.cloud.said(ingest.due())) == 2, "the second wave"
    status = typed.type("rollout", "status", "1")
    assert (
        status.code == 0
        and "wave 1, up to 50 %: 2 healthy" in status.out
        and "wave 2, up to 100 %: 2 told" in status.out
    )
    assert json.loads(typed.type("rollout", "status", "--json").out)["waves"]["1"] == {"healthy": 2}


def test_it_is_paused_resumed_and_aborted_by_hand(typed: Fleet) -> None:
    typed.type(*START)
    assert "paused, wave 1 of 2: by cli" in typed.type("rollout", "pause", "1").out
    typed.cloud.clock.pass_s(6)
    assert typed.cloud.said(typed.cloud.ingest.due()) == []
    assert "cannot be told: pause, expected resume or abort" in typed.type("rollout", "pause", "1").err
    assert "running" in typed.type("rollout", "resume", "1").out
    assert "aborted: by cli" in typed.type("rollout", "abort", "1").out
    assert typed.type("rollout", "status", "1").code == 1
    assert typed.type("rollout", "status").code == 0
    assert "rollout selftest to tag=pilot rollout 1  done" in typed.type("audit").out


def test_what_takes_two_begins_after_the_second_yes(typed: Fleet) -> None:
    typed.type("operator", "ann", "--role", "fleet")
    for name, role in (("bob", "fleet"), ("tom", "technician")):
        typed.type("operator", name, "--role", role, "--as", "ann")
    many = ("rollout", "start", "--type", "trust.update", "kid=k2", "--select", "all", "--waves", "100%")
    assert typed.type(*many, "--as", "tom").code == 1
    said = typed.type(*many, "--as", "ann")
    assert "proposed" in said.lines[0] and "edge cloud rollout approve 1 --as NAME" in said.lines[-1]
    typed.cloud.clock.pass_s(60)
    typed.cloud.ingest.due()
    assert typed.type("commands").lines == []
    assert typed.type("rollout", "approve", "1", "--as", "ann").code == 1
    assert typed.type("rollout", "approve", "1", "--as", "bob").code == 0
    typed.cloud.clock.pass_s(6)
    typed.cloud.ingest.due()
    assert len(typed.type("commands").lines) == 8


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--type", "locker.open", "--select", "all"), "this is no command for many"),
        (("--type", "selftest", "--select", "tag=south"), "no terminal is meant"),
        (("--type", "selftest", "--select", "south"), "--select, character 1"),
        (("--type", "selftest", "--select", "all", "--waves", "10%,5%"), "these are no waves"),
        (("--type", "selftest", "--select", "all", "--waves", "x"), "these are no waves"),
        (("--type", "selftest", "--select", "all", "--abort-percent", "101"), "this is no share"),
        (("--type", "selftest", "--select", "all", "--ttl", "0"), "no command is good for so long"),
        (("--type", "update.install", "--select", "all"), "update.install ver: this is missing"),
        (("--type", "trust.update", "--select", "all"), "this takes two operators"),
    ],
)
def test_what_is_wrong_with_a_rollout_is_named_and_none_begins(typed: Fleet, words: tuple[str, ...], told: str) -> None:
    refused = typed.type("rollout", "start", *words)
    assert refused.code == 2 and told in refused.err
    assert typed.type("rollout", "status").lines == []
    assert "no such rollout" in typed.type("rollout", "status", "7").err
