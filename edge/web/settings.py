"""What the terminal runs under, where each value comes from, and what of it is changed here (decisions 2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from pydantic import Field

from edge.config import FROM_CLOUD, FROM_PAGE
from edge.enrolled import FROM_ENROLMENT
from edge.errors import SettingsError
from edge.messages import PageOrder
from edge.model.configuration import KeptConfig
from edge.model.page_layer import DEVICES, wins
from edge.web.fields import MAX_TYPED, FieldShown, NotThis, field_of, value_of
from edge.web.forms import Form
from edge.web.ordering import told_of
from edge.web.site import TECHNICIAN, Action, Asking, Doing, End, Shown, Told, View
from edge.web.sources import PageSources, PortFacts

PATH = "/settings"
PUT = "settings.put"
NEWS = timedelta(minutes=10)
_LINE = re.compile(r"(?:.*/)?(.+) line (\d+)")


class SettingShown(Shown):
    """`origin`: file, cloud, page, enrolment or default; `place`: the line, or the version of the cloud's."""

    key: str
    value: str
    origin: str
    place: str
    may_change: bool


class ChangedShown(Shown):
    """One setting that the newest change set. `value`: as it is now; of a device its driver, empty: it is gone."""

    key: str
    value: str


class ChangeShown(Shown):
    """How it stands with the newest change: empty, waiting, trying, in_force, taken_back or left_out; `why` it was."""

    state: str
    why: str
    changed: tuple[ChangedShown, ...]


class SettingsShown(Shown):
    """`state`, `why`, `changed`: as of `ChangeShown`.

    `version`: what a change says that it was made in sight of. `change`: the one that is being changed.
    """

    settings: tuple[SettingShown, ...]
    state: str
    why: str
    changed: tuple[ChangedShown, ...]
    version: int
    change: FieldShown | None
    changed_key: str
    is_own: bool

    @property
    def tables(self) -> list[tuple[str, list[SettingShown]]]:
        """The settings by the tables of the file, as they stand there."""
        by_table = groupby(self.settings, key=lambda one: one.key.partition(".")[0])
        return [(table, list(settings)) for table, settings in by_table]


class SettingForm(Form):
    key: str = Field(max_length=64)
    value: str = Field("", max_length=4 * MAX_TYPED)
    seen: int


class BackForm(Form):
    key: str = Field(max_length=64)
    seen: int


def settings_view(sources: PageSources) -> View:
    facts = sources.ports

    def read(asking: Asking) -> SettingsShown:
        kept, key = facts.kept(), asking.query.get("change", "")
        state, why = state_of(facts, kept)
        field = _field(facts, kept, key) if _may_change(facts, key) else None
        return SettingsShown(
            settings=tuple(_shown(facts, *one) for one in sources.settings), state=state, why=why,
            changed=_changed(facts, kept), version=kept.version, change=field,
            changed_key=key if field is not None else "",
            is_own=field is not None and _waits(kept, key) is not None,
        )  # fmt: skip

    return View("settings", PATH, SettingsShown, read, TECHNICIAN)


def settings_actions(sources: PageSources) -> tuple[Action, ...]:
    facts = sources.ports

    def put(form: SettingForm, doing: Doing) -> Told:
        if not _may_change(facts, form.key):
            return Told(End.REFUSED, "form.unknown")
        table, _, key = form.key.partition(".")
        try:
            value = value_of(facts.models[table], key, form.value)
        except NotThis as error:
            return Told(End.REFUSED, error.key, error.values, field="value")
        change = {"table": table, "key": key} | ({"value": value} if value is not None else {"back": True})
        return ordered(sources, [change], form.seen, doing, to=PATH)

    def back(form: BackForm, doing: Doing) -> Told:
        if not _may_change(facts, form.key):
            return Told(End.REFUSED, "form.unknown")
        table, _, key = form.key.partition(".")
        return ordered(sources, [{"table": table, "key": key, "back": True}], form.seen, doing, to=PATH)

    return (
        Action(f"{PATH}/put", PATH, SettingForm, put, TECHNICIAN),
        Action(f"{PATH}/back", PATH, BackForm, back, TECHNICIAN),
    )


def ordered(
    sources: PageSources, changes: list[dict[str, Any]], seen: int, doing: Doing, *, to: str, field: str = "value",
    done: str = "settings.kept", **values: object,
) -> Told:  # fmt: skip
    """What became of a change. `field`: where it stands that it does not go with the rest. `done`: see `give`."""
    _load_drivers(sources, changes)
    order = PageOrder(doing.cid, PUT, {"changes": changes, "seen": seen}, doing.account.value, doing.mark)
    told, code = told_of(sources.order(order), done, **values)
    match code:
        case "":
            return Told(told.end, told.key, told.values, to=to)
        case "seq.conflict":
            return Told(End.REFUSED, "settings.meanwhile", field=field)
        case "cmd.busy":
            return Told(End.REFUSED, "settings.on_trial" if field else "settings.on_trial.button", stays=bool(field))
        case "cfg.invalid":
            return Told(End.REFUSED, "settings.refused", field=field, detail=told.detail)
    return told


def _load_drivers(sources: PageSources, changes: list[dict[str, Any]]) -> None:
    """Here, since the first import of a driver takes its time, and the counter must not wait for it."""
    for change in changes:
        if change["table"] == DEVICES and isinstance(change.get("value"), Mapping):
            with suppress(SettingsError):  # it is refused with all the rest
                sources.ports.driver_model(str(change["value"].get("driver")))


def state_of(facts: PortFacts, kept: KeptConfig) -> tuple[str, str]:
    """How it stands with the newest change that was made here, and why it does not stand. That it is kept is said for
    a while.
    """
    if kept.staged is not None:
        return ("trying" if kept.staged.version == facts.running else "waiting"), ""
    outcome = kept.outcome
    if outcome is not None and outcome.status != "applied":
        return "taken_back", outcome.msg
    if facts.refused:
        return "left_out", facts.refused
    return ("in_force" if _is_news(kept, facts.now()) else ""), ""


def change_shown(facts: PortFacts) -> ChangeShown:
    """Of the first page, where it is told for a while only."""
    kept = facts.kept()
    state, why = state_of(facts, kept)
    if state == "taken_back" and not _is_news(kept, facts.now()):
        state, why = "", ""
    return ChangeShown(state=state, why=why, changed=_changed(facts, kept))


def _is_news(kept: KeptConfig, now: datetime) -> bool:
    """By a clock that was set meanwhile it is none."""
    return bool(kept.ended_at) and timedelta(0) <= now - datetime.fromisoformat(kept.ended_at) < NEWS


def _changed(facts: PortFacts, kept: KeptConfig) -> tuple[ChangedShown, ...]:
    return tuple(_changed_one(facts, key) for key in kept.changed)


def _changed_one(facts: PortFacts, key: str) -> ChangedShown:
    """A list as one line."""
    table, _, name = key.partition(".")
    if key not in facts.values:
        return ChangedShown(key=key, value=str(facts.devices.get(name, {}).get("driver", "")))
    text = field_of(facts.models[table], name, facts.values[key]).value
    return ChangedShown(key=key, value=" / ".join(text.splitlines()))


def setting_shown(facts: PortFacts, kept: KeptConfig, key: str) -> tuple[FieldShown, bool]:
    """A setting as the field of its form, and whether the page has set it."""
    return _field(facts, kept, key), _waits(kept, key) is not None


def _shown(facts: PortFacts, key: str, value: str, source: str) -> SettingShown:
    origin, place = _origin(source)
    table, _, name = key.partition(".")
    can = _may_change(facts, key) and (origin != "cloud" or wins(table, name))
    return SettingShown(key=key, value=value, origin=origin, place=place, may_change=can)


def _origin(source: str) -> tuple[str, str]:
    if source in (FROM_PAGE, FROM_ENROLMENT):
        return ("page" if source == FROM_PAGE else "enrolment"), ""
    if source.startswith(FROM_CLOUD):
        return "cloud", source.removeprefix(FROM_CLOUD).strip()
    line = _LINE.fullmatch(source)
    return ("file", f"{line[1]}:{line[2]}") if line is not None else ("default", "")


def _may_change(facts: PortFacts, key: str) -> bool:
    return key in facts.values


def _field(facts: PortFacts, kept: KeptConfig, key: str) -> FieldShown:
    """With what waits for its start, where something does."""
    table, _, name = key.partition(".")
    waits = _waits(kept, key)
    return field_of(facts.models[table], name, facts.values[key] if waits is None else waits)


def _waits(kept: KeptConfig, key: str) -> Any:
    """What the page has set; None: nothing."""
    table, _, name = key.partition(".")
    layer = kept.staged or kept.active
    body: Mapping[str, Any] = layer.body if layer is not None else {}
    return body.get(table, {}).get(name)
