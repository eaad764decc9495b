"""A backup: one sealed file with all that the shop needs, made beside a terminal that sells.

    ledger.db as of one commit ─► the documents ─► the catalogue that it names ─► settings ─► tar, gzip, sealed

Made under another name and renamed when it is whole and on the disk: what is called a backup is one.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import shutil
import sqlite3
import tarfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import IO

from edge.codec.backup_head import PREFIX_OCTETS, SALT_OCTETS, BackupHead, Kdf
from edge.errors import BackupRefused, StoreError
from edge.model.backup import SUFFIX, MadeBackup, saved_mark
from edge.store.backup_entries import entries
from edge.store.disk import Disk
from edge.store.durability import disk_errors, make_folder, sync_folder
from edge.store.sealed_file import Sealer, Unsealer
from edge.store.shop_folder import BACKUP, CATALOGUE, DOCUMENTS, LEDGER_FILE, MAX_FILES, belongs, setting_name

PART = ".part"
MARGIN_OCTETS = 16 * 1024 * 1024
"""Left free for selling while a backup is made, beside the ballast."""
SNAPSHOTS = 3
"""Tries: a catalogue may be replaced between the ledger's copy and its own."""
BLOCK = 64 * 1024
PACKED = 3
"""Of gzip: half the time of the usual 6, for two percent more."""

MAX_SHOWN_OCTETS = 1024 * 1024
"""Of one file of settings: they are held in memory."""

_Content = Path | bytes
Progress = Callable[[int, int], None]
"""(octets so far, of how many)."""


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """What stands in the head. `settings`: files for a person to look at, by the name that they get."""

    tid: str
    store: str
    shop: str
    app: str
    settings: Mapping[str, Path]


def make_backup(
    data_dir: Path, to: Path, password: str, facts: BackupFacts, *, at: str, chance: Random, progress: Progress,
    disk: Disk | None = None,
) -> MadeBackup:  # fmt: skip
    """On the jobs thread, or by the command line. `at` is now. Raises BackupRefused ("room") and StoreError."""
    folder = data_dir / BACKUP
    with disk_errors(folder, "a backup cannot be made"):
        make_folder(folder)
        snapshot = folder / f"{to.name}.ledger"
        try:
            _check_room(data_dir, to.parent, disk or Disk())
            files, told = _gathered(data_dir, snapshot, facts.settings)
            sizes = {name: _octets(content) for name, content in files.items()}
            head = BackupHead(
                facts.tid, facts.store, facts.shop, at, facts.app, told.version, sum(sizes.values()),
                Kdf(chance.randbytes(SALT_OCTETS)), chance.randbytes(PREFIX_OCTETS),
            )  # fmt: skip
            digest = _write(to, head, password, files, sizes, progress)
        finally:
            _remove(snapshot)
            to.with_name(to.name + PART).unlink(missing_ok=True)
    return MadeBackup(str(to), to.stat().st_size, digest, at, told.n, told.saved)


def drop_backups(data_dir: Path) -> None:
    """Those that were made here and nobody fetches any more. Raises StoreError."""
    folder = data_dir / BACKUP
    with disk_errors(folder, "a backup cannot be removed"):
        shutil.rmtree(folder, ignore_errors=True)


def backup_name(tid: str, at: str) -> str:
    """What the file is called for whoever keeps it: T7K3M9Q2-20261127-0931.edgebackup"""
    digits = re.sub(r"\D", "", at)
    return f"{tid}-{digits[:8]}-{digits[8:12]}{SUFFIX}"


@dataclass(frozen=True, slots=True)
class _Copied:
    version: int
    n: int
    saved: str
    catalogues: frozenset[str]


def _check_room(data_dir: Path, to: Path, disk: Disk) -> None:
    """Twice the shop: its ledger's copy, and the file, should nothing in it be packed."""
    shop = sum(_size(path) for path in (*data_dir.glob("*.db*"), *(data_dir / DOCUMENTS).glob("*")))
    needed = 2 * shop + MARGIN_OCTETS
    free = min(disk.space(data_dir).free, disk.space(to).free)
    if free < needed:
        raise BackupRefused("room", expected=f"{needed // 1_000_000} MB", got=f"{free // 1_000_000} MB")


def _gathered(data_dir: Path, snapshot: Path, settings: Mapping[str, Path]) -> tuple[dict[str, _Content], _Copied]:
    """Name in the backup → what it holds; the ledger as of one commit, and whatever that one names.

    What may be replaced by a longer one meanwhile is read at once: the head says how much is in it all.
    """
    for _ in range(SNAPSHOTS):
        copied = _copy_ledger(data_dir / LEDGER_FILE, snapshot)
        catalogues = {name: data_dir / name for name in sorted(copied.catalogues)}
        if all(path.is_file() for path in catalogues.values()):
            break
    else:
        raise StoreError("the catalogue was replaced again and again", where=str(data_dir), cure="Try again.")
    found = {f"{DOCUMENTS}/{path.name}": path for path in sorted((data_dir / DOCUMENTS).glob("*.json"))}
    documents: dict[str, _Content] = {name: path.read_bytes() for name, path in found.items() if belongs(name)}
    files: dict[str, _Content] = {LEDGER_FILE: snapshot, **documents, **catalogues}
    files |= _shown(settings, MAX_FILES - len(files))
    assert all(map(belongs, files))
    return files, copied


def _shown(settings: Mapping[str, Path], most: int) -> dict[str, _Content]:
    """For a person to look at; under names that a restore takes, and no two alike."""
    shown: dict[str, _Content] = {}
    for name, path in settings.items():
        if len(shown) < most and path.is_file() and path.stat().st_size <= MAX_SHOWN_OCTETS:
            called = setting_name(name)
            shown[called if called not in shown else setting_name(f"{len(shown)}-{name}")] = path.read_bytes()
    return shown


def _copy_ledger(source: Path, target: Path) -> _Copied:
    """By SQLite's online backup: all pages of one commit, while the dispatcher goes on writing."""
    _remove(target)
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as ledger, closing(_scratch(target)) as copy:
            ledger.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            (version,) = copy.execute("PRAGMA user_version").fetchone()
            (n,) = copy.execute("SELECT coalesce(max(n), 0) FROM journal").fetchone()
            (epoch,) = copy.execute("SELECT coalesce((SELECT v FROM meta WHERE k = 'epoch'), '')").fetchone()
            heads = dict(copy.execute("SELECT stream, head FROM pos").fetchall())
            named = copy.execute("SELECT v FROM meta WHERE k IN ('catalogue', 'catalogue_next')").fetchall()
    except sqlite3.Error as error:
        raise StoreError(f"the ledger cannot be copied: {error}", where=str(source)) from error
    saved = saved_mark(epoch, heads.get("tx", 0), heads.get("pk", 0))
    return _Copied(version, n, saved, frozenset(str(name) for (name,) in named if CATALOGUE.fullmatch(str(name))))


def _scratch(path: Path) -> sqlite3.Connection:
    """Made anew should the power go: it need not be on the disk."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous=OFF")
    return connection


def _write(
    to: Path, head: BackupHead, password: str, files: Mapping[str, _Content], sizes: Mapping[str, int],
    progress: Progress,
) -> str:  # fmt: skip
    part = to.with_name(to.name + PART)
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w+b") as file:
        sealer = Sealer(file, head, password)
        done = 0
        packed = gzip.GzipFile(fileobj=sealer, mode="wb", compresslevel=PACKED)  # type: ignore[call-overload]
        with packed, tarfile.open(fileobj=packed, mode="w|") as archive:
            for name, content in files.items():
                with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as opened:
                    entry = tarfile.TarInfo(name)
                    entry.size = sizes[name]
                    archive.addfile(entry, opened)
                    done += entry.size
                    progress(done, head.octets)
        sealer.close()
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        _read_back(file, password, sizes)
    part.replace(to)
    sync_folder(to.parent)
    return digest


def _read_back(file: IO[bytes], password: str, sizes: Mapping[str, int]) -> None:
    """As a restore will read it: what is only found out there is found out too late. Raises StoreError."""
    found = {}
    try:
        sealed = Unsealer(file, password)
        for name, content in entries(sealed, sealed.head):
            found[name] = 0
            while block := content.read(BLOCK):
                found[name] += len(block)
    except (BackupRefused, tarfile.TarError, zlib.error, EOFError) as error:
        raise StoreError("the backup cannot be read back", where=str(error), cure="Make it once more.") from error
    if found != sizes:
        raise StoreError("the backup lacks something when it is read back", cure="Make it once more.")


def _octets(content: _Content) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0  # a log of SQLite's that was emptied meanwhile


def _remove(path: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
