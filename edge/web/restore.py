"""A backup put into this box: looked at as a whole first, then put in by a start of its own (product row 112)."""

from __future__ import annotations

import secrets

from pydantic import ConfigDict, Field

from edge.messages import PageOrder
from edge.model.backup import MAX_PASSWORD, Secret, Stage
from edge.web.backup import OF_THE_JOB
from edge.web.forms import Form
from edge.web.ordering import give, told_of
from edge.web.site import TECHNICIAN, Action, Asking, Doing, End, Shown, Sink, Told, View
from edge.web.sources import PageSources
from edge.web.upload import FILE

PATH = "/restore"
LOOK, GO = "restore.look", "restore.go"


class Restore(Shown):
    """What was found in the backup; `why` it was refused. `unsaved`: what this box would lose."""

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


class LookForm(Form):
    """The password stands before the file, and so does what proves whose form it is."""

    model_config = ConfigDict(str_strip_whitespace=False)

    password: str = Field(min_length=1, max_length=MAX_PASSWORD)


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
        )  # fmt: skip

    return View("restore", PATH, Restore, read, TECHNICIAN, in_menu=False)


def restore_actions(sources: PageSources) -> tuple[Action, ...]:
    keep = sources.keep

    def given(cid: str) -> Sink:
        return keep.given(f"{cid}-{secrets.token_hex(4)}")  # a form that is sent twice must not write into one file

    def look(form: LookForm, doing: Doing) -> Told:
        args = {"password": Secret(form.password), "path": doing.given}
        told, code = told_of(
            sources.order(PageOrder(doing.cid, LOOK, args, doing.account.value, doing.mark)), "restore.looked"
        )
        state = keep.state()
        if told.end is not End.RUNNING or state.looking != doing.given:
            keep.drop_given(doing.given)  # of a form that was sent twice, one file is looked at
        if told.end is End.RUNNING:
            return told
        if code in OF_THE_JOB and state.restore_why:
            field = "password" if state.restore_why == "password" else FILE
            values = {"got": state.restore_got, "own": keep.tid}
            return Told(End.REFUSED, f"file.{state.restore_why}", values, field=field)
        return told

    def go(form: GoForm, doing: Doing) -> Told:
        if keep.unsaved():
            return Told(End.REFUSED, "restore.unsaved")
        return give(sources.order, GO, {"id": form.id}, doing, "restore.goes")

    return (
        Action(PATH, PATH, LookForm, look, TECHNICIAN, keeps=given),
        Action(f"{PATH}/go", PATH, GoForm, go, TECHNICIAN),
    )
