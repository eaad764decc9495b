"""Each event once: what a cloud has lost, doubled or made up is found, whichever cloud it is."""

from __future__ import annotations

import shlex
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from edge.__main__ import main
from edge.errors import SettingsError
from edge.reference_cloud.store import CloudStore
from edge.sim.fleet.judge import absorbed_in, judge, stored_in, told_by

MADE = [(f"FLEET0000{box}", f"event-{box}-{n}") for box in range(3) for n in range(5)]
TIDS = frozenset(tid for tid, _ in MADE)


def test_each_event_once_in_any_order_is_exact() -> None:
    verdict = judge(MADE, reversed(MADE))
    assert verdict.is_exact
    assert next(verdict.words()) == "15 events made, 15 in the cloud"


def test_a_planted_lost_event_is_found() -> None:
    verdict = judge(MADE, MADE[:7] + MADE[8:])
    assert verdict.lost == (MADE[7],)
    assert list(verdict.wrong()) == [f"1 lost: {MADE[7][0]} {MADE[7][1]}"]
    assert not verdict.is_exact


def test_a_planted_doubled_event_is_found() -> None:
    verdict = judge(MADE, [*MADE, MADE[3]])
    assert verdict.doubled == (MADE[3],)
    assert not verdict.is_exact


def test_an_event_that_nobody_made_is_found() -> None:
    strange = (MADE[0][0], "never made")
    verdict = judge(MADE, [*MADE, strange])
    assert verdict.strange == (strange,)
    assert not verdict.is_exact


def test_the_same_id_of_another_terminal_is_not_the_same_event() -> None:
    other = (MADE[5][0], MADE[0][1])
    verdict = judge(MADE, [other, *MADE[1:]])
    assert (verdict.lost, verdict.strange) == ((MADE[0],), (other,))


def test_of_many_only_the_first_are_named() -> None:
    (line,) = judge(MADE, []).wrong()
    assert line.startswith("15 lost: ")
    assert line.endswith(" …")


def test_what_its_terminal_still_holds_is_not_lost() -> None:
    verdict = judge(MADE, MADE[2:], waiting=MADE[:1] + MADE[5:6])
    assert (verdict.waiting, verdict.lost) == (1, (MADE[1],))
    assert next(verdict.words()) == "15 events made, 13 in the cloud, 1 wait in their terminals"


def test_the_database_of_the_reference_cloud_is_read(tmp_path: Path) -> None:
    db = _cloud(tmp_path / "cloud.db")
    assert sorted(stored_in(db, TIDS)) == sorted(MADE), "and nothing of others' terminals"
    assert absorbed_in(db) == 4


def test_a_file_that_is_no_cloud_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cloud.db").write_text("nothing")
    with pytest.raises(SettingsError, match="no database of this cloud"):
        list(stored_in(tmp_path / "cloud.db", TIDS))


@pytest.mark.parametrize("file", ["cloud.db", "nowhere/cloud.db"])
def test_what_came_twice_is_not_asked_of_a_file_that_is_no_cloud(file: str, tmp_path: Path) -> None:
    (tmp_path / "cloud.db").write_text("nothing")
    with pytest.raises(SettingsError, match="no database of this cloud"):
        absorbed_in(tmp_path / file)


@pytest.mark.parametrize("between", [" ", "\t", "|", ","])
def test_another_cloud_tells_by_a_command(between: str, tmp_path: Path) -> None:
    told = tmp_path / "told"
    told.write_text("".join(f"{tid}{between}{event_id}\n" for tid, event_id in [*MADE, ("OTHER001", "x")]))
    assert list(told_by(f"cat {shlex.quote(str(told))}", TIDS)) == MADE


def test_a_command_that_fails_has_told_nothing() -> None:
    with pytest.raises(SettingsError, match="failed"):
        list(told_by(f"{sys.executable} -c 'raise SystemExit(3)'", TIDS))
    with pytest.raises(SettingsError, match="cannot be started"):
        list(told_by("/nowhere/psql", TIDS))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--terminals", "0"], "expected a number from 1"),
        (["--terminals", "5", "--storm", "x"], "expected a number"),
        (["--terminals", "5", "--outage", "10"], "a colon between"),
        (["--terminals", "5", "--tids", "till"], "A-Z and 0-9"),
        (["--terminals", "5", "--url", "http://h:1"], "not the address of a broker"),
        (["--terminals", "5", "--url", "mqtt://h:x"], "not the address of a broker"),
        (["--terminals", "5", "--url", "mqtt://h:1", "--outage", "50:20"], "expected at least 70"),
        (["--terminals", "5", "--db", "x.db"], "together with its broker"),
        (["--terminals", "5", "--url", "mqtts://h:1"], "the folder of edge cloud ca init"),
        (["--terminals", "5", "--at", "5:"], "a colon and a command"),
        (["--terminals", "5", "--at", "5:sh -c 'kill"], "not a command"),
    ],
)
def test_what_is_wrong_in_the_command_line_is_named(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = main(["fleet", *words])
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 2
    assert sentence in capsys.readouterr().err


def _cloud(path: Path) -> Path:
    store = CloudStore(path)
    store.open()
    store.close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO lane(lane, tid, epoch, stream, again) VALUES(1, 'FLEET00000', 'E', 'tx', 4)")
        db.executemany(
            "INSERT INTO event(tid, lane, seq, id, type, sv, at, boot, up, body, received_at)"
            " VALUES(?, 1, 1, ?, 't', 1, '', 1, 1, '{}', '')",
            [*MADE, ("OTHER001", "of another")],
        )
        db.commit()
    return path
