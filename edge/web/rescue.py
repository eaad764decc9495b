"""A backup put into a box that did not start, by its page: looked at, then put in by the next start (row 110).

What never reached the cloud lies in the ledger that does not open: how much that is, is said before it is set aside.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from pydantic import Field

from edge.errors import SettingsError, StoreError
from edge.model.backup import Keeping, Secret, Stage
from edge.web.forms import Form
from edge.web.restore import LookForm
from edge.web.site import TECHNICIAN, Action, Asking, Doing, End, Shown, Sink, Told, View
from edge.web.upload import FILE

PATH = "/restore"
NOBODY_KNOWS = "?"


class PutIn(Protocol):
    """`id`: of the backup that was looked at. `leaves`: what the cloud lacks is set aside and kept. Raises StoreError,
    and SettingsError where another program is at it.
    """

    def __call__(self, id: str, *, leaves: bool) -> None: ...


@dataclass(frozen=True, slots=True)
class RescueWays:
    """`look` waits some seconds and removes what it was given; False: another one is looked at. `go` starts the box
    anew. `unsent`: records of money and custody that neither the cloud nor a backup has; None: nobody can tell.
    """

    tid: str
    state: Callable[[], Keeping]
    given: Callable[[str], Sink]
    look: Callable[[Secret, str], bool]
    go: PutIn
    unsent: Callable[[], int | None]


class Rescue(Shown):
    """What was found in the backup. `unsent` None: the ledger cannot be read; `leaves`: what a person must confirm."""

    stage: Stage
    id: str
    tid: str
    shop: str
    made_at: str
    last_at: str
    sales: int
    app: str
    unsent: int | None
    leaves: str
    is_armed: bool


class PutInForm(Form):
    """`leaves`: how many records somebody was shown, and leaves behind; empty: none."""

    id: str = Field(min_length=1, max_length=32)
    leaves: str = Field("", max_length=20)


def rescue_view(ways: RescueWays) -> View:
    def read(_: Asking) -> Rescue:
        state, unsent = ways.state(), ways.unsent()
        found = state.found
        return Rescue(
            stage=state.restore, id=found.id if found else "", tid=found.tid if found else "",
            shop=(found.shop or found.store) if found else "", made_at=found.made_at if found else "",
            last_at=found.last_at if found else "", sales=found.sales if found else 0, app=found.app if found else "",
            unsent=unsent, leaves=_left(unsent), is_armed=state.is_armed,
        )  # fmt: skip

    return View("rescue", PATH, Rescue, read, TECHNICIAN)


def rescue_actions(ways: RescueWays) -> tuple[Action, ...]:
    def given(cid: str) -> Sink:
        return ways.given(f"{cid}-{secrets.token_hex(4)}")  # a form that is sent twice must not write into one file

    def look(form: LookForm, doing: Doing) -> Told:
        if not ways.look(Secret(form.password), doing.given):
            return Told(End.REFUSED, "rescue.busy")
        state = ways.state()
        if state.restore is Stage.FAILED:
            field = "password" if state.restore_why == "password" else FILE
            values = {"got": state.restore_got, "own": ways.tid}
            return Told(End.REFUSED, f"file.{state.restore_why}", values, field=field)
        is_ready = state.restore is Stage.READY
        return Told(End.DONE if is_ready else End.RUNNING, "restore.looked" if is_ready else "restore.running")

    def go(form: PutInForm, _: Doing) -> Told:
        leaves = _left(ways.unsent())
        if form.leaves != leaves:
            return Told(End.REFUSED, "rescue.sure", field="leaves")
        try:
            ways.go(form.id, leaves=bool(leaves))
        except (StoreError, SettingsError) as error:
            return Told(End.REFUSED, "rescue.not", detail=str(error))
        return Told(End.DONE, "restore.goes")

    return (
        Action(PATH, PATH, LookForm, look, TECHNICIAN, keeps=given),
        Action(f"{PATH}/go", PATH, PutInForm, go, TECHNICIAN),
    )


def _left(unsent: int | None) -> str:
    return NOBODY_KNOWS if unsent is None else str(unsent) if unsent else ""
