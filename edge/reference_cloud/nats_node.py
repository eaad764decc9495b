"""`edge cloud nats`: one node of NATS with MQTT 3.1.1 on loopback, the second engine that terminals are tried with."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

from edge.clock import SystemClock
from edge.errors import SettingsError
from edge.reference_cloud.cluster import SHIPPED, filled
from edge.reference_cloud.key_folder import read_whole, write_whole
from edge.reference_cloud.servers import LOOPBACK, Server

PORT = 22_400


def nats(argv: Sequence[str]) -> int:
    """The arguments after `edge cloud nats`."""
    parser = argparse.ArgumentParser(prog="edge cloud nats", description="One node of NATS, on this machine alone.")
    parser.add_argument("action", choices=("start", "stop", "kill", "status"))
    parser.add_argument("--dir", type=Path, required=True, help="its folder; made when it is not there")
    parser.add_argument("--port", type=int, default=PORT, help="for MQTT; the next one is for its own clients")
    options = parser.parse_args(argv)
    if options.action == "start":
        lay(options.dir, options.port)
    server = node(options.dir)
    match options.action:
        case "start" if server.pid is None:
            server.wait_up(server.launch(), SystemClock())
        case "stop":
            server.stop()
        case "kill":
            server.kill()
    is_up = server.pid is not None and server.is_up
    print(f"nats  {'up' if is_up else 'down'}  mqtt://{LOOPBACK}:{server.port}")
    return 0 if is_up or options.action in ("stop", "kill") else 1


def lay(folder: Path, port: int) -> None:
    """Write what it reads; a folder that was laid out keeps its port. Raises SettingsError."""
    if (folder / "port").exists():
        return
    told = {"@BIND@": LOOPBACK, "@MQTT@": port, "@CLIENT@": port + 1, "@DIR@": folder.absolute()}
    write_whole(folder / "nats.conf", filled(SHIPPED / "nats" / "nats.conf", told))
    write_whole(folder / "port", str(port).encode())


def node(folder: Path) -> Server:
    """Raises SettingsError where none was laid out."""
    place = folder.absolute()
    if not (place / "port").is_file():
        raise SettingsError("there is no node", where=str(folder), cure="Make it with edge cloud nats start --dir.")
    program = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin")
    return Server(
        name="nats", command=(program or "nats-server", "-c", str(place / "nats.conf")), pid_file=place / "nats.pid",
        log=place / "start.log", port=int(read_whole(place / "port")), comm="nats-server",
    )  # fmt: skip
