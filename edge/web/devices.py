"""The devices: how each is connected and how it stands, and a button that shows whether it works (product row 105)."""

from __future__ import annotations

from pydantic import Field

from edge.web.forms import Form, NoWords
from edge.web.ordering import give, open_door
from edge.web.overview import now
from edge.web.ports import PortShown, ports_shown
from edge.web.settings import state_of
from edge.web.site import TECHNICIAN, Action, Asking, Doing, Shown, Told, View
from edge.web.sources import PageSources

PATH = "/devices"


class DeviceShown(Shown):
    """`port` is where it is connected, as the settings name it; `reason` what it complained of last."""

    name: str
    driver: str
    port: str
    state: str
    reason: str


class Devices(Shown):
    devices: tuple[DeviceShown, ...]
    doors: tuple[str, ...]
    """Ids of the cells that have a door."""
    ports: tuple[PortShown, ...]
    state: str
    why: str
    """How it stands with the newest change of the settings."""
    version: int


class DoorForm(Form):
    door: str = Field(min_length=1, max_length=16)


def devices_view(sources: PageSources) -> View:
    def read(_: Asking) -> Devices:
        states = {one.name: one for one in now(sources).devices}
        kept = sources.ports.kept()
        state, why = state_of(sources.ports, kept)
        return Devices(
            devices=tuple(
                DeviceShown(
                    name=one.name, driver=one.driver, port=one.port, state=states[one.name].state,
                    reason=states[one.name].reason,
                ) for one in sources.devices if one.name in states
            ),
            doors=tuple(sources.doors), ports=ports_shown(sources.ports), state=state, why=why,
            version=kept.version,
        )  # fmt: skip

    return View("devices", PATH, Devices, read, TECHNICIAN)


def device_actions(sources: PageSources) -> tuple[Action, ...]:
    def button(path: str, kind: str, done: str) -> Action:
        def act(_: NoWords, doing: Doing) -> Told:
            return give(sources.order, kind, {}, doing, done)

        return Action(f"{PATH}/{path}", PATH, NoWords, act, TECHNICIAN)

    def opened(form: DoorForm, doing: Doing) -> Told:
        return open_door(sources.order, form.door, doing, "devices.opened", door=form.door)

    return (
        button("print", "test.print", "devices.printed"),
        button("drawer", "test.drawer", "devices.kicked"),
        button("display", "test.display", "devices.shown"),
        button("weigh", "test.scale", "devices.weighed"),
        button("say", "test.voice", "devices.said"),
        Action(f"{PATH}/door", PATH, DoorForm, opened, TECHNICIAN),
    )
