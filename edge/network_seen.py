"""The network as the kernel has it, where nothing takes orders; and whether the name servers answer. netdevice(7)."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

from edge.model.network import Broken, Interface, Kind, Network, broken_part

DNS_PORT = 53
ANSWER_S = 1.0
"""A name server of the shop's own network answers in milliseconds, one of the internet in some tenths of a second."""
MAX_OCTETS = 64 * 1024
_SIOCGIFADDR, _SIOCGIFNETMASK = 0x8915, 0x891B
_ETHERNET = "1"
_DISCARD = 9
"""Port of RFC 863."""
_CODE, _SERVER_FAILURE = 0x0F, 2
"""Of RFC 1035, 4.1.1: what a router says whose own line is cut."""
_REACHED = 0x2
"""Flag of proc_net_arp(5): the neighbour has told its hardware address."""
_QUERY = struct.pack(">HHHHHH", 0x5445, 0x0100, 1, 0, 0, 0) + b"\0" + struct.pack(">HH", 2, 1)
"""RFC 1035, 4.1: who serves the root; whoever answers anything is there."""


class SeenNetwork:
    """`root`: "/" of the machine that is looked at. Callable from any thread; each call opens what it needs."""

    def __init__(self, root: Path = Path("/"), *, dns_port: int = DNS_PORT, answer_s: float = ANSWER_S) -> None:
        self._root = root
        self._dns_port = dns_port
        self._answer_s = answer_s

    def look(self) -> Network:
        gateways, servers = self._gateways(), self._servers()
        return Network(tuple(self._interface(name, gateways.get(name, ""), servers) for name in self._names()))

    def broken(self, network: Network) -> Broken:
        """The first part on the way out that does not work, tried for ANSWER_S; WELL where none is known."""
        found = broken_part(network)
        out = next((one for one in network.interfaces if one.state == "up" and one.gateway), None)
        if found is not Broken.WELL or out is None or self._answers(out):
            return found
        return Broken.NAMES if self._is_reached(out.gateway) else Broken.ROUTER

    def _names(self) -> Iterator[str]:
        """Those that have hardware; of others, what is in use."""
        for path in sorted((self._root / "sys/class/net").glob("*")):
            is_there = (path / "device").exists() or _text(path / "operstate") == "up"
            if is_there and _text(path / "type") == _ETHERNET:
                yield path.name

    def _interface(self, name: str, gateway: str, servers: tuple[str, ...]) -> Interface:
        folder = self._root / "sys/class/net" / name
        kind = Kind.WIFI if (folder / "wireless").exists() else Kind.WIRE
        is_up = _text(folder / "operstate") in ("up", "unknown")
        state = "up" if is_up else "unplugged" if kind is Kind.WIRE and _text(folder / "carrier") != "1" else "down"
        address = _address(name) if is_up else ""
        return Interface(
            name, kind, state, addresses=(address,) if address else (), gateway=gateway,
            dns=servers if gateway else (),
        )  # fmt: skip

    def _gateways(self) -> dict[str, str]:
        """Interface → the router to which all goes that is for nobody near."""
        found: dict[str, str] = {}
        for line in _text(self._root / "proc/net/route").splitlines()[1:]:
            cells = line.split()
            if len(cells) > 2 and cells[1] == "00000000" and cells[2] != "00000000":
                found.setdefault(cells[0], str(IPv4Address(bytes.fromhex(cells[2])[::-1])))
        return found

    def _servers(self) -> tuple[str, ...]:
        lines = [line.split() for line in _text(self._root / "etc/resolv.conf").splitlines()]
        return tuple(one[1] for one in lines if len(one) > 1 and one[0] == "nameserver" and "." in one[1])

    def _answers(self, out: Interface) -> bool:
        """Whether one of its servers says anything but that it cannot reach others; the router is asked beside them."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
            asked.settimeout(self._answer_s)
            try:
                asked.sendto(b"", (out.gateway, _DISCARD))  # nobody answers that, but who is there tells its address
                for server in out.dns:
                    asked.sendto(_QUERY, (server, self._dns_port))
                while True:
                    octets, (source, _) = asked.recvfrom(512)
                    is_answer = source in out.dns and octets[:2] == _QUERY[:2] and len(octets) > 3
                    if is_answer and octets[3] & _CODE != _SERVER_FAILURE:
                        return True
            except OSError:  # nobody did in time, or there is no way to them
                return False

    def _is_reached(self, gateway: str) -> bool:
        """Whether it has answered on the cable: it was asked for a moment ago, on the way to the name servers."""
        lines = [line.split() for line in _text(self._root / "proc/net/arp").splitlines()[1:]]
        return any(one[0] == gateway and int(one[2], 16) & _REACHED for one in lines if len(one) > 2)


def _address(name: str) -> str:
    """With its prefix; empty: it has none."""
    import fcntl  # only where there is a network to ask; a laptop's system may have none of it

    asked = struct.pack("256s", name[:15].encode())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            host, mask = (fcntl.ioctl(line.fileno(), one, asked)[20:24] for one in (_SIOCGIFADDR, _SIOCGIFNETMASK))
        except OSError:
            return ""
    return f"{IPv4Address(host)}/{IPv4Network((0, str(IPv4Address(mask)))).prefixlen}"


def _text(path: Path) -> str:
    """Empty where there is none: of an interface that is gone since it was listed, too."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_OCTETS).decode("utf-8", "replace").strip()
    except OSError:
        return ""
