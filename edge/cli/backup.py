"""`edge backup` and `edge restore`: the shop as one sealed file, and a box that becomes it."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from random import SystemRandom

from edge.clock import iso_ms
from edge.config import load_settings
from edge.devices import load_driver
from edge.errors import SettingsError
from edge.keeping import backup_facts, restore_now
from edge.model.backup import MAX_PASSWORD, MIN_PASSWORD
from edge.outside import Outside
from edge.store.backup import backup_name, make_backup
from edge.store.durability import disk_errors
from edge.store.folder_lock import is_taken


def back_up(config: str, to: str, password_file: str | None) -> int:
    """While the terminal sells, too. `to`: the file, or the folder in which it gets a name of its own."""
    settings, outside = load_settings(Path(config), load_driver), Outside()
    password = _password(password_file, twice=True)
    at, own = iso_ms(outside.clock.wall()), settings.terminal
    target = Path(to) / backup_name(own.tid, at) if Path(to).is_dir() else Path(to)
    made = make_backup(
        own.data_dir, target, password, backup_facts(settings), at=at, chance=SystemRandom(),
        progress=lambda done, of: None, disk=outside.disk,
    )  # fmt: skip
    print(f"{made.path}: {made.octets:,} octets, journal {made.journal_n}, sha256 {made.sha256}")
    return 0


def restore(config: str, backup: str, password_file: str | None, *, look_only: bool, leave_unsent: bool) -> int:
    """The terminal does not run. Everything is checked before anything changes. `look_only`: then nothing does."""
    settings, outside = load_settings(Path(config), load_driver), Outside()
    data_dir = settings.terminal.data_dir
    if data_dir.exists() and data_dir.stat().st_uid != os.geteuid():
        cure = f"Try: sudo -u '#{data_dir.stat().st_uid}' edge restore"
        raise SettingsError("what is made here could not be removed by the terminal", where=str(data_dir), cure=cure)
    if is_taken(data_dir):
        raise SettingsError("the terminal is running", where=str(data_dir), cure="Stop it first, or use its page.")
    with disk_errors(Path(backup), "the backup cannot be read"):
        Path(backup).open("rb").close()
    password = _password(password_file, twice=False)
    found = restore_now(
        settings, Path(backup), password, outside, look_only=look_only, leave_unsent=leave_unsent
    )  # fmt: skip
    print(f"{found.tid} {found.shop or found.store}: {found.sales} sales, made {found.made_at}, newest {found.last_at}")
    if not look_only:
        print("put in; what was here lies in aside. Enrol the box if it has no certificate, then: edge run")
    return 0


def _password(file: str | None, *, twice: bool) -> str:
    """From the first line of a file, else typed without being shown. Raises SettingsError."""
    if file is not None:
        try:
            typed = (Path(file).read_text(encoding="utf-8").splitlines() or [""])[0]
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"the password cannot be read: {error}", where=file) from error
    else:
        typed = getpass.getpass("password of the backup: ", stream=sys.stderr)
        if twice and getpass.getpass("once more: ", stream=sys.stderr) != typed:
            raise SettingsError("these two passwords differ")
    if not MIN_PASSWORD <= len(typed) <= MAX_PASSWORD:
        expected = f"{MIN_PASSWORD} to {MAX_PASSWORD} characters"
        raise SettingsError("this is no password for a backup", expected=expected, got=f"{len(typed)} characters")
    return typed
