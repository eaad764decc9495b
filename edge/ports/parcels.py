"""The parcel station in one message's transaction: parcels, cells, pulses of doors, places on shelves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from edge.model.cell import Cell, CellState
from edge.model.door_pulse import DoorPulse
from edge.model.ledger_rows import EffectState
from edge.model.parcel import Parcel, ParcelState
from edge.model.shipment import Shipment


class Parcels(Protocol):
    def keep(self, parcel: Parcel) -> None:
        """As it is now. Raises ModelError: another parcel that is here has this pick-up code."""
        ...

    def find(self, parcel_id: str) -> Parcel | None: ...
    def by_waybill(self, waybill: str) -> Parcel | None:
        """The one that is here or expected, else the newest that ever was."""
        ...

    def by_code(self, code: str) -> Parcel | None:
        """By the hash of its pick-up code."""
        ...

    def handed_out(self, code: str) -> Parcel | None:
        """The newest one that went by this code's hash."""
        ...

    def of_recipient(self, key: str) -> Sequence[Parcel]:
        """What lies here for one recipient, the oldest first; nobody's for an empty key."""
        ...

    def of_tail(self, tail: str) -> int:
        """How many lie here for people whose phone ends like this."""
        ...

    def in_state(self, states: Collection[ParcelState]) -> Sequence[Parcel]:
        """The oldest first."""
        ...

    def due(self, before: datetime, *, limit: int) -> Sequence[Parcel]:
        """Stored, and their free time over by then."""
        ...

    def untold(self, *, limit: int) -> Sequence[Parcel]:
        """Here, and their recipients not told yet; the oldest first."""
        ...

    def next_serial(self, shelf: str) -> int:
        """Of a place such as 3-1: 1 to 9999, one that no parcel on it has."""
        ...

    def forget_expected(self, before: datetime) -> int:
        """Those that were announced before and never came; how many."""
        ...

    def rows(self, parcel_id: str) -> Sequence[int]:
        """The journal's rows that tell of it."""
        ...


class Shipments(Protocol):
    """What the cloud said of parcels that customers send, by the parcel's id."""

    def keep(self, shipment: Shipment) -> None: ...
    def find(self, parcel_id: str) -> Shipment | None:
        """None: there is none that can be read."""
        ...

    def forget_unpaid(self, before: datetime, *, but: Collection[str]) -> int:
        """Those that ran out before and that nobody paid for; `but` these, by their parcels."""
        ...


class Cells(Protocol):
    def keep(self, cell: Cell) -> None:
        """But for `out`, which only the next two change."""
        ...

    def take_out(self, cell_id: str) -> None: ...
    def bring_back(self, cell_id: str) -> None: ...
    def find(self, cell_id: str) -> Cell:
        """One that was never heard of is to be looked into first: CHECK."""
        ...

    def in_state(self, state: CellState) -> Sequence[Cell]: ...


class DoorPulses(Protocol):
    def queue(self, pulse: DoorPulse) -> None: ...
    def move(self, pulse_id: str, state: EffectState, reason: str = "") -> None: ...
    def find(self, pulse_id: str) -> DoorPulse | None: ...
    def in_state(self, state: EffectState) -> Sequence[DoorPulse]:
        """Oldest first."""
        ...

    def sent_to(self, cell: str) -> DoorPulse | None:
        """The newest of this cell that was handed to its board; None: there never was one."""
        ...

    def let_at(self, parcel_id: str) -> DoorPulse | None:
        """The newest for this parcel that has opened its door, or may have; None: there is none."""
        ...

    def of_cell(self, cell: str) -> DoorPulse | None:
        """The newest."""
        ...
