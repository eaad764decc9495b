"""A cluster in a folder of its own, its workers, and terminals that write while parts of it are killed."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from time import monotonic

from real_terminals import RealTerminal

from edge.reference_cloud.cluster import PARTS, Cluster
from edge.reference_cloud.main import run
from edge.sim.counter.addresses import free_port

PATIENCE_S = 180.0
LOOK_AGAIN_S = 0.1
WRITE_EVERY_S = 0.02


def until(came: Callable[[], object], what: str, *, patience_s: float = PATIENCE_S) -> None:
    deadline, pause = monotonic() + patience_s, threading.Event()
    while not came():
        assert monotonic() < deadline, f"waited {patience_s:.0f} s in vain: {what}"
        pause.wait(LOOK_AGAIN_S)


@contextmanager
def folder_for_servers() -> Iterator[Path]:
    """Where a database that does not run as root may go, too: not below a folder that is root's alone."""
    folder = Path(tempfile.mkdtemp(prefix="edge-engines-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_cluster(parts: Sequence[str] = ()) -> Iterator[Cluster]:
    """By the command that a person types."""
    with folder_for_servers() as folder:
        words = ["--dir", str(folder / "cluster"), "--port", str(_free_base())]
        try:
            assert run(["cluster", "start", *parts, *words]) == 0
            yield Cluster(folder / "cluster")
        finally:
            with suppress(AssertionError):  # what did not start is not stopped
                run(["cluster", "kill", *PARTS, *words[:2]])
                _end_name_server(Cluster(folder / "cluster"))


def _free_base() -> int:
    """Some free port and the 31 behind it: another program would have to take one of them within the same seconds."""
    return min(free_port(), 65_000)


def _end_name_server(cluster: Cluster) -> None:
    if cluster.server("r1").pid is None:
        cluster.stop(())


class SmallCloud:
    """`edge cloud` in a process of its own."""

    def __init__(self, url: str, db: Path) -> None:
        self.db = db
        command = [sys.executable, "-m", "edge", "cloud", "--url", url, "--db", str(db), "--quiet"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline().startswith("ready: ")

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()

    def stored(self) -> list[tuple[str, str]]:
        with closing(sqlite3.connect(self.db)) as db:
            return sorted((str(tid), str(event_id)) for tid, event_id in db.execute("SELECT tid, id FROM event"))


class Workers:
    """`edge cloud ingest` as a process of its own."""

    def __init__(self, cluster: Cluster, count: int, log: Path, *more: str) -> None:
        self._log = log
        command = [sys.executable, "-m", "edge", "cloud", "ingest", "--dir", str(cluster.path), "--workers", str(count)]
        command += more
        with log.open("wb") as file:
            self._process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
        until(lambda: self.said.count("ready: ") >= count, "the workers are ready")

    @property
    def said(self) -> str:
        return self._log.read_text()

    @property
    def pids(self) -> list[int]:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        return [int(pid) for pid in children]

    def kill_one(self) -> None:
        """As by the kernel that needs its memory."""
        os.kill(self.pids[0], signal.SIGKILL)

    def stop(self) -> int:
        self._process.terminate()
        return self._process.wait(30)


class Shops:
    """Terminals on all nodes, at whose tills something happens all the time from `open` to `close`."""

    def __init__(self, folder: Path, urls: Sequence[str], count: int) -> None:
        folder.mkdir(exist_ok=True)
        self.terminals = [RealTerminal(folder / f"T{n}", f"ENGINE{n:04d}", urls[n % len(urls)]) for n in range(count)]
        self._closed = threading.Event()
        self._writer = threading.Thread(target=self._write, daemon=True)

    def open(self) -> None:
        until(lambda: all(terminal.is_online for terminal in self.terminals), "all are online")
        self._writer.start()

    def close(self) -> None:
        self._closed.set()
        self._writer.join()

    def drain(self, patience_s: float = PATIENCE_S) -> None:
        until(lambda: not any(terminal.unsent for terminal in self.terminals), "all is sent", patience_s=patience_s)

    def made(self) -> list[tuple[str, str]]:
        return sorted((terminal.tid, event_id) for terminal in self.terminals for event_id in terminal.made)

    def leave(self) -> None:
        for terminal in self.terminals:
            terminal.close()

    def _write(self) -> None:
        n = 0
        while not self._closed.wait(WRITE_EVERY_S):
            self.terminals[n % len(self.terminals)].write()
            n += 1


def stored(cluster: Cluster) -> list[tuple[str, str]]:
    """(tid, event id) of all rows, doubled ones twice."""
    import psycopg  # here: `make test` reads this file too, and has no such package

    with psycopg.connect(cluster.database_url) as db:
        return sorted((str(tid), str(event_id)) for tid, event_id in db.execute("SELECT tid, id FROM event"))
