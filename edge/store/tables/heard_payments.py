"""Payments in the order in which they were told of aloud; each is there once, however often a notice comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.clock import iso_ms
from edge.model.heard_payment import HeardPayment
from edge.model.money import Fen
from edge.model.payment import Payment, PaymentState
from edge.model.records import PaymentChanged, PaymentReceived

Run = Callable[..., Any]

KEPT = 5
"""The newest stay, however old: what 最近收款 says."""
FORGET = f"DELETE FROM heard_payment WHERE heard_at < ? AND no <= (SELECT max(no) FROM heard_payment) - {KEPT}"
"""Of `retention`."""


class HeardPaymentTable:
    def __init__(self, read: Run, write: Run, at: str) -> None:
        self._read = read
        self._write = write
        self._at = at

    def book(self, record: PaymentChanged | PaymentReceived) -> None:
        """Projection of `payment.received`, and of `payment.changed` where money came."""
        if isinstance(record, PaymentReceived):
            self._heard(record.payment, iso_ms(record.at))
        elif record.payment.state is PaymentState.APPROVED and not record.refund:
            self._heard(record.payment, self._at)

    def has(self, payment_id: str) -> bool:
        return bool(self._read("SELECT 1 FROM heard_payment WHERE id = ?", (payment_id,)))

    def newest(self, limit: int) -> Sequence[HeardPayment]:
        rows = self._read("SELECT id, at, amount, sale FROM heard_payment ORDER BY no DESC LIMIT ?", (limit,))
        return [HeardPayment(id, at, Fen(amount), sale) for id, at, amount, sale in rows]

    def _heard(self, payment: Payment, at: str) -> None:
        self._write(
            "INSERT OR IGNORE INTO heard_payment(id, at, heard_at, amount, sale) VALUES (?, ?, ?, ?, ?)",
            (payment.id, at, self._at, payment.amount, payment.sale),
        )
