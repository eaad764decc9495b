"""The rival as a process: installed from its lock, set up, started, killed, fed, and asked what its store holds."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

from conftest import Mosquitto
from shop_bench import ROOT, until

from bench.stub_process import StubProcess
from edge.sim.counter.addresses import free_port

HOME = ROOT / "build" / "rival"
LOCK = ROOT / "requirements-rival.lock"
INSTALL_S = 300
PATIENCE_S = 120.0
LULL_S = 4.0
"""With nothing coming for so long and nothing in its store, all that will come has come."""
LOOK_S = 0.1
STEADY_PER_S = 200
NOT_COUNTED = 100_000_000
TOKEN = "bench"
"""The rival's name at the broker."""
_DOORS = f"""\
topic readwrite #

user {TOKEN}
topic write #
topic read v1/devices/me/rpc/response/#
topic read v1/devices/me/attributes/response/#
topic read v1/gateway/rpc
"""
"""Its server echoes nothing of what it says itself, as a plain broker would."""


class RivalFailed(Exception):
    """What was asked of the rival could not be had: no package, no start, no answer in time."""


@contextmanager
def of_the_rival() -> Iterator[None]:
    """Tells its failures from ours, which must not pass for them."""
    try:
        yield
    except (AssertionError, OSError, subprocess.SubprocessError) as error:
        raise RivalFailed(str(error).partition("\n")[0] or type(error).__name__) from error


@of_the_rival()
def install() -> None:
    """Into build/rival, from the lock; kept as long as the lock stays the same."""
    stamp, wanted = HOME / "stamp", hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(HOME, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", HOME], check=True, capture_output=True, timeout=INSTALL_S)
        pip = [str(HOME / "bin" / "python"), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(LOCK)]
        subprocess.run(pip, check=True, capture_output=True, timeout=INSTALL_S)
        stamp.write_text(wanted)
    place = _package() / "extensions" / "bench"
    place.mkdir(exist_ok=True)
    shutil.copyfile(Path(__file__).with_name("rival_connector.py"), place / "bench_connector.py")


def _package() -> Path:
    (package,) = HOME.glob("lib/python3*/site-packages/thingsboard_gateway")
    return package


class Rival:
    """One gateway with a broker as its server's door. Started by `rival_in`."""

    def __init__(self, room: Path, broker: Mosquitto, read_count: int) -> None:
        self.room = room
        self.broker = broker
        self._orders = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._servers: list[StubProcess] = []
        self._set_up(read_count)

    def _set_up(self, read_count: int) -> None:
        """Its settings as shipped, but for where the server is, SQLite as its store, and how much is read at once."""
        folder = self.room / "config"
        shutil.copytree(_package() / "config", folder)
        settings: dict[str, Any] = json.loads((folder / "tb_gateway.json").read_text())
        settings["thingsboard"] |= {"host": "127.0.0.1", "port": self.broker.port}
        settings["thingsboard"]["security"]["accessToken"] = TOKEN
        settings["storage"] |= {
            "type": "sqlite", "data_file_path": f"{self.room}/data/", "max_read_records_count": read_count,
        }  # fmt: skip
        connector = {"type": "bench", "name": "bench", "class": "BenchConnector", "configuration": "bench.json"}
        settings["connectors"] = [connector]
        (folder / "tb_gateway.json").write_text(json.dumps(settings))
        (folder / "bench.json").write_text(json.dumps({"id": "bench", "name": "bench", "port": self._orders}))
        (self.room / "logs").mkdir()
        (self.room / "data").mkdir()

    def start(self) -> None:
        """Returns when its connector takes orders."""
        with (self.room / "said.log").open("ab") as log:
            self._process = subprocess.Popen(
                [HOME / "bin" / "thingsboard-gateway"], cwd=self.room, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=os.environ | {"TB_GW_CONFIG_DIR": str(self.room / "config")},
            )  # fmt: skip
        until(self._takes_orders, "the rival takes orders", patience_s=PATIENCE_S)

    def serve(self) -> StubProcess:
        """A server behind the broker, until the end."""
        self._servers.append(StubProcess("rival_server", self.broker.port))
        return self._servers[-1]

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        self.kill()
        for server in self._servers:
            server.close()

    def burst(self, events: int, first: int = 0) -> int:
        """How many of so many events it accepted."""
        with self._connected() as orders, orders.makefile("rw") as line:
            line.write(f"burst {events} {first}\n")
            line.flush()
            return int(line.readline().split()[1])

    def know_device(self) -> None:
        """One event while its server is there: it stores nothing of a device that it has not yet announced."""
        self.burst(1, first=NOT_COUNTED)
        until(lambda: self.stored() == 0, "it has stored the first event, or sent it", patience_s=PATIENCE_S)
        Event().wait(LULL_S)

    def steady_until_killed(self, seconds: float) -> set[int]:
        """Events evenly, and kill -9 in the middle: the numbers that it had accepted."""
        accepted: set[int] = set()
        with self._connected() as orders, orders.makefile("rw") as line:
            line.write(f"steady {STEADY_PER_S} {seconds * 10} 0\n")
            line.flush()
            end = monotonic() + seconds
            while monotonic() < end:
                accepted.add(int(line.readline()))
            self.kill()
            return accepted

    def stored(self) -> int:
        """Rows in its store."""
        count = 0
        for file in self.room.glob("data/*.db"):
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=PATIENCE_S)) as connection:
                count += int(connection.execute("SELECT count(*) FROM messages").fetchone()[0])
        return count

    def came(self, server: StubProcess) -> int:
        """Events that the server has, once nothing more comes."""
        quiet_since, seen, pause = monotonic(), -1, Event()
        while monotonic() - quiet_since < LULL_S or self.stored():
            assert monotonic() - quiet_since < PATIENCE_S, "its store does not empty"
            if server.tally["events"] != seen:
                quiet_since, seen = monotonic(), server.tally["events"]
            pause.wait(LOOK_S)
        return seen

    def _takes_orders(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the rival ended: {(self.room / 'said.log').read_text()[-500:]}"
        try:
            self._connected().close()
        except ConnectionRefusedError:
            return False
        return True

    def _connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._orders), PATIENCE_S)


@contextmanager
def rival_in(room: Path, read_count: int) -> Iterator[Rival]:
    """A running rival that its server has greeted."""
    doors = room / "doors"
    doors.write_text(_DOORS)
    doors.chmod(0o644)
    broker = Mosquitto(room / "mosquitto", free_port(), extra=f"acl_file {doors}\nmax_queued_messages 0\n")
    rival = Rival(room, broker, read_count)
    try:
        with of_the_rival():
            broker.start()
            greeting = StubProcess("rival_server", broker.port)
            rival.start()
            Event().wait(LULL_S)
            greeting.close()
            yield rival
    finally:
        rival.close()
        broker.kill()
