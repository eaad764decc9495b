"""The devices: how each is connected and how it stands, and a button that shows whether it works (product row 105)."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from pydantic import Field

from edge.messages import PageOrder
from edge.model.cell import Place
from edge.model.open_sale import open_sale
from edge.web.forms import Form, NoWords
from edge.web.ordering import open_door, told_of
from edge.web.overview import now, states_shown
from edge.web.ports import PortShown, ports_shown
from edge.web.settings import state_of
from edge.web.site import TECHNICIAN, Action, Asking, Doing, End, Shown, Told, View
from edge.web.sources import PageSources

PATH = "/devices"
BUSY, CONFLICT = "cmd.busy", "seq.conflict"


class DeviceShown(Shown):
    """`port` is where it is connected, as the settings name it; `reason` what it complained of last."""

    name: str
    driver: str
    port: str
    state: str
    reason: str


class OpenSaleShown(Shown):
    """What stands on the counter and keeps the tests from being done; see `model.open_sale`. `asked`: a barcode."""

    goods: int
    total_fen: int
    asked: str
    mark: str
    is_paid: bool


class DoorShown(Shown):
    """`door`: the number that is painted on it; `cell`: the id of its cell."""

    door: int
    cell: str


class Devices(Shown):
    devices: tuple[DeviceShown, ...]
    doors: tuple[DoorShown, ...]
    ports: tuple[PortShown, ...]
    state: str
    why: str
    """How it stands with the newest change of the settings."""
    version: int
    sale: OpenSaleShown | None


class SaleForm(Form):
    mark: str = Field(min_length=1, max_length=96)


class DoorForm(Form):
    """`door`: its number as it is painted, or the id of its cell in small letters or capitals."""

    door: str = Field(min_length=1, max_length=16)


def sale_shown(sources: PageSources) -> OpenSaleShown | None:
    stands = open_sale(sources.counter())
    if stands is None:
        return None
    return OpenSaleShown(
        goods=stands.goods, total_fen=stands.total, asked=stands.asked, mark=stands.mark, is_paid=stands.is_paid
    )  # fmt: skip


def doors_shown(sources: PageSources) -> tuple[DoorShown, ...]:
    return tuple(DoorShown(door=place.door, cell=place.id) for place in sources.doors)


def devices_view(sources: PageSources) -> View:
    def read(_: Asking) -> Devices:
        reasons = {one.name: one.reason for one in now(sources).devices}
        states = states_shown(sources)
        kept = sources.ports.kept()
        state, why = state_of(sources.ports, kept)
        return Devices(
            devices=tuple(
                DeviceShown(
                    name=one.name, driver=one.driver, port=one.port, state=states[one.name],
                    reason=reasons[one.name],
                ) for one in sources.devices if one.name in states
            ),
            doors=doors_shown(sources), ports=ports_shown(sources.ports), state=state, why=why,
            version=kept.version, sale=sale_shown(sources),
        )  # fmt: skip

    return View("devices", PATH, Devices, read, TECHNICIAN)


def device_actions(sources: PageSources) -> tuple[Action, ...]:
    def button(path: str, kind: str, done: str) -> Action:
        def act(_: NoWords, doing: Doing) -> Told:
            told, code = told_of(sources.order(PageOrder(doing.cid, kind, {}, doing.account.value, doing.mark)), done)
            served = code == BUSY and sale_shown(sources) is not None
            return Told(told.end, "devices.sale_open") if served else _with_weight(told)

        return Action(f"{PATH}/{path}", PATH, NoWords, act, TECHNICIAN)

    def cancelled(form: SaleForm, doing: Doing) -> Told:
        order = PageOrder(doing.cid, "sale.cancel", {"mark": form.mark}, doing.account.value, doing.mark)
        told, code = told_of(sources.order(order), "sale.put_away")
        sentence = {CONFLICT: "sale.another", BUSY: "sale.is_paid"}.get(code)
        return Told(End.REFUSED, sentence) if sentence is not None else told

    def opened(form: DoorForm, doing: Doing) -> Told:
        place = _meant(sources.doors, form.door)
        if place is None:
            return Told(End.REFUSED, "devices.no_door", {"door": form.door}, field="door")
        return open_door(sources.order, place.id, doing, "devices.opened", door=place.door)

    return (
        button("print", "test.print", "devices.printed"),
        button("drawer", "test.drawer", "devices.kicked"),
        button("display", "test.display", "devices.shown"),
        button("weigh", "test.scale", "devices.weighed"),
        button("say", "test.voice", "devices.said"),
        Action(f"{PATH}/sale", PATH, SaleForm, cancelled, TECHNICIAN),
        Action(f"{PATH}/door", PATH, DoorForm, opened, TECHNICIAN),
    )


def _with_weight(told: Told) -> Told:
    """A scale that says nothing but zero has not shown that it weighs."""
    weight = str(told.values.get("weight", "")).partition(" ")[0]
    is_empty = told.end is End.DONE and weight != "" and not weight.strip("0.")
    return Told(End.REFUSED, "devices.weighed_nothing", told.values) if is_empty else told


def _meant(places: Sequence[Place], typed: str) -> Place | None:
    """The door of this id, else of this number. Who writes Chinese may type both with wide signs."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    by_id = next((place for place in places if typed == place.id), None)
    by_id = by_id or next((place for place in places if plain == place.id.upper()), None)
    return by_id or next((place for place in places if plain.lstrip("0") == str(place.door)), None)
