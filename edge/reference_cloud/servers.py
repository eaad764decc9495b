"""Programs that serve beside the cloud and outlive the command that started them: started, stopped, killed."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from edge.clock import Clock
from edge.errors import CloudError, SettingsError

LOOPBACK = "127.0.0.1"
PATIENCE_S = 300.0
"""A node of RabbitMQ takes 20 to 30 s, two that were killed at once nearly two minutes: they wait for each other."""
STOP_S = 60.0
LOOK_AGAIN_S = 0.1
TAIL_OCTETS = 2_000
"""Of a log, where a start failed: enough to see why."""


@dataclass(frozen=True, slots=True)
class Server:
    """One program. It writes `pid_file` itself and answers on `port` once it is up; `comm` is its name in /proc."""

    name: str
    command: tuple[str, ...]
    pid_file: Path
    log: Path
    port: int
    comm: str
    env: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    """Who runs it; None: whoever starts it."""
    stop_signal: signal.Signals = signal.SIGTERM
    ready_word: str = ""
    """In `pid_file`, of one that answers before it serves: a database reads its log first."""

    @property
    def pid(self) -> int | None:
        """None when it does not run: its old number may be somebody else's, or a dead one's that nobody buried."""
        try:
            pid = int(self.pid_file.read_text(encoding="ascii").split()[0])
            comm, _, rest = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").partition("(")[2].rpartition(")")
        except (OSError, ValueError, IndexError):
            return None
        return pid if comm == self.comm and not rest.startswith(" Z") else None

    @property
    def is_up(self) -> bool:
        try:
            socket.create_connection((LOOPBACK, self.port), 1.0).close()
            return self.ready_word in self.pid_file.read_text(encoding="ascii") if self.ready_word else True
        except OSError:
            return False

    def launch(self) -> subprocess.Popen[bytes]:
        """Begin to start it, in a session of its own; `wait_up` waits. Raises SettingsError."""
        if self.is_up:
            raise SettingsError("somebody else listens there", where=f"{LOOPBACK}:{self.port}",
                                cure="Name another --port.")  # fmt: skip
        # What is left of a run that was killed. Where nobody buries the dead, PostgreSQL would take it for alive.
        self.pid_file.unlink(missing_ok=True)
        try:
            with self.log.open("ab") as log:
                return subprocess.Popen(
                    self.command, env=dict(self.env) or None, user=self.user, group=self.user,
                    extra_groups=[] if self.user else None, cwd=self.log.parent, stdin=subprocess.DEVNULL, stdout=log,
                    stderr=log, start_new_session=True,
                )  # fmt: skip
        except (OSError, KeyError) as error:
            raise SettingsError(f"it cannot be started: {error}", where=self.command[0],
                                cure="Install it with scripts/setup engines.") from error  # fmt: skip

    def wait_up(self, child: subprocess.Popen[bytes], clock: Clock) -> None:
        """Raises CloudError when it ended, or does not answer within PATIENCE_S."""
        until = clock.mono() + PATIENCE_S
        while not (self.is_up and self.pid):
            with suppress(subprocess.TimeoutExpired):  # it runs on, which is what is hoped for
                child.wait(LOOK_AGAIN_S)
                raise CloudError(f"{self.name} ended as it started", where=str(self.log), got=self._tail())
            if clock.mono() > until:
                raise CloudError(f"{self.name} does not answer", where=str(self.log), got=self._tail())
        child.returncode = 0  # nobody waits for it: it is meant to outlive us, and says so to whoever asks

    def stop(self) -> bool:
        """Ask it to end and wait until it has. False when it did not run. Raises CloudError."""
        return self._end(self.stop_signal)

    def kill(self) -> bool:
        """SIGKILL to it and its children, as a power cut would. False when it did not run."""
        pid = self.pid
        if pid is None:
            return False
        group = os.getpgid(pid)
        ended = self._end(signal.SIGKILL)
        if group != os.getpgrp():
            with suppress(ProcessLookupError):  # they ended with it
                os.killpg(group, signal.SIGKILL)
        return ended

    def _end(self, how: signal.Signals) -> bool:
        pid = self.pid
        if pid is None:
            return False
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            return False
        try:
            signal.pidfd_send_signal(handle, how)
            if not select.select([handle], [], [], STOP_S)[0]:
                raise CloudError(f"{self.name} does not end", where=str(self.log), cure="Kill it.")
        except ProcessLookupError:
            return False
        finally:
            os.close(handle)
        return True

    def _tail(self) -> str:
        try:
            return self.log.read_bytes()[-TAIL_OCTETS:].decode(errors="replace").strip()
        except OSError:
            return "nothing"


def run_once(command: Sequence[str], *, user: str | None = None) -> None:
    """A program that ends by itself. Raises SettingsError with what it said."""
    try:
        ended = subprocess.run(
            command, user=user, group=user, extra_groups=[] if user else None, cwd="/", stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
    except (OSError, KeyError, subprocess.TimeoutExpired) as error:
        raise SettingsError(f"it cannot be run: {error}", where=command[0],
                            cure="Install it with scripts/setup engines.") from error  # fmt: skip
    if ended.returncode:
        raise SettingsError("it failed", where=command[0], got=ended.stdout.decode(errors="replace")[-TAIL_OCTETS:])
