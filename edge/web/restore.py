"""A backup put into this box: looked at as a whole first, then put in by a start of its own (product row 112)."""

from __future__ import annotations

import secrets

from pydantic import ConfigDict, Field

from edge.messages import PageOrder
from edge.model.backup import FROM_STICK, MAX_PASSWORD, SUFFIX, Keeping, Secret, Stage
from edge.web.forms import Form
from edge.web.ordering import OF_THE_JOB, give, told_of
from edge.web.site import TECHNICIAN, Action, Asking, Doing, End, Shown, Sink, Told, View
from edge.web.sources import PageSources
from edge.web.sticks import KEY, FileShown, files_shown
from edge.web.upload import FILE

PATH = "/restore"
LOOK, GO = "restore.look", "restore.go"


class Restore(Shown):
    """What was found in the backup. `unsaved`: what this box would lose. `files`: backups on sticks, of `sticks`."""

    stage: Stage
    id: str
    tid: str
    shop: str
    made_at: str
    last_at: str
    sales: int
    app: str
    unsaved: int
    is_armed: bool
    sticks: int
    files: tuple[FileShown, ...]


class LookForm(Form):
    """The password stands before the file, and so does what proves whose form it is."""

    model_config = ConfigDict(str_strip_whitespace=False)

    password: str = Field(min_length=1, max_length=MAX_PASSWORD)


class StickLookForm(LookForm):
    """`file`: the key of one that the page shows."""

    file: str = Field(pattern=KEY)


class GoForm(Form):
    id: str = Field(min_length=1, max_length=32)


def restore_view(sources: PageSources) -> View:
    def read(_: Asking) -> Restore:
        state = sources.keep.state()
        found = state.found
        return Restore(
            stage=state.restore, id=found.id if found else "", tid=found.tid if found else "",
            shop=(found.shop or found.store) if found else "", made_at=found.made_at if found else "",
            last_at=found.last_at if found else "", sales=found.sales if found else 0, app=found.app if found else "",
            unsaved=sources.keep.unsaved(), is_armed=state.is_armed,
            sticks=len(sources.sticks.look()), files=files_shown(sources.sticks, (SUFFIX,)),
        )  # fmt: skip

    return View("restore", PATH, Restore, read, TECHNICIAN, in_menu=False)


def restore_actions(sources: PageSources) -> tuple[Action, ...]:
    keep = sources.keep

    def given(cid: str) -> Sink:
        return keep.given(f"{cid}-{secrets.token_hex(4)}")  # a form that is sent twice must not write into one file

    def look(form: LookForm, doing: Doing) -> Told:
        told = look_at(form, doing.given, doing)
        if told.end is not End.RUNNING or keep.state().looking != doing.given:
            keep.drop_given(doing.given)  # of a form that was sent twice, one file is looked at
        return told

    def look_on_stick(form: StickLookForm, doing: Doing) -> Told:
        return look_at(form, f"{FROM_STICK}{form.file}", doing)

    def look_at(form: LookForm, path: str, doing: Doing) -> Told:
        args = {"password": Secret(form.password), "path": path}
        told, code = told_of(
            sources.order(PageOrder(doing.cid, LOOK, args, doing.account.value, doing.mark)), "restore.looked"
        )
        return _why(keep.state(), keep.tid) or told if code in OF_THE_JOB else told

    def go(form: GoForm, doing: Doing) -> Told:
        if keep.unsaved():
            return Told(End.REFUSED, "restore.unsaved")
        return give(sources.order, GO, {"id": form.id}, doing, "restore.goes")

    return (
        Action(PATH, PATH, LookForm, look, TECHNICIAN, keeps=given),
        Action(f"{PATH}/stick", PATH, StickLookForm, look_on_stick, TECHNICIAN),
        Action(f"{PATH}/go", PATH, GoForm, go, TECHNICIAN),
    )


def _why(state: Keeping, own: str) -> Told | None:
    """What is wrong with what was looked at; None: it is not known."""
    if not state.restore_why:
        return None
    field = "password" if state.restore_why == "password" else FILE
    return Told(End.REFUSED, f"file.{state.restore_why}", {"got": state.restore_got, "own": own}, field=field)
