"""What came back of each sale, by line; post-voids; and refunds whose money is still on its way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edge.codec.refund_text import read_pending, write_pending
from edge.model.money import Fen, Milli
from edge.model.records import SaleRefunded, SaleVoided
from edge.model.refund import Refund
from edge.model.sale import Tender

Run = Callable[..., Any]


class RefundTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def book(self, record: SaleRefunded | SaleVoided, n: int) -> None:
        """Projection of `sale.refunded` and `sale.voided`."""
        refund, number = record.refund, int(record.receipt.rsplit("-", 1)[1])
        self._write(
            "INSERT INTO refund VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                refund.id,
                n,
                refund.of,
                refund.kind,
                record.receipt,
                record.business_day.isoformat(),
                record.till,
                number,
            ),
        )
        self.release(refund.id)
        self._reserve(refund, state="booked")

    def returned(self, sale_id: str) -> dict[int, tuple[Milli, Fen]]:
        """By line: what came back, with what is on its way."""
        found = self._read(
            "SELECT line, sum(qty), sum(amount) FROM refund_line WHERE sale = ? GROUP BY line", (sale_id,)
        )
        return {line: (Milli(qty), Fen(amount)) for line, qty, amount in found}

    def is_voided(self, sale_id: str) -> bool:
        return bool(self._read("SELECT 1 FROM refund WHERE sale = ? AND kind = 'post_void'", (sale_id,)))

    def await_money(self, refund: Refund, money: tuple[Tender, ...]) -> None:
        """Its goods count as returned from now on; it is booked when the money is."""
        self._write("INSERT INTO refund_pending VALUES (?, ?)", (refund.id, write_pending(refund, money)))
        self._reserve(refund, state="pending")

    def pending(self, refund_id: str) -> tuple[Refund, tuple[Tender, ...]] | None:
        row = self._read("SELECT body FROM refund_pending WHERE id = ?", (refund_id,)).fetchone()
        return read_pending(row[0]) if row else None

    def release(self, refund_id: str) -> None:
        """It is not on its way any more."""
        self._write("DELETE FROM refund_pending WHERE id = ?", (refund_id,))
        self._write("DELETE FROM refund_line WHERE refund = ?", (refund_id,))

    def _reserve(self, refund: Refund, *, state: str) -> None:
        for line in refund.lines:
            self._write(
                "INSERT INTO refund_line VALUES (?, ?, ?, ?, ?, ?)",
                (refund.id, refund.of, line.n, line.qty, line.amount, state),
            )
