"""A box whose clock nobody sets and is behind: it takes the time from the broker's certificate, or does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from counter_bench import TID
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from false_broker import FalseBroker, LoneSession
from identity_bench import HOST, ONE, Fleet, known, request
from link_bench import LinkBench

from edge.bus import Bus
from edge.clock import Clk, SystemClock
from edge.cloud.session import Broker
from edge.codec.certificate import vouched_since
from edge.errors import CodecError
from edge.identity import step_clock
from edge.messages import BrokerShown
from edge.outside import Outside
from edge.reference_cloud.authority import DEVICES, SERVERS, Authority
from edge.services.untrusted_clock import SetClock, UntrustedClock

NOW = SystemClock().wall().replace(microsecond=0) + timedelta(hours=1)
"""In a while: an authority vouches for no time before its own."""


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return Fleet(tmp_path_factory.mktemp("ours"))


def server(fleet: Fleet, at: datetime = NOW, name: str = HOST) -> bytes:
    """In DER; `at`: when it was made."""
    return der(Authority(fleet.folder / SERVERS).sign_server([name], at)[1].pem)


def der(pem: bytes) -> bytes:
    return x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)


def test_our_authority_vouches_for_a_time(fleet: Fleet) -> None:
    assert vouched_since(server(fleet), fleet.roots.read_text(), HOST) == NOW - timedelta(hours=1)


def test_nobody_else_does(fleet: Fleet, tmp_path: Path) -> None:
    theirs, roots = Fleet(tmp_path), fleet.roots.read_text()
    box = der(fleet.devices.sign_terminal(request(ONE), ONE, known, NOW).pem)
    early = server(fleet, NOW - timedelta(days=400))
    for certificate, host in (
        (server(theirs), HOST), (server(fleet, name="mqtt.example"), HOST), (box, HOST), (b"", HOST), (b"0" * 99, HOST),
        (server(fleet), "127.0.0.1"), (early, HOST),
    ):  # fmt: skip
        with pytest.raises(CodecError):
            vouched_since(certificate, roots, host)
    with pytest.raises(CodecError):
        vouched_since(server(fleet), "no roots", HOST)


# --- the box ----------------------------------------------------------------------------------------------------------


class ClockBench(LinkBench):
    """`may`: whether the process may set the clock. The bench's clock begins in November 2026."""

    may = True

    def __init__(self, folder: Path, fleet: Fleet) -> None:
        self.fleet = fleet
        self.was_set: list[datetime] = []
        super().__init__(folder)

    def _services(self, bus: Bus, chance: Random) -> None:
        super()._services(bus, chance)
        UntrustedClock(bus, run=self._run)
        outside = Outside(set_clock=self._set)
        bus.route(SetClock, lambda order: step_clock(order, outside, self.ledger.timeline))

    def _set(self, at: datetime) -> bool:
        if self.may:
            self.clock.at = at
            self.was_set.append(at)
        return self.may

    def show(self, at: datetime, fleet: Fleet | None = None) -> None:
        self.tell(BrokerShown(HOST, server(fleet or self.fleet, at), (self.fleet.roots).read_text()))
        self.run_jobs()
        self.pass_s(1)

    @property
    def clk(self) -> Clk:
        return self.ledger.timeline.stamp().clk


@pytest.fixture
def shop(tmp_path: Path, fleet: Fleet) -> ClockBench:
    shop = ClockBench(tmp_path / "shop", fleet)
    shop.clock.disciplined = False
    shop.pass_s(1)
    return shop


def later(shop: ClockBench, days: float) -> datetime:
    """A moment of the broker's; its authority is of today, and the bench's clock may be before or after that."""
    return max(shop.clock.at, NOW) + timedelta(days=days)


def test_it_steps_forward_and_says_so(shop: ClockBench) -> None:
    made, before = later(shop, 30), shop.clock.at
    shop.show(made)
    assert shop.was_set == [(made - timedelta(hours=1)).replace(microsecond=0)]
    assert shop.clk is Clk.CERT
    (stepped,) = shop.records("clock.stepped")
    assert stepped["data"]["src"] == "cert"
    assert stepped["data"]["step_ms"] > (made - before - timedelta(hours=2)).total_seconds() * 1000
    shop.sell()
    assert shop.records("sale.completed")[-1]["clk"] == "cert"
    shop.dial()
    shop.up()
    assert shop.sent("hello")[-1].clock.src == "cert"


def test_never_back_and_never_by_years(shop: ClockBench, caplog: pytest.LogCaptureFixture) -> None:
    shop.clock.at = NOW + timedelta(days=20)
    shop.pass_s(1)
    for days in (10.0, 20 + 3 * 365 + 2):
        shop.show(NOW + timedelta(days=days))
    assert shop.was_set == []
    assert shop.clk is Clk.UNSYNC
    assert "no time to set" in caplog.text


def test_a_foreign_certificate_sets_nothing(shop: ClockBench, tmp_path: Path) -> None:
    shop.show(later(shop, 30), Fleet(tmp_path / "theirs"))
    assert shop.was_set == []


def test_a_clock_that_is_disciplined_is_left_alone(shop: ClockBench) -> None:
    shop.clock.disciplined = True
    shop.show(later(shop, 30))
    assert shop.was_set == []
    assert shop.clk is Clk.OK


def test_who_may_not_set_it_says_so_and_sells_on(shop: ClockBench, caplog: pytest.LogCaptureFixture) -> None:
    shop.may = False
    shop.show(later(shop, 30))
    assert shop.clk is Clk.UNSYNC
    assert "CAP_SYS_TIME" in caplog.text
    shop.sell()
    assert shop.records("sale.completed")


def test_the_network_is_right_once_it_is_there(shop: ClockBench) -> None:
    shop.show(later(shop, 30))
    shop.clock.disciplined = True
    shop.pass_s(1)
    assert shop.clk is Clk.OK


# --- the session ------------------------------------------------------------------------------------------------------


class FreeClock(SystemClock):
    def synced(self) -> bool:
        return False


def test_the_real_session_looks_and_says_nothing(fleet: Fleet, tmp_path: Path) -> None:
    key, issued = Authority(fleet.folder / SERVERS).sign_server([HOST], NOW + timedelta(days=2))
    pair = tmp_path / "server.pem"
    pair.write_bytes(key + issued.pem)
    own = str(fleet.pair(ONE))
    false = FalseBroker(pair, clients=fleet.folder / DEVICES / "ca.crt")
    session = LoneSession(Broker(f"mqtts://{HOST}:{false.port}", str(fleet.roots), own, own), FreeClock())
    session.connect()
    session.close()
    false.close()
    (shown,) = [posted for posted in session.posted if isinstance(posted, BrokerShown)]
    assert shown.certificate == der(issued.pem)
    assert shown.host == HOST
    assert vouched_since(shown.certificate, shown.roots, HOST).tzinfo is UTC
    assert not false.heard, "not a byte before it is verified"
    assert TID not in repr(shown)
