"""The disk under the store: how full it is by the levels of contract P11, and the ballast of the last cash sales.

The ballast counts as used whether it is there or not, so that deleting it frees room without lowering the level.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

from edge.errors import DiskFull
from edge.store.durability import disk_errors, make_folder, sync_folder

BALLAST_OCTETS = 64 * 1024 * 1024
"""Room for 10,000 cash sales, WAL checkpoints, acknowledgements and collections (contract P11)."""
HYSTERESIS = 2
"""Percent that must be free again below a level before it is left: no flapping at its edge."""
BALLAST_BELOW = 90
"""Percent used, ballast included, up to which it is laid down: never at the cost of a level that prunes the journal."""


class DiskLevel(IntEnum):
    """What contract P11 asks for from this many percent used on; each includes those below it."""

    OK = 0
    TIDY = 80
    """Drop logs older than 7 days and acknowledged `ev`."""
    PRUNE = 90
    """Prune acknowledged tx and pk older than 35 days; tell the cloud."""
    QUIET = 95
    """Stop `ev`, warn."""
    CASH_ONLY = 98
    """Refuse wallet sales, services and drop-offs; the ballast is given up. Cash sales go on."""

    @property
    def label(self) -> str:
        """As the record `disk.level` has it: ok, 80, 90, 95 or 98."""
        return "ok" if self is DiskLevel.OK else str(int(self))


@dataclass(frozen=True, slots=True)
class Space:
    """Of the data partition, in octets; `free` is what this process may use."""

    total: int
    free: int


@dataclass(frozen=True, slots=True)
class DiskReading:
    """`changed` tells whether the level is another one than at the last look."""

    level: DiskLevel
    changed: bool
    free_mb: int


def space_of(folder: Path) -> Space:
    """Ask the kernel. Raises OSError."""
    answer = os.statvfs(folder)
    return Space(total=answer.f_blocks * answer.f_frsize, free=answer.f_bavail * answer.f_frsize)


class Disk:
    """What the store asks of a disk. Another can be put in its place, which is cut off, fails and fills up."""

    ballast_octets = BALLAST_OCTETS

    def connect(self, address: Path, **options: Any) -> sqlite3.Connection:
        """A connection of SQLite's own options to the database at `address`. Raises sqlite3.Error."""
        connection: sqlite3.Connection = sqlite3.connect(address, **options)
        return connection

    def space(self, folder: Path) -> Space:
        """Raises OSError."""
        return space_of(folder)

    def reached(self, step: str) -> None:
        """Called between two steps that change files; the simulation cuts the power there."""


def used_percent(space: Space, *, missing_ballast: int) -> float:
    """0 to 100; octets of ballast that are not laid down count as used."""
    if space.total <= 0:
        return 100.0
    return 100.0 * (space.total - max(0, space.free - missing_ballast)) / space.total


def next_level(previous: DiskLevel, used: float) -> DiskLevel:
    """Up at once, down only when HYSTERESIS percent have been won back."""
    reached = max(level for level in DiskLevel if used >= level)
    if reached >= previous:
        return reached
    return max(level for level in DiskLevel if level <= previous and used >= level - HYSTERESIS)


class DiskLevels:
    """Looks when asked; lays the ballast down and gives it up. `space` is asked for the free room."""

    def __init__(
        self, folder: Path, *, ballast_octets: int = BALLAST_OCTETS, space: Callable[[Path], Space] = space_of
    ) -> None:
        self._folder = folder
        self._ballast = folder / "ballast"
        self._octets = ballast_octets
        self._space = space
        self.level = DiskLevel.OK

    def look(self, *, full: bool = False) -> DiskReading:
        """Measure, and lay down or give up the ballast. `full`: a write has just failed for want of room (SQLITE_FULL).

        Raises StoreError when the partition does not answer.
        """
        with disk_errors(self._folder, "the free space cannot be read"):
            make_folder(self._folder)
            space = self._space(self._folder)
            missing = self._octets - self._ballast_octets()
        used = 100.0 if full else used_percent(space, missing_ballast=missing)
        level = next_level(self.level, used)
        if level is DiskLevel.CASH_ONLY:
            self._give_up()
        elif missing > 0 and used < BALLAST_BELOW:
            self._lay_down()
        changed, self.level = level is not self.level, level
        return DiskReading(level, changed, space.free // 1_000_000)

    def _ballast_octets(self) -> int:
        """Blocks that it really holds: a file with holes would reserve nothing."""
        try:
            return min(self._octets, self._ballast.stat().st_blocks * 512)
        except FileNotFoundError:
            return 0

    def _lay_down(self) -> None:
        """Reserved without being written: 64 MB of zeros would wear the card for nothing."""
        try:
            with disk_errors(self._ballast, "the ballast cannot be laid down"):
                descriptor = os.open(self._ballast, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    os.posix_fallocate(descriptor, 0, self._octets)
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
                sync_folder(self._folder)
        except DiskFull:
            self._give_up()

    def _give_up(self) -> None:
        with disk_errors(self._ballast, "the ballast cannot be given up"):
            self._ballast.unlink(missing_ok=True)
            sync_folder(self._folder)
