"""A terminal's folder, opened: lock, ledger and documents, and what the services are given of them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edge.errors import DiskFull, StoreError
from edge.model.records import StoreSetAside
from edge.outside import Outside
from edge.services.catalogue import Shelf
from edge.services.storage import DiskWatch
from edge.store.aside import forget_aside, set_aside
from edge.store.catalogue import CatalogueFile
from edge.store.catalogue_build import build_delta, catalogue_files, clean
from edge.store.disk import Disk, DiskLevels
from edge.store.documents import Documents
from edge.store.documents import SetAside as SetAsideDocument
from edge.store.folder_lock import FolderLock
from edge.store.ledger import Ledger
from edge.store.shop_folder import LEDGER_FILE as LEDGER_FILE

ROOM_TO_OPEN = 256 * 1024
"""With less the ledger's own log and index may find no room: SQLite calls that an I/O error."""
MAX_REASON = 200

_log = logging.getLogger("edge.store")


@dataclass(frozen=True, slots=True)
class TerminalFolder:
    """Made by `open_terminal_folder`. `damaged`: documents that were set aside while they were opened."""

    path: Path
    outside: Outside
    lock: FolderLock
    ledger: Ledger
    documents: Documents
    damaged: Sequence[SetAsideDocument]

    def shelf(self) -> Shelf:
        """Catalogue files: found, built, opened, tidied."""
        folder, clock, step = self.path, self.outside.clock, self.outside.disk.reached

        def build_file(base: str | None, ops: Any, version: int) -> str:
            if base is None:
                return build_delta(folder, None, ops, version=version, step=step).path.name
            with closing(CatalogueFile.open(folder / base)) as base_file:
                return build_delta(folder, base_file, ops, version=version, step=step).path.name

        return Shelf(
            open=lambda name: CatalogueFile.open(folder / name), build=build_file,
            set_aside=lambda name: set_aside(folder / name, at=clock.wall(), reason="damaged").name,
            names=lambda: [path.name for path in catalogue_files(folder)],
            clean=lambda name: clean(folder, folder / name),
        )  # fmt: skip

    def disk_watch(self) -> DiskWatch:
        """How full the disk is, and what is done about it."""

        def quiet(*, on: bool) -> None:
            self.ledger.quiet = on

        return DiskWatch(
            look=_levels(self.path, self.outside.disk).look, quiet=quiet, suspect=self.ledger.suspect,
            forget_aside=lambda before: forget_aside(self.path / "aside", before),
        )  # fmt: skip

    def set_aside(self) -> tuple[StoreSetAside, ...]:
        """What was found damaged at this start."""
        aside = self.ledger.set_aside
        kept = [_aside(self.ledger.path.name, aside.kept_as.name, aside.reason)] if aside else []
        names = [
            _aside(d.file.name, d.kept_as.name if d.kept_as else "nowhere", f"{d.reason}, using {d.instead}")
            for d in self.damaged
        ]
        return (*kept, *names)


def open_terminal_folder(path: Path, outside: Outside) -> TerminalFolder:
    """Raises StoreError when another process has the folder, or the disk does not let itself be read or written."""
    lock = FolderLock(path)
    lock.take()
    try:
        try:
            return _opened(path, outside, lock)
        except StoreError as error:
            if not isinstance(error, DiskFull) and outside.disk.space(path).free > ROOM_TO_OPEN:
                raise
            _log.error("no room to open, the ballast is given up for it: %s", error)
            _levels(path, outside.disk).look(full=True)
            return _opened(path, outside, lock)
    except BaseException:
        lock.release()  # else the next start in this process would find the folder taken
        raise


def _opened(path: Path, outside: Outside, lock: FolderLock) -> TerminalFolder:
    clock, disk = outside.clock, outside.disk
    ledger = Ledger.open(path / LEDGER_FILE, clock, outside.chance, disk)
    try:
        # Last, since it moves what is damaged out of the way: told once, it could not be told again after another try.
        documents, damaged = Documents.open(
            path / "documents", at=clock.wall(), aside=path / "aside", step=disk.reached
        )  # fmt: skip
    except BaseException:
        ledger.close(clean=ledger.clean or ledger.fresh)
        raise
    return TerminalFolder(path, outside, lock, ledger, documents, damaged)


def _levels(path: Path, disk: Disk) -> DiskLevels:
    return DiskLevels(path, ballast_octets=disk.ballast_octets, space=disk.space)


def _aside(file: str, kept_as: str, reason: str) -> StoreSetAside:
    return StoreSetAside(file, kept_as, reason[:MAX_REASON])
