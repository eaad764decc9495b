"""Parcels that lie here for too long: reminders before their free time ends, and the record that it has (row 58)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from edge.bus import Bus
from edge.clock import Clk
from edge.messages import Started
from edge.model.carrier import Carriers
from edge.model.parcel import ParcelEvent, ParcelState
from edge.model.parcel_records import ParcelOverdue, ParcelReminded
from edge.ports import Transaction

LOOK_EVERY_S = 600.0
AT_ONCE = 50
"""Parcels that become overdue in one transaction; the next look follows at once while there are more."""

_LOOKED = "overdue.looked"
"""In `meta`: up to which moment reminders were given."""


@dataclass(frozen=True, slots=True)
class OverdueLook:
    """A timer: what has become of the parcels' free time?"""


class Overdue:
    """A clock that nobody trusts makes nothing overdue: a day too early would be a parcel sent back for nothing."""

    def __init__(self, bus: Bus, carriers: Carriers) -> None:
        self._bus = bus
        self._carriers = carriers
        bus.on(Started, lambda _, tx: self._bus.after(0, OverdueLook()))
        bus.on(OverdueLook, self._look)

    def _look(self, _: OverdueLook, tx: Transaction) -> None:
        more = False
        if tx.stamp.clk is not Clk.UNSYNC:
            self._remind(tx)
            due = tx.parcels.due(tx.stamp.at, limit=AT_ONCE)
            for parcel in due:
                tx.append(ParcelOverdue(parcel.moved(ParcelEvent.EXPIRE)))
            more = len(due) == AT_ONCE
        self._bus.after(0 if more else LOOK_EVERY_S, OverdueLook())

    def _remind(self, tx: Transaction) -> None:
        """Each reminder once: those whose moment fell between the last look and this one."""
        now, before = tx.stamp.at, _moment(tx.get(_LOOKED))
        if before is None or before > now or now - before > timedelta(days=7):
            before = now
        for parcel in tx.parcels.in_state({ParcelState.STORED}) if before < now else ():
            if parcel.at is None or parcel.due_at is None:
                continue
            for after in self._carriers.named(parcel.carrier).reminders(locker=bool(parcel.cell)):
                if before < parcel.at + after <= now:
                    hours = round((parcel.due_at - now).total_seconds() / 3600)
                    tx.append(ParcelReminded(parcel.id, parcel.waybill, max(0, hours)))
        tx.put(_LOOKED, now.isoformat())


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
