"""A folder with three nodes of RabbitMQ and a PostgreSQL of its own, all on loopback.

DIR/base_port     the first of all ports               DIR/r1 … r3    configuration, journal and log of a node
DIR/home          the cookie by which nodes know       DIR/db         the database's cluster
DIR/database.url  where the workers find it            DIR/*.log      what was said at a start
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from edge.clock import Clock
from edge.errors import SettingsError
from edge.reference_cloud.key_folder import SECRET, read_whole, write_whole
from edge.reference_cloud.servers import LOOPBACK, Server, run_once

SHIPPED = Path(__file__).parent / "engines"
NODES = ("r1", "r2", "r3")
DATABASE = "db"
PARTS = (DATABASE, *NODES)
DATABASE_URL = "database.url"
BASE_PORT = 22_300
MQTT, AMQP, DIST, EPMD, POSTGRES = 1, 11, 21, 30, 31
"""Distances from the base port: a node's three for the first node, one more for each other node."""
PORTS_TAKEN = 32

RABBIT_HOME = Path("/usr/lib/rabbitmq/bin")
"""Debian's own wrapper in /usr/sbin would change the user and read /etc/rabbitmq."""
POSTGRES_HOMES = Path("/usr/lib/postgresql")
POSTGRES_USER = "postgres"
"""Whom the database runs as where root starts it: it refuses to be root."""
ROLE = "edge"


@dataclass(frozen=True, slots=True)
class Cluster:
    """DIR of it. `lay` once, then `start`."""

    path: Path

    @property
    def base_port(self) -> int:
        """Raises SettingsError where none was laid out."""
        file = self.path / "base_port"
        if not file.is_file():
            raise SettingsError("there is no cluster", where=str(self.path),
                                cure="Make it with edge cloud cluster start --dir.")  # fmt: skip
        return int(read_whole(file))

    @property
    def mqtt_urls(self) -> list[str]:
        return [f"mqtt://{LOOPBACK}:{self.base_port + MQTT + n}" for n in range(len(NODES))]

    @property
    def amqp_ports(self) -> list[int]:
        return [self.base_port + AMQP + n for n in range(len(NODES))]

    @property
    def database_url(self) -> str:
        return read_whole(self.path / DATABASE_URL).decode().strip()

    def lay(self, base_port: int) -> None:
        """Write all that the programs read; what is there already keeps its ports and secrets. Raises SettingsError."""
        if not 1_024 <= base_port <= 65_535 - PORTS_TAKEN:
            raise SettingsError("not a port to count from", where="--port", expected="1024 to 65503",
                                got=str(base_port))  # fmt: skip
        if not (self.path / "base_port").exists():
            write_whole(self.path / "base_port", str(base_port).encode())
        cookie = self.path / "home" / ".erlang.cookie"
        if not cookie.exists():
            write_whole(cookie, secrets.token_hex(20).encode(), mode=0o400)
        for name in NODES:
            self._lay_node(name)
        self._lay_database()

    def server(self, name: str) -> Server:
        """One of PARTS."""
        return self._database() if name == DATABASE else self._node(name)

    def start(self, names: Sequence[str], clock: Clock) -> list[str]:
        """Start those that do not run, all at once, and wait for them; returns which. Raises CloudError."""
        starting = [(name, self.server(name)) for name in names if self.server(name).pid is None]
        children = [(name, server, server.launch()) for name, server in starting]
        for _, server, child in children:
            server.wait_up(child, clock)
        return [name for name, *_ in children]

    def stop(self, names: Sequence[str], *, kill: bool = False) -> list[str]:
        """Those that ran and have ended now, the database last."""
        order = sorted(names, key=PARTS[::-1].index)
        ended = [name for name in order if (self.server(name).kill() if kill else self.server(name).stop())]
        if not kill and all(self.server(name).pid is None for name in NODES):
            self._end_name_server()
        return ended

    def _lay_node(self, name: str) -> None:
        folder, n = (self.path / name).absolute(), NODES.index(name)
        told = {"@BIND@": LOOPBACK, "@MQTT@": self.base_port + MQTT + n, "@AMQP@": self.base_port + AMQP + n}
        for file in ("rabbitmq.conf", "enabled_plugins"):
            write_whole(folder / file, filled(SHIPPED / "rabbitmq" / file, told))

    def _node(self, name: str) -> Server:
        folder, n = (self.path / name).absolute(), NODES.index(name)
        base = self.base_port
        env = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C.UTF-8",
            "HOME": str(folder.parent / "home"), "RABBITMQ_NODENAME": f"{name}@localhost",
            "RABBITMQ_DIST_PORT": str(base + DIST + n), "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"), "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"), "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "no-env-file"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none",
            "ERL_EPMD_ADDRESS": LOOPBACK, "ERL_EPMD_PORT": str(base + EPMD),
        }  # fmt: skip
        return Server(
            name=name, command=(str(RABBIT_HOME / "rabbitmq-server"),), pid_file=folder / "pid",
            log=self.path.absolute() / f"{name}.log", port=base + MQTT + n, comm="beam.smp", env=env,
        )  # fmt: skip

    def _lay_database(self) -> None:
        folder, user = (self.path / DATABASE).absolute(), _database_user()
        # The address is written last: without it, whatever initdb has left is a first start that did not end.
        if not (self.path / DATABASE_URL).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            secret = folder.parent / ".database.secret"
            password = secrets.token_urlsafe(24)
            write_whole(secret, password.encode(), mode=SECRET)
            if user is not None:
                shutil.chown(folder, user, user)
                shutil.chown(secret, user)
            run_once(
                (str(_postgres_home() / "initdb"), "-D", str(folder), "-U", ROLE, "-E", "UTF8", "--locale=C.UTF-8",
                 "--auth=scram-sha-256", f"--pwfile={secret}"),
                user=user,
            )  # fmt: skip
            secret.unlink()
            url = f"postgresql://{ROLE}:{password}@{LOOPBACK}:{self.base_port + POSTGRES}/postgres"
            write_whole(self.path / DATABASE_URL, url.encode(), mode=SECRET)
        told = {"@BIND@": LOOPBACK, "@PORT@": self.base_port + POSTGRES}
        write_whole(folder / "postgresql.conf", filled(SHIPPED / "postgresql" / "postgresql.conf", told))

    def _database(self) -> Server:
        folder, base = (self.path / DATABASE).absolute(), self.base_port
        return Server(
            name=DATABASE, command=(str(_postgres_home() / "postgres"), "-D", str(folder)),
            pid_file=folder / "postmaster.pid", log=self.path.absolute() / f"{DATABASE}.log",
            port=base + POSTGRES, comm="postgres", user=_database_user(), stop_signal=signal.SIGINT,
            ready_word="ready",
        )  # fmt: skip

    def _end_name_server(self) -> None:
        """The first node started it; it is this cluster's alone, on a port of its own."""
        env = {**os.environ, "ERL_EPMD_PORT": str(self.base_port + EPMD)}
        with suppress(OSError, subprocess.TimeoutExpired):  # it ends with the machine at the latest
            subprocess.run(["epmd", "-kill"], env=env, capture_output=True, timeout=10.0, check=False)


def filled(template: Path, told: Mapping[str, object]) -> bytes:
    """A shipped configuration with its marks replaced."""
    text = template.read_text(encoding="utf-8")
    for mark, value in told.items():
        text = text.replace(mark, str(value))
    return text.encode()


def _database_user() -> str | None:
    return POSTGRES_USER if os.geteuid() == 0 else None


def _postgres_home() -> Path:
    """The newest of those that are installed. Raises SettingsError."""
    found = sorted(POSTGRES_HOMES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise SettingsError("PostgreSQL is not installed", where=str(POSTGRES_HOMES),
                            cure="Install it with scripts/setup engines.")  # fmt: skip
    return found[-1].parent
