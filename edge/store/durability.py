"""What makes a file survive a power cut: fsync of the file, then of the folder that names it; and whose error it is."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.errors import DiskFull, StoreError

Step = Callable[[str], None]
"""Called after each step of a change on the disk; a test cuts the power there."""
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def disk_errors(path: Path, what: str) -> Iterator[None]:
    """Turn an OSError into DiskFull or StoreError; `what` says what could not be done, e.g. "cannot be written"."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise DiskFull(f"{what}: the disk is full", where=str(path)) from error
        raise StoreError(f"{what}: {error.strerror or error}", where=str(path), cure="Check the disk.") from error


def no_step(step: str) -> None:
    """Outside of tests nothing happens between the steps."""


def sync_file(path: Path) -> None:
    """Return when the content of `path` is on the disk. Raises OSError."""
    _sync(path, os.O_RDONLY)


def sync_folder(folder: Path) -> None:
    """Return when the names in `folder` are on the disk: renames, links and removals. Raises OSError."""
    _sync(folder, os.O_RDONLY | os.O_DIRECTORY)


def make_folder(folder: Path) -> None:
    """Create a folder with its parents, each durable; nothing to do when it is there. Raises OSError."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
