"""A file that somebody brings to the page, as it comes: no larger than it may be, and never at the shop's cost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from edge.errors import BackupRefused
from edge.store.backup import MARGIN_OCTETS
from edge.store.disk import Disk
from edge.store.durability import disk_errors, make_folder
from edge.store.shop_folder import GOODS, RESTORE, TEMPLATE

MAX_GIVEN_OCTETS = 1024**3
"""A shop's ledger is pruned at 500 MB (contract P10), and a backup is packed."""
MAX_TABLE_OCTETS = 8 * 1024 * 1024
"""50,000 goods with every cell that is read."""
MAX_TEMPLATE_OCTETS = 64 * 1024
BLOCK = 16 * 1024
"""So little is decoded at once that whoever scans meanwhile does not wait for it."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Of what is brought: in which folder it lies, how long it may be, and the word for one that is longer."""

    folder: str
    most_octets: int
    too_long: str


BACKUP_FILE = Kind(RESTORE, MAX_GIVEN_OCTETS, "too_long")
GOODS_FILE = Kind(GOODS, MAX_TABLE_OCTETS, "table_long")
TEMPLATE_FILE = Kind(TEMPLATE, MAX_TEMPLATE_OCTETS, "template_long")


class Given:
    """Written by one of the page's threads. `name`: one of its own for each form that is sent."""

    def __init__(self, data_dir: Path, name: str, disk: Disk, kind: Kind = BACKUP_FILE) -> None:
        self.path = data_dir / kind.folder / f"given-{name}"
        self._kind = kind
        self._disk = disk
        self._octets = 0
        self._file: IO[bytes] | None = None

    def write(self, octets: bytes) -> None:
        """Raises BackupRefused (`Kind.too_long`, "room") and StoreError."""
        self._octets += len(octets)
        if self._octets > self._kind.most_octets:
            raise BackupRefused(self._kind.too_long)
        with disk_errors(self.path, "the file cannot be kept"):
            if self._file is None:
                make_folder(self.path.parent)
                self._file = os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
            if self._disk.space(self.path.parent).free < MARGIN_OCTETS:
                raise BackupRefused("room")
            self._file.write(octets)

    def close(self) -> None:
        """Whole. Raises StoreError."""
        with disk_errors(self.path, "the file cannot be kept"):
            if self._file is not None:
                self._file.close()

    def drop(self) -> None:
        self.close()
        drop_given(self.path)


def drop_given(path: Path) -> None:
    with disk_errors(path, "the file cannot be removed"):
        path.unlink(missing_ok=True)


def given_blocks(path: Path) -> Iterator[bytes]:
    """What was given, a block at a time. Raises StoreError."""
    with disk_errors(path, "the file cannot be read"), path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def given_files(data_dir: Path, kind: Kind) -> list[Path]:
    """All of a kind, those of an earlier start, too."""
    return sorted((data_dir / kind.folder).glob("given-*"))
