"""What can surprise us: time and chance, the disk, devices, the network. The simulation puts its own in their place."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from random import Random, SystemRandom

from edge.addresses import own_addresses
from edge.bus import Bus
from edge.channel import open_port as open_channel
from edge.clock import Clock, SystemClock, set_wall_clock
from edge.cloud.session import Broker, CloudSession
from edge.discovery import Discovery
from edge.messages import Speech
from edge.model.cell_map import CellMap
from edge.model.found_port import FoundPort
from edge.model.stick import Stick
from edge.network import DbusNetwork
from edge.ports import IDLE_S, PATIENCE_S, Device, DeviceContext, Inbox, OpenPort, unheard
from edge.sticks import Sticks
from edge.store.disk import Disk
from edge.vitals import Vitals, read_vitals

OpenSession = Callable[[Broker, str, str, DeviceContext], Device]
"""(broker, terminal id, topic filter, context) → the device that obeys Connect, Publish and Disconnect."""

NO_WALL = CellMap()

_say = logging.getLogger("edge.voice")


def heard(speech: Speech) -> None:
    """With a loudspeaker or without: the words go to the log, which the demo shows."""
    _say.info("%s %s", speech.prompt, speech.written or speech.text)


@dataclass(frozen=True, slots=True)
class Outside:
    """By default this machine's own. `patience_s` and `idle_s`: how drivers wait (`ports.DeviceContext`).

    `hear` gets each sentence; `leaving` hears of each effect just before it leaves. `vitals`: what the machine
    says of itself; `addresses`: those that it has now; `discover`: what is plugged into it; `sticks`: USB sticks.
    `heard`: what a scanner sends, by its name, before anything is made of it. `handed`: what the life of this process
    before a planned start left to this one; empty: there was none. `listeners`: sockets of its page, too.
    """

    clock: Clock = field(default_factory=SystemClock)
    chance: Random = field(default_factory=SystemRandom)
    disk: Disk = field(default_factory=Disk)
    open_port: OpenPort = open_channel
    session: OpenSession = CloudSession
    set_clock: Callable[[datetime], bool] = set_wall_clock
    patience_s: float = PATIENCE_S
    idle_s: float = IDLE_S
    hear: Callable[[Speech], None] = heard
    leaving: Callable[[object], None] | None = None
    vitals: Callable[[Path], Vitals] = read_vitals
    network: DbusNetwork = field(default_factory=DbusNetwork)
    discover: Callable[[], Sequence[FoundPort]] = Discovery().look
    sticks: Callable[[], Sequence[Stick]] = Sticks().look
    heard: Callable[[str, Sequence[int]], None] | None = None
    addresses: Callable[[], Sequence[str]] = own_addresses
    handed: bytes = b""
    listeners: Sequence[socket.socket] = ()

    def context(self, name: str, bus: Bus, inbox: Inbox, wall: CellMap = NO_WALL) -> DeviceContext:
        """What the driver of the device `name` may use."""
        heard = partial(self.heard, name) if self.heard is not None else unheard
        return DeviceContext(
            name, bus.post, self.clock, self.chance, self.open_port, inbox, self.patience_s, self.idle_s, wall, heard
        )
