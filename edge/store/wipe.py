"""A folder that is emptied until nothing is left: a file says so, and each start goes on where the last one ended.

What a card has written it may keep in cells that nobody can reach: who must be sure destroys the card.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from edge.errors import StoreError
from edge.store.durability import Step, disk_errors, no_step, sync_file, sync_folder
from edge.store.shop_folder import DOCUMENTS, KEYS, LOCK

MARK = "erase"
"""What it holds is the number of the certificate."""
MAX_MARK_OCTETS = 200


def mark(data_dir: Path, number: str, step: Step = no_step) -> None:
    """From now on nothing here is to be read any more. Durable on return. Raises StoreError."""
    path = data_dir / MARK
    beside = path.with_name(f"{MARK}.new")
    with disk_errors(path, "the box cannot be erased"):
        beside.write_text(number, encoding="utf-8")
        sync_file(beside)
        beside.replace(path)
        step("marked")
        sync_folder(data_dir)
        step("marked durably")


@dataclass(frozen=True, slots=True)
class Wiped:
    """`number` of the certificate; empty: nobody wants that. `left`: what stayed, none of it the shop's."""

    number: str = ""
    left: tuple[str, ...] = ()


def wipe(data_dir: Path, step: Step = no_step) -> Wiped:
    """At a start, under the folder's lock. Raises StoreError where the shop itself cannot be removed.

    May be cut anywhere and called again.
    """
    left: list[str] = []
    path = data_dir / MARK
    with disk_errors(data_dir, "the box cannot be erased"):
        if not path.exists():
            return Wiped()
        number = path.read_text("utf-8", "replace")[:MAX_MARK_OCTETS] or "?"
        _spoil_keys(data_dir / KEYS)
        step("keys")
        for found in sorted(data_dir.iterdir()):
            if found.name not in (MARK, LOCK):
                left += _remove(found)
                step(f"gone {found.name}")
        if kept := [name for name in left if _is_shop(Path(name).relative_to(data_dir))]:
            raise StoreError("the box cannot be erased", where=kept[0], cure="Check the disk.")
        sync_folder(data_dir)
        path.unlink()
        sync_folder(data_dir)
        step("erased")
    return Wiped(number, tuple(left))


def _is_shop(path: Path) -> bool:
    """What the next start would read: a box that has it still is none that forgot."""
    first = path.parts[0]
    return first in (KEYS, DOCUMENTS) or first.endswith(".db") or ".db-" in first


def _spoil_keys(folder: Path) -> None:
    """Before their names go: what is overwritten is not found by whoever looks through a copy of the card's files."""
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and not path.is_symlink():
            with path.open("r+b") as file:
                file.write(b"\0" * path.stat().st_size)
                file.flush()
                os.fsync(file.fileno())


def _remove(path: Path) -> list[str]:
    """As much of it as lets itself; what does not, such as the `lost+found` of a disk."""
    left: list[str] = []
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, onerror=lambda _call, name, _why: left.append(str(name)))
        return left
    try:
        path.unlink(missing_ok=True)
    except OSError:
        left.append(str(path))
    return left
