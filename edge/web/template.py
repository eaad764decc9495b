"""Like the last shop: what this box hands on to the next one, and what it takes from the last one."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from pydantic import Field

from edge.errors import FileRefused, StoreError
from edge.model.backup import FROM_STICK
from edge.model.configuration import KeptConfig
from edge.model.page_layer import DEVICES
from edge.model.shop_template import ENDINGS, PORT, Fitted, fitted
from edge.web.forms import Form, NoWords
from edge.web.goods_file import StickFileForm
from edge.web.ports import bound
from edge.web.settings import ordered, state_of
from edge.web.site import TECHNICIAN, Action, Asking, Doing, Download, End, Handed, Shown, Sink, Told, View
from edge.web.sources import PageSources
from edge.web.sticks import FileShown, files_shown
from edge.web.upload import FILE, NO_ROOM

PATH, OWN = "/template", "/template/file"
NAME, MEDIA = "shop-template.json", "application/json"
DIGEST = r"^[0-9a-f]{64}$"
_SHOWN = 60
"""Characters of a value."""


class HandedOn(Shown):
    """A setting that the template brings: its value as a person reads it."""

    key: str
    value: str


class DeviceTold(Shown):
    """`port`: where it hangs here; empty: `lack` tells why it is left for a person. Without a driver it goes."""

    name: str
    driver: str
    port: str
    lack: str


class TemplateShown(Shown):
    """`id` of the file that was looked at, empty: none was. `settings` and `devices` are what it would change here.
    `version`: what a change says that it was made in sight of; `state` and `why` as of `SettingsShown`.
    `shown`: what a press says that it was made in sight of, too: all these changes. `files` on `sticks` that are
    plugged in.
    """

    id: str
    app: str
    made_at: str
    settings: tuple[HandedOn, ...]
    devices: tuple[DeviceTold, ...]
    lacking: tuple[DeviceTold, ...]
    version: int
    shown: str
    state: str
    why: str
    sticks: int
    files: tuple[FileShown, ...]


class TakeForm(Form):
    """Of the file that was shown to whoever presses, in sight of the settings and of what was `shown` then."""

    id: str = Field(pattern=DIGEST)
    shown: str = Field(pattern=DIGEST)
    seen: int


def template_view(sources: PageSources) -> View:
    return View("template", PATH, TemplateShown, lambda _: template_shown(sources), TECHNICIAN, in_menu=False)


def template_download(sources: PageSources) -> Download:
    def find(_: Asking) -> Handed:
        octets = sources.template.made()
        return Handed(MEDIA, iter((octets,)), NAME, len(octets))

    return Download(OWN, find, TECHNICIAN)


def template_actions(sources: PageSources) -> tuple[Action, ...]:
    facts = sources.template

    def given(cid: str) -> Sink:
        return facts.given(f"{cid}-{secrets.token_hex(4)}")

    def look(_: NoWords, doing: Doing) -> Told:
        return look_at(doing.given)

    def look_on_stick(form: StickFileForm, _: Doing) -> Told:
        return look_at(f"{FROM_STICK}{form.file}")

    def look_at(path: str) -> Told:
        try:
            facts.look(path)
        except FileRefused as error:
            return Told(End.REFUSED, f"file.{error.code}", {"got": error.got, "own": ""}, field=FILE)
        except StoreError:
            return Told(End.REFUSED, f"file.{NO_ROOM}", field=FILE)
        return Told(End.DONE, "template.looked")

    def take(form: TakeForm, doing: Doing) -> Told:
        looked = facts.looked()
        if looked is None or looked.id != form.id:
            return Told(End.REFUSED, "template.gone")
        changes = _changes(_fitted(sources, sources.ports.kept()))
        if not changes:
            return Told(End.DONE, "template.nothing")
        if _digest(changes) != form.shown:  # what is plugged in decides what it comes to
            return Told(End.REFUSED, "template.other")
        return ordered(sources, changes, form.seen, doing, to="", field="")

    return (
        Action(PATH, PATH, NoWords, look, TECHNICIAN, keeps=given),
        Action(f"{PATH}/stick", PATH, StickFileForm, look_on_stick, TECHNICIAN),
        Action(f"{PATH}/take", PATH, TakeForm, take, TECHNICIAN),
    )


def template_shown(sources: PageSources) -> TemplateShown:
    kept, looked = sources.ports.kept(), sources.template.looked()
    state, why = state_of(sources.ports, kept)
    found = _fitted(sources, kept)
    return TemplateShown(
        id=looked.id if looked else "", app=looked.template.app if looked else "",
        made_at=looked.template.made_at if looked else "",
        settings=tuple(HandedOn(key=f"{table}.{key}", value=_told(value)) for table, key, value in found.settings),
        devices=tuple(
            DeviceTold(name=name, driver=str((table or {}).get("driver", "")), port=str((table or {}).get(PORT, "")),
                       lack="")
            for name, table in found.devices
        ),
        lacking=tuple(
            DeviceTold(name=name, driver=driver, port="", lack=lack.value) for name, driver, lack in found.lacking
        ),
        version=kept.version, shown=_digest(_changes(found)), state=state, why=why, sticks=len(sources.sticks.look()),
        files=files_shown(sources.sticks, ENDINGS),
    )  # fmt: skip


def _fitted(sources: PageSources, kept: KeptConfig) -> Fitted:
    """What the template that was looked at would change here; nothing where none was."""
    looked = sources.template.looked()
    if looked is None:
        return Fitted((), (), ())
    layer = kept.staged or kept.active
    found = fitted(looked.template, sources.ports.found(), bound(sources.ports, kept))
    return found.but(layer.body if layer is not None else {})


def _changes(found: Fitted) -> list[dict[str, Any]]:
    settings = [{"table": table, "key": key, "value": value} for table, key, value in found.settings]
    return [*settings, *({"table": DEVICES, "key": name, "value": table} for name, table in found.devices)]


def _digest(changes: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(changes, sort_keys=True).encode()).hexdigest()


def _told(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        text = " / ".join(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
