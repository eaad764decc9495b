"""Goods that were ordered for customers, beside their service orders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from edge.model.online_order import OnlineOrder
from edge.model.service_records import ServiceHandedOver, ServiceOverdue

Run = Callable[..., Any]
_COLUMNS = "id, barcode, pieces, comes_on, later, handed_at, slot, late"

WAITED_FOR = "handed_at = '' AND slot = '' AND comes_on <> ''"
"""Word for word the index's condition."""


class OnlineOrderTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def keep(self, order: OnlineOrder) -> None:
        handed = order.handed_at.astimezone(UTC).isoformat(timespec="milliseconds") if order.handed_at else ""
        self._write(
            f"INSERT OR REPLACE INTO online_order({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (order.id, order.barcode, order.pieces, order.comes_on.isoformat() if order.comes_on else "",
             int(order.later), handed, order.slot, int(order.late)),
        )  # fmt: skip
        for parcel in order.parcels:
            self._write("INSERT OR REPLACE INTO online_parcel(parcel, id) VALUES (?, ?)", (parcel, order.id))

    def hand_over(self, record: ServiceHandedOver) -> None:
        """Projection of `service.handed_over`."""
        goods = self.find(record.order.id)
        if goods is not None:
            self.keep(replace(goods, handed_at=record.order.at))

    def note_late(self, record: ServiceOverdue) -> None:
        """Projection of `service.overdue`."""
        self._write("UPDATE online_order SET late = 1 WHERE id = ?", (record.order.id,))

    def late(self, today: date, *, limit: int) -> Sequence[OnlineOrder]:
        rows = self._read(
            f"SELECT {_COLUMNS} FROM online_order o WHERE {WAITED_FOR} AND comes_on < ? AND EXISTS (SELECT 1"
            " FROM service_order s WHERE s.id = o.id AND s.state = 'completed') AND NOT EXISTS (SELECT 1"
            " FROM online_parcel p JOIN parcel ON parcel.id = p.parcel WHERE p.id = o.id"
            " AND parcel.state NOT IN ('expected', 'cancelled')) ORDER BY comes_on LIMIT ?",
            (today.isoformat(), limit),
        ).fetchall()
        return [self._order(row) for row in rows]

    def find(self, order_id: str) -> OnlineOrder | None:
        return self._one("id = ?", order_id)

    def of_parcel(self, parcel: str) -> OnlineOrder | None:
        return self._one("id = (SELECT id FROM online_parcel WHERE parcel = ?)", parcel)

    def forget(self, *, limit: int) -> int:
        """At most `limit` whose service orders are forgotten; how many it was."""
        gone = int(
            self._write(
                "DELETE FROM online_order WHERE id IN (SELECT id FROM online_order o"
                " WHERE NOT EXISTS (SELECT 1 FROM service_order s WHERE s.id = o.id) LIMIT ?)",
                (limit,),
            ).rowcount
        )
        self._write(
            "DELETE FROM online_parcel WHERE parcel IN (SELECT parcel FROM online_parcel p"
            " WHERE NOT EXISTS (SELECT 1 FROM online_order o WHERE o.id = p.id) LIMIT ?)",
            (limit,),
        )
        return gone

    def _one(self, where: str, value: str) -> OnlineOrder | None:
        row = self._read(f"SELECT {_COLUMNS} FROM online_order WHERE {where}", (value,)).fetchone()
        return self._order(row) if row is not None else None

    def _order(self, row: tuple[Any, ...]) -> OnlineOrder:
        id, barcode, pieces, comes_on, later, handed_at, slot, late = row
        parcels = self._read("SELECT parcel FROM online_parcel WHERE id = ? ORDER BY parcel", (id,)).fetchall()
        return OnlineOrder(
            id, barcode, int(pieces), date.fromisoformat(comes_on) if comes_on else None, bool(later),
            tuple(str(parcel) for (parcel,) in parcels),
            datetime.fromisoformat(handed_at) if handed_at else None, slot, bool(late),
        )  # fmt: skip
