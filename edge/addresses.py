"""The addresses that this machine has now, of IPv4: what stands on a slip and is announced. netdevice(7), proc(5)."""

from __future__ import annotations

import socket
import struct
from collections.abc import Sequence
from pathlib import Path

_SIOCGIFADDR = 0x8915
_ROUTES = Path("/proc/net/route")
_DEFAULT = "00000000"
_LINK_LOCAL, _LOOPBACK = "169.254.", "127."


def own_addresses() -> Sequence[str]:
    """One of each interface but loopback, those that lead out first. Empty without a network."""
    import fcntl  # only where there is a network to ask; a laptop's system may have none of it

    found, leads_out = [], _leads_out()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asked.fileno(), _SIOCGIFADDR, struct.pack("256s", name[:15].encode()))
            except OSError:  # it has no address
                continue
            address = socket.inet_ntoa(answer[20:24])
            if not address.startswith(_LOOPBACK):
                found.append((address.startswith(_LINK_LOCAL), name not in leads_out, address))
    return [address for _, _, address in sorted(found)]


def _leads_out() -> frozenset[str]:
    """Interfaces with a default route."""
    try:
        lines = _ROUTES.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return frozenset()
    return frozenset(cells[0] for line in lines if len(cells := line.split()) > 1 and cells[1] == _DEFAULT)
