"""A technician with `edge lockers`, in front of a wall on a pty."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.__main__ import main
from edge.sim.locker import LockerModel
from edge.sim.wiring import PtyHost

ROOT = Path(__file__).resolve().parent.parent
LIMIT_S = 30.0
SETTINGS = """\
[terminal]
tid = "T7K3M9Q2"
store = "S-00817"
shop_name = "Wall"
data_dir = "{folder}/data"
language = "{language}"

[devices.locker_wall]
driver = "locker_{protocol}"
port = "{folder}/wall"
boards = {boards}
"""


def shop_file(folder: Path, protocol: str = "8a", boards: tuple[int, ...] = (1, 2), language: str = "en") -> Path:
    path = folder / "shop.toml"
    path.write_text(
        SETTINGS.format(folder=folder, protocol=protocol, boards=[*boards], language=language), encoding="utf-8"
    )
    return path


def lockers(config: Path, *words: str) -> int:
    return main(["lockers", *words, "--config", str(config)])


def kept(folder: Path) -> dict[str, list[dict[str, object]]]:
    tables = json.loads((folder / "data" / "documents" / "cells.json").read_text(encoding="utf-8"))
    (row,) = tables["documents"].values()
    assert row["key"] == "wall"
    document: dict[str, list[dict[str, object]]] = row["value"]
    return document


class Technician:
    """Types into `edge lockers commission`, and does with the doors what it says."""

    def __init__(self, config: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "edge", "lockers", "commission", *words, "--config", str(config)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        self.seen = ""
        self._read = 0
        self._octets: queue.Queue[bytes] = queue.Queue()
        self._reader = threading.Thread(target=self._pump, daemon=True)
        self._reader.start()

    def _pump(self) -> None:
        assert self.process.stdout is not None
        while octets := os.read(self.process.stdout.fileno(), 4096):
            self._octets.put(octets)
        self.process.stdout.close()
        self._octets.put(b"")

    def reads(self, text: str) -> None:
        """Wait until this is said after what was read before."""
        while text not in self.seen[self._read :]:
            octets = self._octets.get(timeout=LIMIT_S)
            assert octets, f"it ended without {text!r}: {self.seen}"
            self.seen += octets.decode("utf-8")
        self._read = self.seen.index(text, self._read) + len(text)

    def types(self, text: str = "") -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def ends(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self._reader.join(LIMIT_S)
        return self.process.wait(LIMIT_S)


@contextmanager
def plugged(model: LockerModel, folder: Path) -> Iterator[Callable[[int, int, bool], None]]:
    """The wall at the port of the settings; gives hands that open and shut doors with a key."""
    with PtyHost(model, folder / "wall") as host:

        def turn(board: int, lock: int, is_open: bool) -> None:
            with host.lock:
                model.door(board, lock).is_open = is_open

        yield turn
