"""A real MQTT broker on loopback: mosquitto where it is installed, else the one that came as a Python package."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections import deque
from dataclasses import dataclass
from pathlib import Path

from edge.clock import Clock
from edge.errors import DeviceError, SettingsError
from edge.sim.counter.addresses import LOOPBACK, free_port, is_listening
from edge.sim.counter.leash import Child, Launcher

START_TIMEOUT_S = 10.0
LINES_KEPT = 50
MORE_PLACES = "/usr/sbin:/usr/local/sbin"
"""Where Debian keeps mosquitto; not on every user's path."""

# user: started by root it would become another user, and the kernel then forgets to kill it when the demo dies.
_MOSQUITTO = """\
user root
listener {port} {host}
allow_anonymous true
persistence false
max_queued_messages 10000
log_type error
log_type warning
"""
_IOTCORE = """\
id = 0
[router]
id = 0
max_connections = 64
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10
[v5.1]
name = "v5"
listen = "{host}:{port}"
next_connection_delay_ms = 1
[v5.1.connections]
connection_timeout_ms = 60000
max_payload_size = 262144
max_inflight_count = 200
dynamic_filters = true
"""


@dataclass(frozen=True, slots=True)
class RunningBroker:
    name: str
    port: int
    child: Child


def start_broker(launcher: Launcher, folder: Path, clock: Clock, *, embedded: bool = False) -> RunningBroker:
    """`embedded` passes mosquitto by. Raises SettingsError when this machine has neither."""
    port, lines = free_port(), deque[str](maxlen=LINES_KEPT)
    mosquitto = None if embedded else find_mosquitto()
    if mosquitto:
        name, file, text, command = "mosquitto", "broker.conf", _MOSQUITTO, [mosquitto, "-c"]
    elif importlib.util.find_spec("iotcore") is not None:
        name, file, text = "iotcore, embedded", "broker.toml", _IOTCORE
        command = [sys.executable, "-P", "-m", "iotcore", "--log-level", "CRITICAL", "--config"]
    else:
        cure = "Type: sudo apt-get install -y --no-install-recommends mosquitto"
        raise SettingsError("no MQTT broker on this machine", cure=cure)
    settings = folder / file
    settings.write_text(text.format(host=LOOPBACK, port=port), encoding="utf-8")
    child = launcher.start([*command, str(settings)], lines.append)
    if not is_listening(port, clock=clock, timeout_s=START_TIMEOUT_S, still=lambda: child.running):
        raise DeviceError("the broker does not start", where=name, got=lines[-1] if lines else "no word")
    return RunningBroker(name, port, child)


def find_mosquitto() -> str | None:
    return shutil.which("mosquitto", path=os.environ.get("PATH", "") + os.pathsep + MORE_PLACES)
