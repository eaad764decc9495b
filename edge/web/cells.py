"""The cells of the locker wall: which lock each is, its number, its size, whether it is used (page map, Parcels)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field

from edge.codec.cell_map import DOOR_MAX, document_of
from edge.messages import PageOrder
from edge.model.cell import Place, Size
from edge.model.cell_map import CellMap
from edge.web.forms import Form, NoWords
from edge.web.ordering import give, open_door, told_of
from edge.web.site import TECHNICIAN, Action, Asking, Doing, End, Shown, Told, View
from edge.web.sources import PageSources

PATH = "/cells"
PUT, COMMISSION, RESTART = "cells.put", "cells.commission", "service.restart"
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
SizeName = Literal["S", "M", "L", "XL"]


class CellShown(Shown):
    id: str
    door: int
    device: str
    board: int
    lock: int
    size: str
    in_service: bool


class BoardShown(Shown):
    """`step` of a set-up that goes on, of model.commissioning; empty: none does. `door` is the one to be opened or shut
    now, `doors` all of the board. `trouble` is why the last look did not fit, `locks` those that it speaks of.
    """

    device: str
    board: int
    is_known: bool
    cells: int
    step: str
    door: int
    lock: int
    doors: str
    trouble: str
    locks: str


class CellsPage(Shown):
    """`change`: the cell that is being changed; `opened`: the one whose door was opened just now.

    `is_new`: the map is another than the one that the terminal runs by. `mark`: see services.wall_setup.
    """

    cells: tuple[CellShown, ...]
    boards: tuple[BoardShown, ...]
    change: CellShown | None
    opened: CellShown | None
    is_new: bool
    mark: str


class CellForm(Form):
    cell: str = Field(min_length=1, max_length=8)
    seen: str = Field(max_length=16)


class ChangeForm(CellForm):
    door: int = Field(ge=1, le=DOOR_MAX)
    size: SizeName


class WhichForm(CellForm):
    """The number that stands on the door that opened."""

    door: int = Field(ge=1, le=DOOR_MAX)


class AddForm(Form):
    board: str = Field(pattern="^[a-z][a-z0-9_]{0,31}:[0-9]{1,3}$")
    locks: int = Field(ge=1, le=64)
    size: SizeName
    seen: str = Field(max_length=16)


class OpenForm(Form):
    cell: str = Field(min_length=1, max_length=8)


class BoardForm(Form):
    device: str = Field(min_length=1, max_length=32)
    board: int = Field(ge=0, le=255)
    act: Literal["begin", "look", "stop"]


def cells_view(sources: PageSources) -> View:
    facts = sources.cells

    def read(asking: Asking) -> CellsPage:
        wall = facts.wall()
        return CellsPage(
            cells=tuple(map(_shown, wall.places)), boards=tuple(_boards(sources, wall)),
            change=_named(wall, asking.query.get("change", "")), opened=_named(wall, asking.query.get("opened", "")),
            is_new=facts.mark(wall) != facts.running, mark=facts.mark(wall),
        )  # fmt: skip

    return View("cells", PATH, CellsPage, read, TECHNICIAN, in_menu=bool(facts.buses))


def cell_actions(sources: PageSources) -> tuple[Action, ...]:
    acts = _Acts(sources)
    forms: tuple[tuple[str, type[Form], Any], ...] = (
        ("change", ChangeForm, acts.change), ("which", WhichForm, acts.which), ("add", AddForm, acts.add),
        ("remove", CellForm, acts.remove), ("open", OpenForm, acts.open_door),
        ("commission", BoardForm, acts.commission), ("restart", NoWords, acts.restart),
    )  # fmt: skip
    return tuple(Action(f"{PATH}/{path}", PATH, form, act, TECHNICIAN) for path, form, act in forms)


class _Acts:
    def __init__(self, sources: PageSources) -> None:
        self._sources = sources
        self._facts = sources.cells

    def _put(self, places: Sequence[Place], seen: str, doing: Doing, field: str) -> Told:
        cells = document_of(CellMap(tuple(places)))["cells"]
        order = PageOrder(doing.cid, PUT, {"cells": cells, "seen": seen}, doing.account.value, doing.mark)
        told, code = told_of(self._sources.order(order), "cells.kept")
        if code == "seq.conflict":
            return Told(End.REFUSED, "cells.meanwhile", field=field)
        if code == "cfg.invalid":
            return Told(End.REFUSED, "cells.refused", field=field, detail=told.detail)
        return Told(told.end, told.key, told.values, to=PATH)

    def change(self, form: ChangeForm, doing: Doing) -> Told:
        wall = self._facts.wall()
        other = wall.by_door(form.door)
        if wall.place(form.cell) is None:
            return Told(End.REFUSED, "cells.no_such")
        if other is not None and other.id != form.cell:
            return Told(End.REFUSED, "cells.door_taken", {"cell": other.id}, field="door")
        places = [
            replace(place, door=form.door, size=Size[form.size])
            if place.id == form.cell else place for place in wall.places
        ]  # fmt: skip
        return self._put(places, form.seen, doing, "door")

    def which(self, form: WhichForm, doing: Doing) -> Told:
        """Two doors whose locks were exchanged change their numbers: nobody is left without one."""
        wall = self._facts.wall()
        place, other = wall.place(form.cell), wall.by_door(form.door)
        if place is None:
            return Told(End.REFUSED, "cells.no_such")
        if place.door == form.door:
            return Told(End.DONE, "cells.right", {"door": form.door}, to=PATH)
        moved = {place.id: form.door} | ({other.id: place.door} if other is not None else {})
        return self._put(
            [replace(one, door=moved.get(one.id, one.door)) for one in wall.places], form.seen, doing, "door"
        )

    def add(self, form: AddForm, doing: Doing) -> Told:
        device, _, board = form.board.partition(":")
        line = self._facts.buses.get(device)
        if line is None or int(board) not in line.boards:
            return Told(End.REFUSED, "cells.no_board", field="board")
        if form.locks > line.locks:
            return Told(End.REFUSED, "form.at_most", {"limit": line.locks}, field="locks")
        wall = self._facts.wall()
        places = [*wall.places, *_added(wall, device, int(board), form.locks, Size[form.size])]
        return self._put(places, form.seen, doing, "board")

    def remove(self, form: CellForm, doing: Doing) -> Told:
        wall = self._facts.wall()
        if wall.place(form.cell) is None:
            return Told(End.REFUSED, "cells.no_such")
        return self._put([place for place in wall.places if place.id != form.cell], form.seen, doing, "")

    def open_door(self, form: OpenForm, doing: Doing) -> Told:
        """Whatever the contact says: which door it was, a person sees."""
        if self._facts.wall().place(form.cell) is None:
            return Told(End.REFUSED, "cells.no_such")
        told = open_door(self._sources.order, form.cell, doing, "cells.opened")
        was_sent = told.end is not End.REFUSED or told.key in ("order.cmd.outcome_unknown", "order.hw.locker_jam")
        return replace(told, to=f"{PATH}?opened={form.cell}#opened" if was_sent else PATH)

    def commission(self, form: BoardForm, doing: Doing) -> Told:
        args = {"device": form.device, "board": form.board, "act": form.act}
        told = give(self._sources.order, COMMISSION, args, doing, "cells.looked")
        return replace(told, to=f"{PATH}#board-{form.device}-{form.board}")

    def restart(self, _: NoWords, doing: Doing) -> Told:
        return give(self._sources.order, RESTART, {}, doing, "cells.restarted")


def _added(wall: CellMap, device: str, board: int, locks: int, size: Size) -> list[Place]:
    """Cells for the first locks of a board that have none yet, with the next numbers."""
    taken = {place.lock for place in wall.on(device, board)}
    own = next((place.id[0] for place in wall.places if place.device == device), "")
    others = {place.id[0] for place in wall.places if place.device != device}
    letter = own or next(one for one in LETTERS if one not in others)
    first = max((place.door for place in wall.places), default=0) + 1
    free = [lock for lock in range(1, locks + 1) if lock not in taken]
    return [Place(f"{letter}{board}-{lock:02}", first + at, device, board, lock, size) for at, lock in enumerate(free)]


def _named(wall: CellMap, cell: str) -> CellShown | None:
    place = wall.place(cell)
    return _shown(place) if place is not None else None


def _shown(place: Place) -> CellShown:
    return CellShown(
        id=place.id, door=place.door, device=place.device, board=place.board, lock=place.lock, size=place.size.name,
        in_service=place.in_service,
    )  # fmt: skip


def _boards(sources: PageSources, wall: CellMap) -> list[BoardShown]:
    setups, shown = sources.cells.setups(), []
    for device, line in sources.cells.buses.items():
        for board in line.boards:
            setup, places = setups.get((device, board)), wall.on(device, board)
            doors = {place.lock: place.door for place in places}
            lock = setup.machine.lock if setup is not None else None
            finding = setup.finding if setup is not None else None
            shown.append(BoardShown(
                device=device, board=board, is_known=wall.wiring(device, board).is_known, cells=len(places),
                step=setup.machine.step.value if setup is not None else "", lock=lock or 0,
                door=doors.get(lock or 0, 0), doors=", ".join(map(str, sorted(doors.values()))),
                trouble=finding.trouble.value if finding is not None else "",
                locks=", ".join(map(str, finding.locks)) if finding is not None else "",
            ))  # fmt: skip
    return shown
