"""Pulses of locker doors: queued → sending → done, failed, unknown or expired; never driven again after a boot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.model.door_pulse import DoorPulse
from edge.model.ledger_rows import EffectState
from edge.store.tables.effects import is_state

Run = Callable[..., Any]

_COLUMNS = "id, cell, why, state, parcel, by, reason, wanted_mono"


class DoorPulseTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def queue(self, pulse: DoorPulse) -> None:
        p = pulse
        self._write("INSERT INTO door_pulse VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    (p.id, p.cell, p.why, p.state, p.parcel, p.by, p.reason, p.wanted_mono))  # fmt: skip

    def move(self, pulse_id: str, state: EffectState, reason: str = "") -> None:
        self._write("UPDATE door_pulse SET state = ?, reason = ? WHERE id = ?", (state, reason, pulse_id))

    def find(self, pulse_id: str) -> DoorPulse | None:
        row = self._read(f"SELECT {_COLUMNS} FROM door_pulse WHERE id = ?", (pulse_id,)).fetchone()
        return _pulse(row) if row else None

    def in_state(self, state: EffectState) -> Sequence[DoorPulse]:
        rows = self._read(f"SELECT {_COLUMNS} FROM door_pulse WHERE {is_state(state)} ORDER BY rowid")
        return [_pulse(row) for row in rows]

    def of_cell(self, cell: str) -> DoorPulse | None:
        row = self._read(
            f"SELECT {_COLUMNS} FROM door_pulse WHERE cell = ? ORDER BY rowid DESC LIMIT 1", (cell,)
        ).fetchone()
        return _pulse(row) if row else None

    def let_at(self, parcel_id: str) -> DoorPulse | None:
        row = self._read(
            f"SELECT {_COLUMNS} FROM door_pulse WHERE parcel = ? AND parcel <> '' AND state IN ('unknown', 'done')"
            " ORDER BY rowid DESC LIMIT 1",
            (parcel_id,),
        ).fetchone()
        return _pulse(row) if row else None

    def sent_to(self, cell: str) -> DoorPulse | None:
        row = self._read(
            f"SELECT {_COLUMNS} FROM door_pulse WHERE cell = ? AND state <> 'expired' ORDER BY rowid DESC LIMIT 1",
            (cell,),
        ).fetchone()
        return _pulse(row) if row else None


def _pulse(row: tuple[Any, ...]) -> DoorPulse:
    id, cell, why, state, parcel, by, reason, wanted_mono = row
    return DoorPulse(id, cell, why, EffectState(state), parcel, by, reason, wanted_mono)
