"""The network as the kernel has it, and which part of the way out is broken."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge.model.network import Broken, Interface, Kind, Network, broken_part
from edge.network_seen import SeenNetwork

ROUTES = (
    "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
    "edge0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\n"
    "edge0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\n"
)
ARP = (
    "IP address       HW type     Flags       HW address            Mask     Device\n"
    "127.0.0.9        0x1         {flags}         00:00:00:00:00:00     *        edge0\n"
)


def machine(folder: Path, *, operstate: str = "up", carrier: str = "1", flags: str = "0x2") -> Path:
    for name, kind in (("edge0", "1"), ("lo", "772"), ("bridge0", "1")):
        path = folder / "sys/class/net" / name
        (path / "device").mkdir(parents=True)
        (path / "type").write_text(f"{kind}\n")
        (path / "operstate").write_text(f"{operstate}\n")
        (path / "carrier").write_text(f"{carrier}\n")
    (folder / "sys/class/net/bridge0/device").rmdir()
    (folder / "sys/class/net/bridge0/operstate").write_text("down\n")
    for name, text in (
        ("proc/net/route", ROUTES),
        ("proc/net/arp", ARP.format(flags=flags)),
        ("etc/resolv.conf", "# by hand\nnameserver 127.0.0.1\nnameserver fe80::1\nsearch lan\n"),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def wire(state: str = "up", address: str = "192.168.1.7/24", gateway: str = "192.168.1.1", *dns: str) -> Interface:
    return Interface("edge0", Kind.WIRE, state, addresses=(address,) if address else (), gateway=gateway, dns=dns)


@contextmanager
def name_server(answer: bytes = b"\x81\x80") -> Iterator[int]:
    """Its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))

        def serve() -> None:
            octets, source = line.recvfrom(512)
            line.sendto(octets[:2] + answer if answer else b"xx", source)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield line.getsockname()[1]
        thread.join(5)


def test_interfaces_gateway_and_servers_are_read(tmp_path: Path) -> None:
    (found,) = SeenNetwork(machine(tmp_path)).look().interfaces
    assert (found.name, found.kind, found.state) == ("edge0", Kind.WIRE, "up")
    assert (found.gateway, found.dns, found.addresses) == ("192.168.1.1", ("127.0.0.1",), ()), "nobody has an edge0"
    assert SeenNetwork(tmp_path / "nowhere").look() == Network(())


def test_a_cable_that_is_out_and_a_card_that_is_off(tmp_path: Path) -> None:
    (out,) = SeenNetwork(machine(tmp_path / "a", operstate="down", carrier="0")).look().interfaces
    folder = machine(tmp_path / "b", operstate="down", carrier="0")
    (folder / "sys/class/net/edge0/wireless").mkdir()
    (wifi,) = SeenNetwork(folder).look().interfaces
    assert out.state == "unplugged" and (wifi.kind, wifi.state) == (Kind.WIFI, "down")


def test_of_this_machine_it_tells_what_the_kernel_lists_and_never_the_loopback() -> None:
    told = [one.name for one in SeenNetwork().look().interfaces]
    assert len(told) == len(set(told)) and set(told) <= {one.name for one in Path("/sys/class/net").iterdir()} - {"lo"}


@pytest.mark.parametrize(("faces", "broken"), [
    ((), Broken.CABLE), ((wire("unplugged"),), Broken.CABLE), ((wire("unplugged"), wire("connecting")), Broken.LINE),
    ((wire(address=""),), Broken.ADDRESS), ((wire(address="169.254.7.7/16"),), Broken.ADDRESS),
    ((wire(gateway=""),), Broken.GATEWAY), ((wire(),), Broken.SERVERS),
    ((wire("unplugged"), wire("up", "192.168.1.7/24", "192.168.1.1", "223.5.5.5")), Broken.WELL),
])  # fmt: skip
def test_the_first_part_that_is_broken_is_named(faces: tuple[Interface, ...], broken: Broken) -> None:
    assert broken_part(Network(faces)) is broken


def test_name_servers_that_answer_are_well(tmp_path: Path) -> None:
    here = Network((wire("up", "127.0.0.1/8", "127.0.0.9", "127.0.0.1"),))
    with name_server() as port:
        assert SeenNetwork(machine(tmp_path), dns_port=port).broken(here) is Broken.WELL


@pytest.mark.parametrize("answer", [b"", b"\x81\x82", b"\x81"], ids=["other", "cannot reach others", "short"])
@pytest.mark.parametrize(("flags", "broken"), [("0x2", Broken.NAMES), ("0x0", Broken.ROUTER)])
def test_servers_that_do_not_help_are_told_from_a_router_that_is_away(
    tmp_path: Path, flags: str, broken: Broken, answer: bytes
) -> None:
    here = Network((wire("up", "127.0.0.1/8", "127.0.0.9", "127.0.0.1"),))
    with name_server(answer) as port:
        seen = SeenNetwork(machine(tmp_path, flags=flags), dns_port=port, answer_s=0.1)
        assert seen.broken(here) is broken
