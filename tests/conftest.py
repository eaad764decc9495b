"""Fixtures for tests that need a real broker: mosquitto on a free loopback port, to be killed and started again."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import leashed
import pytest
from hypothesis import settings

from edge.sim.counter.addresses import free_port as find_free_port

if importlib.util.find_spec("playwright") is None:
    collect_ignore = ["browser"]  # `make browser` installs it; nothing else needs it

START_TIMEOUT_S = 10.0
STRAYS = pytest.StashKey[tempfile.TemporaryDirectory[str]]()

# An example that takes long on a busy machine says nothing: speed is the benchmark's business.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """A home for what is left behind, by a process that is killed or by python-escpos, which leaves a folder wherever
    it is imported. It fills one that it is told of only once: that is done here, before any process could meet another.
    """
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())  # what failed is looked into afterwards
    home = config.stash[STRAYS] = tempfile.TemporaryDirectory(prefix="edge-tests-")
    tempfile.tempdir = os.environ["TMPDIR"] = os.environ["ESCPOS_CAPABILITIES_PICKLE_DIR"] = home.name
    importlib.import_module("escpos.capabilities")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have measured, whichever process they ran in: by the fixture `record_property`."""
    for report in (*terminalreporter.stats.get("passed", ()), *terminalreporter.stats.get("failed", ())):
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")


def pytest_collection_finish() -> None:
    """Thousands of tests live as long as the process; looking through them for garbage would hold up each of them."""
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[STRAYS].cleanup()


@pytest.fixture
def free_port() -> int:
    """A TCP port that nothing on loopback listens on."""
    return find_free_port()


@pytest.fixture
def broker(tmp_path: Path, free_port: int) -> Iterator[Mosquitto]:
    """A running mosquitto of this test's own."""
    mosquitto = Mosquitto(tmp_path / "mosquitto", free_port)
    mosquitto.start()
    try:
        yield mosquitto
    finally:
        mosquitto.kill()


class Mosquitto:
    """A broker that forgets everything when it is killed, as the contract expects brokers to."""

    def __init__(self, folder: Path, port: int, *, extra: str = "") -> None:
        self.port = port
        self.url = f"mqtt://127.0.0.1:{port}"
        self._folder = folder
        self._log = folder / "mosquitto.log"
        self._extra = extra
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns once it accepts connections."""
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
        if program is None:
            pytest.fail("mosquitto is not installed; get it with: sudo apt install mosquitto")
        self._folder.mkdir(exist_ok=True)
        config = self._folder / "mosquitto.conf"
        config.write_text(
            f"user root\nlistener {self.port} 127.0.0.1\nallow_anonymous true\n"
            f"persistence false\nmax_packet_size 131072\n"
            f"max_inflight_messages 20\nmax_queued_messages 1000\nset_tcp_nodelay true\nlog_dest stderr\n{self._extra}"
        )
        with self._log.open("ab") as log:
            self._process = leashed.start([program, "-c", str(config)], stdin=subprocess.DEVNULL, stderr=log)
        self._wait_until_running(self._process)

    def kill(self) -> None:
        """SIGKILL: nothing is flushed, nobody is told. Nothing happens when it is not running."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None

    def restart(self) -> None:
        self.kill()
        self.start()

    def _wait_until_running(self, process: subprocess.Popen[bytes]) -> None:
        until = monotonic() + START_TIMEOUT_S
        while monotonic() < until and not self._accepts():
            with suppress(subprocess.TimeoutExpired):  # it runs on, which is what is hoped for
                process.wait(0.02)
                break
        if not self._accepts():
            self.kill()
            pytest.fail(f"mosquitto did not start: {self._log.read_text()}")

    def _accepts(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1.0).close()
        except OSError:
            return False
        return True
