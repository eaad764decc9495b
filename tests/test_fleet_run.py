"""`edge fleet` at a real broker and a real cloud: each event is stored once, and what is not is said."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import leashed
import pytest
from conftest import Mosquitto
from identity_bench import HOST, Fleet

from edge.reference_cloud.broker_folder import INGEST
from edge.sim.counter.leash import edge_command, edge_environment
from edge.sim.fleet.judge import judge, stored_in

pytestmark = pytest.mark.chaos

TERMINALS = 20
PATIENCE_S = 300.0
"""An outage of two seconds has a tail: who fails again and again waits up to minutes (contract B1)."""
SCENE = ("--storm", "7", "--outage", "9:2", "--kill", "12:4")


@pytest.fixture
def cloud(broker: Mosquitto, tmp_path: Path) -> Iterator[Path]:
    """The database of a cloud that runs."""
    with running_cloud(broker.url, tmp_path / "cloud.db") as db:
        yield db


@contextmanager
def running_cloud(url: str, db: Path, *words: str) -> Iterator[Path]:
    command = edge_command("cloud", "--url", url, "--db", str(db), "--quiet", *words)
    process = leashed.start(command, stdout=subprocess.PIPE, env=edge_environment())
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith(b"ready")
        yield db
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def test_twenty_terminals_through_storm_outage_and_death_are_stored_once(
    broker: Mosquitto, cloud: Path, tmp_path: Path
) -> None:
    load = ("--seconds", "16", "--events-per-s", "20")
    code, said = _fleet(broker, tmp_path / "fleet", "--db", str(cloud), *load, *SCENE)
    assert code == 0, said
    assert said.endswith("exactly once\n")
    assert f"{TERMINALS} terminals in 2 processes" in said
    assert "4 terminals killed" in said
    assert f"storm at 7 s: first attempts of {TERMINALS} terminals, spread told 5 s" in said
    made = int(re.search(r"([\d,]+) events made, \1 in the cloud", said)[1].replace(",", ""))  # type: ignore[index]
    assert made > 200
    _plant(cloud, tmp_path / "fleet")


def test_a_broker_that_dies_with_all_that_it_had_loses_nothing(broker: Mosquitto, cloud: Path, tmp_path: Path) -> None:
    process = _started(broker.url, tmp_path / "fleet", "--db", str(cloud), "--seconds", "12", "--events-per-s", "100")
    assert process.stdout is not None
    while b" 20 online" not in (line := process.stdout.readline()):
        assert line, "it ended before all were online"
    broker.restart()
    code, said = _ended(process)
    assert code == 0, said
    assert re.search(rf"broker lost at \d+ s, not by us: first attempts of {TERMINALS} terminals", said)


def test_a_fleet_with_certificates_speaks_tls(free_port: int, tmp_path: Path) -> None:
    authorities = Fleet(tmp_path / "ca", free_port)
    authorities.start()
    stem, url = authorities.folder / INGEST, f"mqtts://{HOST}:{free_port}"
    own = ("--ca-file", str(authorities.roots), "--cert-file", f"{stem}.crt", "--key-file", f"{stem}.key")
    try:
        with running_cloud(url, tmp_path / "cloud.db", *own) as db:
            words = ("--ca", str(authorities.folder), "--db", str(db), "--seconds", "9", "--storm", "6")
            code, said = _ended(_started(url, tmp_path / "fleet", *words))
    finally:
        authorities.stop()
    assert code == 0, said
    assert said.endswith("exactly once\n")


def test_a_fleet_without_a_cloud_says_what_waits(broker: Mosquitto, tmp_path: Path) -> None:
    code, said = _fleet(broker, tmp_path / "fleet", "--seconds", "7", "--drain", "2", "--events-per-s", "10")
    assert code == 1
    assert re.search(r"WRONG: \d+ events not acknowledged in time, the oldest after \d+ s", said)
    assert "WRONG: never more than 0 of 20 terminals were online" in said


def test_a_folder_is_used_again_and_another_cloud_may_tell(broker: Mosquitto, cloud: Path, tmp_path: Path) -> None:
    asked = f"import sqlite3; [print(*row) for row in sqlite3.connect('{cloud}').execute('SELECT tid, id FROM event')]"
    stored = f'{sys.executable} -c "{asked}"'
    for _ in range(2):
        code, said = _fleet(broker, tmp_path / "fleet", "--stored", stored, "--seconds", "6", "--events-per-s", "20")
        assert code == 0, said
    ids = sum(len(_lines(file)) for file in (tmp_path / "fleet").glob("made-*.txt"))
    assert f"{ids} events made, {ids} in the cloud" in said
    with closing(sqlite3.connect(cloud)) as db:
        assert db.execute("SELECT count(*) FROM event").fetchone() == (ids,)


def _fleet(broker: Mosquitto, folder: Path, *words: str) -> tuple[int, str]:
    """(exit code, all that it said)"""
    return _ended(_started(broker.url, folder, *words))


def _started(url: str, folder: Path, *words: str) -> subprocess.Popen[bytes]:
    command = edge_command(
        "fleet", "--terminals", str(TERMINALS), "--processes", "2", "--url", url, "--folder", str(folder), *words
    )
    return leashed.start(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=edge_environment())


def _ended(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    said, _ = process.communicate(timeout=PATIENCE_S)
    return process.returncode, said.decode()


def _plant(cloud: Path, folder: Path) -> None:
    """An event that the cloud loses afterwards, and one that is another's, are found by name."""
    made = [tuple(line.split(" ")) for file in folder.glob("made-*.txt") for line in _lines(file)]
    events = [(tid, event_id) for tid, event_id in made]
    tids = frozenset(tid for tid, _ in events)
    assert judge(events, stored_in(cloud, tids)).is_exact
    with closing(sqlite3.connect(cloud)) as db:
        lost = db.execute("SELECT tid, id FROM event ORDER BY n LIMIT 1 OFFSET 99").fetchone()
        db.execute("DELETE FROM event WHERE id = ?", (lost[1],))
        db.execute("UPDATE event SET id = 'changed' WHERE n = (SELECT max(n) FROM event)")
        db.commit()
    verdict = judge(events, stored_in(cloud, tids))
    assert lost in verdict.lost
    assert (len(verdict.lost), [event_id for _, event_id in verdict.strange]) == (2, ["changed"])


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()
