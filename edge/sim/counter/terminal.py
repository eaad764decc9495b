"""The terminal as the demo sees it: a process with a pid, log lines, a health page. Power cuts are SIGKILL."""

from __future__ import annotations

import http.client
import json
import re
import threading
import urllib.request
from collections import deque
from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.clock import Clock
from edge.errors import DeviceError
from edge.sim.counter.addresses import LOOK_AGAIN_S, LOOPBACK
from edge.sim.counter.leash import Child, Launcher, edge_command

START_TIMEOUT_S = 15.0
HEALTH_TIMEOUT_S = 2.0
SENTENCES_KEPT = 200
LINES_KEPT = 500

_SPOKEN = re.compile(r"(\d\d:\d\d:\d\d)(?:[+-]\d{4})? (?:edge\.)?voice: (\S+) (.*)")
_SOLD = re.compile(r"sale (\S+) ¥(\S+) (\d+) lines, journal (\d+), ([\d.]+) ms")
_NOT_YET = frozenset({"connecting", "offline"})
"""States of a device that is there and will be opened in a moment."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """`no` counts from 1 over all terminals of this demo."""

    no: int
    at: str
    prompt: str
    text: str


@dataclass(frozen=True, slots=True)
class SaleLine:
    """What the console says of a completed sale; `n` is its journal number."""

    receipt: str
    amount: str
    lines: int
    n: int
    ms: float


class Talk:
    """What the terminal wrote, over all its lives. `show` is called with each line."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self.lines: deque[str] = deque(maxlen=LINES_KEPT)
        self.sentences: deque[Sentence] = deque(maxlen=SENTENCES_KEPT)
        self.sales: deque[SaleLine] = deque(maxlen=SENTENCES_KEPT)
        self.spoken = 0

    def hear(self, line: str) -> None:
        self.lines.append(line)
        if spoken := _SPOKEN.match(line):
            self.spoken += 1
            self.sentences.append(Sentence(self.spoken, spoken[1], spoken[2], spoken[3]))
        elif sold := _SOLD.search(line):
            self.sales.append(SaleLine(sold[1], sold[2], int(sold[3]), int(sold[4]), float(sold[5])))
        self._show(line)


class TerminalProcess:
    """`edge run` as a child, one life after the other on the same settings."""

    def __init__(self, launcher: Launcher, config: Path, web_port: int, talk: Talk, clock: Clock) -> None:
        self.talk = talk
        self.web_port = web_port
        self._launcher = launcher
        self._config = config
        self._clock = clock
        self._child: Child | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """None: no power."""
        child = self._child
        return child.pid if child is not None and child.running else None

    def power_on(self, *, absent: Container[str] = ()) -> None:
        """Start it and wait until it has every device but the `absent` ones; nothing when it runs.

        Raises DeviceError with its last words.
        """
        with self._lock:
            if self.pid is None:
                self._child = self._launcher.start(edge_command("run", "--config", str(self._config)), self.talk.hear)
                self._wait_until_ready(self._child, absent)

    def cut_power(self) -> None:
        """kill -9: no farewell, no flush."""
        with self._lock:
            if self._child is not None:
                self._child.kill()

    def stop(self) -> None:
        with self._lock:
            if self._child is not None:
                self._child.stop()

    def health(self) -> dict[str, Any] | None:
        """What its page says; None when nobody answers."""
        try:
            with urllib.request.urlopen(
                f"http://{LOOPBACK}:{self.web_port}/health", timeout=HEALTH_TIMEOUT_S
            ) as answer:
                found = json.load(answer)
        except (OSError, ValueError, http.client.HTTPException):
            return None  # killed in the middle of its answer, too
        return found if isinstance(found, dict) else None

    def _wait_until_ready(self, child: Child, absent: Container[str]) -> None:
        deadline, pause = self._clock.mono() + START_TIMEOUT_S, threading.Event()
        while not self._is_ready(absent):
            if not child.running:
                words = self.talk.lines[-1] if self.talk.lines else "no word"
                raise DeviceError(f"the terminal has ended with {child.exit_code}", where="edge run", got=words)
            if self._clock.mono() > deadline:
                raise DeviceError(
                    "the terminal does not get ready", where="edge run", expected=f"{START_TIMEOUT_S:.0f} s",
                    got=self._what_is_missing(absent),
                )  # fmt: skip
            pause.wait(LOOK_AGAIN_S)

    def _what_is_missing(self, absent: Container[str]) -> str:
        """Devices that are not there, and the last line, which mostly says why."""
        devices = (self.health() or {}).get("devices", ())
        missing = [device["name"] for device in devices if device["name"] not in absent and device["state"] in _NOT_YET]
        return " · ".join([*missing, *list(self.talk.lines)[-1:]]) or "no word"

    def _is_ready(self, absent: Container[str]) -> bool:
        health = self.health()
        if health is None or not health.get("ready"):
            return False
        expected = [device for device in health.get("devices", ()) if device["name"] not in absent]
        return all(device["state"] not in _NOT_YET for device in expected)
