"""Files on a USB stick: read with a bound, and written whole or not at all.

    .edge-terminal.part/   each file is written, synced, read back from the stick and compared
    NAME                   renamed to it when all of them are whole; then the stick's folder is synced

All of it is asked relative to the stick's folder, opened once: no link leads out of it, and what is meant for a stick
that was pulled out lands nowhere. One save at a time.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from edge.errors import StickRefused
from edge.kernel_lists import printable
from edge.model.stick import Stick, StickFile, key_of
from edge.store.durability import disk_errors

PART = ".edge-terminal.part"
MAX_LISTED = 50
"""What a person looks through."""
MAX_ENTRIES = 5_000
"""Looked at on one stick: somebody's photographs."""
MAX_NAME = 80
MAX_TAKEN = 99
"""Names that are tried where one is taken: what lies on a stick is never replaced."""
BLOCK = 64 * 1024
_WHY = {
    errno.ENOSPC: "stick_full", errno.EDQUOT: "stick_full", errno.EFBIG: "stick_full",
    errno.EROFS: "stick_read_only", errno.EACCES: "stick_read_only", errno.EPERM: "stick_read_only",
    errno.ENOTDIR: "stick_read_only", errno.EISDIR: "stick_read_only", errno.ELOOP: "stick_read_only",
    errno.EEXIST: "stick_read_only", errno.ENOTEMPTY: "stick_read_only",
}  # fmt: skip
"""The last five: somebody laid something of their own where the draft is made."""
_HERE = os.O_CLOEXEC | os.O_NOFOLLOW


def stick_files(sticks: Iterable[Stick], endings: Sequence[str]) -> tuple[StickFile, ...]:
    """Plain files whose names end so, in small letters or capitals, the newest first. Folders are not gone into, and
    names that begin with a dot are of other systems.
    """
    found: list[StickFile] = []
    for stick in sticks:
        try:
            with _top(stick) as top, _stick_errors(stick):
                found += _listed(stick, top, tuple(endings))
        except StickRefused:
            continue  # it has nothing to choose from, and who saves to it is told why
    return tuple(sorted(found, key=lambda file: (-file.changed_s, file.name))[:MAX_LISTED])


def blocks_of(file: StickFile, most: int) -> Iterator[bytes]:
    """What is in it, piece by piece. Raises StickRefused, for more than `most` octets with "too_long"."""
    passed = 0
    with _top(file.stick) as top, _stick_errors(file.stick):
        descriptor = _opened(file, top)
        with os.fdopen(descriptor, "rb") as opened:
            while block := opened.read(BLOCK):
                passed += len(block)
                if passed > most:
                    raise StickRefused("too_long", where=file.name)
                yield block


def read_file(file: StickFile, most: int) -> bytes:
    """The whole of a small one. Raises StickRefused."""
    return b"".join(blocks_of(file, most))


def save_file(stick: Stick, name: str, octets: Iterable[bytes]) -> str:
    """The name under which it is on the stick for good: it may be pulled. Raises StickRefused, and what `octets` do."""
    with _draft(stick) as (top, draft):
        _write(stick, draft, name, octets)
        with _stick_errors(stick, begun=True):
            os.fsync(draft)
            free = _free_name(top, name)
            os.rename(name, free, src_dir_fd=draft, dst_dir_fd=top)
            os.rmdir(PART, dir_fd=top)
            os.fsync(top)
    return free


def save_folder(stick: Stick, name: str, files: Mapping[str, Iterable[bytes]]) -> str:
    """As `save_file`, several files in a folder of their own: all of them, or none."""
    with _draft(stick) as (top, draft):
        for own, octets in files.items():
            _write(stick, draft, own, octets)
        with _stick_errors(stick, begun=True):
            os.fsync(draft)
            free = _free_name(top, name)
            os.rename(PART, free, src_dir_fd=top, dst_dir_fd=top)
            os.fsync(top)
    return free


# --- the stick's own folder ------------------------------------------------------------------------------------------


@contextmanager
def _top(stick: Stick) -> Iterator[int]:
    """Opened; only while that very stick lies there."""
    try:
        descriptor = os.open(stick.folder, os.O_RDONLY | os.O_DIRECTORY | _HERE)
    except OSError as error:
        raise StickRefused("stick_gone", where=stick.label) from error
    try:
        device = os.fstat(descriptor).st_dev
        if f"{os.major(device)}:{os.minor(device)}" != stick.device:
            raise StickRefused("stick_gone", where=stick.label)
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _stick_errors(stick: Stick, *, begun: bool = False) -> Iterator[None]:
    """What the kernel says of a stick that was pulled out has many numbers: all that is not known is that. `begun`: it
    could be written a moment ago; filesystems turn read-only when the medium fails under them.
    """
    try:
        yield
    except OSError as error:
        why = _WHY.get(error.errno or 0, "stick_gone")
        code = "stick_gone" if begun and why == "stick_read_only" else why
        raise StickRefused(code, where=stick.label, got=str(error)) from error


def _listed(stick: Stick, top: int, endings: tuple[str, ...]) -> Iterator[StickFile]:
    with os.scandir(top) as entries:
        for number, entry in enumerate(entries):
            if number >= MAX_ENTRIES:
                return
            is_ours = entry.name.lower().endswith(endings) and not entry.name.startswith(".")
            if is_ours and entry.is_file(follow_symlinks=False):
                known = entry.stat(follow_symlinks=False)
                key = key_of(stick.key, entry.name)
                yield StickFile(key, shown(entry.name), known.st_size, known.st_mtime, stick, entry.name)


def shown(name: str) -> str:
    """A name from outside as it can stand on a page; its ending stays where it is cut."""
    told = printable(name)
    return told if len(told) <= MAX_NAME else f"{told[: MAX_NAME - 17]}…{told[-16:]}"


def _opened(file: StickFile, top: int) -> int:
    """No link, no pipe that waits for a writer, no device."""
    try:
        descriptor = os.open(file.raw, os.O_RDONLY | os.O_NONBLOCK | _HERE, dir_fd=top)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP, errno.ENXIO):
            raise StickRefused("stick_file", where=file.name) from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise StickRefused("stick_file", where=file.name)
    return descriptor


# --- writing ---------------------------------------------------------------------------------------------------------


@contextmanager
def _draft(stick: Stick) -> Iterator[tuple[int, int]]:
    """The stick's folder and an empty one in it, both opened; whatever is left of that one is removed."""
    if stick.read_only:
        raise StickRefused("stick_read_only", where=stick.label)
    with _top(stick) as top:
        with _stick_errors(stick):
            _drop(top)
            os.mkdir(PART, 0o755, dir_fd=top)
            draft = os.open(PART, os.O_RDONLY | os.O_DIRECTORY | _HERE, dir_fd=top)
        try:
            yield top, draft
        except BaseException:
            _drop_what_can_be(top)
            raise
        finally:
            os.close(draft)


def _write(stick: Stick, folder: int, name: str, octets: Iterable[bytes]) -> None:
    """Durable on return, and read back from the stick: cheap ones keep less than they say."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | _HERE
    digest = hashlib.sha256()
    with _stick_errors(stick, begun=True), os.fdopen(os.open(name, flags, 0o644, dir_fd=folder), "w+b") as file:
        for block in _of_the_box(name, octets):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        file.seek(0)
        if hashlib.file_digest(file, "sha256").digest() != digest.digest():
            raise StickRefused("stick_bad", where=stick.label)


def _of_the_box(name: str, octets: Iterable[bytes]) -> Iterator[bytes]:
    """What is the fault of the box's own disk is not the stick's."""
    with disk_errors(Path(name), "what is to be saved cannot be read"):
        yield from octets


def _free_name(top: int, name: str) -> str:
    path = PurePosixPath(name)
    for number in range(1, MAX_TAKEN + 1):
        free = name if number == 1 else f"{path.stem}-{number}{path.suffix}"
        if not _is_there(top, free):
            return free
    raise StickRefused("stick_names", got=name)


def _is_there(top: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=top, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _drop_what_can_be(top: int) -> None:
    """Of a stick that is gone nothing can be removed; the next save to it does."""
    try:
        _drop(top)
    except OSError:
        return


def _drop(top: int) -> None:
    """What is left of a save that was cut. Raises OSError, where somebody put folders into it."""
    try:
        draft = os.open(PART, os.O_RDONLY | os.O_DIRECTORY | _HERE, dir_fd=top)
    except FileNotFoundError:
        return
    try:
        with os.scandir(draft) as entries:
            names = [entry.name for entry in entries]
        for name in names:
            os.unlink(name, dir_fd=draft)
    finally:
        os.close(draft)
    os.rmdir(PART, dir_fd=top)
