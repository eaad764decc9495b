"""What is plugged in, and the form that gives it a work to do: found, bound, moved, taken out (product row 105)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from edge.model.configuration import KeptConfig
from edge.model.found_port import CONVERTER, NETWORK, TCP, FoundPort, PortKind, fits, is_address, likely
from edge.model.page_layer import DEVICES
from edge.web.called import USUAL
from edge.web.fields import FieldShown, NotThis, field_of, value_of
from edge.web.forms import Form
from edge.web.settings import ordered
from edge.web.site import TECHNICIAN, Action, Asking, Doing, End, Shown, Told, View, Word
from edge.web.sources import PageSources, PortFacts

PATH, LIST = "/devices/port", "/devices"
MAX_ADDRESS = 200
OF_A_LINE = frozenset({"baud", "bits", "parity"})
"""Settings of a serial line; what is reached through the network has none of them."""


class PortShown(Shown):
    """`maker` and `likely` are hints: a driver or `converter`. `used_by`: the device of the settings; `was`: the one
    that hung elsewhere and is this very thing; `before`: the driver of one that hung here and was taken out. `is_bare`:
    see `FoundPort`.
    """

    address: str
    kind: str
    name: str
    usb: str
    maker: str
    likely: str
    used_by: str
    was: str
    before: str
    is_bare: bool


class PortPage(Shown):
    """`instead`: the device whose settings are changed; empty for a new one. `drivers`: those that may work here."""

    address: str
    found: PortShown | None
    drivers: tuple[str, ...]
    driver: str
    name: str
    instead: str
    fields: tuple[FieldShown, ...]
    version: int


class BindForm(Form):
    """And the fields of the driver's own settings, by their names."""

    model_config = ConfigDict(extra="allow")

    name: str = Field(pattern="^[a-z][a-z0-9_]{0,31}$", max_length=32)
    driver: str = Field(min_length=1, max_length=32)
    port: str = Field(min_length=1, max_length=MAX_ADDRESS)
    instead: str = Field("", max_length=32)
    seen: int


class UnbindForm(Form):
    name: str = Field(min_length=1, max_length=32)
    seen: int


class MoveForm(UnbindForm):
    port: str = Field(min_length=1, max_length=MAX_ADDRESS)


def ports_shown(facts: PortFacts) -> tuple[PortShown, ...]:
    """Those that nobody uses first."""
    tables, found = bound(facts, facts.kept()), facts.found()
    shown = [_shown(facts, port, tables, found) for port in found]
    return tuple(sorted(shown, key=lambda port: bool(port.used_by)))


def bound(facts: PortFacts, kept: KeptConfig) -> Mapping[str, Mapping[str, Any]]:
    """The devices as they will be after the start that a change waits for."""
    waits = kept.staged.body.get(DEVICES, {}) if kept.staged is not None else {}
    return {name: table for name, table in {**facts.devices, **waits}.items() if table is not None}


def port_view(sources: PageSources) -> View:
    facts = sources.ports

    def read(asking: Asking) -> PortPage:
        kept, query = facts.kept(), asking.query
        tables = bound(facts, kept)
        instead = query.get("name", "") if query.get("name", "") in tables else ""
        table = tables.get(instead, {})
        address = query.get("port", "") or str(table.get("port", ""))
        ports = facts.found()
        port = next((one for one in ports if address in one.names), None)
        drivers = _by_use(one for one in facts.drivers if port is None or fits(port.kind, one))
        before, old = ("", {}) if instead or port is None else _before(facts, port, tables, ports)
        driver = _driver(query.get("driver", "") or str((table or old).get("driver", "")), drivers, port)
        if old.get("driver") != driver:
            before, old = "", {}
        return PortPage(
            address=port.address if port is not None and not instead else address,
            found=_shown(facts, port, tables, ports) if port is not None else None, drivers=drivers, driver=driver,
            name=instead or before or _free_name(USUAL.get(driver, driver), tables), instead=instead,
            fields=_fields(facts, driver, address, old or (table if table.get("driver") == driver else {})),
            version=kept.version,
        )  # fmt: skip

    return View("port", PATH, PortPage, read, TECHNICIAN, in_menu=False)


def port_actions(sources: PageSources) -> tuple[Action, ...]:
    facts = sources.ports

    def kept(name: str, table: Mapping[str, Any], seen: int, doing: Doing, *, field: str) -> Told:
        """It says what hangs where now: whoever has sent another page than they meant sees it at once."""
        what, port = Word(f"driver.{table['driver']}"), table["port"]
        return ordered(sources, [_set(name, table)], seen, doing, to=LIST, field=field, done="devices.bound",
                       what=what, name=name, port=port)  # fmt: skip

    def bind(form: BindForm, doing: Doing) -> Told:
        tables = bound(facts, facts.kept())
        if (wrong := _wrong_place(facts, form, tables)) is not None:
            return wrong
        model = facts.driver_model(form.driver)
        table: dict[str, Any] = {"driver": form.driver, "port": form.port}
        for name, typed in (form.model_extra or {}).items():
            if name not in model.model_fields or name == "port":
                return Told(End.REFUSED, "form.unknown", field=name)
            try:
                value = value_of(model, name, str(typed))
            except NotThis as error:
                return Told(End.REFUSED, error.key, error.values, field=name)
            if value is not None:
                table[name] = value
        return kept(form.name, table, form.seen, doing, field="port")

    def unbind(form: UnbindForm, doing: Doing) -> Told:
        table = bound(facts, facts.kept()).get(form.name)
        if table is None:
            return Told(End.REFUSED, "devices.no_such")
        what, port = Word(f"driver.{table['driver']}"), table.get("port", "")
        return ordered(sources, [_set(form.name, None)], form.seen, doing, to=LIST, field="", done="devices.unbound",
                       what=what, name=form.name, port=port)  # fmt: skip

    def move(form: MoveForm, doing: Doing) -> Told:
        tables = bound(facts, facts.kept())
        if form.name not in tables:
            return Told(End.REFUSED, "devices.no_such")
        port = next((one for one in facts.found() if form.port in one.names), None)
        if port is None:
            return Told(End.REFUSED, "devices.port_gone")
        if _user(port, tables):
            return Told(End.REFUSED, "devices.port_taken", {"device": _user(port, tables)})
        table = {**tables[form.name], "port": port.address}
        return kept(form.name, table, form.seen, doing, field="")

    return (
        Action(f"{LIST}/bind", PATH, BindForm, bind, TECHNICIAN),
        Action(f"{LIST}/unbind", LIST, UnbindForm, unbind, TECHNICIAN),
        Action(f"{LIST}/move", LIST, MoveForm, move, TECHNICIAN),
    )


def _wrong_place(facts: PortFacts, form: BindForm, tables: Mapping[str, Mapping[str, Any]]) -> Told | None:
    if form.driver not in facts.drivers:
        return Told(End.REFUSED, "form.unknown", field="driver")
    if form.name != form.instead and form.name in tables:
        return Told(End.REFUSED, "devices.name_taken", {"device": form.name}, field="name")
    if form.instead and form.name != form.instead:
        return Told(End.REFUSED, "devices.name_stays", {"device": form.instead}, field="name")
    port = next((one for one in facts.found() if form.port in one.names), None)
    user = next((name for name, table in tables.items() if table.get("port") == form.port), "")
    user = _user(port, tables) if port is not None else user
    if user and user != form.name:
        return Told(End.REFUSED, "devices.port_taken", {"device": user}, field="port")
    if port is None and not is_address(form.port):
        return Told(End.REFUSED, "devices.no_address", field="port")
    if port is None and not form.port.startswith(NETWORK):
        return Told(End.REFUSED, "devices.port_gone", field="port")
    if port is not None and not fits(port.kind, form.driver):
        return Told(End.REFUSED, "devices.not_fitting", field="driver")
    return None


def _set(name: str, table: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"table": DEVICES, "key": name, "value": table}


def _shown(
    facts: PortFacts, port: FoundPort, tables: Mapping[str, Mapping[str, Any]], found: Sequence[FoundPort]
) -> PortShown:  # fmt: skip
    maker, what = likely(port)
    user = _user(port, tables)
    return PortShown(
        address=port.address, kind=port.kind.value, name=port.name, usb=port.usb, maker=maker, likely=what,
        used_by=user, was="" if user or not port.identity else _was(facts, port, tables, found),
        before="" if user else str(_before(facts, port, tables, found)[1].get("driver", "")), is_bare=port.is_bare,
    )  # fmt: skip


def _user(port: FoundPort, tables: Mapping[str, Mapping[str, Any]]) -> str:
    """The device that hangs there by the settings; empty: none."""
    return next((name for name, table in tables.items() if table.get("port") in port.names), "")


def _was(
    facts: PortFacts, port: FoundPort, tables: Mapping[str, Mapping[str, Any]], found: Sequence[FoundPort]
) -> str:  # fmt: skip
    """The device that was this very thing, and whose own port is not there any more."""
    there = {name for one in found if one.kind is not PortKind.NAMED for name in one.names}
    lost = (name for name, table in tables.items() if table.get("port") not in there)
    return next((name for name in lost if facts.identity(name) == port.identity), "")


def _before(
    facts: PortFacts, port: FoundPort, tables: Mapping[str, Mapping[str, Any]], found: Sequence[FoundPort]
) -> tuple[str, Mapping[str, Any]]:  # fmt: skip
    """The device that hung here and that the settings do not name any more, with its table; both empty: none.

    By the port, unless another thing is plugged in there now; else by its serial number, if its own port is gone: four
    ports of one converter have the same.
    """
    gone = {
        name: table for name, table in facts.remembered().items()
        if name not in tables and table.get("driver") in facts.drivers and fits(port.kind, str(table["driver"]))
    }  # fmt: skip
    there = {name for one in found if one.kind is not PortKind.NAMED for name in one.names}
    known = {name: facts.identity(name) for name in gone}
    same = {name for name in gone if known[name] == port.identity or not (known[name] and port.identity)}
    here = [name for name in gone if name in same and gone[name].get("port") in port.names]
    moved = [name for name in gone if name in same and known[name] and gone[name].get("port") not in there]
    name = next(iter([*here, *moved]), "")
    return name, gone.get(name, {})


def _by_use(drivers: Iterable[str]) -> tuple[str, ...]:
    """What each counter has first; lock boards, of which there are many kinds, behind it."""
    usual = list(USUAL)
    return tuple(sorted(drivers, key=lambda one: usual.index(one) if one in usual else len(usual)))


def _driver(wanted: str, drivers: tuple[str, ...], port: FoundPort | None) -> str:
    """The one that was chosen, else the likely one, else the first; empty where nothing works here."""
    if wanted in drivers:
        return wanted
    what = likely(port)[1] if port is not None else ""
    if what in drivers:
        return what
    return "scanner_serial" if what == CONVERTER else next(iter(drivers), "")


def _free_name(name: str, tables: Mapping[str, object]) -> str:
    names = (name, *(f"{name}_{number}" for number in range(2, len(tables) + 3)))
    return next(one for one in names if one not in tables)


def _fields(facts: PortFacts, driver: str, address: str, table: Mapping[str, Any]) -> tuple[FieldShown, ...]:
    """`address` is empty for what is to be reached through the network."""
    if not driver:
        return ()
    model: type[BaseModel] = facts.driver_model(driver)
    given = {name: info.get_default(call_default_factory=True) for name, info in model.model_fields.items()
             if not info.is_required()}  # fmt: skip
    left_out = {"port", *(OF_A_LINE if not address or address.startswith(TCP) else ())}
    return tuple(
        field_of(model, name, table.get(name, given.get(name))) for name in model.model_fields if name not in left_out
    )
