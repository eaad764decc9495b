"""One terminal on one data folder: two would number the same rows and send the same receipts."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO

from edge.errors import SettingsError
from edge.store.durability import disk_errors, make_folder

LOCK_FILE = "terminal.lock"


def is_taken(folder: Path) -> bool:
    """Whether a terminal runs on this folder; nothing is written. False as well where that cannot be seen."""
    try:
        with (folder / LOCK_FILE).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


class FolderLock:
    """Held from `take` to `release`; the kernel lets go of it when the process dies, however it dies."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_FILE
        self._file: IO[bytes] | None = None

    def take(self) -> None:
        """Raises SettingsError when another process has it, StoreError when the folder cannot be written."""
        with disk_errors(self._path, "the data folder cannot be locked"):
            make_folder(self._path.parent)
            file = self._path.open("wb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.close()
            raise SettingsError(
                "another terminal is running on this folder", where=str(self._path.parent),
                cure="Stop it first, or give this one a data_dir of its own.",
            ) from error  # fmt: skip
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
