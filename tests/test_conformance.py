"""`edge conformance`: the reference cloud holds all that it promises, and of each wrong cloud the right line tells."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random

import bent_cloud as bent
import leashed
import pytest
from bent_cloud import (
    BelievesPayload,
    Bend,
    DiesOf,
    Drops,
    Gzip,
    KnowsIds,
    Late,
    NoPast,
    OldStatus,
    Remembers,
    Says,
    Shares,
    Stale,
)
from conftest import Mosquitto
from identity_bench import PATIENCE_S, until
from test_fleet_run import running_cloud

from edge.__main__ import main
from edge.clock import SystemClock
from edge.cloud.session import Broker
from edge.codec.topics import Topics
from edge.errors import SettingsError
from edge.reference_cloud.report import CloudReport
from edge.sim.conformance import killing, watermark, whole_terminal
from edge.sim.conformance import scene as scenes
from edge.sim.conformance.finding import Outcome, State, lines
from edge.sim.conformance.main import CHECKS, run, tried
from edge.sim.conformance.probe import Identity
from edge.sim.conformance.scene import Scene
from edge.sim.counter.leash import edge_command, edge_environment

pytestmark = pytest.mark.chaos

SHORT_S = 0.6
"""An answer that does not come is not waited for any longer."""
TIDS = ("CONFORM1", "CONFORM2")
ANY_ID = "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"

Try = Callable[..., dict[str, Outcome]]

WRONG: dict[str, tuple[Callable[[], Bend], str, str]] = {
    "old acks wait for who comes": (Stale, "silence", "a ack"),
    "no welcome": (lambda: Says("welcome", lambda _: None), "welcome", "none"),
    "a welcome of another session": (lambda: Says("welcome", lambda w: w | {"sess": 1}), "welcome", "for sess 1 "),
    "a welcome without versions": (lambda: Says("welcome", bent.without("cfg_ver")), "welcome", "cfg_ver"),
    "no spread": (lambda: Says("welcome", bent.without("reconnect")), "welcome fields", "without reconnect"),
    "one watermark for all epochs": (
        lambda: Says("welcome", lambda w: w | {"upto": {"tx": 7, "pk": 0, "ev": 0}}), "fresh epoch", "'tx': 7",
    ),
    "a session is welcomed once": (lambda: Remembers("welcome", bent.once), "hello again", "one welcome"),
    "the hello's own watermark": (lambda: Remembers("welcome", bent.echo), "own watermark", "upto 2"),
    "another last row": (
        lambda: Says("welcome", lambda w: w | {"last": {"tx": {"seq": 1, "id": ANY_ID}}}),
        "last", "seq 1",
    ),
    "no minimum": (lambda: Says("welcome", lambda w: w | {"sess_min": w["sess"]}), "lower sess", ""),
    "no ack at all": (lambda: Says("ack", lambda _: None), "ack", "no ack"),
    "ack by PUBACK": (lambda: Remembers("ack", bent.by_puback), "gap", "upto 5"),
    "ack of what a hello says": (lambda: Remembers("ack", bent.by_head), "gap", "upto 5"),
    "a resend of what was never there": (
        lambda: Says("resend", lambda order: order | {"hi": 9}), "gap asked for", "rows 2 to 9",
    ),
    "an older status counts": (OldStatus, "old status", "after a status of sess"),
    "no ack for a copy": (lambda: Remembers("ack", bent.once), "twice", "no ack"),
    "one stream is forgotten": (
        lambda: Says("ack", lambda ack: None if ack["stream"] == "ev" else ack), "streams", "no ack",
    ),
    "no gzip": (Gzip, "encodings", "no ack"),
    "a parser that forbids": (lambda: Drops(bent.has_later_fields), "later fields", "no ack"),
    "blocked by an unknown event": (lambda: Drops(bent.has_unknown_type), "unknown type", "no ack"),
    "blocked by a later body": (lambda: Drops(bent.has_later_body), "later body", "no ack"),
    "blocked by poison": (lambda: Drops(bent.has_bad_body), "poison", "no ack"),
    "poison is not told": (lambda: Says("ack", bent.without("rej")), "poison", "rej without it"),
    "blocked by what is no event": (lambda: Drops(bent.has_no_event), "no event", "no ack"),
    "blocked by a second row": (lambda: KnowsIds(by_seq=True), "same number", "no ack"),
    "dead of a broken payload": (lambda: DiesOf(0), "malformed", "no ack"),
    "dead of a long payload": (lambda: DiesOf(64_001), "oversized", "no ack"),
    "no resend": (lambda: Says("resend", lambda _: None), "loss", "none"),
    "past epochs are not looked at": (NoPast, "past epochs", "none"),
    "known ids do not count": (lambda: KnowsIds(by_seq=False), "same ids", "no ack"),
    "no answers": (lambda: Says("res", lambda _: None), "question", "none"),
    "a question is answered anew": (lambda: Remembers("res", bent.anew), "same answer", "'price': 2"),
    "all questions are answered ok": (
        lambda: Says("res", lambda r: bent.without("err")(r) | {"ok": True}), "unknown question", "ok",
    ),
    "unknown questions are passed over": (
        lambda: Says("res", lambda r: r if r["ok"] else None), "unknown question", "none",
    ),
    "acks for everybody": (Shares, "apart", "another terminal's|ack of the other"),
    "the payload's tid is believed": (BelievesPayload, "foreign tid", "upto 1"),
    "no welcome for a whole terminal": (lambda: Says("welcome", lambda _: None), "whole terminal", "rows wait"),
}  # fmt: skip
"""What is wrong, the bend, the check that must fail, and what its line says was got."""


@pytest.fixture
def attempt(tmp_path: Path, broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> Try:
    """Some checks against whatever serves the broker."""
    monkeypatch.setattr(scenes, "ACK_WITHIN_S", SHORT_S)
    monkeypatch.setattr(scenes, "SETTLE_S", 0.3)
    monkeypatch.setattr(whole_terminal, "WITHIN_S", 2.0)

    def attempt(*names: str, pressed: Callable[[], bool] | None = None) -> dict[str, Outcome]:
        own, other = (Identity(tid, Broker(broker.url)) for tid in TIDS)
        scene = Scene(own, other, Topics(), SystemClock(), Random(), tmp_path, SHORT_S, pressed=pressed)
        checks = [check for check in CHECKS if check.name in names]
        assert len(checks) == len(names)
        return {check.name: outcome for check, outcome in tried(scene, checks, print)}

    return attempt


def test_the_reference_cloud_holds_all(broker: Mosquitto, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with bent.bent_cloud(broker.port, tmp_path / "cloud.db"):
        assert main(["conformance", "--url", broker.url]) == 0
    told = capsys.readouterr().out
    assert told.endswith("35 PASS, 0 FAIL, 4 NOT SEEN\nnothing failed\n"), told


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_cloud_is_found(case: str, broker: Mosquitto, tmp_path: Path, attempt: Try) -> None:
    bend, name, got = WRONG[case]
    with bent.bent_cloud(broker.port, tmp_path / "cloud.db", bend()):
        outcome = attempt(name)[name]
    assert outcome.state is State.FAIL
    assert outcome.expected
    assert any(words in outcome.got for words in got.split("|")), outcome.got


def test_no_check_is_left_that_was_never_seen_to_fail() -> None:
    elsewhere = {"never above", "swift", "readable", "kill", "rebirth", "eavesdropping", "forging"}
    assert {name for _, name, _ in WRONG.values()} | elsewhere == {check.name for check in CHECKS}


def test_a_watermark_above_the_head_is_found(broker: Mosquitto, tmp_path: Path, attempt: Try) -> None:
    bend = Says("ack", lambda ack: ack | {"upto": ack["upto"] + 1})
    with bent.bent_cloud(broker.port, tmp_path / "cloud.db", bend):
        found = attempt("ack", "never above")
    assert "upto 4" in found["never above"].got
    assert found["never above"].state is State.FAIL


def test_late_acks_are_found(broker: Mosquitto, tmp_path: Path, attempt: Try, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenes, "ACK_WITHIN_S", 5.0)
    monkeypatch.setattr(watermark, "ACK_WITHIN_S", SHORT_S)
    with bent.bent_cloud(broker.port, tmp_path / "cloud.db", Late()):
        found = attempt("ack", "swift")
    assert [outcome.state for outcome in found.values()] == [State.PASS, State.FAIL]


def test_what_no_terminal_could_read_is_found(broker: Mosquitto, tmp_path: Path, attempt: Try) -> None:
    bend = Says("ack", lambda ack: ack | {"upto": str(ack["upto"])})
    with bent.bent_cloud(broker.port, tmp_path / "cloud.db", bend):
        found = attempt("ack", "readable")
    assert found["readable"].state is State.FAIL
    assert "schema.invalid" in found["readable"].got


@pytest.mark.parametrize(
    ("name", "bend"),
    [
        ("gap asked for", Says("resend", lambda _: None)),
        ("last", Says("welcome", bent.without("last"))),
        ("lower sess", Says("welcome", bent.without("sess_min"))),
        ("old status", Says("welcome", bent.without("sess_min"))),
        ("kill", Bend()),
        ("foreign tid", Says("ack", lambda _: None)),
    ],
)
def test_what_need_not_be_is_told_without_blame(
    name: str, bend: Bend, broker: Mosquitto, tmp_path: Path, attempt: Try
) -> None:
    with bent.bent_cloud(broker.port, tmp_path / "cloud.db", bend):
        assert attempt(name)[name].state is State.NOT_SEEN


class Killed:
    """A person who ends the cloud after some rows, does something meanwhile, and starts it again.

    Once at a stroke, so that nobody sees it, and once for as long as a batch waits.
    """

    def __init__(self, port: int, db: Path, bend: Bend) -> None:
        self._port, self._db, self._bend = port, db, bend
        self._looks = 0
        self._cloud: AbstractContextManager[None] | None = None
        self.keep: Callable[[], object] = lambda: None
        """Done after the first rows, with the cloud ended for that time."""
        self.meanwhile: Callable[[], object] = lambda: None
        self._start()

    def pressed(self) -> bool:
        self._looks += 1
        if self._looks == 2:
            self.close()
            self.keep()
            self._start()
        elif self._looks == 4:
            self.close()
            self.meanwhile()
        elif self._looks == 5:
            self._start()
        return self._looks == 5

    def close(self) -> None:
        if self._cloud is not None:
            self._cloud.__exit__(None, None, None)
            self._cloud = None

    def _start(self) -> None:
        self._cloud = bent.bent_cloud(self._port, self._db, self._bend)
        self._cloud.__enter__()


def _forgets(killed: Killed, db: Path, _: Mosquitto) -> None:
    killed.keep = lambda: shutil.copyfile(db, db.with_suffix(".old"))
    killed.meanwhile = lambda: shutil.copyfile(db.with_suffix(".old"), db)


def _takes_the_broker_along(killed: Killed, _: Path, broker: Mosquitto) -> None:
    killed.meanwhile = broker.restart


@pytest.mark.parametrize(
    ("dies", "bend", "expected"),
    [
        (lambda *_: None, Bend(), [State.PASS, State.PASS]),
        (_takes_the_broker_along, Bend(), [State.PASS, State.PASS]),
        (_forgets, Bend(), [State.FAIL, State.PASS]),
        (lambda *_: None, Says("rebirth", lambda _: None), [State.PASS, State.FAIL]),
    ],
    ids=["it holds", "with its broker", "it acknowledged what it had not written", "it does not ask for a hello"],
)
def test_a_killed_cloud_shows_whether_it_had_committed(
    dies: Callable[[Killed, Path, Mosquitto], None], bend: Bend, expected: list[State], broker: Mosquitto,
    tmp_path: Path, attempt: Try,
) -> None:  # fmt: skip
    killed = Killed(broker.port, tmp_path / "cloud.db", bend)
    dies(killed, tmp_path / "cloud.db", broker)
    try:
        found = attempt("kill", "rebirth", "swift", pressed=killed.pressed)
    finally:
        killed.close()
    assert [outcome.state for outcome in found.values()] == [*expected, State.NOT_SEEN], found


def test_enter_without_a_kill_shows_nothing(broker: Mosquitto, tmp_path: Path, attempt: Try) -> None:
    looks = iter([False, False, True])
    with bent.bent_cloud(broker.port, tmp_path / "cloud.db"):
        found = attempt("kill", "rebirth", pressed=lambda: next(looks))
    assert [outcome.state for outcome in found.values()] == [State.NOT_SEEN, State.NOT_SEEN]
    assert "was it killed?" in found["kill"].got


def test_without_enter_nobody_knows_of_a_kill(
    broker: Mosquitto, tmp_path: Path, attempt: Try, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(killing, "WAITED_S", 0.2)
    with bent.bent_cloud(broker.port, tmp_path / "cloud.db"):
        found = attempt("kill", pressed=lambda: False)
    assert (found["kill"].state, found["kill"].got) == (State.NOT_SEEN, "nobody pressed Enter within 0.2 s")


def test_a_person_kills_the_cloud_and_presses_enter(broker: Mosquitto, tmp_path: Path) -> None:
    only = [word for name in ("whole terminal", "kill", "rebirth") for word in ("--only", name)]
    command = edge_command("conformance", "--url", broker.url, "--kill", *only)
    with running_cloud(broker.url, tmp_path / "cloud.db") as db:
        process = leashed.start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=edge_environment())
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"PASS      whole terminal")
        assert process.stdout.readline().startswith(b">>> Kill your cloud now")
        until(lambda: len(CloudReport(db).rows(TIDS[0], "tx")) >= 20, lambda: "no rows")
    assert process.stdout.readline().startswith(b">>> Rows are sent")
    assert process.stdout.readline().startswith(b">>> No answer any more")
    with running_cloud(broker.url, db):
        told, _ = process.communicate(b"\n", timeout=PATIENCE_S)
    assert process.returncode == 0, told
    assert told.endswith(b"3 PASS, 0 FAIL, 0 NOT SEEN\nnothing failed\n"), told


def test_a_failure_says_what_to_mend_and_where_it_stands() -> None:
    check = next(check for check in CHECKS if check.name == "gap")
    told = list(lines(check, Outcome(State.FAIL, "upto 5", "upto 3")))
    assert told[0].startswith("FAIL      gap ")
    assert [line.split()[0] for line in told[1:]] == ["expected", "mend", "contract"]


def test_each_check_has_a_name_of_its_own_and_a_paragraph_that_there_is() -> None:
    page = (Path(__file__).parent.parent / "docs" / "cloud-contract.md").read_text(encoding="utf-8")
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        named = check.paragraph.split(";")[0].split(":")[0].partition(", ")
        assert named[0] in page, check.paragraph
        assert check.mend.endswith(".")


def test_the_page_says_of_each_check_what_it_is_for() -> None:
    page = (Path(__file__).parent.parent / "docs" / "your-cloud.md").read_text(encoding="utf-8")
    table = [line for line in page.splitlines() if re.match(r"\| \d+ \|", line)]
    named = [name for line in table for name in line.split("|")[3].strip().split(", ")]
    assert sorted(named) == sorted(check.name for check in CHECKS)


def test_without_a_broker_nothing_is_tried(free_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["conformance", "--url", f"mqtt://127.0.0.1:{free_port}"]) == 1
    assert "Is the broker there" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [["--url", "http://x"], ["--url", "mqtt://x", "--tid", "short"], ["--url", "mqtt://x", "--only", "nothing"],
     ["--url", "mqtts://x"], ["--url", "mqtts://x", "--ca-file", "/no/file"], ["--url", "mqtt://x:99999"]],
)  # fmt: skip
def test_wrong_arguments_are_named(argv: list[str]) -> None:
    with pytest.raises(SettingsError):
        run(argv)


def test_patience_has_bounds() -> None:
    with pytest.raises(SystemExit) as left:
        run(["--url", "mqtt://x", "--patience", "600"])
    assert left.value.code == 2
