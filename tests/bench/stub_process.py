"""Runs a stub of the bench as a process of its own and reads what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from threading import Thread
from typing import Any

from shop_bench import ROOT, until


class StubProcess:
    """A module of the bench that is a process of its own, and the JSON lines that it says."""

    def __init__(self, module: str, *arguments: object) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"bench.{module}", *map(str, arguments)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.said: list[dict[str, Any]] = []
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        until(lambda: self.said, f"{module} is there")

    def at(self, what: str) -> float | None:
        """When it was last `greeted` or last `welcomed` somebody, on the monotonic clock."""
        return next((line[what] for line in reversed(self.said) if what in line), None)

    def go(self) -> None:
        """It may welcome from now on."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    @property
    def tally(self) -> dict[str, Any]:
        return next((line for line in reversed(self.said) if "events" in line), {"events": 0})

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(json.loads(line))
