"""A backup and what is done with one: made, fetched, looked at, put in; and a box that is to forget everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

MIN_PASSWORD = 10
"""Characters: whoever has the file may try as often as they like."""
MAX_PASSWORD = 64
SUFFIX = ".edgebackup"
FROM_STICK = "stick:"
"""Stands before the key of a file on a stick, where else the path of one is that was brought."""


class Stage(StrEnum):
    """Of what is made or looked at on the jobs thread."""

    NONE = "none"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Secret:
    """A password on its way between threads: in no text of it."""

    text: str = field(repr=False)


def saved_mark(epoch: str, tx: int, pk: int) -> str:
    """How far money and custody had come: while it is the same, a backup with this mark lacks none of either."""
    return f"{epoch} {tx} {pk}"


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """`journal_n`: the newest row of the journal that is in it. `saved`: see `saved_mark`."""

    path: str
    octets: int
    sha256: str
    made_at: str
    journal_n: int
    saved: str


@dataclass(frozen=True, slots=True)
class FoundBackup:
    """A backup that was looked at as a whole and could be put in. `id`: no other has it. `sales`: how many it knows."""

    id: str
    tid: str
    store: str
    shop: str
    made_at: str
    app: str
    sales: int
    last_at: str
    """When its newest row was written."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How it all stands, for the page. `percent` of a backup that is being made; `why`: codes of `BackupRefused`."""

    backup: Stage = Stage.NONE
    percent: int = 0
    made: MadeBackup | None = None
    is_safe: bool = False
    """Somebody has said that `made` lies elsewhere, too."""
    backup_why: str = ""
    restore: Stage = Stage.NONE
    looking: str = ""
    """The file that is looked at."""
    found: FoundBackup | None = None
    restore_why: str = ""
    restore_got: str = ""
    """Whose it is instead, or how much room there is."""
    is_armed: bool = False
    """The next start puts it in."""
    bundle: Stage = Stage.NONE
    bundle_path: str = ""
