"""The box's name in the shop's network: a second station on the loopback interface asks for it, by real multicast."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from zeroconf import IPVersion, Zeroconf

from edge.errors import DeviceError
from edge.web.mdns import CLASH_S, HTTP_SERVICE, HTTPS_SERVICE, LOOK_S, Announcer, Services

pytestmark = pytest.mark.slow

HERE = "127.0.0.1"
TID = f"T{os.getpid():07d}"
"""Of this process alone: others may test at the same time, on the same interface."""
NAME = f"{TID.lower()}.local"
PATIENCE_MS = 5_000
MDNS_GROUP = ("224.0.0.251", 5353)
A_RECORD, INTERNET = 1, 1
POINTER = 0xC0


class Box(Announcer):
    """`net`: its addresses of now."""

    def __init__(self, *net: str, services: Services = lambda: [(HTTPS_SERVICE, 8443)]) -> None:
        self.net = list(net)
        super().__init__(TID, addresses=lambda: list(self.net), services=services)


@contextmanager
def opened(*net: str, services: Services = lambda: [(HTTPS_SERVICE, 8443)]) -> Iterator[Box]:
    box = Box(*net, services=services)
    box.open()
    try:
        yield box
    finally:
        box.close()


@contextmanager
def station() -> Iterator[Zeroconf]:
    """Another one on the same network."""
    other = Zeroconf(interfaces=[HERE], ip_version=IPVersion.V4Only)
    try:
        yield other
    finally:
        other.close()


@pytest.fixture
def box() -> Iterator[Box]:
    with opened(HERE) as box:
        yield box


def addresses_of(name: str, patience_s: float = PATIENCE_MS / 1000) -> set[str]:
    """As a phone's resolver asks (RFC 6762, 6.7): one question by multicast, answered to the port that asked."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = struct.pack("!6H", 7, 0, 1, 0, 0, 0) + labels + struct.pack("!BHH", 0, A_RECORD, INTERNET)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(HERE))
        phone.bind((HERE, 0))
        phone.settimeout(patience_s)
        phone.sendto(question, MDNS_GROUP)
        try:
            answer = phone.recv(9_000)
        except TimeoutError:
            return set()
    (count,) = struct.unpack_from("!H", answer, 6)
    at, found = len(question), set()
    for _ in range(count):
        at = at + 2 if answer[at] & POINTER == POINTER else answer.index(0, at) + 1
        kind, _, _, length = struct.unpack_from("!HHIH", answer, at)
        if kind == A_RECORD:
            found.add(socket.inet_ntoa(answer[at + 10 : at + 14]))
        at += 10 + length
    return found


def test_a_phone_finds_it_by_name_and_in_the_lists_of_services() -> None:
    both = ((HTTPS_SERVICE, 8443), (HTTP_SERVICE, 80))
    with opened(HERE, services=lambda: both), station() as other:
        assert addresses_of(NAME) == {HERE}
        for kind, port in both:
            found = other.get_service_info(kind, f"{TID}.{kind}", PATIENCE_MS)
            assert found is not None
            assert (found.port, found.server, found.parsed_addresses()) == (port, f"{NAME}.", [HERE])
            assert found.properties == {b"path": b"/"}, "nothing of the shop"


def test_it_says_farewell_and_is_found_no_more_and_again_when_the_network_is_back(box: Box) -> None:
    box.net.clear()
    assert box.pump() == LOOK_S
    assert addresses_of(NAME, 0.5) == set()
    box.net.append(HERE)
    assert box.pump() == LOOK_S
    assert addresses_of(NAME) == {HERE}


def test_the_address_that_dhcp_gave_since_is_announced(box: Box) -> None:
    box.net.append("127.0.0.2")
    box.pump()
    assert addresses_of(NAME) == {HERE, "127.0.0.2"}


def test_two_with_one_name_do_not_fight_and_the_second_has_it_once_the_first_is_gone(
    box: Box, caplog: pytest.LogCaptureFixture
) -> None:
    with opened("127.0.0.2", services=lambda: [(HTTPS_SERVICE, 9443)]) as twin:
        assert f"another box in this network is called {TID}.local" in caplog.text
        assert twin.pump() == CLASH_S
        box.close()
        assert twin.pump() == LOOK_S
        assert addresses_of(NAME) == {"127.0.0.2"}


def test_without_a_network_it_waits_and_the_library_is_not_asked() -> None:
    box = Box()
    box.open()
    assert box.pump() == LOOK_S
    box.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # of the library: an open socket
def test_an_address_that_goes_while_it_is_announced_is_an_error_that_the_worker_tries_again() -> None:
    box = Box("203.0.113.9")
    with pytest.raises(DeviceError, match="the name cannot be announced"):
        box.open()
    box.close()


def test_garbage_on_the_network_does_not_silence_it(box: Box) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(HERE))
        for octets in (b"", b"\x00", b"\xff" * 1_400, struct.pack("!6H", 0, 0, 65_535, 65_535, 65_535, 65_535)):
            stranger.sendto(octets, MDNS_GROUP)
    assert addresses_of(NAME) == {HERE}
