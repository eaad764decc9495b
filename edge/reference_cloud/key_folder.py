"""Files of keys and certificates: whole or not there, readable by whom they are meant for, one writer at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edge.errors import SettingsError

SECRET, PUBLIC = 0o600, 0o644


def write_whole(path: Path, octets: bytes, *, mode: int = PUBLIC) -> None:
    """Replace a file so that a reader, or the next start after a power cut, sees the old or the new one.

    Raises SettingsError.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise SettingsError(
            f"the file cannot be written: {error.strerror}", where=str(path), cure="Name a folder of yours."
        ) from error


def read_whole(path: Path) -> bytes:
    """Raises SettingsError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"the file cannot be read: {error.strerror}", where=str(path), cure="Make it with edge cloud ca init."
        ) from error


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process at a time changes what is in `folder`; the others wait. Raises SettingsError."""
    try:
        descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, SECRET)
    except OSError as error:
        raise SettingsError(
            f"there is no authority: {error.strerror}", where=str(folder), cure="Make it with edge cloud ca init."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """What was renamed in it stays renamed after a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
