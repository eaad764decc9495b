"""Who may do what at the cloud, what takes two, and that nothing is done without a line in the audit."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cloud_bench import TID
from fleet_bench import OTHER, Fleet, Said
from test_jws import KEYS, SEED

from edge.codec.json_text import read_object
from edge.codec.jws import read_jws
from edge.reference_cloud.command_kinds import KINDS
from edge.reference_cloud.operators import desk_at
from edge.reference_cloud.rights import ROLES, Right, Role
from edge.reference_cloud.seal import Signer

SUSPEND = ("command", TID, "terminal.suspend", "on=true", "why=stolen")


@pytest.fixture
def fleet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Fleet:
    fleet = Fleet(tmp_path / "cloud.db", capsys, Signer("cmd-2026q4", SEED))
    fleet.greet()
    fleet.greet(OTHER)
    return fleet


@pytest.fixture
def staffed(fleet: Fleet) -> Fleet:
    """ann and bob of the fleet, tom the technician, olga who owns S-1, where TID stands, and vic who looks on."""
    fleet.type("operator", "ann", "--role", "fleet")
    for name, role, *store in (("bob", "fleet"), ("tom", "technician"), ("olga", "owner", "S-1"), ("vic", "viewer")):
        where = ["--store", *store] if store else []
        assert fleet.type("operator", name, "--role", role, *where, "--as", "ann").code == 0
    fleet.type("terminal", TID, "--store", "S-1", "--as", "ann")
    fleet.type("terminal", OTHER, "--store", "S-2", "--as", "ann")
    return fleet


def leaving(fleet: Fleet) -> list[dict[str, Any]]:
    told = [read_object(one.payload) for one in fleet.cloud.ingest.due()]
    return [read_jws(str(one["jws"]), KEYS) if "jws" in one else one for one in told]


def cid_of(said: Said) -> str:
    return said.out.split()[0]


def test_before_there_are_operators_whoever_can_write_the_file_is_cli(fleet: Fleet) -> None:
    assert "no operators yet" in fleet.type("operator").out
    assert fleet.type("command", TID, "selftest").code == 0
    assert "  cli           command selftest" in fleet.type("audit").out
    assert "nobody yet; cli may do it" in fleet.type("command", TID, "selftest", "--as", "ann").err


def test_the_only_operator_need_not_say_who_it_is_and_of_several_each_must(staffed: Fleet) -> None:
    refused = staffed.type("command", TID, "selftest")
    assert refused.code == 2 and "--as: who is it?, expected ann, bob, olga, tom, vic" in refused.err
    assert "no such operator" in staffed.type("command", TID, "selftest", "--as", "eve").err
    for name in ("bob", "tom", "olga", "vic"):
        staffed.type("operator", name, "--remove", "--as", "ann")
    assert staffed.type("command", TID, "selftest").code == 0
    assert leaving(staffed)[-1]["by"] == "user:ann"


def test_somebody_must_always_be_left_who_may_do_everything(fleet: Fleet) -> None:
    for words in (("vic", "--role", "viewer"), ("fay", "--role", "fleet", "--store", "S-1")):
        assert "somebody must be left" in fleet.type("operator", *words).err
    fleet.type("operator", "ann", "--role", "fleet")
    assert fleet.type("operator", "vic", "--role", "viewer", "--as", "ann").code == 0
    assert "somebody must be left" in fleet.type("operator", "ann", "--role", "viewer", "--as", "ann").err
    assert "somebody must be left" in fleet.type("operator", "ann", "--remove", "--as", "ann").err
    fleet.type("operator", "vic", "--remove", "--as", "ann")
    assert fleet.type("operator", "ann", "--remove").code == 0, "the last one may go: the file is as it was"


@pytest.mark.parametrize(
    ("words", "told"),
    [(("Ann", "--role", "fleet"), "this is no name"), (("cli", "--role", "fleet"), "this is no name"),
     (("ann",), "what shall it be?"), (("ann", "--role", "fleet", "--remove"), "what shall it be?"),
     (("ann", "--role", "fleet", "--store", "S 1"), "this is no store"), (("eve", "--remove"), "no such operator")],
)  # fmt: skip
def test_what_is_wrong_with_an_operator_is_named(fleet: Fleet, words: tuple[str, ...], told: str) -> None:
    refused = fleet.type("operator", *words)
    assert refused.code == 2 and told in refused.err


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("right", list(Right))
def test_each_role_has_the_rights_of_the_table_and_a_refusal_is_in_the_audit(
    staffed: Fleet, role: Role, right: Right
) -> None:
    name = {Role.FLEET: "bob", Role.TECHNICIAN: "tom", Role.OWNER: "olga", Role.VIEWER: "vic"}[role]
    kind = next(kind for kind in KINDS.values() if kind.right is right and kind.args is not None)
    words = [word.replace("'", "") for word in kind.example.split(" ")] if kind.example else []
    if "'" in kind.example:
        words = [kind.example.replace("'", "")]
    said = staffed.type("command", TID, kind.name, *words, "--as", name)
    told = staffed.type("audit", "--by", name).lines[-1]
    if role in ROLES[right]:
        assert said.code == 0 and told.endswith("done") and kind.name in told
        assert (len(leaving(staffed)) == 1) is (right is not Right.FLEET_TWO)
    else:
        assert said.code == 1 and f"{name} may not: command {kind.name}" in said.err
        assert f"command {kind.name}  {TID}  refused: it takes" in told
        assert leaving(staffed) == []


def test_an_owner_commands_its_own_shop_alone(staffed: Fleet) -> None:
    look = ("locker.open", "box=B07", "why=look", "--as", "olga")
    assert staffed.type("command", TID, *look).code == 0
    refused = staffed.type("command", OTHER, *look)
    assert refused.code == 1 and "somebody of its own store, not of S-1" in refused.err
    assert [one["tid"] for one in leaving(staffed)] == [TID]


def test_what_takes_two_leaves_after_the_second_yes_and_never_before(staffed: Fleet) -> None:
    said = staffed.type(*SUSPEND, "--as", "ann")
    cid = cid_of(said)
    assert said.code == 0 and f"edge cloud approve {cid} --as NAME" in said.out
    assert leaving(staffed) == []
    assert not any("jws" in one for one in staffed.greet(sess=413))
    staffed.cloud.clock.pass_s(3_600)
    assert leaving(staffed) == [], "neither after a hello nor after an hour"
    for name, why in (("ann", "somebody else than who proposed it"), ("tom", "expected fleet"), ("vic", "fleet")):
        refused = staffed.type("approve", cid, "--as", name)
        assert refused.code == 1 and why in refused.err
    assert leaving(staffed) == []
    approved = staffed.type("approve", cid, "--as", "bob")
    assert approved.code == 0 and f"{cid}  terminal.suspend for {TID}, by user:ann, user:bob" in approved.out
    (told,) = leaving(staffed)
    assert (told["cid"], told["by"], told["args"]) == (cid, "user:ann, user:bob", {"on": True, "why": "stolen"})
    again = staffed.type("approve", cid, "--as", "bob")
    assert again.code == 2 and "sent, and not answered yet" in again.err
    audit = staffed.type("audit", "--tid", TID).out
    assert audit.count("refused: it takes") == 3 and "approve terminal.suspend" in audit


def test_a_proposal_ends_after_a_day_or_with_whoever_made_it(staffed: Fleet) -> None:
    cid = cid_of(staffed.type(*SUSPEND, "--as", "ann"))
    staffed.type("operator", "ann", "--remove", "--as", "bob")
    staffed.type("operator", "cat", "--role", "fleet", "--as", "bob")
    assert "a proposal of somebody who still works here" in staffed.type("approve", cid, "--as", "cat").err
    cid = cid_of(staffed.type(*SUSPEND, "--as", "bob"))
    staffed.cloud.store.run("UPDATE command SET expires_at = '2026-11-23T00:00:00.000Z' WHERE cid = ?", (cid,))
    staffed.cloud.store.commit()
    assert "over: nobody answered" in staffed.type("approve", cid, "--as", "cat").err
    assert leaving(staffed) == []


def test_two_are_needed_before_anything_that_takes_two(fleet: Fleet) -> None:
    refused = fleet.type(*SUSPEND)
    assert refused.code == 2 and "this takes two operators, and there are none" in refused.err
    assert "no command that waits" in fleet.type("approve", "019aadf2").err


def test_the_books_are_written_by_the_fleet_alone(staffed: Fleet) -> None:
    for name in ("tom", "olga", "vic"):
        assert staffed.type("terminal", TID, "--tag", "pilot", "--as", name).code == 1
        assert staffed.type("operator", "eve", "--role", "fleet", "--as", name).code == 1
    assert staffed.books("--tag", "pilot") == []
    assert staffed.type("terminal", TID, "--tag", "pilot", "--as", "bob").code == 0
    assert f"terminal {TID} tag pilot  done" in staffed.type("audit", "--by", "bob").out
    assert staffed.type("terminal", TID).code == 0, "whoever only reads need not say who it is"


def test_the_audit_is_a_list_of_objects_too(staffed: Fleet) -> None:
    row = read_object(staffed.type("audit", "--json", "--newest", "1").lines[0].encode())
    assert (row["who"], row["tid"], row["outcome"]) == ("ann", OTHER, "done")


def test_a_line_of_the_audit_is_one_line(staffed: Fleet) -> None:
    assert staffed.type("terminal", TID, "--tag", "a\n2026-11-26T00:00:00.000Z  ann", "--as", "vic").code == 1
    assert len(staffed.type("audit", "--by", "vic").lines) == 1


def test_while_somebody_decides_nobody_else_writes(staffed: Fleet) -> None:
    with desk_at(staffed.cloud.path, "ann") as desk:
        with closing(sqlite3.connect(staffed.cloud.path, timeout=0)) as other, pytest.raises(sqlite3.OperationalError):
            other.execute("UPDATE registry SET store = 'S-9'")
        desk.store.rollback()
