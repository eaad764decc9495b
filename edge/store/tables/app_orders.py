"""Orders that came from an app, until they are handed out and forgotten."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from edge.model.app_order import OPEN, AppLine, AppOrder, AppOrderState
from edge.model.money import Fen, Milli

Run = Callable[..., Any]
_COLUMNS = "id, slip, no, platform, code, lines, at, state"
OPEN_ORDERS = "state IN ('placed', 'picking', 'packed')"
"""Word for word the indexes' condition."""

_log = logging.getLogger("edge.store")
assert len(OPEN) == 3


class AppOrderTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def keep(self, order: AppOrder) -> None:
        lines = [[line.sku, line.name, line.asked, line.price, line.picked] for line in order.lines]
        self._write(
            f"INSERT OR REPLACE INTO app_order({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (order.id, order.slip, order.no, order.platform, order.code, json.dumps(lines, ensure_ascii=False),
             order.at.astimezone(UTC).isoformat(timespec="milliseconds"), order.state.value),
        )  # fmt: skip

    def find(self, order_id: str) -> AppOrder | None:
        return next(iter(self._many("id = ?", order_id)), None)

    def by_slip(self, number: str) -> AppOrder | None:
        return next(iter(self._many("slip = ?", number)), None)

    def by_code(self, code: str) -> AppOrder | None:
        """The open one first: of codes that come again only one can be meant."""
        found = self._many("code = ? ORDER BY at DESC", code)
        return next((order for order in found if order.state in OPEN), next(iter(found), None))

    def open(self) -> Sequence[AppOrder]:
        return self._many(f"{OPEN_ORDERS} ORDER BY at, id")

    def reserved(self, sku: str) -> Milli:
        """Only what may name it is read: it is asked at each scan."""
        named = json.dumps(sku, ensure_ascii=False)
        orders = self._many(f"{OPEN_ORDERS} AND instr(lines, ?)", named)
        return Milli(sum(order.put_aside(sku) for order in orders))

    def forget(self, before_at: str, *, limit: int) -> int:
        """At most `limit` that came to their end before; how many it was."""
        return int(
            self._write(
                f"DELETE FROM app_order WHERE id IN (SELECT id FROM app_order WHERE at < ? AND NOT {OPEN_ORDERS}"
                " ORDER BY at LIMIT ?)",
                (before_at, limit),
            ).rowcount
        )

    def _many(self, where: str, *values: object) -> list[AppOrder]:
        rows = self._read(f"SELECT id, no, platform, code, lines, at, state FROM app_order WHERE {where}", values)
        return [order for row in rows if (order := _readable(row)) is not None]


def _readable(row: tuple[Any, ...]) -> AppOrder | None:
    id, no, platform, code, lines, at, state = row
    try:
        read = tuple(
            AppLine(str(sku), str(name), int(asked), Fen(int(price)), int(picked))
            for sku, name, asked, price, picked in json.loads(lines)
        )
        return AppOrder(id, no, platform, code, read, datetime.fromisoformat(at), AppOrderState(state))
    except (ValueError, TypeError, RecursionError) as error:
        _log.error("order %s cannot be read: %s", id, error)
        return None
