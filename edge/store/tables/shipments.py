"""What the cloud said of parcels that customers send, from the quote on."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any

from edge.model.masking import Recipient
from edge.model.money import Fen
from edge.model.shipment import Shipment

Run = Callable[..., Any]

_log = logging.getLogger("edge.store")


class ShipmentTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def keep(self, shipment: Shipment) -> None:
        s = shipment
        self._write(
            "INSERT OR REPLACE INTO shipment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (s.parcel, s.waybill, s.carrier, s.recipient.name, s.recipient.tail, s.grams, s.fee, _text(s.until),
             json.dumps(s.lines, ensure_ascii=False), s.sale),
        )  # fmt: skip

    def find(self, parcel_id: str) -> Shipment | None:
        row = self._read(
            "SELECT parcel, waybill, carrier, grams, fee, until, name, tail, lines, sale FROM shipment"
            " WHERE parcel = ?", (parcel_id,),
        ).fetchone()  # fmt: skip
        try:
            return _shipment(*row) if row is not None else None
        except (ValueError, TypeError, RecursionError) as error:
            _log.error("what the cloud said of parcel %s cannot be read: %s", parcel_id, error)
            return None

    def forget_unpaid(self, before: datetime, *, but: Collection[str]) -> int:
        rows = self._read("SELECT parcel FROM shipment WHERE sale = '' AND until < ?", (_text(before),)).fetchall()
        over = [parcel for (parcel,) in rows if parcel not in but]
        for parcel in over:
            self._write("DELETE FROM shipment WHERE parcel = ?", (parcel,))
        return len(over)


def _shipment(
    parcel: str, waybill: str, carrier: str, grams: int, fee: int, until: str, name: str, tail: str, lines: str,
    sale: str,
) -> Shipment:  # fmt: skip
    return Shipment(
        parcel, waybill, carrier, grams, Fen(fee), datetime.fromisoformat(until), Recipient("", name, tail),
        tuple(str(line) for line in json.loads(lines)), sale,
    )  # fmt: skip


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
