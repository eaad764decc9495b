"""Purchase orders, a row each, and the numbers of the parcels that suppliers send."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from typing import Any

from edge.codec.purchase_text import moment, read_order, write_order
from edge.errors import CodecError
from edge.model.purchase import PurchaseOrder, PurchaseState

Run = Callable[..., Any]

_log = logging.getLogger("edge.store")


class PurchaseTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def keep(self, order: PurchaseOrder) -> None:
        self._write(
            "INSERT OR REPLACE INTO purchase VALUES (?, ?, ?, ?, ?, ?)",
            (order.id, order.number, order.supplier, order.state.value, moment(order.at), write_order(order)),
        )
        for waybill in order.waybills:
            self._write("INSERT OR REPLACE INTO purchase_waybill VALUES (?, ?)", (waybill, order.id))

    def find(self, order_id: str) -> PurchaseOrder | None:
        return self._one("SELECT id, body FROM purchase WHERE id = ?", order_id)

    def by_number(self, number: str) -> PurchaseOrder | None:
        return self._one("SELECT id, body FROM purchase WHERE number = ?", number)

    def by_waybill(self, waybill: str) -> PurchaseOrder | None:
        return self._one(
            "SELECT p.id, p.body FROM purchase_waybill w JOIN purchase p ON p.id = w.purchase WHERE w.waybill = ?",
            waybill,
        )

    def in_states(self, states: Collection[PurchaseState]) -> Sequence[PurchaseOrder]:
        found: list[tuple[str, str, str]] = []
        for state in sorted(states):
            found += self._read("SELECT at, id, body FROM purchase WHERE state = ? ORDER BY at, id", (state.value,))
        read = (_read(id, body) for _, id, body in sorted(found))
        return [order for order in read if order is not None]

    def _one(self, sql: str, key: str) -> PurchaseOrder | None:
        row = self._read(sql, (key,)).fetchone()
        return _read(*row) if row is not None else None


def _read(order_id: str, body: str) -> PurchaseOrder | None:
    try:
        return read_order(body)
    except CodecError as error:
        _log.error("purchase order %s cannot be read: %s", order_id, error)
        return None
