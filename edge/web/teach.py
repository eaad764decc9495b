"""A scanner is taught by one scan: what its driver has to be set to, proposed and taken over (product row 106)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from edge.codec.teach_in import Lesson, learn_bytes, learn_keys
from edge.model.page_layer import DEVICES
from edge.web.forms import Form
from edge.web.overview import now
from edge.web.ports import LIST, bound
from edge.web.settings import ordered
from edge.web.site import TECHNICIAN, Action, Asking, Doing, End, Shown, Told, View
from edge.web.sources import PageSources

PATH = "/devices/teach"
SERIAL, KEYS = "scanner_serial", "scanner_evdev"


class Learned(Shown):
    """One setting: what it is, and what it has to be."""

    name: str
    now: str
    proposed: str


class TeachPage(Shown):
    """`lack`: why nothing was learned, a word of codec.teach_in; empty: it is right, or right with `proposed`."""

    device: str
    scanners: tuple[str, ...]
    lack: str
    proposed: tuple[Learned, ...]
    version: int


class TeachForm(Form):
    device: str = Field(min_length=1, max_length=32)
    seen: int


def teach_view(sources: PageSources) -> View:
    facts = sources.ports

    def read(asking: Asking) -> TeachPage:
        facts.raw.look()
        tables, kept = _scanners(sources), facts.kept()
        device = asking.query.get("device", "")
        device = device if device in tables else next(iter(tables), "")
        lesson, own = _lesson(sources, device, tables), _given(sources, tables.get(device, {}))
        return TeachPage(
            device=device, scanners=tuple(tables), lack=lesson.lack.value if lesson.lack is not None else "",
            proposed=tuple(
                Learned(name=name, now=_word(own.get(name)), proposed=_word(value))
                for name, value in lesson.settings.items()
            ), version=kept.version,
        )  # fmt: skip

    return View("teach", PATH, TeachPage, read, TECHNICIAN, in_menu=False)


def teach_action(sources: PageSources) -> Action:
    def take(form: TeachForm, doing: Doing) -> Told:
        tables = _scanners(sources)
        if form.device not in tables:
            return Told(End.REFUSED, "devices.no_such")
        lesson = _lesson(sources, form.device, tables)
        if lesson.lack is not None or not lesson.settings:
            return Told(End.REFUSED, "teach.none")
        table = {**tables[form.device], **lesson.settings}
        change = {"table": DEVICES, "key": form.device, "value": table}
        return ordered(sources, [change], form.seen, doing, to=LIST, field="")

    return Action(PATH, PATH, TeachForm, take, TECHNICIAN)


def _scanners(sources: PageSources) -> Mapping[str, Mapping[str, Any]]:
    tables = bound(sources.ports, sources.ports.kept())
    return {name: table for name, table in tables.items() if table.get("driver") in (SERIAL, KEYS)}


def _lesson(sources: PageSources, device: str, tables: Mapping[str, Mapping[str, Any]]) -> Lesson:
    table = tables.get(device, {})
    learn = learn_keys if table.get("driver") == KEYS else learn_bytes
    return learn(sources.ports.raw.last(device), _given(sources, table), now(sources).tid)


def _given(sources: PageSources, table: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a scanner, what its driver does by itself included."""
    if not table:
        return {}
    fields = sources.ports.driver_model(str(table["driver"])).model_fields
    return {name: table.get(name, info.default) for name, info in fields.items() if not info.is_required()}


def _word(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
