"""A USB stick that is plugged in, and files on it."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from edge.model.backup import Stage


@dataclass(frozen=True, slots=True)
class Stick:
    """As it was mounted: `key` names this one, not the next at the same place. `label` can be shown as it is.

    `folder`: where its files are; `device`: the kernel's number of what must lie there, such as 8:1. In octets.
    """

    key: str
    label: str
    folder: str
    device: str
    free: int
    total: int
    read_only: bool


@dataclass(frozen=True, slots=True)
class StickFile:
    """A plain file in the stick's own folder. `raw`: its name as the stick has it, `name` as it can be shown.

    `key` names it in a form: what a browser sends is looked up in a list, and is never a part of a path.
    """

    key: str
    name: str
    octets: int
    changed_s: float
    """Since 1970, by the clock of who wrote it."""
    stick: Stick
    raw: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What is on a stick, for good: `name`, on the stick that is called `label`."""

    key: str
    label: str
    name: str


@dataclass(frozen=True, slots=True)
class StickSave:
    """How the last save stands, for the page. `kind`: what ordered it; `why`: codes of `StickRefused`; "room":
    on the box; "internal".
    """

    stage: Stage = Stage.NONE
    kind: str = ""
    saved: Saved | None = None
    why: str = ""


def key_of(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:16]
