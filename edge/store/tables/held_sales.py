"""Sales that stand aside: kept under the number on their slip, given back once (product row 15)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from edge.codec.basket import read_sale, write_sale
from edge.errors import CodecError
from edge.model.sale import Sale

Run = Callable[..., Any]


class HeldSaleTable:
    def __init__(self, read: Run, write: Run, at: str) -> None:
        self._read = read
        self._write = write
        self._at = at

    def add(self, sale: Sale) -> int:
        return int(self._write("INSERT INTO held(at, body) VALUES (?, ?)", (self._at, write_sale(sale))).lastrowid)

    def find(self, number: int) -> Sale | None:
        row = self._read("SELECT body FROM held WHERE no = ?", (number,)).fetchone()
        return _sale_or_none(row[0]) if row is not None else None

    def take(self, number: int) -> Sale | None:
        sale = self.find(number)  # before it is deleted: one that cannot be read stays for somebody who can
        if sale is not None:
            self.drop(number)
        return sale

    def of(self, sale_id: str) -> tuple[int, Sale] | None:
        found = ((number, sale) for number, _, sale in self._rows() if sale is not None and sale.id == sale_id)
        return next(found, None)

    def change(self, number: int, sale: Sale) -> None:
        self._write("UPDATE held SET body = ? WHERE no = ?", (write_sale(sale), number))

    def numbers(self) -> Sequence[int]:
        return [number for number, _, sale in self._rows() if sale is not None]

    def damaged(self) -> Sequence[tuple[int, str]]:
        return [(number, body) for number, body, sale in self._rows() if sale is None]

    def drop(self, number: int) -> None:
        self._write("DELETE FROM held WHERE no = ?", (number,))

    def _rows(self) -> Iterator[tuple[int, str, Sale | None]]:
        for number, body in self._read("SELECT no, body FROM held ORDER BY no").fetchall():
            yield number, body, _sale_or_none(body)


def _sale_or_none(body: str) -> Sale | None:
    """None: nobody can read it, and nothing may wait for it."""
    try:
        return read_sale(body)
    except CodecError:
        return None
