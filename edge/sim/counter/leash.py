"""Child processes that never outlive the demo: each in a group of its own, each killed by the kernel when we die."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import edge
from edge.errors import SettingsError

STOP_TIMEOUT_S = 1.6
"""For a child that was asked to stop: the terminal may take 1.5 s. The demo has promised to be gone within two."""
KILL_TIMEOUT_S = 5.0

_ROOT = Path(edge.__file__).parent.parent


class Child:
    """A running program. `on_line` is called with each line it writes, from a thread of its own."""

    def __init__(self, process: subprocess.Popen[str], on_line: Callable[[str], None]) -> None:
        self._process = process
        self._on_line = on_line
        self._reader = threading.Thread(target=self._read, name="child-lines", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    def wait(self, timeout_s: float) -> None:
        """Until it ends by itself; killed when it does not in time."""
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
        self._reader.join(KILL_TIMEOUT_S)

    def ask_to_stop(self) -> None:
        if self.running:
            os.killpg(self.pid, signal.SIGTERM)

    def stop(self) -> None:
        """Ask, wait, then kill."""
        self.ask_to_stop()
        self.wait(STOP_TIMEOUT_S)

    def kill(self) -> None:
        """SIGKILL: as if its power were cut. Returns when it is gone."""
        if self.running:
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(KILL_TIMEOUT_S)
        self._reader.join(KILL_TIMEOUT_S)

    def _read(self) -> None:
        lines = self._process.stdout
        if lines is None:
            return
        with lines:
            for line in lines:
                self._on_line(line.rstrip("\n"))


class Launcher:
    """Starts children from one thread that lives as long as the demo.

    The kernel's "kill me when my parent dies" means the parent *thread*; a web server's threads come and go.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="launcher")
        # util-linux, essential on Debian; where it is missing a `kill -9` of the demo leaves its children alone.
        self._leash = [path, "--pdeathsig", "KILL"] if (path := shutil.which("setpriv")) else []

    def start(self, command: Sequence[str], on_line: Callable[[str], None]) -> Child:
        """Raises SettingsError when the program cannot be started."""
        return self._thread.submit(self._start, command, on_line).result()

    def close(self) -> None:
        self._thread.shutdown()

    def _start(self, command: Sequence[str], on_line: Callable[[str], None]) -> Child:
        try:
            process = subprocess.Popen(
                [*self._leash, *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, errors="replace", start_new_session=True, env=edge_environment(),
            )  # fmt: skip
        except OSError as error:
            raise SettingsError(f"cannot be started: {error.strerror}", where=command[0]) from error
        return Child(process, on_line)


def edge_command(*words: str) -> list[str]:
    """The command line of this very edge, as a command."""
    return [sys.executable, "-P", "-m", "edge", *words]


def edge_environment() -> dict[str, str]:
    """Ours, so that a child finds this very edge, and its lines arrive as it writes them."""
    found = os.environ.get("PYTHONPATH")
    path = f"{_ROOT}{os.pathsep}{found}" if found else str(_ROOT)
    return {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
