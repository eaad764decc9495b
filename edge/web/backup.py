"""A backup of the shop: made while it sells, taken along as one file with a password (product row 112)."""

from __future__ import annotations

from pathlib import Path

from pydantic import ConfigDict, Field
from starlette.exceptions import HTTPException

from edge.messages import PageOrder
from edge.model.backup import MAX_PASSWORD, MIN_PASSWORD, Secret, Stage
from edge.web.downloads import of_file
from edge.web.forms import Form
from edge.web.ordering import OF_THE_JOB, give, told_of
from edge.web.site import Action, Asking, Doing, Download, End, Handed, Shown, Told, View
from edge.web.sources import PageSources
from edge.web.sticks import SaveShown, StickForm, save, save_shown

PATH, FILE = "/backup", "/backup/file"
MAKE, SAFE, TO_STICK = "backup.make", "backup.safe", "stick.backup"
MEDIA = "application/octet-stream"


class Backup(Shown):
    """`percent` of one that is being made. `is_safe`: a person has said that it lies elsewhere, too. `unsaved`: rows of
    money and custody that are on this box alone.
    """

    stage: Stage
    percent: int
    name: str
    megabytes: float
    made_at: str
    sha256: str
    is_safe: bool
    why: str
    unsaved: int
    stick: SaveShown


class BackupForm(Form):
    """Letter by letter: a blank at its end is a part of it."""

    model_config = ConfigDict(str_strip_whitespace=False)

    password: str = Field(min_length=MIN_PASSWORD, max_length=MAX_PASSWORD)
    password_again: str = Field(max_length=MAX_PASSWORD)


class SafeForm(Form):
    """Of the backup that was shown to whoever says that it lies elsewhere, too."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


def backup_view(sources: PageSources) -> View:
    def read(_: Asking) -> Backup:
        state = sources.keep.state()
        made = state.made
        return Backup(
            stage=state.backup, percent=state.percent, name=Path(made.path).name if made else "",
            megabytes=max(0.1, round(made.octets / 1_000_000, 1)) if made else 0.0,
            made_at=made.made_at if made else "", sha256=made.sha256 if made else "",
            is_safe=state.is_safe, why=state.backup_why,
            unsaved=sources.keep.unsaved(), stick=save_shown(sources.sticks, TO_STICK),
        )  # fmt: skip

    return View("backup", PATH, Backup, read)


def backup_actions(sources: PageSources) -> tuple[Action, ...]:
    def make(form: BackupForm, doing: Doing) -> Told:
        if form.password != form.password_again:
            return Told(End.REFUSED, "password.differs", field="password_again")
        order = PageOrder(doing.cid, MAKE, {"password": Secret(form.password)}, doing.account.value, doing.mark)
        told, code = told_of(sources.order(order), "backup.made")
        if code in OF_THE_JOB and sources.keep.state().backup_why:
            return Told(End.REFUSED, f"file.{sources.keep.state().backup_why}")
        return told

    def safe(form: SafeForm, doing: Doing) -> Told:
        """Only a person can tell: what has left this box may lie in a browser's buffer, on a phone that is full."""
        told = give(sources.order, SAFE, {"sha256": form.sha256}, doing, "backup.safe.noted")
        return Told(End.REFUSED, "backup.safe.gone") if told.end is End.REFUSED else told

    def to_stick(form: StickForm, doing: Doing) -> Told:
        if sources.keep.state().made is None:
            return Told(End.REFUSED, "backup.safe.gone")
        return save(sources.sticks, sources.order, TO_STICK, {"stick": form.stick}, doing)

    return (
        Action(PATH, PATH, BackupForm, make),
        Action(f"{PATH}/safe", PATH, SafeForm, safe),
        Action(f"{PATH}/stick", PATH, StickForm, to_stick),
    )


def backup_download(sources: PageSources) -> Download:
    def find(_: Asking) -> Handed:
        made = sources.keep.state().made
        if made is None:
            raise HTTPException(404)
        return of_file(Path(made.path), Path(made.path).name, MEDIA)

    return Download(FILE, find)
