"""A backup put in: all of it is checked and made ready first, then one file says so, and the next start moves it in.

    restore/given           as it came
    restore/new/…           unpacked, checked, its ledger in a new epoch
    restore/ready           which backup that is; while it is missing nothing of it may be put in
    restore/armed           from here on it is the new box, however often the power goes
    aside/…before-restore…  what was here; the ledger …unsent-before-restore… where the cloud lacks some of it

A cut before `armed` leaves the old box; after it each start goes on where the last one ended, before anything is read.
"""

from __future__ import annotations

import shutil
import sqlite3
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random
from typing import IO

from edge.clock import Clock
from edge.codec.backup_head import BackupHead
from edge.errors import BackupRefused, CorruptStore, StoreError
from edge.model.backup import FoundBackup
from edge.store.aside import COMPANIONS, UNSENT, set_aside
from edge.store.atomic_storage import read_tables
from edge.store.backup import MARGIN_OCTETS
from edge.store.backup_entries import entries
from edge.store.catalogue import CatalogueFile
from edge.store.disk import Disk
from edge.store.documents import COLLECTIONS
from edge.store.durability import Step, disk_errors, make_folder, no_step, sync_file, sync_folder
from edge.store.ledger import Ledger
from edge.store.restored import begin_anew, raise_hold_numbers
from edge.store.schema import MIGRATIONS
from edge.store.sealed_file import Unsealer, read_sealed_head
from edge.store.shop_folder import ASIDE, CATALOGUE, DOCUMENTS, LEDGER_FILE, RESTORE, SETTINGS_FOLDER

NEW, READY, ARMED = "new", "ready", "armed"
RESTORED_SETTINGS = "restored-settings"
BLOCK = 64 * 1024
_BEFORE = "before restore"


@dataclass(frozen=True, slots=True)
class Machine:
    """Whose hands the staged ledger is opened with."""

    clock: Clock
    chance: Random
    disk: Disk


def stage(data_dir: Path, given: Path, password: str, tid: str, machine: Machine) -> FoundBackup:
    """Unpack, check and make ready what is in `given`, on the jobs thread. Raises BackupRefused: nothing changed;
    StoreError, too, while another one is armed: what is there may be half of it.
    """
    folder, new = data_dir / RESTORE, data_dir / RESTORE / NEW
    if (folder / ARMED).exists():
        raise StoreError("another backup is being put in", where=str(folder), cure="Start the terminal first.")
    with disk_errors(folder, "a backup cannot be looked at"):
        make_folder(folder)
        (folder / READY).unlink(missing_ok=True)
        sync_folder(folder)
        shutil.rmtree(new, ignore_errors=True)
        try:
            with given.open("rb") as file:
                head = _look(file, tid, machine.disk.space(folder).free)
                file.seek(0)
                _unpack(Unsealer(file, password), head, new)
            found = _checked(new, head, machine)
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        make_folder(new / DOCUMENTS)  # there may have been none: then there are none afterwards
        _sync_tree(new)
        (folder / READY).write_text(found.id, encoding="utf-8")
        sync_file(folder / READY)
        sync_folder(folder)
    return found


def is_armed(data_dir: Path) -> bool:
    """Whether the next start puts in a backup, or goes on with that."""
    return (data_dir / RESTORE / ARMED).exists()


def arm(data_dir: Path, id: str, step: Step = no_step, *, leaves: bool = False) -> None:
    """From now on the next start puts in what was staged, if it is that. Durable on return. Raises StoreError.

    `leaves`: the ledger that is here holds what the cloud lacks, and is kept for as long as the box is not erased.
    """
    marker = data_dir / RESTORE / ARMED
    with disk_errors(marker, "the backup cannot be put in"):
        ready = data_dir / RESTORE / READY
        if not ready.is_file() or ready.read_text(encoding="utf-8") != id:
            raise StoreError("no backup is ready", where=str(data_dir / RESTORE))
        written = marker.with_name(f"{ARMED}.new")  # never a marker that has lost its word
        try:
            written.write_text(UNSENT if leaves else "", encoding="utf-8")
            sync_file(written)
            written.replace(marker)
            step("armed")
            sync_folder(marker.parent)
        except OSError:
            marker.unlink(missing_ok=True)  # whoever is told that it failed must not find it done by a later start
            raise
        step("armed durably")


def forget_staged(data_dir: Path) -> None:
    """What was looked at and not put in. Raises StoreError."""
    folder = data_dir / RESTORE
    with disk_errors(folder, "a backup cannot be removed"):
        if folder.is_dir() and not (folder / ARMED).exists():
            shutil.rmtree(folder)


def put_in(data_dir: Path, at: datetime, step: Step = no_step) -> bool:
    """At a start, under the folder's lock, before anything is read: whether the shop is another one now.

    May be cut anywhere and called again: a file that is in `new` still has not been moved. Raises StoreError.
    """
    folder, new = data_dir / RESTORE, data_dir / RESTORE / NEW
    if not is_armed(data_dir):
        return False
    with disk_errors(folder, "the backup cannot be put in"):
        reason = f"{(folder / ARMED).read_text(encoding='utf-8')} {_BEFORE}".strip()
        if new.is_dir():
            _move_documents(data_dir, new, at, step)
            for path in _files(new):
                _move(path, data_dir, new, at, reason if path.name == LEDGER_FILE else _BEFORE, step)
            shutil.rmtree(new)
            step("emptied")
        (folder / ARMED).unlink()
        sync_folder(folder)
        step("put in")
        shutil.rmtree(folder, ignore_errors=True)
    return True


# --- checking --------------------------------------------------------------------------------------------------------


def _look(file: IO[bytes], tid: str, free: int) -> BackupHead:
    """What shows without the password, so that nobody types one in vain."""
    head, _ = read_sealed_head(file)
    if head.ledger > len(MIGRATIONS):
        raise BackupRefused("newer", expected=f"schema {len(MIGRATIONS)}", got=str(head.ledger))
    if head.tid != tid:
        raise BackupRefused("other_shop", expected=tid, got=f"{head.tid} {head.shop or head.store}".strip())
    if head.octets + MARGIN_OCTETS > free:
        needed = (head.octets + MARGIN_OCTETS) // 1_000_000
        raise BackupRefused("room", expected=f"{needed} MB", got=f"{free // 1_000_000} MB")
    return head


def _unpack(sealed: Unsealer, head: BackupHead, to: Path) -> None:
    make_folder(to)
    for name, content in entries(sealed, head):
        make_folder((to / name).parent)
        try:
            with (to / name).open("xb") as file:
                shutil.copyfileobj(content, file, BLOCK)
        except (FileExistsError, tarfile.TarError, zlib.error, EOFError) as error:
            raise BackupRefused("broken", where=name) from error


def _checked(new: Path, head: BackupHead, machine: Machine) -> FoundBackup:
    """Each file as a start would read it, but strictly: what a start would set aside is refused here."""
    try:
        for path in _files(new):
            name = path.relative_to(new).as_posix()
            if CATALOGUE.fullmatch(name):
                CatalogueFile.open(path).close()
            elif path.parent.name == DOCUMENTS and path.stem in COLLECTIONS:
                read_tables(path, COLLECTIONS[path.stem])
        return _ledger_made_ready(new / LEDGER_FILE, head, machine)
    except CorruptStore as error:
        raise BackupRefused("newer" if error.is_newer else "broken", where=error.what[:80]) from error


def _ledger_made_ready(path: Path, head: BackupHead, machine: Machine) -> FoundBackup:
    if not path.is_file():
        raise CorruptStore("there is no ledger in it")
    try:
        with closing(sqlite3.connect(path)) as ledger:
            (verdict,) = ledger.execute("PRAGMA integrity_check(1)").fetchone()
            if verdict != "ok":
                raise CorruptStore(f"the ledger is damaged: {verdict}")
            (sales,) = ledger.execute("SELECT count(*) FROM sale").fetchone()
            (last_at,) = ledger.execute("SELECT coalesce(max(at), '') FROM journal").fetchone()
    except sqlite3.Error as error:
        raise CorruptStore(f"the ledger cannot be read: {error}") from error
    ledger_file = Ledger.open(path, machine.clock, machine.chance, machine.disk)
    try:
        if ledger_file.set_aside is not None:
            raise CorruptStore(ledger_file.set_aside.reason)
        begin_anew(ledger_file, machine.chance)
    finally:
        ledger_file.close(clean=False)
    with closing(sqlite3.connect(path)) as ledger:
        raise_hold_numbers(ledger)
        ledger.execute("PRAGMA journal_mode=DELETE")  # one file to be moved; the next start opens its log anew
    return FoundBackup(
        head.prefix.hex(), head.tid, head.store, head.shop, head.made_at, head.app, int(sales), str(last_at)
    )


# --- moving ----------------------------------------------------------------------------------------------------------


def _move_documents(data_dir: Path, new: Path, at: datetime, step: Step) -> None:
    """As one: of the old ones none stays, nor a last copy, from which one that the backup lacks would come back."""
    folder = data_dir / DOCUMENTS
    if not (new / DOCUMENTS).is_dir():
        return
    if folder.is_dir():
        for path in sorted(folder.rglob("*")):
            if path.is_symlink() or not path.is_dir():  # a folder that somebody made there has no name of its own aside
                set_aside(path, at=at, reason=_BEFORE, folder=data_dir / ASIDE)
                step(f"aside {path.name}")
        shutil.rmtree(folder)
    (new / DOCUMENTS).rename(folder)
    sync_folder(data_dir)
    sync_folder(new)
    step("moved documents")


def _move(path: Path, data_dir: Path, new: Path, at: datetime, reason: str, step: Step) -> None:
    name = path.relative_to(new)
    target = data_dir / name
    if name.parts[0] == SETTINGS_FOLDER:
        target = data_dir / RESTORED_SETTINGS / name.name
    make_folder(target.parent)
    if target.exists():
        set_aside(target, at=at, reason=reason, folder=data_dir / ASIDE)
        step(f"aside {name}")
    # Of a cut in the middle of that: what SQLite keeps beside a ledger would be played into the new one.
    for suffix in COMPANIONS:
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    path.replace(target)
    sync_folder(target.parent)
    sync_folder(path.parent)
    step(f"moved {name}")


def _files(folder: Path) -> Iterator[Path]:
    """The ledger last: while it is missing, nobody takes what is here for a shop."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    yield from (path for path in found if path.name != LEDGER_FILE)
    yield from (path for path in found if path.name == LEDGER_FILE)


def _sync_tree(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            sync_folder(path)
        else:
            sync_file(path)
    sync_folder(folder)
    sync_folder(folder.parent)
