"""The box's name in the shop's network: T7K3M9Q2 is t7k3m9q2.local, and stands in lists of services (RFC 6762, 6763).

A device for a worker, since looking whether another box has the name takes a second. It announces the addresses of
now, IPv4 alone, and begins anew when they change; without a network it waits for one.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from edge.errors import DeviceError

if TYPE_CHECKING:
    from zeroconf import Zeroconf

HTTPS_SERVICE, HTTP_SERVICE = "_https._tcp.local.", "_http._tcp.local."
LOOK_S = 5.0
"""How soon another address is noticed."""
CLASH_S = 300.0
"""Another box has this name: that will be so for a while, and each try is heard by the whole network."""

_log = logging.getLogger("edge.web")

Services = Callable[[], Sequence[tuple[str, int]]]
"""(type, port) of each that is open now."""


class Announcer:
    def __init__(self, tid: str, *, addresses: Callable[[], Sequence[str]], services: Services) -> None:
        self._tid = tid
        self._addresses = addresses
        self._services = services
        self._zeroconf: Zeroconf | None = None
        self._shown: Sequence[str] = ()
        self._clash = False

    def open(self) -> None:
        """Raises DeviceError, also where the network goes away meanwhile."""
        self._shown = self._addresses()
        if not self._shown:
            return
        # 6 MB, which a box that is found in no network does not need.
        from zeroconf import Error, IPVersion, NonUniqueNameException, Zeroconf

        try:
            self._zeroconf = Zeroconf(interfaces=list(self._shown), ip_version=IPVersion.V4Only)
            self._register(self._zeroconf)
        except NonUniqueNameException:
            self.close()
            if not self._clash:
                _log.error(
                    "another box in this network is called %s.local: this one is found by address only", self._tid
                )
            self._clash = True
        except (OSError, Error) as error:
            self.close()
            raise DeviceError(
                f"the name cannot be announced: {str(error) or type(error).__name__}", where="mdns"
            ) from error
        else:
            self._clash = False
            _log.info("mdns: %s.local is %s", self._tid.lower(), ", ".join(self._shown))

    def pump(self) -> float:
        """Raises DeviceError as `open` does."""
        if self._clash or self._addresses() != self._shown:
            self.close()
            self.open()
        return CLASH_S if self._clash else LOOK_S

    def close(self) -> None:
        """Says farewell to those who have the name."""
        zeroconf, self._zeroconf = self._zeroconf, None
        if zeroconf is not None:
            zeroconf.close()

    def _register(self, zeroconf: Zeroconf) -> None:
        from zeroconf import ServiceInfo

        addresses = [socket.inet_aton(address) for address in self._shown]
        for kind, port in self._services():
            zeroconf.register_service(ServiceInfo(
                kind, f"{self._tid}.{kind}", port=port, server=f"{self._tid.lower()}.local.", addresses=addresses,
                properties={"path": "/"},
            ))  # fmt: skip
