"""Four false brokers and a few more (checklist row 4): the terminal says nothing to them, and says why to a person."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from false_broker import FalseBroker, LoneSession
from identity_bench import HOST, ONE, Fleet
from link_bench import LinkBench

from edge.clock import SystemClock
from edge.cloud.session import Broker
from edge.messages import CloudDown, CloudUp, Refusal, Tone
from edge.reference_cloud.authority import DEVICES, SERVERS, Authority
from edge.reference_cloud.main import run

ROOT = "ca.crt"


@dataclass
class World:
    """Our fleet, and another one that is not ours."""

    ours: Fleet
    theirs: Fleet

    def broker(self, port: int) -> Broker:
        pair = str(self.ours.pair(ONE))
        return Broker(f"mqtts://{HOST}:{port}", str(self.ours.roots), pair, pair)

    def server(self, fleet: Fleet, name: str = HOST, *, days_ago: float = 0.0) -> Path:
        key, issued = Authority(fleet.folder / SERVERS).sign_server(
            [name], SystemClock().wall() - timedelta(days=days_ago)
        )
        path = self.ours.folder / f"false-{issued.serial[:8]}.pem"
        path.write_bytes(key + issued.pem)
        return path

    @property
    def clients(self) -> Path:
        return self.ours.folder / DEVICES / ROOT


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(Fleet(tmp_path_factory.mktemp("ours")), Fleet(tmp_path_factory.mktemp("theirs")))


def attempt(world: World, pair: Path | None, version: ssl.TLSVersion | None = None) -> tuple[object, bytes]:
    """(how the attempt ended, what the false broker heard)."""
    false = FalseBroker(pair, clients=world.clients, version=version)
    session = LoneSession(world.broker(false.port))
    try:
        ended = session.connect()
    finally:
        session.close()
        false.close()
    return ended, bytes(false.heard)


FALSE: dict[str, tuple[Callable[[World], tuple[object, bytes]], str]] = {
    "of another authority": (
        lambda world: attempt(world, world.server(world.theirs)), "an authority that this box does not trust"
    ),
    "of another name": (
        lambda world: attempt(world, world.server(world.ours, "mqtt.example")),
        "its certificate is for another name than localhost",
    ),
    "whose certificate is over": (
        lambda world: attempt(world, world.server(world.ours, days_ago=91)), "its certificate is over"
    ),
    "of TLS 1.1": (
        lambda world: attempt(world, world.server(world.ours), ssl.TLSVersion.TLSv1_1), "no TLS 1.2 or later"
    ),
    "with a terminal's certificate": (lambda world: attempt(world, world.ours.pair(ONE)), "does not trust"),
    "without TLS": (lambda world: attempt(world, None), "does not speak TLS"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("kind", FALSE)
def test_a_broker(kind: str, world: World, tmp_path: Path) -> None:
    tried, words = FALSE[kind]
    ended, heard = tried(world)
    assert heard == b"", "not a byte of MQTT before the broker has proved who it is"
    assert isinstance(ended, CloudDown)
    assert ended.cause is Refusal.UNTRUSTED
    assert words in ended.reason
    shop = LinkBench(tmp_path / "shop")
    shop.dial()
    shop.tell(CloudDown(shop.sess, ended.cause, ended.reason))
    problems = [text for text in shop.health.snapshot(shop.begin(), 1).problems if text.startswith("cloud")]
    assert len(problems) == 1
    assert problems[0].startswith("cloud: is not who answers: at localhost:")
    assert words in problems[0]
    assert [speech.text for speech in shop.spoken if speech.tone is Tone.ALARM] == ["连上的不是云端，叫技术员"]
    assert shop.dial() >= 300, "nobody is tried every few seconds who is not the cloud"


class FreeClock(SystemClock):
    """Nothing disciplines it."""

    def synced(self) -> bool:
        return False


def test_a_box_whose_clock_nobody_sets_raises_no_alarm_over_dates(world: World, tmp_path: Path) -> None:
    false = FalseBroker(world.server(world.ours, days_ago=-2), clients=world.clients)
    session = LoneSession(world.broker(false.port), FreeClock())
    ended = session.connect()
    session.close()
    false.close()
    assert not false.heard, "verified all the same"
    assert isinstance(ended, CloudDown)
    assert ended.cause is Refusal.CLOCK
    shop = LinkBench(tmp_path / "shop")
    shop.dial()
    shop.tell(CloudDown(shop.sess, ended.cause, ended.reason))
    problems = [text for text in shop.health.snapshot(shop.begin(), 1).problems if text.startswith("cloud")]
    assert len(problems) == 1
    assert "until the clock is right" in problems[0]
    assert "not valid yet" in problems[0]
    assert shop.prompts.count("cloud.untrusted") == 0
    assert shop.dial() < 60, "it will be set soon"


def test_who_proves_it_is_spoken_to(world: World) -> None:
    """The same bench hears the CONNECT of a good one, so silence above is silence."""
    false = FalseBroker(world.server(world.ours), clients=world.clients)
    session = LoneSession(world.broker(false.port))
    ended = session.connect()
    session.close()
    false.close()
    assert isinstance(ended, CloudDown)  # it knows no MQTT
    assert false.heard[:1] == b"\x10"


def test_a_box_whose_own_certificate_is_spoilt_says_so(world: World, tmp_path: Path) -> None:
    pair = tmp_path / "pair.pem"
    for octets, words in ((b"", "cannot be read"), (world.ours.pair(ONE).read_bytes()[:300], "cannot be read")):
        pair.write_bytes(octets)
        session = LoneSession(Broker(f"mqtts://{HOST}:1", str(world.ours.roots), str(pair), str(pair)))
        ended = session.connect()
        session.close()
        assert isinstance(ended, CloudDown)
        assert ended.cause is Refusal.NO_KEY
        assert words in ended.reason


def test_the_next_root_is_trusted_before_it_is_used_and_the_last_one_no_more_after_a_renewal(
    tmp_path: Path, free_port: int
) -> None:
    fleet = Fleet(tmp_path, free_port)
    pair, old = str(fleet.pair(ONE)), tmp_path / "old-roots.pem"
    old.write_bytes(fleet.roots.read_bytes())
    stolen = World(fleet, fleet).server(fleet)
    assert run(["ca", "next", "--dir", str(tmp_path)]) == 0
    assert run(["ca", "broker", "--dir", str(tmp_path), "--port", str(free_port)]) == 0
    fleet.start()
    for roots in (old, fleet.roots):
        session = LoneSession(Broker(f"mqtts://{HOST}:{free_port}", str(roots), pair, pair))
        assert isinstance(session.connect(), CloudUp)
        session.close()
    fleet.stop()
    ended, heard = attempt(World(fleet, fleet), stolen)
    assert isinstance(ended, CloudDown)
    assert ended.cause is Refusal.UNTRUSTED
    assert not heard


def test_the_real_broker_takes_the_real_session(tmp_path: Path, free_port: int) -> None:
    fleet = Fleet(tmp_path, free_port)
    fleet.start()
    pair = str(fleet.pair(ONE))
    session = LoneSession(Broker(f"mqtts://{HOST}:{free_port}", str(fleet.roots), pair, pair))
    try:
        assert isinstance(session.connect(), CloudUp)
    finally:
        session.close()
        fleet.stop()
