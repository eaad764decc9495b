"""Parcels: what is expected, what lies here, whom it was handed to; and which journal rows tell of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from edge.errors import ModelError
from edge.model.cell import Size
from edge.model.masking import Recipient
from edge.model.parcel import CLAIMABLE, HERE, Parcel, ParcelState

Run = Callable[..., Any]
SERIAL_MAX = 9_999

COLUMNS = (
    "id, waybill, carrier, state, key, name, tail, consent, size, shelf, cell, by, at, due_at, code, told, late, doubt"
)
IS_HERE = "state IN ('checking_in', 'stored', 'releasing', 'overdue', 'refused', 'missing', 'accepted')"
"""Word for word the indexes' condition."""
IS_EXPECTED = "state = 'expected'"


class ParcelTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def keep(self, parcel: Parcel) -> None:
        other = self.by_code(parcel.code) if parcel.code and parcel.state in HERE else None
        if other is not None and other.id != parcel.id:
            raise ModelError("another parcel has this pick-up code", where=parcel.waybill, got=other.waybill)
        p, r = parcel, parcel.recipient
        self._write(
            f"INSERT OR REPLACE INTO parcel({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (p.id, p.waybill, p.carrier, p.state, r.key, r.name, r.tail, None if p.consent is None else int(p.consent),
             p.size.name, p.shelf, p.cell, p.by, _text(p.at), _text(p.due_at), p.code, p.told, int(p.late),
             int(p.doubt)),
        )  # fmt: skip

    def find(self, parcel_id: str) -> Parcel | None:
        return self._one("id = ?", parcel_id)

    def by_waybill(self, waybill: str) -> Parcel | None:
        here = self._one(f"waybill = ? AND ({IS_HERE})", waybill) or self._one(
            f"waybill = ? AND {IS_EXPECTED}", waybill
        )
        return here or self._one("waybill = ? ORDER BY at DESC, id DESC LIMIT 1", waybill)

    def by_code(self, code: str) -> Parcel | None:
        return self._one(f"code = ? AND code <> '' AND ({IS_HERE})", code) if code else None

    def handed_out(self, code: str) -> Parcel | None:
        return self._one("code = ? AND code <> '' AND state = 'picked_up' ORDER BY at DESC LIMIT 1", code)

    def of_recipient(self, key: str) -> Sequence[Parcel]:
        found = self._all(f"key = ? AND key <> '' AND ({IS_HERE}) ORDER BY at, id", key) if key else []
        return [parcel for parcel in found if parcel.state in CLAIMABLE]

    def of_tail(self, tail: str) -> int:
        found = self._all(f"tail = ? AND tail <> '' AND ({IS_HERE}) LIMIT 1000", tail) if tail else []
        return sum(parcel.state in CLAIMABLE for parcel in found)

    def in_state(self, states: Collection[ParcelState]) -> Sequence[Parcel]:
        marks = ", ".join("?" * len(states))
        return self._all(f"state IN ({marks}) ORDER BY at, id", *states)

    def due(self, before: datetime, *, limit: int) -> Sequence[Parcel]:
        return self._all(
            "state = 'stored' AND due_at < ? AND due_at <> '' ORDER BY due_at LIMIT ?", _text(before), limit
        )

    def untold(self, *, limit: int) -> Sequence[Parcel]:
        return self._all("told = '' AND state IN ('stored', 'overdue') ORDER BY at, id LIMIT ?", limit)

    def next_serial(self, shelf: str) -> int:
        row = self._read("SELECT serial FROM shelf WHERE place = ?", (shelf,)).fetchone()
        last = int(row[0]) if row else 0
        for step in range(1, SERIAL_MAX + 1):
            serial = (last + step - 1) % SERIAL_MAX + 1
            if self._one(f"shelf = ? AND ({IS_HERE})", f"{shelf}-{serial:04d}") is None:
                self._write("INSERT OR REPLACE INTO shelf VALUES (?, ?)", (shelf, serial))
                return serial
        raise ModelError("there is no number left on this shelf", where=shelf, expected=f"{SERIAL_MAX} parcels at most")

    def forget_expected(self, before: datetime) -> int:
        return int(self._write(f"DELETE FROM parcel WHERE {IS_EXPECTED} AND at < ?", (_text(before),)).rowcount)

    def trail(self, parcel_id: str, n: int) -> None:
        """Projection of each record about a parcel; n 0: it is in no journal."""
        if parcel_id and n:
            self._write("INSERT OR IGNORE INTO parcel_row VALUES (?, ?)", (parcel_id, n))

    def rows(self, parcel_id: str) -> Sequence[int]:
        return [int(n) for (n,) in self._read("SELECT n FROM parcel_row WHERE parcel = ? ORDER BY n", (parcel_id,))]

    def _one(self, where: str, *values: object) -> Parcel | None:
        row = self._read(f"SELECT {COLUMNS} FROM parcel WHERE {where}", values).fetchone()
        return parcel_of(row) if row else None

    def _all(self, where: str, *values: object) -> list[Parcel]:
        return [parcel_of(row) for row in self._read(f"SELECT {COLUMNS} FROM parcel WHERE {where}", values)]


def _text(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def parcel_of(row: tuple[Any, ...]) -> Parcel:
    """A row of COLUMNS. Raises ValueError or KeyError: nobody wrote it so."""
    (id, waybill, carrier, state, key, name, tail, consent, size, shelf, cell, by, at, due_at, code, told, late,
     doubt) = row  # fmt: skip
    return Parcel(
        id=id, waybill=waybill, carrier=carrier, state=ParcelState(state), recipient=Recipient(key, name, tail),
        consent=None if consent is None else bool(consent), size=Size[size], shelf=shelf, cell=cell, by=by,
        at=_moment(at), due_at=_moment(due_at), code=code, told=told, late=bool(late), doubt=bool(doubt),
    )  # fmt: skip
