"""`edge conformance` over TLS: whether a broker lets one terminal hear another, or speak as another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from identity_bench import HOST, ONE, TWO, Fleet
from refusing_broker import RefusingBroker
from test_fleet_run import running_cloud

from edge.clock import SystemClock
from edge.reference_cloud.authority import SERVERS, Authority
from edge.reference_cloud.broker_folder import INGEST
from edge.sim.conformance.main import run

pytestmark = pytest.mark.chaos


@pytest.fixture
def fleet(tmp_path: Path, free_port: int) -> Iterator[Fleet]:
    fleet = Fleet(tmp_path / "ca", free_port)
    try:
        yield fleet
    finally:
        fleet.stop()


@pytest.mark.parametrize("guarded", [True, False])
def test_over_tls_the_broker_is_tried_too(*, guarded: bool, fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    if not guarded:
        settings = fleet.folder / "mosquitto.conf"
        kept = [line for line in settings.read_text().splitlines() if not line.startswith("acl_file")]
        settings.write_text("\n".join(kept))
    fleet.start()
    one, two = fleet.pair(ONE), fleet.pair(TWO)
    argv = [
        "--url", f"mqtts://{HOST}:{fleet.port}", "--ca-file", str(fleet.roots), "--tid", ONE, "--cert-file", str(one),
        "--other-tid", TWO, "--other-cert-file", str(two),
    ]  # fmt: skip
    with _cloud_over_tls(fleet):
        only = [] if guarded else ["--only", "eavesdropping", "--only", "forging"]
        assert run([*argv, *only]) == (0 if guarded else 1)
    told = capsys.readouterr().out
    assert ("37 PASS, 0 FAIL, 2 NOT SEEN" if guarded else "0 PASS, 2 FAIL, 0 NOT SEEN") in told, told


def test_a_second_terminal_that_cannot_connect_shows_nothing(
    fleet: Fleet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = Fleet(tmp_path / "strangers").pair(TWO)
    fleet.start()
    assert _tried_over_tls(fleet, stranger) == 0
    told = capsys.readouterr().out
    assert "the second terminal has no session" in told
    assert "0 PASS, 0 FAIL, 2 NOT SEEN" in told


def test_silence_of_a_cloud_that_acknowledges_nothing_shows_nothing(
    fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet.start()
    assert _tried_over_tls(fleet, fleet.pair(TWO)) == 0
    told = capsys.readouterr().out
    assert "there was nothing to hear" in told
    assert "0 PASS, 0 FAIL, 2 NOT SEEN" in told


def _tried_over_tls(fleet: Fleet, other: Path) -> int:
    """Without a cloud."""
    return run([
        "--url", f"mqtts://{HOST}:{fleet.port}", "--ca-file", str(fleet.roots), "--tid", ONE,
        "--cert-file", str(fleet.pair(ONE)), "--other-tid", TWO, "--other-cert-file", str(other),
        "--patience", "0.5", "--only", "eavesdropping", "--only", "forging",
    ])  # fmt: skip


def _cloud_over_tls(fleet: Fleet) -> AbstractContextManager[Path]:
    """With the name and the rights that the broker's files give to a cloud."""
    own = ("--ca-file", fleet.roots, "--cert-file", fleet.folder / f"{INGEST}.crt", "--key-file",
           fleet.folder / f"{INGEST}.key", "--client-id", INGEST)  # fmt: skip
    return running_cloud(f"mqtts://{HOST}:{fleet.port}", fleet.folder / "cloud.db", *map(str, own))


@pytest.mark.parametrize(
    ("says_so", "expected"),
    [(True, "PASS      eavesdropping"), (False, "NOT SEEN  eavesdropping")],
    ids=["a refused subscription is one", "who hangs up has refused nothing"],
)
def test_only_a_refusal_is_one(
    *, says_so: bool, expected: str, fleet: Fleet, capsys: pytest.CaptureFixture[str]
) -> None:
    key, issued = Authority(fleet.folder / SERVERS).sign_server([HOST], SystemClock().wall())
    (fleet.folder / "server.pem").write_bytes(key + issued.pem)
    broker = RefusingBroker(fleet.folder / "server.pem", ONE, says_so=says_so)
    fleet.port = broker.port
    try:
        assert _tried_over_tls(fleet, fleet.pair(TWO)) == 0
    finally:
        broker.close()
    assert expected in capsys.readouterr().out
