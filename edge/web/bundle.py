"""All that tells what ails this box, in one file for whoever helps: nothing secret, nobody's data (product row 109)."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException

from edge.model.backup import Stage
from edge.web.downloads import of_file
from edge.web.forms import NoWords
from edge.web.ordering import give
from edge.web.site import TECHNICIAN, Action, Asking, Doing, Download, End, Handed, Told
from edge.web.sources import PageSources
from edge.web.sticks import StickForm, save

PATH, FILE, LOGS = "/bundle", "/bundle/file", "/logs"
MAKE, TO_STICK = "bundle.make", "stick.bundle"


def bundle_action(sources: PageSources) -> Action:
    """One click: what was made is what the browser gets."""

    def make(_: NoWords, doing: Doing) -> Told:
        told = give(sources.order, MAKE, {}, doing, "bundle.made")
        return Told(told.end, told.key, to=FILE) if told.end is End.DONE else told

    return Action(PATH, LOGS, NoWords, make, TECHNICIAN)


def bundle_to_stick(sources: PageSources) -> Action:
    """Made anew: what ails a box now."""

    def to_stick(form: StickForm, doing: Doing) -> Told:
        return save(sources.sticks, sources.order, TO_STICK, {"stick": form.stick}, doing)

    return Action(f"{PATH}/stick", LOGS, StickForm, to_stick, TECHNICIAN)


def bundle_download(sources: PageSources) -> Download:
    def find(_: Asking) -> Handed:
        state = sources.keep.state()
        if state.bundle is not Stage.READY:
            raise HTTPException(404)
        return of_file(Path(state.bundle_path), f"{sources.keep.tid}-bundle.zip", "application/zip")

    return Download(FILE, find, TECHNICIAN)
