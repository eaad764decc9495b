"""Lines of plans by the number in their barcode; the wish list; goods that are not ordered any more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from edge.model.campaign import Wording
from edge.model.money import Fen
from edge.model.plan import Advice, PlanLine, Wish

Run = Callable[..., Any]
_FIELDS = "no, plan, advice, sku, name, zh, en, price, until, state"
_OPEN, _ACCEPTED, _OVER = "open", "accepted", "over"


class PlanTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def knows(self, plan: str) -> bool:
        return bool(self._read("SELECT 1 FROM plan_line WHERE plan = ? LIMIT 1", (plan,)))

    def keep(self, lines: Sequence[PlanLine]) -> None:
        self._write(f"UPDATE plan_line SET state = '{_OVER}' WHERE state = '{_OPEN}'")
        for line in lines:
            self._write(
                f"INSERT INTO plan_line({_FIELDS}) VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, '{_OPEN}')",
                (line.plan, line.advice.value, line.sku, line.name, line.why.zh, line.why.en, line.price,
                 line.until.isoformat() if line.until else ""),
            )  # fmt: skip

    def open(self, day: date) -> Sequence[PlanLine]:
        rows = self._read(
            f"SELECT {_FIELDS} FROM plan_line WHERE state = '{_OPEN}' AND until >= ? ORDER BY no", (day.isoformat(),)
        )
        return [_line(row) for row in rows]

    def find(self, number: int) -> PlanLine | None:
        row = self._read(f"SELECT {_FIELDS} FROM plan_line WHERE no = ?", (number,)).fetchone()
        return _line(row) if row else None

    def accept(self, number: int) -> None:
        self._write(f"UPDATE plan_line SET state = '{_ACCEPTED}' WHERE no = ?", (number,))

    def wish(self, sku: str, name: str) -> None:
        self._write("DELETE FROM not_ordered WHERE sku = ?", (sku,))
        self._write("INSERT INTO wish(sku, name) VALUES (?, ?) ON CONFLICT(sku) DO NOTHING", (sku, name))

    def wishes(self) -> Sequence[Wish]:
        return [Wish(sku, name) for sku, name in self._read("SELECT sku, name FROM wish ORDER BY no")]

    def fulfil(self, sku: str) -> None:
        self._write("DELETE FROM wish WHERE sku = ?", (sku,))

    def drop(self, sku: str) -> None:
        self._write("DELETE FROM wish WHERE sku = ?", (sku,))
        self._write("INSERT OR IGNORE INTO not_ordered VALUES (?)", (sku,))

    def is_dropped(self, sku: str) -> bool:
        return bool(self._read("SELECT 1 FROM not_ordered WHERE sku = ?", (sku,)))

    def forget(self, before: date) -> int:
        return int(self._write("DELETE FROM plan_line WHERE until < ?", (before.isoformat(),)).rowcount)


def _line(row: tuple[Any, ...]) -> PlanLine:
    number, plan, advice, sku, name, zh, en, price, until, state = row
    return PlanLine(
        Advice(advice), sku, name, Wording(zh, en), None if price is None else Fen(price), number, plan,
        None if state == _OVER else date.fromisoformat(until), state == _ACCEPTED,
    )  # fmt: skip
