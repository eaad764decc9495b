"""What was scanned and is not booked yet: one row a beep, of each desk that is open (product rows 86-88)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from edge.model.money import Milli
from edge.model.stock import Act, Desk

Run = Callable[..., Any]
_COLUMNS = "no, sku, name, qty, each, weighed, was, net, round, damaged, until"


class StockActTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def add(self, desk: Desk, act: Act) -> None:
        self._write(
            f"INSERT INTO stock_act(desk, {_COLUMNS}) VALUES (?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (desk.value, *_values(act)),
        )

    def newest(self, desk: Desk) -> Act | None:
        row = self._read(
            f"SELECT {_COLUMNS} FROM stock_act WHERE desk = ? ORDER BY no DESC LIMIT 1", (desk.value,)
        ).fetchone()
        return _act(row) if row is not None else None

    def change(self, act: Act) -> None:
        self._write(
            "UPDATE stock_act SET sku = ?, name = ?, qty = ?, each = ?, weighed = ?, was = ?, net = ?, round = ?,"
            " damaged = ?, until = ? WHERE no = ?",
            (*_values(act), act.no),
        )

    def drop(self, no: int) -> None:
        self._write("DELETE FROM stock_act WHERE no = ?", (no,))

    def of(self, desk: Desk) -> Sequence[Act]:
        rows = self._read(f"SELECT {_COLUMNS} FROM stock_act WHERE desk = ? ORDER BY no", (desk.value,))
        return [_act(row) for row in rows]

    def about(self, desk: Desk, sku: str) -> Sequence[Act]:
        rows = self._read(f"SELECT {_COLUMNS} FROM stock_act WHERE desk = ? AND sku = ? ORDER BY no", (desk.value, sku))
        return [_act(row) for row in rows]

    def total(self, desk: Desk, sku: str) -> Milli:
        row = self._read(
            "SELECT coalesce(sum(qty), 0) FROM stock_act WHERE desk = ? AND sku = ?", (desk.value, sku)
        ).fetchone()
        return Milli(row[0])

    def size(self, desk: Desk) -> int:
        (size,) = self._read("SELECT count(*) FROM stock_act WHERE desk = ?", (desk.value,)).fetchone()
        return int(size)

    def end(self, desk: Desk) -> None:
        self._write("DELETE FROM stock_act WHERE desk = ?", (desk.value,))


def _values(act: Act) -> tuple[Any, ...]:
    until = act.until.isoformat() if act.until is not None else ""
    return (act.sku, act.name, act.qty, act.each, act.weighed, act.was, act.net, act.round, act.damaged, until)


def _act(row: tuple[Any, ...]) -> Act:
    no, sku, name, qty, each, weighed, was, net, round_, damaged, until = row
    return Act(
        sku, name, None if qty is None else Milli(qty), Milli(each), bool(weighed), None if was is None else Milli(was),
        Milli(net), round_, bool(damaged), date.fromisoformat(until) if until else None, no,
    )  # fmt: skip
