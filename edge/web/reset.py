"""A box that forgets everything: only when nothing is lost by it, and whoever wants it types its number (row 114)."""

from __future__ import annotations

from pydantic import Field

from edge.web.forms import Form
from edge.web.ordering import give
from edge.web.site import TECHNICIAN, Action, Asking, Doing, End, Shown, Told, View
from edge.web.sources import PageSources

PATH = "/reset"
ERASE = "box.erase"


class Reset(Shown):
    """`unsaved`: rows of money and custody that neither the cloud nor a backup has. `custody`: parcels that are here,
    and sales that stand aside. With any of them it is refused.
    """

    tid: str
    unsaved: int
    custody: int
    is_armed: bool


class ResetForm(Form):
    tid: str = Field(min_length=1, max_length=23)


def reset_view(sources: PageSources) -> View:
    def read(_: Asking) -> Reset:
        keep = sources.keep
        return Reset(
            tid=keep.tid, unsaved=keep.unsaved(), custody=keep.custody(), is_armed=keep.state().is_armed
        )  # fmt: skip

    return View("reset", PATH, Reset, read, TECHNICIAN, in_menu=False)


def reset_action(sources: PageSources) -> Action:
    def erase(form: ResetForm, doing: Doing) -> Told:
        if form.tid.upper() != sources.keep.tid:
            return Told(End.REFUSED, "reset.other", field="tid")
        if sources.keep.unsaved():
            return Told(End.REFUSED, "reset.unsaved")
        if count := sources.keep.custody():
            return Told(End.REFUSED, "reset.custody", {"count": count})
        return give(sources.order, ERASE, {}, doing, "reset.goes")

    return Action(PATH, PATH, ResetForm, erase, TECHNICIAN)
