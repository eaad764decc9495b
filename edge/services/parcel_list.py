"""Card 超期件 where no courier stands: what waits for its courier, and who was not told (rows 58, 67a)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from edge.bus import Bus
from edge.messages import Asked, Say, Tone
from edge.model.counter import Verb
from edge.model.parcel import CLAIMABLE, Parcel
from edge.model.parcel_slip import Listed, list_slip
from edge.ports import Transaction
from edge.services.doors import Doors
from edge.services.parcel_codes import FAILED
from edge.services.parcel_desk import desk_of
from edge.services.slips import local_time, print_slip
from edge.services.spoken_manner import manner_of
from edge.services.take_back import WAITING_FOR_COURIERS


class ParcelList:
    """A shop calls those who could not be told: the courier's sticker has their number in full, the box has not."""

    def __init__(self, bus: Bus, doors: Doors, *, zone: ZoneInfo, language: str) -> None:
        self._doors = doors
        self._zone = zone
        self._language = language
        bus.on(Asked, self._asked)

    def _asked(self, asked: Asked, tx: Transaction) -> None:
        desk = desk_of(tx)
        if asked.verb is not Verb.OVERDUE or (desk is not None and desk.by):
            return
        overdue = [self._listed(parcel) for parcel in tx.parcels.in_state(WAITING_FOR_COURIERS)]
        untold = [self._listed(parcel) for parcel in tx.parcels.in_state(CLAIMABLE) if parcel.told == FAILED]
        if overdue or untold:
            language = manner_of(tx, self._language).language
            now = local_time(tx.stamp.at, self._zone)
            print_slip(list_slip(overdue, untold, language=language, local_time=now), tx)
        tx.after_commit(Say("parcel.overdue_here", words=(("n", str(len(overdue))),)))
        if untold:
            tx.after_commit(Say("parcel.untold_here", Tone.ATTENTION, words=(("n", str(len(untold))),)))

    def _listed(self, parcel: Parcel) -> Listed:
        place = self._doors.place(parcel.cell) if parcel.cell else None
        return Listed(parcel.shelf or parcel.cell if place is None else f"# {place.door}", parcel)
