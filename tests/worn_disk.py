"""A disk that is slow, fails or is full, for one process and one folder: `worn_disk.c`, preloaded, and its orders."""

from __future__ import annotations

import errno
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

_SOURCE = Path(__file__).with_name("worn_disk.c")
_COMPILER = ("cc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC")


@dataclass(frozen=True, slots=True)
class Fault:
    """A call fails with `error`, an errno: the `at`-th one from now on, or one in `one_in` by chance; 0 is never."""

    error: int
    one_in: int = 0
    at: int = 0


NONE = Fault(0)
EIO, ENOSPC = errno.EIO, errno.ENOSPC
ALWAYS = 1
"""As `one_in`: each call."""


class WornDisk:
    """Processes started with `environment` feel it below `folder`. Sound until something is ordered.

    `own` is a folder for the compiled shim and its files; it must lie outside `folder`.
    """

    def __init__(self, folder: Path, own: Path, *, seed: int = 0) -> None:
        own.mkdir(exist_ok=True)
        self._folder = folder.resolve()
        self._shim, self._orders, self._tally = own / "worn_disk.so", own / "orders", own / "tally"
        self._seed = seed
        self._serial = 0
        subprocess.run([*_COMPILER, "-o", self._shim, _SOURCE], check=True)
        self.heal()

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs beside its own environment."""
        return {
            "LD_PRELOAD": str(self._shim),
            "WORN_DISK_FOLDER": str(self._folder),
            "WORN_DISK_ORDERS": str(self._orders),
            "WORN_DISK_TALLY": str(self._tally),
        }

    def order(self, *, sync: Fault = NONE, write: Fault = NONE, sync_delay_ms: int = 0) -> None:
        """From the next call on, in place of what was ordered before. Writes that fail leave half of it behind."""
        self._serial += 1
        numbers = [self._serial, self._seed + self._serial * 1_000_000, sync_delay_ms]
        numbers += [number for fault in (sync, write) for number in (fault.error, fault.one_in, fault.at)]
        draft = self._orders.with_suffix(".new")
        draft.write_text(" ".join(map(str, numbers)) + "\n")
        draft.replace(self._orders)

    def heal(self) -> None:
        """A sound disk again."""
        self.order()

    def faults(self) -> Counter[str]:
        """What really happened so far, by name, such as `sync EIO`."""
        return Counter(f"{kind} {name}" for kind, name, _ in self.struck())

    def struck(self) -> list[tuple[str, str, Path]]:
        """(kind, errno's name, file) of each fault that happened, in order."""
        if not self._tally.exists():
            return []
        lines = (line.split(" ", 2) for line in self._tally.read_text().splitlines())
        return [(kind, errno.errorcode[int(code)], Path(path)) for kind, code, path in lines]
