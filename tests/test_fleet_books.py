"""The fleet's books: who stands where, in which state, and how each is now."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from cloud_bench import TID, StillClock, batch, event
from fleet_bench import OTHER, Fleet

from edge.clock import iso_ms
from edge.errors import IllegalMove
from edge.model.fleet import FIRST, TERMINAL_MOVES, TerminalEvent, TerminalState, event_to, moved
from edge.reference_cloud import store as store_file
from edge.reference_cloud.fleet_table import age, ailments, table
from edge.reference_cloud.registry import MAX_TAGS, ONE, Registry
from edge.reference_cloud.store import CloudStore


@pytest.fixture
def fleet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Fleet:
    return Fleet(tmp_path / "cloud.db", capsys)


@pytest.mark.parametrize("state", list(TerminalState))
@pytest.mark.parametrize("event", list(TerminalEvent))
def test_every_pair_of_a_terminal_is_in_the_table_or_refused(state: TerminalState, event: TerminalEvent) -> None:
    if (state, event) in TERMINAL_MOVES:
        end = TERMINAL_MOVES[state, event]
        assert moved(state, event) is end and moved(state, event_to(state, end)) is end
    else:
        with pytest.raises(IllegalMove):
            moved(state, event)


def test_a_terminal_that_only_said_hello_is_shown_as_not_registered(fleet: Fleet) -> None:
    fleet.greet(app="2.14.0")
    head, line, total = fleet.type("terminals").lines
    assert head.split() == ["terminal", "store", "state", "line", "app", "unsent", "catalogue", "config",
                            "certificate", "handed", "over", "tags"]  # fmt: skip
    assert line.startswith(TID) and "not registered" in line and "online since" in line and "2.14.0" in line
    assert total == "1 terminal, 1 online, 1 not registered"


def test_the_books_are_written_and_read_by_hand(fleet: Fleet) -> None:
    fleet.greet()
    assert fleet.type("terminal", TID, "--store", "S-00817", "--tag", "pilot", "--tag", "north").code == 0
    assert fleet.type("terminal", OTHER, "--store", "S-00818").code == 0
    mine, other = fleet.books()
    assert (mine["store"], mine["tags"], mine["state"]) == ("S-00817", ["north", "pilot"], "enrolled")
    assert (other["state"], other["line"]) == ("ordered", None)
    assert fleet.type("terminal", TID, "--untag", "north").code == 0
    assert [one["tid"] for one in fleet.books("--tag", "pilot")] == [TID]
    assert fleet.books("--tag", "north") == [] == fleet.books("--store", "S-1")
    assert [one["tid"] for one in fleet.books("--state", "ordered")] == [OTHER]
    assert "pilot" in fleet.type("terminal", TID).out


def test_a_state_that_does_not_follow_is_refused_and_names_what_does(fleet: Fleet) -> None:
    assert fleet.type("terminal", TID, "--state", "suspended").code == 2
    assert fleet.type("terminal", TID, "--state", "ordered").code == 0
    refused = fleet.type("terminal", TID, "--state", "moved", "--tag", "pilot")
    assert refused.code == 2
    assert "expected enrolled or retired, got moved" in refused.err
    for state in ("enrolled", "suspended", "enrolled", "moved", "enrolled", "retired", "retired"):
        assert fleet.type("terminal", TID, "--state", state).code == 0
    assert "this is its last state" in fleet.type("terminal", TID, "--state", "enrolled").err
    assert fleet.books()[0]["tags"] == [], "what was refused changed nothing"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("t7", "--store", "S-1"), "no terminal's id"),
        ((TID, "--store", "S 1"), "no store"),
        ((TID, "--tag", "Pilot"), "no tag"),
        ((TID, *(f"--tag=t{n}" for n in range(MAX_TAGS + 1))), "too many tags"),
        ((TID,), "no such terminal"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(fleet: Fleet, words: tuple[str, ...], told: str) -> None:
    refused = fleet.type("terminal", *words)
    assert refused.code == 2 and told in refused.err
    assert fleet.books() == []


def test_no_file_is_made(tmp_path: Path, fleet: Fleet) -> None:
    before = sorted(tmp_path.iterdir())
    fleet.cloud.path = tmp_path / "clod.db"
    assert [fleet.type(word).code for word in ("terminals", "health")] == [2, 2]
    assert sorted(tmp_path.iterdir()) == before


def test_the_line_is_dated_by_the_cloud_and_an_old_word_of_the_broker_changes_nothing(fleet: Fleet) -> None:
    fleet.greet()
    online_since = fleet.books()[0]["since"]
    fleet.cloud.clock.pass_s(60)
    fleet.leaves(state="online")
    assert fleet.books()[0]["since"] == online_since, "retained, and told again"
    fleet.leaves()
    mine = fleet.books()[0]
    assert (mine["line"], mine["since"]) == ("offline", iso_ms(fleet.cloud.clock.at))
    fleet.cloud.clock.pass_s(3_600)
    fleet.leaves()
    assert fleet.books()[0]["since"] == mine["since"]
    fleet.leaves(state="sleep", sess=413)
    assert "stopped since" in fleet.type("terminals").out


def shown(fleet: Fleet) -> list[str]:
    clock = fleet.cloud.clock
    return list(ailments(Registry(fleet.cloud.store, clock).terminals(), clock.wall()))


def test_a_terminal_that_is_silent_though_online_is_found_and_what_the_broker_says_is_no_sign_of_life(
    fleet: Fleet,
) -> None:
    fleet.greet()
    fleet.cloud.clock.pass_s(899)
    assert shown(fleet) == []
    fleet.leaves(state="online")
    fleet.cloud.clock.pass_s(61)
    (told,) = shown(fleet)
    assert told.startswith(f"{TID}: it is said to be online, and has been silent for 16 min. Look at")
    fleet.sample(q_tx=0)
    assert shown(fleet) == []
    fleet.cloud.clock.pass_s(960)
    fleet.leaves()
    assert shown(fleet) == [], "who is offline is silent"


def test_a_batch_is_a_sign_of_life(fleet: Fleet) -> None:
    fleet.greet(tx=(1, 0))
    fleet.cloud.clock.pass_s(890)
    fleet.cloud.hear("tx", batch(event(1)))
    fleet.cloud.clock.pass_s(60)
    assert shown(fleet) == []


def test_rows_that_wait_are_found_from_what_was_measured_and_from_the_hello(fleet: Fleet) -> None:
    fleet.greet(tx=(2, 0))
    fleet.cloud.hear("tx", batch(event(1)))
    for _ in range(4):
        fleet.cloud.clock.pass_s(240)
        fleet.sample(q_tx=1)
    (told,) = shown(fleet)
    assert "oldest row has waited for 16 min" in told and "edge cloud report" in told
    fleet.cloud.hear("tx", batch(event(2)))
    assert shown(fleet) == []
    fleet.sample(q_age_s=901.5)
    assert "15 min" in shown(fleet)[0]
    fleet.sample(q_age_s=600)
    fleet.leaves()
    assert shown(fleet) == []
    fleet.cloud.clock.pass_s(400)
    (told,) = shown(fleet)
    assert "16 min" in told and "sells on" in told, "what nobody measures grows older all the same"


def test_a_certificate_that_ends_is_found_in_time(fleet: Fleet) -> None:
    for days, told in ((31, None), (29, "ends in 29 days"), (-2, "ended 2 days ago")):
        ends = fleet.cloud.clock.at + timedelta(days=days, minutes=1)
        fleet.greet(cert_exp=iso_ms(ends))
        found = shown(fleet)
        assert [told in one for one in found if told] == ([True] if told else [])
        assert len(found) == (told is not None)


def test_the_health_query_says_it_in_sentences_and_ends_with_1(fleet: Fleet) -> None:
    fleet.greet()
    well = fleet.type("health")
    assert (well.code, well.lines) == (0, ["1 terminal, all well"])
    fleet.type("terminal", TID, "--store", "S-00817")
    fleet.sample(q_age_s=5_000)
    ill = fleet.type("health")
    assert ill.code == 1
    assert ill.lines[0].startswith(f"{TID} (S-00817): its oldest row has waited for 83 min")
    assert ill.lines[1] == "1 terminal, 1 to look after"
    for state in ("suspended", "retired"):
        fleet.type("terminal", TID, "--state", state)
    assert fleet.type("health").code == 0, "it is none of ours any more"


def test_moments_that_no_calendar_has_do_not_spoil_the_table(fleet: Fleet) -> None:
    fleet.greet(cert_exp="2026-02-30T00:00:00.000Z")
    fleet.sample(q_age_s="long", cat_ver="new")
    assert fleet.books()[0]["cert_days"] is None
    assert fleet.type("health").code == 0


def test_what_a_terminal_says_does_not_move_the_cursor_of_who_reads_it(fleet: Fleet) -> None:
    fleet.greet(app="2.0\x1b[2J\n")
    assert "2.0?[2J?" in fleet.type("terminals").lines[1]


def test_a_catalogue_that_is_behind_is_shown_with_the_one_that_is_due(fleet: Fleet) -> None:
    fleet.greet()
    fleet.cloud.store.run("INSERT INTO notice(tid, ver, since, ops) VALUES(?, 20882, 20881, '[]')", (TID,))
    fleet.cloud.store.commit()
    assert "20881 of 20882" in fleet.type("terminals").out
    fleet.sample(cat_ver=20882)
    assert "20882 " in fleet.type("terminals").out and " of " not in fleet.type("terminals").out


def test_who_was_not_handed_over_is_found_and_the_newest_check_counts(fleet: Fleet) -> None:
    fleet.greet()
    fleet.greet(OTHER)
    assert [one["handed"] for one in fleet.books("--handed", "no")] == ["no", "no"]
    checked = {"app": "0.1.0", "by": "technician", "parts": []}
    for seq, is_well, handed in ((1, False, "faults"), (2, True, "well")):
        row = event(seq, kind="setup.checked", data={**checked, "well": is_well})
        fleet.cloud.hear("ev", batch(row, stream="ev"))
        (mine,) = fleet.books("--handed", handed)
        assert mine["tid"] == TID and mine["handed_at"] == iso_ms(fleet.cloud.clock.at)
    assert [one["tid"] for one in fleet.books("--handed", "no", "--handed", "faults")] == [OTHER]
    assert fleet.type("terminal", TID).lines[1].split()[-1] == "well"
    assert fleet.type("terminals", "--handed", "perhaps").code == 2
    plan = [row[-1] for row in fleet.cloud.store.rows(f"EXPLAIN QUERY PLAN {ONE}", (TID,))]
    assert any("event_handed" in step for step in plan)


def test_a_file_of_before_the_books_is_taken_over(tmp_path: Path) -> None:
    before = (
        store_file.SCHEMA, store_file.WALLETS, store_file.REFUND_STATE, store_file.CONTRARY, store_file.PARCELS,
        store_file.SENDING, store_file.LICENCES, store_file.SUPPLIERS, store_file.SERVICES, store_file.CAMPAIGNS,
        store_file.LOANS, store_file.LOANS_TOLD,
    )  # fmt: skip
    with closing(sqlite3.connect(tmp_path / "cloud.db")) as db:
        db.executescript("".join(before) + f"PRAGMA user_version = {len(before)};")
        db.execute("INSERT INTO terminal(tid, state) VALUES(?, 'online')", (TID,))
        db.commit()
    store = CloudStore(tmp_path / "cloud.db")
    store.open()
    (one,) = Registry(store, StillClock()).terminals()
    assert (one.tid, one.line, one.since, one.heard, one.unsent) == (TID, "online", None, None, None)
    store.close()


def test_two_thousand_terminals_are_read_at_one_look(tmp_path: Path) -> None:
    store, clock = CloudStore(tmp_path / "cloud.db"), StillClock()
    store.open()
    registry = Registry(store, clock)
    for n in range(2_000):
        registry.enter(f"T{n:07d}", store=f"S-{n:05d}", state=FIRST[1])
    store.commit()
    before = clock.mono()
    assert len(list(table(registry.terminals(), clock.wall()))) == 2_002
    assert clock.mono() == before
    store.close()


def test_what_is_known_of_each_is_found_without_reading_what_terminals_ever_told(fleet: Fleet) -> None:
    plan = [row[-1] for row in fleet.cloud.store.rows(f"EXPLAIN QUERY PLAN {ONE}", (TID,))]
    assert any("event_catalogue" in step for step in plan)
    assert [step for step in plan if step.startswith("SCAN") and step != "SCAN CONSTANT ROW"] == ["SCAN b"]


def test_ages_are_told_in_the_largest_unit_that_fits() -> None:
    spans = (timedelta(seconds=-1), timedelta(seconds=119), timedelta(minutes=119), timedelta(hours=47), timedelta(9))
    assert [age(span) for span in spans] == ["0 s", "119 s", "119 min", "47 h", "9 d"]
