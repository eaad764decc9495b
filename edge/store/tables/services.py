"""Service orders: what was quoted, what was paid, and how far it came. Kept with the record that tells of each move."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from edge.model.money import Fen
from edge.model.platform import ServiceKind
from edge.model.service_order import OPEN, OWING, ServiceOrder, ServiceState
from edge.model.service_records import ServicePaid, ServiceRecord
from edge.store.tables.parcels import IS_HERE

Run = Callable[..., Any]

_COLUMNS = (
    "id, slip, kind, offer, name, name_en, amount, price, until, at, state, subject, lines, sale, paid_at, bday, ref,"
    " fee, cancellable, back_until, back_fee"
)
_READ = "id, kind, offer, name, name_en, amount, price, until, at, state, subject, lines, sale, paid_at, ref, fee,"
_READ += " cancellable, back_until, back_fee"
OPEN_STATES = "state IN ('paid', 'submitted', 'unknown', 'cancelling')"
OWING_STATES = "state IN ('paid', 'submitted', 'unknown', 'cancelling', 'failed')"
"""Word for word the indexes' conditions."""
_STILL_HERE = f"""(EXISTS (SELECT 1 FROM online_order o WHERE o.id = service_order.id AND o.handed_at = ''
    AND service_order.state = 'completed' AND service_order.sale = '')
  OR EXISTS (SELECT 1 FROM online_parcel p JOIN parcel ON parcel.id = p.parcel
    WHERE p.id = service_order.id AND {IS_HERE.replace("state", "parcel.state")}))"""
"""Goods were ordered that are neither paid nor fetched, or a parcel of them lies here, paid or called off."""
_UNDONE = "state NOT IN ('failed', 'refunded', 'cancelled_refunded', 'reversed')"

_log = logging.getLogger("edge.store")
assert len(OPEN) == 4
assert len(OWING) == 5


class ServiceTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def book(self, record: ServiceRecord) -> None:
        """Projection of the records: each says what the order is from now on."""
        o = record.order
        day = record.business_day.isoformat() if isinstance(record, ServicePaid) else self._day(o.id)
        self._write(
            f"INSERT OR REPLACE INTO service_order({_COLUMNS}) VALUES ({', '.join('?' * 21)})",
            (o.id, o.slip, o.kind.value, o.offer, o.name, o.name_en, o.amount, o.price, _text(o.until), _text(o.at),
             o.state.value, o.subject, json.dumps(o.lines, ensure_ascii=False), o.sale,
             _text(o.paid_at) if o.paid_at is not None else "", day, o.reference, o.fee, int(o.cancellable),
             _text(o.back_until) if o.back_until is not None else "", o.back_fee),
        )  # fmt: skip

    def find(self, order_id: str) -> ServiceOrder | None:
        return self._one("id = ?", order_id)

    def by_slip(self, number: str) -> ServiceOrder | None:
        return self._one("slip = ?", number)

    def open(self) -> Sequence[ServiceOrder]:
        return self._many(f"{OPEN_STATES} ORDER BY id")

    def owing(self) -> Sequence[ServiceOrder]:
        return self._many(f"{OWING_STATES} ORDER BY id")

    def over(self, now: datetime, *, limit: int) -> Sequence[ServiceOrder]:
        return self._many("state = 'quoted' AND until <= ? ORDER BY until LIMIT ?", _text(now), limit)

    def waiting(self) -> int:
        (count,) = self._read("SELECT count(*) FROM service_order WHERE state = 'quoted'").fetchone()
        return int(count)

    def paid_on(self, offer: str, day: date) -> Fen:
        (fen,) = self._read(
            f"SELECT coalesce(sum(price), 0) FROM service_order WHERE bday = ? AND offer = ? AND {_UNDONE}",
            (day.isoformat(), offer),
        ).fetchone()
        return Fen(fen)

    def forget(self, before_at: str, *, limit: int) -> int:
        """What the shop owes to nobody: neither service nor money nor goods. One that is quoted is told of as expired
        before.
        """
        return int(
            self._write(
                "DELETE FROM service_order WHERE id IN (SELECT id FROM service_order WHERE at < ?"
                f" AND NOT {OWING_STATES} AND state <> 'quoted'"
                f" AND NOT {_STILL_HERE}"
                " AND NOT EXISTS (SELECT 1 FROM sale WHERE sale.id = service_order.sale) ORDER BY at LIMIT ?)",
                (before_at, limit),
            ).rowcount
        )

    def _day(self, order_id: str) -> str:
        row = self._read("SELECT bday FROM service_order WHERE id = ?", (order_id,)).fetchone()
        return str(row[0]) if row else ""

    def _one(self, where: str, value: str) -> ServiceOrder | None:
        found = self._many(where, value)
        return found[0] if found else None

    def _many(self, where: str, *values: object) -> list[ServiceOrder]:
        rows = self._read(f"SELECT {_READ} FROM service_order WHERE {where}", values)
        return [order for row in rows if (order := _readable(row)) is not None]


def _readable(row: tuple[Any, ...]) -> ServiceOrder | None:
    try:
        return _order(*row)
    except (ValueError, TypeError, RecursionError) as error:
        _log.error("service order %s cannot be read: %s", row[0], error)
        return None


def _order(
    id: str, kind: str, offer: str, name: str, name_en: str, amount: int, price: int, until: str, at: str, state: str,
    subject: str, lines: str, sale: str, paid_at: str, reference: str, fee: int, cancellable: int,
    back_until: str, back_fee: int | None,
) -> ServiceOrder:  # fmt: skip
    return ServiceOrder(
        id=id, kind=ServiceKind(kind), offer=offer, name=name, name_en=name_en, amount=Fen(amount), price=Fen(price),
        until=datetime.fromisoformat(until), at=datetime.fromisoformat(at), state=ServiceState(state), subject=subject,
        lines=tuple(str(line) for line in json.loads(lines)), sale=sale,
        paid_at=datetime.fromisoformat(paid_at) if paid_at else None, reference=reference, fee=Fen(fee),
        cancellable=bool(cancellable), back_until=datetime.fromisoformat(back_until) if back_until else None,
        back_fee=Fen(back_fee) if back_fee is not None else None,
    )  # fmt: skip


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
