"""A file that somebody brings to the page, as it comes: no larger than it may be, and never at the shop's cost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from edge.errors import BackupRefused
from edge.store.backup import MARGIN_OCTETS
from edge.store.disk import Disk
from edge.store.durability import disk_errors, make_folder
from edge.store.shop_folder import RESTORE

MAX_GIVEN_OCTETS = 1024**3
"""A shop's ledger is pruned at 500 MB (contract P10), and a backup is packed."""


class Given:
    """Written by one of the page's threads. `name`: one of its own for each form that is sent."""

    def __init__(self, data_dir: Path, name: str, disk: Disk) -> None:
        self.path = data_dir / RESTORE / f"given-{name}"
        self._disk = disk
        self._octets = 0
        self._file: IO[bytes] | None = None

    def write(self, octets: bytes) -> None:
        """Raises BackupRefused ("too_long", "room") and StoreError."""
        self._octets += len(octets)
        if self._octets > MAX_GIVEN_OCTETS:
            raise BackupRefused("too_long")
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
