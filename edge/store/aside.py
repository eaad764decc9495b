"""Where damaged files go: data_dir/aside, under a name that says when and why. Nothing there is ever overwritten."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path

from edge.store.durability import disk_errors, make_folder, sync_folder

COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; a copy without its WAL would lack the last commits."""
UNSENT = "unsent"
"""First word of the reason of a file that holds what exists nowhere else."""
_MAX_REASON = 40
_STAMPED = "%Y%m%dT%H%M%SZ"
_STAMP = re.compile(r"\.(\d{8}T\d{6}Z)\.")


def set_aside(path: Path, *, at: datetime, reason: str, folder: Path | None = None) -> Path:
    """Move `path` and its SQLite companions to `folder` (default: aside/ beside it); returns the new path.

    ledger.db becomes aside/ledger.20261123T050359Z.damaged.db. Durable on return; a power cut before that leaves the
    file where it was. Raises StoreError, then nothing has been lost.
    """
    folder = path.parent / "aside" if folder is None else folder
    with disk_errors(path, "cannot be set aside"):
        make_folder(folder)
        kept_as = _link_under_new_name(path, folder, at, reason)
        companions = [path.with_name(path.name + suffix) for suffix in COMPANIONS]
        present = [companion for companion in companions if companion.exists()]
        for companion in present:
            os.link(companion, kept_as.with_name(kept_as.name + companion.name.removeprefix(path.name)))
        sync_folder(folder)
        # The database goes first: SQLite would take a database without its WAL for a whole one.
        for name in (path, *present):
            name.unlink()
        sync_folder(path.parent)
    return kept_as


def forget_aside(folder: Path, before: datetime) -> int:
    """Remove what was set aside before, by the moment in its name; how many files. What was unsent stays. Raises
    StoreError.
    """
    gone = 0
    with disk_errors(folder, "what was set aside cannot be removed"):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            at, is_kept = _set_aside_at(path.name), f"Z.{UNSENT}-" in path.name
            if at is not None and at < before and not is_kept:
                path.unlink(missing_ok=True)
                gone += 1
        if gone:
            sync_folder(folder)
    return gone


def _set_aside_at(name: str) -> datetime | None:
    found = _STAMP.search(name)
    try:
        return datetime.strptime(found[1], _STAMPED).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def _link_under_new_name(path: Path, folder: Path, at: datetime, reason: str) -> Path:
    """A hard link, since that fails where a rename would overwrite."""
    stamp = at.astimezone(UTC).strftime(_STAMPED)
    words = re.sub(r"[^a-z0-9]+", "-", reason.lower()).strip("-")[:_MAX_REASON] or "damaged"
    number = 1
    while True:
        again = "" if number == 1 else f"-{number}"
        kept_as = folder / f"{path.stem}.{stamp}.{words}{again}{path.suffix}"
        try:
            os.link(path, kept_as)
        except FileExistsError:
            number += 1
        else:
            return kept_as
