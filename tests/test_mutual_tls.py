"""The shipped mosquitto configuration on a real broker: who is let in, and what of whom is let through."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from identity_bench import ONE, TWO, Fleet, Station, until
from paho.mqtt.enums import MQTTProtocolVersion

from edge.reference_cloud.authority import DEVICES, Authority
from edge.reference_cloud.broker_folder import INGEST
from edge.reference_cloud.main import run
from edge.sim.counter.addresses import free_port as find_free_port

OLD = MQTTProtocolVersion.MQTTv311
NOT_AUTHORIZED = 0x87


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    fleet = Fleet(tmp_path_factory.mktemp("fleet"), find_free_port())
    fleet.start()
    yield fleet
    fleet.stop()


@pytest.fixture
def cloud(fleet: Fleet) -> Iterator[Station]:
    pair = fleet.folder / "ingest.pem"
    pair.write_bytes((fleet.folder / f"{INGEST}.key").read_bytes() + (fleet.folder / f"{INGEST}.crt").read_bytes())
    station = fleet.station(pair)
    assert station.taken()
    station.subscribe("stores/v1/+/up/#")
    yield station
    station.close()


@pytest.fixture
def one(fleet: Fleet) -> Iterator[Station]:
    station = fleet.station(fleet.pair(ONE), ONE)
    assert station.taken()
    yield station
    station.close()


@pytest.fixture
def two(fleet: Fleet) -> Iterator[Station]:
    station = fleet.station(fleet.pair(TWO), TWO)
    assert station.taken()
    yield station
    station.close()


def test_a_terminal_writes_its_own_branch_and_reads_its_own(cloud: Station, one: Station) -> None:
    one.subscribe(f"stores/v1/{ONE}/dn/#")
    one.publish(f"stores/v1/{ONE}/up/tx", b"sale")
    cloud.publish(f"stores/v1/{ONE}/dn/ack", b"ack")
    until(lambda: cloud.heard == [(f"stores/v1/{ONE}/up/tx", b"sale")], lambda: f"the sale: {cloud.heard}")
    until(lambda: one.heard == [(f"stores/v1/{ONE}/dn/ack", b"ack")], lambda: f"the ack: {one.heard}")
    assert one.codes == [0]


@pytest.mark.parametrize(
    "topic", [f"stores/v1/{TWO}/up/tx", f"stores/v1/{TWO}/dn/cmd", f"stores/v1/{ONE}/dn/cmd", "stores/v1/x", "$SYS/x"]
)
def test_a_terminal_writes_nowhere_else(cloud: Station, one: Station, topic: str) -> None:
    one.publish(topic, b"forged")
    one.publish(f"stores/v1/{ONE}/up/ev", b"last")
    until(lambda: any(octets == b"last" for _, octets in cloud.heard), lambda: "the last one came")
    assert [octets for _, octets in cloud.heard] == [b"last"]
    assert one.codes == [NOT_AUTHORIZED, 0]


def test_mqtt_311_is_told_that_all_is_well_and_nothing_arrives(fleet: Fleet, cloud: Station) -> None:
    old = fleet.station(fleet.pair(ONE), ONE, version=OLD)
    assert old.taken()
    old.publish(f"stores/v1/{TWO}/up/tx", b"forged")
    old.publish(f"stores/v1/{ONE}/up/ev", b"last")
    until(lambda: any(octets == b"last" for _, octets in cloud.heard), lambda: "the last one came")
    assert [octets for _, octets in cloud.heard] == [b"last"]
    old.close()


def test_whatever_a_terminal_subscribes_to_it_hears_nothing_foreign(cloud: Station, one: Station, two: Station) -> None:
    one.subscribe(f"stores/v1/{TWO}/dn/#", f"stores/v1/{TWO}/up/#", "stores/v1/+/dn/#", "#", "+/+/+/+/+")
    two.publish(f"stores/v1/{TWO}/up/tx", b"a sale of two")
    cloud.publish(f"stores/v1/{TWO}/dn/cmd", b"for two")
    cloud.publish(f"stores/v1/{ONE}/dn/cmd", b"for one")
    until(lambda: cloud.heard and one.heard, lambda: "what was for one came")
    assert {octets for _, octets in one.heard} == {b"for one"}


def test_another_ones_client_id_takes_nothing_over(fleet: Fleet, cloud: Station, one: Station) -> None:
    thief = fleet.station(fleet.pair(TWO), ONE)
    assert thief.taken()
    thief.publish(f"stores/v1/{ONE}/up/tx", b"stolen")
    thief.publish(f"stores/v1/{TWO}/up/tx", b"it is two")
    one.publish(f"stores/v1/{ONE}/up/tx", b"still here")
    until(lambda: len(cloud.heard) >= 2, lambda: f"both: {cloud.heard}")
    assert {octets for _, octets in cloud.heard} == {b"it is two", b"still here"}
    assert not one.gone.is_set()
    assert thief.codes == [NOT_AUTHORIZED, 0]
    thief.close()


@pytest.mark.parametrize("topic", [f"stores/v1/{TWO}/up/status", f"stores/v1/{TWO}/dn/cmd", f"stores/v1/{ONE}/dn/cmd"])
def test_nothing_is_left_lying_for_another_one(fleet: Fleet, cloud: Station, one: Station, topic: str) -> None:
    """A retained message would wait for whoever subscribes later."""
    one.publish(topic, b"left lying", retain=True)
    one.publish(f"stores/v1/{ONE}/up/status", b"own", retain=True)
    assert one.codes == [NOT_AUTHORIZED, 0]
    late = fleet.station(fleet.folder / "ingest.pem")
    assert late.taken()
    two = fleet.station(fleet.pair(TWO), TWO)
    assert two.taken()
    two.subscribe(f"stores/v1/{TWO}/dn/#")
    late.subscribe("stores/v1/+/up/#")
    until(lambda: late.heard, lambda: "its own status waits")
    assert (late.heard, two.heard) == ([(f"stores/v1/{ONE}/up/status", b"own")], [])
    one.publish(f"stores/v1/{ONE}/up/status", b"", retain=True)
    late.close()
    two.close()


@pytest.mark.parametrize("version", [MQTTProtocolVersion.MQTTv5, OLD])
def test_a_will_speaks_for_its_own_terminal_only(fleet: Fleet, cloud: Station, version: MQTTProtocolVersion) -> None:
    for tid in (TWO, ONE):
        dying = fleet.station(fleet.pair(ONE), ONE, version=version, will=f"stores/v1/{tid}/up/status")
        if dying.taken():
            dying.break_off()
    until(lambda: cloud.heard, lambda: "its own will")
    assert cloud.heard == [(f"stores/v1/{ONE}/up/status", b"will")]


def test_what_the_broker_tells_of_itself_is_for_the_cloud_alone(cloud: Station, one: Station) -> None:
    one.subscribe("$SYS/#")
    cloud.subscribe("$SYS/broker/version")
    until(lambda: cloud.heard, lambda: "the cloud reads it")
    one.publish(f"stores/v1/{ONE}/up/tx", b"later")
    until(lambda: len(cloud.heard) > 1, lambda: "what came after")
    assert one.heard == []


# --- who is not let in (checklist row 5) ------------------------------------------------------------------------------


def test_nobody_without_a_certificate(fleet: Fleet) -> None:
    assert not fleet.station(None, ONE).taken()


def test_nobody_whose_certificate_is_over(fleet: Fleet) -> None:
    assert not fleet.station(fleet.pair(ONE, days_ago=400), ONE).taken()


def test_nobody_whom_another_authority_signed(fleet: Fleet, tmp_path: Path) -> None:
    Fleet(tmp_path)
    assert not fleet.station(fleet.pair(ONE, authority=Authority(tmp_path / DEVICES)), ONE).taken()


def test_nobody_with_a_servers_certificate(fleet: Fleet) -> None:
    pair = fleet.folder / "server.pem"
    pair.write_bytes((fleet.folder / "broker.key").read_bytes() + (fleet.folder / "broker.crt").read_bytes())
    assert not fleet.station(pair, ONE).taken()


def shake_hands(fleet: Fleet, context: ssl.SSLContext) -> None:
    raw = socket.create_connection(("127.0.0.1", fleet.port))
    with context.wrap_socket(raw, server_hostname="localhost", do_handshake_on_connect=False) as wrapped:
        wrapped.do_handshake()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1])
def test_nobody_with_an_old_tls(fleet: Fleet, version: ssl.TLSVersion) -> None:
    context = fleet.context(fleet.pair(ONE))
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = version
    context.maximum_version = version
    with pytest.raises(ssl.SSLError):
        shake_hands(fleet, context)


def test_no_cipher_that_could_be_read_later(fleet: Fleet) -> None:
    context = fleet.context(fleet.pair(ONE))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA")
    with pytest.raises(ssl.SSLError):
        shake_hands(fleet, context)


def test_a_revoked_terminal_loses_its_session_and_comes_in_no_more(
    fleet: Fleet, one: Station, capsys: pytest.CaptureFixture[str]
) -> None:
    revoked = fleet.pair("T0000003")
    station = fleet.station(revoked, "T0000003")
    assert station.taken()
    assert run(["ca", "revoke", "T0000003", "--dir", str(fleet.folder)]) == 0, capsys.readouterr()
    said = capsys.readouterr().out
    assert "the broker has read the list" in said
    assert "its session is over" in said
    until(station.gone.is_set, lambda: "its session ended")
    assert not fleet.station(revoked, "T0000003").taken()
    assert not one.gone.is_set()
    again = fleet.station(fleet.pair("T0000003"), "T0000003")  # a certificate that was made since
    assert again.taken()
    again.close()


def test_a_renewed_certificate_is_the_same_terminal(fleet: Fleet, one: Station) -> None:
    renewed = fleet.station(fleet.pair(ONE), ONE)
    assert renewed.taken()
    until(one.gone.is_set, lambda: "the new session took the old one over")
    renewed.close()
