"""The locker wall as a technician sets it up at the page: its cells, and what the contacts of a board mean.

    cells.put         the whole map, checked; a cell that holds something keeps its name, its lock and its number
    cells.commission  one board, door by door (`model/commissioning.py`): begin, look, stop

Nothing here opens a door: who wants one opened orders that, as ever. A new map counts from the next start on, and of a
cell that was filled meanwhile from the first one at which it is empty.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Protocol

from edge.bus import Bus
from edge.codec.cell_map import RUNNING, WALL, document_of, read_cell_map, unread
from edge.errors import DiskFull
from edge.messages import BoardLost, BoardRead, DeviceDown
from edge.model.cell import Place
from edge.model.cell_map import BusAddress, CellMap, LockLine
from edge.model.commissioning import Commissioning, Finding, Step, commissioning
from edge.model.door import Contacts
from edge.ports import Transaction
from edge.services.commands import Answered, CarryOut, Ordered

PUT, COMMISSION = "cells.put", "cells.commission"
BEGIN, LOOK, STOP = "begin", "look", "stop"
_log = logging.getLogger("edge.parcels")


class Shelf(Protocol):
    def get(self, key: str) -> Any: ...
    def put(self, key: str, value: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class KeepWall:
    """A message of its own: `cid` is done once the map is on the disk. `of`: the board that is set up by it."""

    cid: str
    document: Mapping[str, Any]
    of: BusAddress | None = None


@dataclass(frozen=True, slots=True)
class BoardSetup:
    """How far one board is, and what did not fit at the last look."""

    machine: Commissioning
    finding: Finding | None = None


class WallSetup:
    """`setups` never changes and is swapped whole, so that any thread may read it."""

    def __init__(self, bus: Bus, shelf: Shelf, buses: Mapping[str, LockLine]) -> None:
        self._shelf = shelf
        self._buses = buses
        self._contacts: dict[BusAddress, Contacts] = {}
        self.setups: Mapping[BusAddress, BoardSetup] = MappingProxyType({})
        bus.on(BoardRead, lambda read, _: self._contacts.__setitem__((read.device, read.board), read.contacts))
        bus.on(BoardLost, lambda lost, _: self._contacts.pop((lost.device, lost.board), None))
        bus.on(DeviceDown, self._down)
        bus.on(KeepWall, self._kept)

    def orders(self) -> Mapping[str, CarryOut]:
        return {PUT: self._put, COMMISSION: self._commission}

    @property
    def wall(self) -> CellMap:
        """As the next start has it."""
        return read_cell_map(self._shelf.get(WALL), self._buses)[0]

    @property
    def running(self) -> CellMap:
        """As this start has it."""
        return read_cell_map(self._shelf.get(RUNNING), self._buses)[0]

    def _down(self, down: DeviceDown, _: Transaction) -> None:
        self._contacts = {at: told for at, told in self._contacts.items() if at[0] != down.device}

    # --- the map ---------------------------------------------------------------------------------------------------

    def _put(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of PUT: `cells` as in the document, and `seen`, the mark of the one that it was made from."""
        cid, before = ordered.cid, self.wall
        if ordered.args["seen"] != mark_of(before):
            return Answered(cid, "rejected", "seq.conflict", "somebody else has changed the cells meanwhile")
        made, wrong = read_cell_map({"cells": ordered.args["cells"]}, self._buses)
        if not wrong:
            wrong = [*_held(self.running, made, tx), *_lost(self._unread(before), made, tx)]
        if wrong:
            return Answered(cid, "rejected", "cfg.invalid", wrong[0][:256])
        tx.after_commit(KeepWall(cid, self._document(before, _with(before, made.places))))
        return Answered(cid, "accepted")

    def _unread(self, before: CellMap) -> Mapping[str, list[Any]]:
        return unread(self._shelf.get(WALL), before)

    def _document(self, before: CellMap, after: CellMap) -> Mapping[str, Any]:
        """What could not be read stays as it stands, unless there is a cell of its name by now."""
        document, rest = document_of(after), self._unread(before)
        cells = [one for one in rest["cells"] if not isinstance(one, Mapping) or after.place(one.get("id", "")) is None]
        return {"cells": document["cells"] + cells, "boards": document["boards"] + rest["boards"]}

    def _kept(self, keep: KeepWall, tx: Transaction) -> None:
        try:
            self._shelf.put(WALL, keep.document)
        except DiskFull as error:
            tx.after_commit(Answered(keep.cid, "failed", "store.full", str(error)[:256]))
            return
        if keep.of is not None:
            self._swap(keep.of, None)
        tx.after_commit(Answered(keep.cid, "done"))

    # --- one board -------------------------------------------------------------------------------------------------

    def _commission(self, ordered: Ordered, tx: Transaction) -> Answered:
        """Of COMMISSION: `device`, `board`, and `act`; a look is answered with `step` and `trouble`."""
        at, cid = (str(ordered.args["device"]), int(ordered.args["board"])), ordered.cid
        line, locks = self._buses.get(at[0]), [place.lock for place in self.wall.on(*at)]
        if line is None or at[1] not in line.boards or not locks:
            return Answered(cid, "rejected", "cfg.invalid", "no cell hangs on this board: make its cells first")
        match ordered.args["act"]:
            case "stop":
                self._swap(at, None)
            case "begin":
                self._swap(at, BoardSetup(commissioning(locks, line.wiring)))
            case _:
                return self._look(at, cid, tx)
        return Answered(cid, "done")

    def _look(self, at: BusAddress, cid: str, tx: Transaction) -> Answered:
        setup, contacts = self.setups.get(at), self._contacts.get(at)
        if setup is None:
            return Answered(cid, "rejected", "cfg.invalid", "this board is not being set up: begin anew")
        if contacts is None:
            return Answered(cid, "failed", "hw.locker_offline", f"board {at[1]} of {at[0]} does not answer")
        machine, finding = setup.machine.looked(contacts)
        if machine.step is not Step.DONE:
            self._swap(at, BoardSetup(machine, finding))
            trouble = finding.trouble.value if finding is not None else ""
            return Answered(cid, "done", out={"step": machine.step.value, "trouble": trouble})
        wall = self.wall
        found = replace(wall, wirings={**wall.wirings, at: machine.found})
        tx.after_commit(KeepWall(cid, self._document(wall, found), at))
        return Answered(cid, "accepted")

    def _swap(self, at: BusAddress, setup: BoardSetup | None) -> None:
        others = {key: one for key, one in self.setups.items() if key != at}
        self.setups = MappingProxyType(others if setup is None else {**others, at: setup})


def mark_of(wall: CellMap) -> str:
    """By which a change says what it was made from."""
    return hashlib.sha256(json.dumps(document_of(wall), sort_keys=True).encode()).hexdigest()[:16]


def _with(before: CellMap, places: Sequence[Place]) -> CellMap:
    """These cells and no other; what was found out of a board stays, unless a cell of it is new and casts doubt."""
    known = {(place.device, place.board, place.lock) for place in before.places}
    fresh = [place for place in places if (place.device, place.board, place.lock) not in known]
    wirings = before.with_places(fresh).wirings
    return CellMap(tuple(sorted(places, key=lambda place: place.door)), wirings)


def _held(running: CellMap, made: CellMap, tx: Transaction) -> list[str]:
    """Cells in which something lies, or nobody knows what: they are handed out by their number, and by their lock."""
    return [
        f"cell {place.id} is not empty: hand out what is in it first" for place in running.places
        if not place.is_where(made.place(place.id)) and tx.cells.find(place.id).is_held
    ]  # fmt: skip


def _lost(rest: Mapping[str, list[Any]], made: CellMap, tx: Transaction) -> list[str]:
    """Those of a bus that the settings do not have now. It may have another name by now; its locks are the same."""
    wrong = []
    for one in rest["cells"]:
        place = made.place(one.get("id", "")) if isinstance(one, Mapping) else None
        if place is None or (place.board, place.lock, place.door) == (
            one.get("board"),
            one.get("lock"),
            one.get("door"),
        ):
            continue
        if tx.cells.find(place.id).is_held:
            wrong.append(f"cell {place.id} is not empty, on {one.get('device')}: give it its lock and number of there")
    return wrong


def wall_at_start(shelf: Shelf, buses: Mapping[str, LockLine], held: Collection[str]) -> tuple[CellMap, list[str]]:
    """The map that this start goes by, written down as such, and in sentences what of it cannot be used.

    `held`: cells in which something lies, or nobody knows what. Each stays where the last start had it.
    """
    wanted, wrong = read_cell_map(shelf.get(WALL), buses)
    running, _ = read_cell_map(shelf.get(RUNNING), buses)
    wall = wanted.kept_in(running, held)
    for place in wall.places:
        if not place.is_where(wanted.place(place.id)):
            _log.warning("cell %s is not empty: it stays lock %d of board %d", place.id, place.lock, place.board)
    document = document_of(wall)
    if shelf.get(RUNNING) is None or document != document_of(running):
        try:
            shelf.put(RUNNING, document)
        except DiskFull as error:
            # Under a map that is not written down the next start could not tell which cells are to stay.
            _log.error("the new cell map waits for room on the disk: %s", error)
            return (wanted, wrong) if shelf.get(RUNNING) is None else (running, wrong)
    return wall, wrong
