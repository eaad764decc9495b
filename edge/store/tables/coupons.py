"""Coupons that were presented here, and which of them are used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Run = Callable[..., Any]


class CouponTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def is_used(self, coupon: str) -> bool:
        return bool(self._read("SELECT 1 FROM coupon WHERE id = ? AND used = 1", (coupon,)))

    def present(self, coupon: str, *, promotion: str, sale: str) -> None:
        self._write("INSERT OR REPLACE INTO coupon VALUES (?, ?, ?, 0)", (coupon, promotion, sale))

    def sale_of(self, coupon: str) -> str | None:
        row = self._read("SELECT sale FROM coupon WHERE id = ?", (coupon,)).fetchone()
        return str(row[0]) if row else None

    def release(self, promotion: str, *, sale: str) -> None:
        self._write("DELETE FROM coupon WHERE sale = ? AND used = 0 AND promotion = ?", (sale, promotion))

    def of(self, sale: str) -> Sequence[tuple[str, str]]:
        """One coupon of each promotion: a second paper of the same kind is as good as before."""
        return [
            (coupon, promotion)
            for coupon, promotion in self._read(
                "SELECT min(id), promotion FROM coupon WHERE sale = ? AND used = 0 GROUP BY promotion", (sale,)
            )
        ]

    def use(self, coupon: str) -> None:
        self._write("UPDATE coupon SET used = 1 WHERE id = ?", (coupon,))
