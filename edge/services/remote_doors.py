"""Doors that the cloud wants opened: locker.open, class S (contract P13, product row 60).

    nothing in the cell             one pulse, at once
    a parcel, or nobody knows what  named in the command, `running` {wait: confirm}, and Enter at the counter

The cid is stored before the pulse. A power cut between the two is answered cmd.outcome_unknown; nothing is sent again.
"""

from __future__ import annotations

import json
import logging

from edge.bus import Bus
from edge.codec.wire_parcel import OPEN, OpenArgs, read_open
from edge.errors import WireError
from edge.messages import Started
from edge.model.cell import Cell, CellState, Place
from edge.model.counter import Waiting
from edge.model.door import Content
from edge.model.parcel import CLAIMABLE
from edge.ports import Transaction
from edge.services.commands import Answered, Ordered
from edge.services.doors import Doors
from edge.services.handing_out import REMOTE
from edge.services.owner_doors import OwnerDoors, Refusal, Wish

GAP_S = 1.0
AN_HOUR = 30
HOUR_S = 3_600.0
"""At most one a second, and AN_HOUR in any hour (contract P13)."""

_TIMES = "door.remote"
"""In `meta`: when doors were last wanted opened, in monotonic seconds, JSON."""
_CODES = {
    Refusal.SILENT: ("hw.locker_offline", "its board does not answer"),
    Refusal.IN_USE: ("cmd.busy", "somebody uses this cell now"),
    Refusal.IS_OPEN: ("cmd.busy", "its door is open"),
    Refusal.COURIER: ("auth.denied", "its parcel waits for a courier"),
}
_DOUBTFUL = frozenset(CellState) - {CellState.FREE}
"""Of a cell without a parcel that anybody knows."""
_log = logging.getLogger("edge.parcel")


class RemoteDoors:
    def __init__(self, bus: Bus, doors: Doors, owner: OwnerDoors) -> None:
        self._doors = doors
        self._owner = owner
        bus.on(Started, self._resume)
        bus.on(Ordered, self._ordered)

    def _resume(self, _: Started, tx: Transaction) -> None:
        """Another boot, another clock: an hour that had begun begins anew."""
        if times := self._times(tx):
            tx.put(_TIMES, json.dumps([tx.stamp.mono] * len(times)))

    def _ordered(self, ordered: Ordered, tx: Transaction) -> None:
        if ordered.type != OPEN:
            return
        try:
            args = read_open(ordered.args)
        except WireError as error:
            self._refuse(ordered, "schema.invalid", error.what, tx)
            return
        place = self._doors.place(args.box)
        if place is None:
            known = [place.id for place in self._doors.places]
            there = f"it has {known[0]} to {known[-1]}" if known else "it has none"
            self._refuse(ordered, "schema.invalid", f"there is no cell {args.box}: {there}", tx)
        elif (refusal := self._owner.refusal(place, tx)) is not None:
            self._refuse(ordered, *_CODES[refusal], tx)
        elif not self._may_now(tx):
            self._refuse(ordered, "quota.exceeded", f"one door a second, {AN_HOUR} an hour", tx)
        else:
            self._open(ordered, args, place, tx)

    def _open(self, ordered: Ordered, args: OpenArgs, place: Place, tx: Transaction) -> None:
        cell = tx.cells.find(place.id)
        parcel = self._owner.parcel_in(cell, tx)
        if (args.parcel or None) != (parcel.id if parcel is not None else None):
            what = "another parcel, or none, is in this cell" if args.parcel else "a parcel is in it: name it"
            self._refuse(ordered, "auth.denied", what, tx)
            return
        if parcel is not None and parcel.state not in CLAIMABLE:
            self._refuse(ordered, "auth.denied", "nobody knows where its parcel is: only at the counter", tx)
            return
        wish = Wish(place.id, REMOTE, ordered.by, parcel.id if parcel else "", ordered.cid, args.why)
        if parcel is None and not self._may_hold(cell):
            self._count(tx)
            self._owner.open(wish, tx)
        elif tx.counter.waiting is not Waiting.NOTHING or tx.counter.sale is not None:
            # An Enter that is meant for money must not open a door.
            self._refuse(ordered, "cmd.busy", "somebody is being served at the counter", tx)
        else:
            self._count(tx)
            self._owner.ask(wish, place, tx)
            tx.after_commit(Answered(ordered.cid, "running", out={"wait": "confirm"}))

    def _may_hold(self, cell: Cell) -> bool:
        """Something that nobody has booked."""
        seen = self._doors.content(cell.id)
        return seen is Content.FULL or (cell.state in _DOUBTFUL and seen is not Content.EMPTY)

    def _refuse(self, ordered: Ordered, code: str, msg: str, tx: Transaction) -> None:
        tx.after_commit(Answered(ordered.cid, "rejected", code=code, msg=msg))

    # --- the rate --------------------------------------------------------------------------------------------------

    def _may_now(self, tx: Transaction) -> bool:
        times = [mono for mono in self._times(tx) if tx.stamp.mono - mono < HOUR_S]
        return len(times) < AN_HOUR and all(tx.stamp.mono - mono >= GAP_S for mono in times)

    def _count(self, tx: Transaction) -> None:
        tx.put(_TIMES, json.dumps([*self._times(tx), tx.stamp.mono][-AN_HOUR:]))

    def _times(self, tx: Transaction) -> list[float]:
        try:
            return [float(mono) for mono in json.loads(tx.get(_TIMES) or "[]")]
        except (ValueError, TypeError, RecursionError) as error:
            _log.error("when doors were opened remotely cannot be read: %s", error)
            return []
