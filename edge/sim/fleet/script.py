"""Commands that a run of the fleet starts on its way: what befalls broker, workers and database."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator, Sequence

from edge.errors import SettingsError

ENDS_WITHIN_S = 120.0
STOPS_WITHIN_S = 5.0


class Script:
    """`acts`: (second, words of a command). Each is started once; nobody waits for it before the end."""

    def __init__(self, acts: Sequence[tuple[float, list[str]]]) -> None:
        self._waiting = sorted(acts)
        self._begun: list[tuple[str, subprocess.Popen[bytes]]] = []

    def run_until(self, at_s: float) -> Iterator[str]:
        """Start all that are due; gives each as a text. Raises SettingsError for one that cannot be started."""
        while self._waiting and self._waiting[0][0] <= at_s:
            _, words = self._waiting.pop(0)
            text = shlex.join(words)
            try:
                self._begun.append((text, subprocess.Popen(words, stdin=subprocess.DEVNULL)))
            except OSError as error:
                raise SettingsError(f"cannot be started: {error.strerror}", where="--at", got=text) from error
            yield text

    def failed(self) -> list[str]:
        """Wait for them; which did not end well, in words."""
        found = [f"--at {shlex.join(words)}: never run" for _, words in self._waiting]
        for text, process in self._begun:
            try:
                code = process.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                code = process.wait()
            if code != 0:
                found.append(f"--at {text}: exit {code}")
        return found

    def end(self) -> None:
        """Those that still run: nobody would look after them any more."""
        running = [process for _, process in self._begun if process.poll() is None]
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(STOPS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
