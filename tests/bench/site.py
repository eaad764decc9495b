"""Where one run of the benchmark takes place: a folder on a real disk, a broker, and what the sections measured."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from time import monotonic

from conftest import Mosquitto
from shop_bench import ROOT, Shop, shop_on

from edge.sim.counter.addresses import free_port

FOLDER = ROOT / "build" / "bench"
"""Beside the tree, not under /tmp, which is often memory."""
MEMORY = ("tmpfs", "ramfs", "overlay")


class Site:
    """Made once a run. `samples[plot][series]` are for the plots; `facts` are figures that later sections need."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.samples: dict[str, dict[str, list[float]]] = {}
        self.facts: dict[str, float] = {}
        self.begun = monotonic()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if self.file_system in MEMORY:
            raise SystemExit(f"bench: {folder} lies on {self.file_system}; a disk is what is to be measured")

    @property
    def file_system(self) -> str:
        """The type of the file system that the folder lies on: the longest mount point above it."""
        mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
        above = [(point, kind) for _, point, kind, *_ in mounts if self.folder.is_relative_to(point)]
        return max(above, key=lambda mount: len(mount[0]))[1] if above else "unknown"

    def keep(self, plot: str, series: str, samples: list[float]) -> list[float]:
        self.samples.setdefault(plot, {})[series] = samples
        return samples

    def room(self, name: str) -> Path:
        """An empty folder of this name."""
        room = self.folder / name
        shutil.rmtree(room, ignore_errors=True)
        room.mkdir(parents=True)
        return room

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def broker_in(room: Path) -> Iterator[Mosquitto]:
    """A running mosquitto."""
    broker = Mosquitto(room / "mosquitto", free_port())
    broker.start()
    try:
        yield broker
    finally:
        broker.kill()


@contextmanager
def shop_in(room: Path, *, terminal_port: int | None = None, broker_port: int | None = None) -> Iterator[Shop]:
    """A furnished shop; with no `broker_port`, a broker that runs is its own. Nothing else runs yet."""
    with ExitStack() as stack:
        port = broker_port or stack.enter_context(broker_in(room)).port
        with redirect_stdout(StringIO()):  # what the import of the goods says
            shop = stack.enter_context(shop_on(room / "shop", broker_port=port, terminal_port=terminal_port))
        yield shop
