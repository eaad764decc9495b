"""A private D-Bus with the model of NetworkManager on it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from network_model import AccessPoint, Lan, NetworkModel

from edge.clock import SystemClock
from edge.network import DbusNetwork

OLD, NEW = "127.0.0.2", "127.0.0.3"
"""Both are this machine's own, so that a page can be asked at either."""
CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"""


@dataclass
class NetworkBench:
    """A box with a cable to a router, and a Wi-Fi card. `skipped_s`: time that passed at once. `can_ap`: the card can
    be an access point.
    """

    bus: str
    skipped_s: float = 0.0
    can_ap: bool = False
    clock: SystemClock = field(default_factory=SystemClock)

    def __post_init__(self) -> None:
        self.model = NetworkModel(self.bus, lambda: self.clock.mono() + self.skipped_s)
        self.model.add_wire("eth0", Lan(f"{OLD}/8", "127.0.0.1"))
        self.model.add_wifi("wlan0", can_ap=self.can_ap)
        self.model.air.append(AccessPoint("小店", "laoban-2026", 80, Lan(f"{NEW}/8", "127.0.0.1")))
        self.manager = DbusNetwork(self.bus)

    @property
    def up_ms(self) -> int:
        return round(1000 * (self.clock.mono() + self.skipped_s))

    def until_address(self, interface: str, address: str) -> None:
        end = self.clock.mono() + 10
        while self.model.address(interface).partition("/")[0] != address:
            assert self.clock.mono() < end, (interface, address, self.model.address(interface))


@contextmanager
def network(folder: Path, *, can_ap: bool = False) -> Iterator[NetworkBench]:
    daemon = shutil.which("dbus-daemon")
    assert daemon is not None, "dbus-daemon is not installed: run make setup"
    config = folder / "bus.conf"
    config.write_text(CONFIG, encoding="utf-8")
    bus = subprocess.Popen(
        [daemon, f"--config-file={config}", "--nofork", "--print-address"], stdout=subprocess.PIPE, text=True
    )
    assert bus.stdout is not None
    try:
        bench = NetworkBench(bus.stdout.readline().strip(), can_ap=can_ap)
        bench.model.start()
        try:
            yield bench
        finally:
            bench.model.stop()
    finally:
        bus.terminate()
        bus.wait()
        bus.stdout.close()
