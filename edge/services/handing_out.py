"""A parcel goes out: its door opens and is shut again, or its own waybill is scanned (product rows 51–57).

Doors open one after the other, the next one when this one is shut. From a shelf only the parcel's own waybill lets it
go. What is left in a cell lies there as before, and Enter opens its door once more.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from edge.bus import Bus
from edge.messages import Asked, AskedAtDesk, OrderShown, ParcelScanned, Say, Show, Started, Tone, View
from edge.model.cell import CellEvent, CellState
from edge.model.counter import YES_OR_NO, Verb, Waiting, at_rest
from edge.model.door import Content, Door
from edge.model.door_pulse import DoorPulse
from edge.model.parcel import CLAIMABLE, Parcel, ParcelEvent, ParcelState
from edge.model.parcel_records import CellChanged, ParcelCollected
from edge.ports import Transaction
from edge.services.basket import basket_view
from edge.services.cell_books import SeenEmpty, give_back
from edge.services.door_verdicts import DoorClosed, DoorOpened, DoorStuck, DoorUnsure
from edge.services.doors import Doors
from edge.services.order_custody import kept_by
from edge.services.parcel_desk import desk_of
from edge.services.pickup import CodeRight

PICKUP = "pickup"
"""Why its door is opened."""
OWNER, REMOTE = "owner", "remote"
BY_WORD = frozenset({OWNER, REMOTE})
"""The same without a code: the owner said so here, or the cloud did and the owner agreed."""
RELEASE_S = 180.0
"""Until somebody has found a parcel on the shelf and scanned it."""
QUEUE_S = 180.0
"""A door that waits for the one before opens within it, or not at all: then whoever had the code has gone."""
LEFT_S = 60.0
"""Enter opens a door once more that was shut with something in it (row 56)."""

_QUEUE = "pickup.queue"
"""In `meta`: parcels whose doors open when the one before is shut, how and where they were asked for, and until when,
JSON.
"""
_LEFT = "pickup.left"
"""In `meta`: the parcel that was left in its cell, and until when Enter opens it once more, JSON."""

_log = logging.getLogger("edge.parcel")


@dataclass(frozen=True, slots=True)
class ReleaseOver:
    """A timer: nobody has scanned what was to be handed out from the shelf."""

    serial: int


class HandingOut:
    def __init__(self, bus: Bus, doors: Doors) -> None:
        self._bus = bus
        self._doors = doors
        self._serial = 0
        bus.on(Started, self._resume)
        bus.on(CodeRight, self._right)
        bus.on(ParcelScanned, self._scanned)
        bus.on(Asked, self._asked)
        bus.on(AskedAtDesk, self._asked)
        bus.on(DoorOpened, self._opened)
        bus.on(DoorClosed, self._closed)
        bus.on(DoorStuck, self._stuck)
        bus.on(DoorUnsure, self._unsure)
        bus.on(ReleaseOver, self._over)

    # --- what is handed out ----------------------------------------------------------------------------------------

    def _right(self, right: CodeRight, tx: Transaction) -> None:
        self._keep_all(tx)  # of whoever stood here before: nobody else takes that along
        found = [parcel for id in right.parcels if (parcel := tx.parcels.find(id)) and parcel.state in CLAIMABLE]
        for order in dict.fromkeys(order for parcel in found if (order := kept_by(parcel.id, tx))):
            tx.after_commit(OrderShown(order))
        found = [parcel for parcel in found if not kept_by(parcel.id, tx)]
        on_shelf, in_cells = [p for p in found if not p.cell], [p for p in found if p.cell]
        if len(found) > 1:
            tx.after_commit(Say("parcel.many", words=(("n", str(len(found))),)))
        self._put_queue([p.id for p in in_cells], right.how, right.device, tx)
        self._open_next(tx)
        if on_shelf:
            self._from_shelf(on_shelf, right, tx)

    def _from_shelf(self, parcels: Sequence[Parcel], right: CodeRight, tx: Transaction) -> None:
        for parcel in parcels:
            tx.parcels.keep(parcel.moved(ParcelEvent.RELEASE))
        tx.keep(replace(at_rest(tx.counter.sale), waiting=Waiting.RELEASE, barcode=f"{right.how} {right.device}"))
        self._serial += 1
        self._bus.after(RELEASE_S, ReleaseOver(self._serial))
        self._tell_where(parcels[0], tx)

    def _tell_where(self, parcel: Parcel, tx: Transaction) -> None:
        tx.after_commit(Show(View.TEXT, name=parcel.shelf))
        tx.after_commit(Say("parcel.where", Tone.ATTENTION, words=(("shelf", parcel.shelf),)))

    def _scanned(self, scan: ParcelScanned, tx: Transaction) -> None:
        if tx.counter.waiting is not Waiting.RELEASE:
            return
        parcel = tx.parcels.by_waybill(scan.waybill)
        if parcel is None or parcel.state is not ParcelState.RELEASING or parcel.cell:
            tx.after_commit(Say("parcel.wrong", Tone.ALARM))
            return
        how, _, device = (tx.counter.barcode or "").partition(" ")
        tx.append(ParcelCollected(parcel.moved(ParcelEvent.HAND_OVER, tx.stamp.at), how or "code", device))
        left = self._released(tx)
        if left:
            self._tell_where(left[0], tx)
            return
        tx.keep(at_rest(tx.counter.sale))
        tx.after_commit(basket_view(tx.counter))
        tx.after_commit(Say("parcel.bye"))

    def _released(self, tx: Transaction) -> list[Parcel]:
        """Those that are to be scanned, from the shelf."""
        return [parcel for parcel in tx.parcels.in_state({ParcelState.RELEASING}) if not parcel.cell]

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        if asked.verb is Verb.STOP:
            self._keep_all(tx)
            tx.put(_QUEUE, "")
        elif asked.verb is Verb.ENTER and tx.counter.waiting is Waiting.NOTHING and tx.counter.sale is None:
            self._once_more(tx)

    def _over(self, over: ReleaseOver, tx: Transaction) -> None:
        """Also where the counter has gone on to something else meanwhile."""
        if over.serial != self._serial or not self._released(tx):
            return
        self._keep_all(tx)
        if tx.counter.waiting is Waiting.RELEASE:
            tx.keep(at_rest(tx.counter.sale))
            tx.after_commit(basket_view(tx.counter))
            tx.after_commit(Say("parcel.kept", Tone.ATTENTION))

    def _keep_all(self, tx: Transaction) -> None:
        for parcel in self._released(tx):
            tx.parcels.keep(parcel.moved(ParcelEvent.KEEP))

    # --- one door after the other ----------------------------------------------------------------------------------

    def _open_next(self, tx: Transaction) -> None:
        ids, how, device = self._queue(tx)
        while ids:
            parcel = tx.parcels.find(ids.pop(0))
            self._put_queue(ids, how, device, tx)
            if parcel is not None and parcel.state in CLAIMABLE and parcel.cell and self._open(parcel, how, tx):
                return
        self._show_rest(tx)

    def _show_rest(self, tx: Transaction) -> None:
        """No door opens any more: its number leaves the display to what is to be found on the shelf, or to a sale."""
        left = self._released(tx)
        if tx.counter.waiting is Waiting.RELEASE and left:
            tx.after_commit(Show(View.TEXT, name=left[0].shelf))
        elif tx.counter.waiting is Waiting.NOTHING:
            tx.after_commit(basket_view(tx.counter))

    def _open(self, parcel: Parcel, how: str, tx: Transaction) -> bool:
        """Whether its door opens, now or already. What is seen to be gone is missed instead."""
        cell, words = parcel.cell, (("n", self._number(parcel.cell)),)
        if self._doors.is_busy(cell, tx):
            is_own = parcel.state is ParcelState.RELEASING
            if self._doors.door(cell) is Door.OPEN:
                tx.after_commit(Say("door.open" if is_own else "door.shut_first", Tone.ATTENTION, words=words))
            return is_own
        if self._doors.door(cell) is Door.CLOSED and self._doors.content(cell) is Content.EMPTY:
            tx.after_commit(SeenEmpty(parcel.id))
            return False
        tx.parcels.keep(parcel.moved(ParcelEvent.RELEASE))
        self._doors.pulse(cell, PICKUP, tx, parcel=parcel.id, by=how)
        return True

    def _opened(self, opened: DoorOpened, tx: Transaction) -> None:
        if opened.pulse.why == PICKUP:
            number = self._number(opened.pulse.cell)
            tx.after_commit(Show(View.TEXT, name=number))
            tx.after_commit(Say("door.open", words=(("n", number),)))

    def release(self, parcel: Parcel, why: str, by: str, tx: Transaction) -> str:
        """Its door opens at the word of the owner, or of the cloud and the owner; the pulse's id."""
        tx.parcels.keep(parcel.moved(ParcelEvent.RELEASE))
        return self._doors.pulse(parcel.cell, why, tx, parcel=parcel.id, by=by)

    def _closed(self, closed: DoorClosed, tx: Transaction) -> None:
        parcel = self._in_hand(closed.pulse, tx)
        if parcel is None:
            return
        if closed.content is Content.FULL and closed.pulse is not None and closed.pulse.why in BY_WORD:
            tx.parcels.keep(parcel.moved(ParcelEvent.KEEP))
            tx.after_commit(Say("door.full", Tone.ATTENTION, words=(("n", self._number(parcel.cell)),)))
        elif closed.content is Content.FULL:
            tx.parcels.keep(parcel.moved(ParcelEvent.KEEP))
            tx.put(_LEFT, json.dumps([parcel.id, tx.stamp.mono + LEFT_S]))
            tx.after_commit(Say("door.left_in", Tone.ATTENTION, words=(("n", self._number(parcel.cell)),)))
        else:
            self._collect(parcel, closed.pulse, tx)
        if closed.pulse is not None and closed.pulse.why == PICKUP:
            self._open_next(tx)

    def _collect(self, parcel: Parcel, pulse: DoorPulse | None, tx: Transaction) -> None:
        give_back(parcel, tx)
        _, _, device = self._queue(tx)
        how, by = (pulse.by or "code", "") if pulse is not None else ("code", "")
        if pulse is not None and pulse.why in BY_WORD:
            how, by, device = pulse.why, pulse.by, ""
        door = self._doors.door(parcel.cell).value
        tx.append(ParcelCollected(parcel.moved(ParcelEvent.HAND_OVER, tx.stamp.at), how, device, door, by))
        tx.after_commit(Say("parcel.bye"))

    def settle(self, parcel: Parcel, pulse: DoorPulse, tx: Transaction) -> None:
        """Nobody saw what this pulse did; its parcel is not in its cell any more."""
        self._collect(replace(parcel.moved(ParcelEvent.RELEASE), doubt=False), pulse, tx)

    def _stuck(self, stuck: DoorStuck, tx: Transaction) -> None:
        """The parcel stays, its code stays good; only a person's new request pulses again (decisions 3)."""
        parcel = self._in_hand(stuck.pulse, tx)
        if parcel is None:
            return
        if stuck.sent or not self._doors.may_stand_open(parcel.cell, tx):
            tx.parcels.keep(parcel.moved(ParcelEvent.KEEP))
        if stuck.sent:
            cell = tx.cells.find(parcel.cell)
            if cell.state is not CellState.FAULT:
                tx.cells.keep(cell.moved(CellEvent.BREAK))
                tx.append(CellChanged(cell.id, CellState.FAULT.value, "not_opened", parcel.id))
        tx.after_commit(Say("door.fail" if stuck.sent else "door.not_now", Tone.ERROR,
                            words=(("n", self._number(parcel.cell)),)))  # fmt: skip
        if stuck.pulse.why == PICKUP:
            self._open_next(tx)

    def _unsure(self, unsure: DoorUnsure, tx: Transaction) -> None:
        """The power or the board went meanwhile. A sensor decides; without one it may lie there still."""
        parcel = self._in_hand(unsure.pulse, tx)
        if parcel is None:
            return
        if unsure.door is Door.CLOSED and unsure.content is Content.EMPTY:
            self._collect(parcel, unsure.pulse, tx)
        elif unsure.door is Door.CLOSED and unsure.content is Content.FULL:
            tx.parcels.keep(parcel.moved(ParcelEvent.KEEP))
        else:
            cell = tx.cells.find(parcel.cell)
            if cell.state is CellState.OCCUPIED:
                tx.cells.keep(cell.moved(CellEvent.DOUBT))
                tx.append(CellChanged(cell.id, CellState.CHECK.value, "unknown", parcel.id))
            tx.parcels.keep(replace(parcel.moved(ParcelEvent.KEEP), doubt=True))
            tx.after_commit(Say("door.look", Tone.ALARM, words=(("n", self._number(parcel.cell)),)))

    def _once_more(self, tx: Transaction) -> None:
        """Enter within a minute: the door that was shut with something in it (row 56)."""
        text = tx.get(_LEFT)
        if not text or tx.counter.waiting in YES_OR_NO:
            return
        parcel_id, until_mono = json.loads(text)
        tx.put(_LEFT, "")
        parcel = tx.parcels.find(parcel_id)
        is_in_time = 0 < until_mono - tx.stamp.mono <= LEFT_S and desk_of(tx) is None
        if is_in_time and parcel is not None and parcel.state in CLAIMABLE:
            self._open(parcel, "code", tx)

    def _resume(self, _: Started, tx: Transaction) -> None:
        """Nobody waits at a door any more that was to open next; from the shelf nothing went without its scan."""
        tx.put(_QUEUE, "")
        tx.put(_LEFT, "")
        for parcel in tx.parcels.in_state({ParcelState.RELEASING}):
            pulse = tx.pulses.of_cell(parcel.cell) if parcel.cell else None
            if pulse is None or pulse.parcel != parcel.id:
                tx.parcels.keep(parcel.moved(ParcelEvent.KEEP))

    # --- which parcel ----------------------------------------------------------------------------------------------

    def _in_hand(self, pulse: DoorPulse | None, tx: Transaction) -> Parcel | None:
        if pulse is None or pulse.why not in BY_WORD | {PICKUP}:
            return None
        parcel = tx.parcels.find(pulse.parcel)
        return parcel if parcel is not None and parcel.state is ParcelState.RELEASING else None

    def _queue(self, tx: Transaction) -> tuple[list[str], str, str]:
        try:
            ids, how, device, until_mono = json.loads(tx.get(_QUEUE) or '[[], "", "", 0]')
            is_over = tx.stamp.mono > float(until_mono)
            return [] if is_over else [str(id) for id in ids], str(how), str(device)
        except (ValueError, TypeError, RecursionError) as error:
            _log.error("which doors were to open next cannot be read: %s", error)
            return [], "", ""

    def _put_queue(self, ids: Sequence[str], how: str, device: str, tx: Transaction) -> None:
        tx.put(_QUEUE, json.dumps([list(ids), how, device, tx.stamp.mono + QUEUE_S]))

    def _number(self, cell: str) -> str:
        place = self._doors.place(cell)
        return str(place.door) if place is not None else cell
