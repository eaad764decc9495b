"""A shop kept and moved, wired: what goes into a backup of it, and what a start finishes before anything is read."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from edge import __version__
from edge.clock import iso_ms
from edge.config import TABLES, Settings
from edge.devices import RECEIPT_PRINTER, device_of
from edge.errors import StoreError
from edge.model.backup import SUFFIX, FoundBackup, MadeBackup, Secret
from edge.off_stick import OffStick
from edge.outside import Outside
from edge.services.keeping import KeepText, KeepWays
from edge.store.backup import BackupFacts, backup_name, drop_backups, make_backup
from edge.store.bundles import Bundles
from edge.store.folder_lock import FolderLock
from edge.store.given import MAX_GIVEN_OCTETS, Given, drop_given
from edge.store.queries import LedgerQueries
from edge.store.restore import Machine, arm, forget_staged, put_in, stage
from edge.store.shop_folder import BACKUP, LEDGER_FILE
from edge.store.stick_given import fetch
from edge.store.wipe import mark, wipe

MAX_LEFT = 20
"""Named in the log."""
BUNDLE_DAYS, MAX_BUNDLE_OCTETS = 7, 20 * 1024 * 1024
PAGE_BUNDLE = "page-"
"""Begins the name of the one that the page hands out; one of its own each, since a browser may still get the last."""

_SECRET = frozenset({"key_file", "cert_file", "ca_file"})
"""Of [cloud]: who this box is goes into no backup (docs/identity.md)."""
_log = logging.getLogger("edge.store")


def backup_facts(settings: Settings) -> BackupFacts:
    own = settings.terminal
    return BackupFacts(own.tid, own.store, own.shop, __version__, settings_files(settings))


def settings_files(settings: Settings) -> Mapping[str, Path]:
    """The settings file, and each file that it names, by its last name."""
    found = {Path(settings.file.name).name: Path(settings.file.name)}
    for name in TABLES:
        table = getattr(settings, name)
        for key, value in dict(table or {}).items():
            if isinstance(value, Path) and key not in _SECRET and value.is_file():
                found.setdefault(value.name, value)
    return found


def machine(outside: Outside) -> Machine:
    return Machine(outside.clock, outside.chance, outside.disk)


@dataclass(frozen=True, slots=True)
class Begun:
    """What a start did first. `erased`: the number of the certificate, empty where nothing was."""

    is_restored: bool = False
    erased: str = ""
    left: tuple[str, ...] = ()
    """What could not be erased."""

    def __bool__(self) -> bool:
        return self.is_restored or bool(self.erased)

    def log(self) -> None:
        """Once there is a log again."""
        if self.is_restored:
            _log.warning("a backup was put in: this box is its shop from now on; what was here lies in aside")
        if self.erased:
            _log.warning("the box was erased, certificate %s", self.erased)
        if self.left:
            _log.error("this could not be erased: %s", ", ".join(self.left[:MAX_LEFT]))


def finish_what_was_begun(data_dir: Path, outside: Outside) -> Begun:
    """Before a start reads or writes anything else: true where the folder is another one than before. Raises
    SettingsError, StoreError. Under the folder's lock: two that move the same files would lose some.
    """
    if not data_dir.is_dir():
        return Begun()
    lock = FolderLock(data_dir)
    lock.take()
    try:
        return _finished(data_dir, outside)
    finally:
        lock.release()


def _finished(data_dir: Path, outside: Outside) -> Begun:
    wiped = wipe(data_dir, outside.disk.reached)
    begun = Begun(
        erased=wiped.number,
        left=wiped.left,
        is_restored=put_in(data_dir, outside.clock.wall(), outside.disk.reached),
    )
    for clear in (forget_staged, drop_backups):
        try:
            clear(data_dir)
        except StoreError as error:
            _log.warning("%s", error)  # of scratch that somebody else owns: no reason not to sell
    return begun


def restore_now(
    settings: Settings, backup: Path, password: str, outside: Outside, *, look_only: bool, leave_unsent: bool
) -> FoundBackup:
    """By the command line: all of it under the folder's lock, so that no start comes between. `look_only`: nothing
    changes. `leave_unsent`: what the cloud lacks goes to aside, too. Raises SettingsError, BackupRefused, StoreError.
    """
    data_dir = settings.terminal.data_dir
    lock = FolderLock(data_dir)
    lock.take()
    try:
        _finished(data_dir, outside)
        if not (look_only or leave_unsent):
            _check_sent(data_dir / LEDGER_FILE)
        found = stage(data_dir, backup, password, settings.terminal.tid, machine(outside))
        if look_only:
            forget_staged(data_dir)
        else:
            arm(data_dir, found.id, outside.disk.reached, leaves=leave_unsent)
            _finished(data_dir, outside)
    finally:
        lock.release()
    return found


def _check_sent(ledger: Path) -> None:
    """One that cannot be read may hold anything."""
    cure = "Start the terminal and wait, or edge backup it first; with --leave-unsent they go to aside."
    try:
        count = LedgerQueries(ledger).unsaved() if ledger.exists() else 0
    except (StoreError, LookupError) as error:
        what = "it cannot be seen whether this box holds records that the cloud lacks"
        raise StoreError(what, where=str(ledger), got=str(error), cure=cure) from error
    if count:
        raise StoreError("this box holds records that the cloud lacks", where=str(ledger), got=str(count), cure=cure)


def keep_ways(
    settings: Settings, outside: Outside, told: Callable[[], Mapping[str, Any]], off_stick: OffStick
) -> KeepWays:  # fmt: skip
    """`told`: what a bundle says of this box, as for the cloud."""
    own, data_dir = settings.terminal, settings.terminal.data_dir

    def make(password: Secret, percent: Callable[[int], None]) -> MadeBackup:
        drop_backups(data_dir)
        at = iso_ms(outside.clock.wall())
        return make_backup(
            data_dir, data_dir / BACKUP / backup_name(own.tid, at), password.text, backup_facts(settings), at=at,
            chance=outside.chance, progress=lambda done, of: percent(100 * done // max(1, of)), disk=outside.disk,
        )  # fmt: skip

    def fetched(key: str) -> Path:
        given = Given(data_dir, f"stick-{key}", outside.disk)
        return fetch(outside.sticks(), (SUFFIX,), key, given, MAX_GIVEN_OCTETS, empty="truncated")

    def look(job: str, password: Secret, path: str) -> bool:
        def staged(given: Path) -> FoundBackup:
            try:
                return stage(data_dir, given, password.text, own.tid, machine(outside))
            finally:
                drop_given(given)

        return off_stick.begin(job, path, fetched=fetched, work=staged)

    def bundle(cid: str) -> str:
        return str(make_bundle(settings, outside, told(), f"{PAGE_BUNDLE}{cid}.zip", before=f"{PAGE_BUNDLE}*.zip"))

    return KeepWays(
        make, lambda: drop_backups(data_dir), look, lambda id: arm(data_dir, id, outside.disk.reached),
        lambda number: mark(data_dir, number, outside.disk.reached), bundle,
    )  # fmt: skip


def make_bundle(settings: Settings, outside: Outside, told: Mapping[str, Any], name: str, *, before: str) -> Path:
    """See `Bundles.for_a_person`. Raises StoreError."""
    bundles = Bundles(settings.terminal.data_dir, outside.disk)
    since = iso_ms(outside.clock.wall() - timedelta(days=BUNDLE_DAYS))
    return bundles.for_a_person(name, told, before=before, since=since, max_octets=MAX_BUNDLE_OCTETS).path


def keep_text(settings: Settings) -> KeepText:
    own = settings.terminal
    printer = device_of(settings, RECEIPT_PRINTER) is not None
    return KeepText(own.tid, own.shop, own.zone, own.language.value, printer)
