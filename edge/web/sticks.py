"""USB sticks on the pages: which there are, what is on them, and how a save to one goes (product rows 94 and 112)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from edge.messages import PageOrder
from edge.model.backup import Stage
from edge.model.stick import Stick, StickFile, StickSave
from edge.web.forms import Form
from edge.web.ordering import OF_THE_JOB, Order, told_of
from edge.web.site import Doing, End, Shown, Told

KEY = r"^[0-9a-f]{16}$"


@dataclass(frozen=True, slots=True)
class StickFacts:
    """Callable from any thread. `files`: those that end in one of these, the newest first."""

    look: Callable[[], Sequence[Stick]]
    files: Callable[[Sequence[str]], Sequence[StickFile]]
    save: Callable[[], StickSave]


class StickShown(Shown):
    """`free`: room, in words."""

    key: str
    label: str
    free: str
    read_only: bool


class FileShown(Shown):
    """On which stick it lies: `label`."""

    key: str
    name: str
    size: str
    label: str


class SaveShown(Shown):
    """`sticks` that are plugged in, and how the last save of this page ended: `name` on the stick `label`, `why` not.
    RUNNING: one of any page is on its way.
    """

    sticks: tuple[StickShown, ...]
    stage: Stage
    name: str
    label: str
    why: str


class StickForm(Form):
    """Onto which one."""

    stick: str = Field(pattern=KEY)


def save_shown(facts: StickFacts, kind: str) -> SaveShown:
    """`kind`: the order by which this page saves. Of a stick that was pulled out nothing is told any more."""
    save, sticks = facts.save(), facts.look()
    is_here = save.saved is None or any(stick.key == save.saved.key for stick in sticks)
    is_told = save.stage is Stage.RUNNING or (save.kind == kind and is_here)
    return SaveShown(
        sticks=tuple(
            StickShown(key=one.key, label=one.label, free=size(one.free), read_only=one.read_only) for one in sticks
        ),
        stage=save.stage if is_told else Stage.NONE, name=save.saved.name if save.saved else "",
        label=save.saved.label if save.saved else "", why=save.why,
    )  # fmt: skip


def files_shown(facts: StickFacts, endings: Sequence[str]) -> tuple[FileShown, ...]:
    return tuple(
        FileShown(key=file.key, name=file.name, size=size(file.octets), label=file.stick.label)
        for file in facts.files(endings)
    )


def save(facts: StickFacts, order: Order, kind: str, args: Mapping[str, Any], doing: Doing) -> Told:
    """Done only when the stick may be pulled out."""
    told, code = told_of(order(PageOrder(doing.cid, kind, args, doing.account.value, doing.mark)), "stick.saved")
    if code == "cmd.busy":
        return Told(End.REFUSED, "stick.busy", field="stick")
    if code in OF_THE_JOB and (why := facts.save().why):
        return Told(End.REFUSED, f"file.{why}", field="stick")
    return Told(End.RUNNING, "stick.running") if told.end is End.RUNNING else told


def size(octets: int) -> str:
    for unit, one in (("GB", 1_000_000_000), ("MB", 1_000_000)):
        if octets >= one:
            return f"{octets / one:.1f} {unit}"
    return f"{-(-octets // 1_000)} KB"
