"""Wallet payments by their id: what was asked of the cloud, how far it came, what of it went back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from edge.model.money import Fen
from edge.model.payment import Payment, PaymentRefund, PaymentState, RefundState

Run = Callable[..., Any]

OPEN = "state IN ('created', 'sent', 'accepted', 'wait_customer', 'cancelling', 'unknown')"
"""Word for word the index's condition: the sum of all payments of years is not looked at."""


class PaymentTable:
    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    def keep(self, payment: Payment) -> None:
        p = payment
        self._write(
            "INSERT OR REPLACE INTO payment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (p.id, p.sale, p.channel, p.amount, p.boot, p.up_ms, p.state, p.refunded, int(p.unwanted), p.reference,
             int(p.given_up)),
        )  # fmt: skip

    def find(self, payment_id: str) -> Payment | None:
        row = self._read("SELECT * FROM payment WHERE id = ?", (payment_id,)).fetchone()
        return _payment(row) if row else None

    def of_sale(self, sale_id: str) -> Sequence[Payment]:
        return [_payment(row) for row in self._read("SELECT * FROM payment WHERE sale = ? ORDER BY id", (sale_id,))]

    def unfinished(self) -> Sequence[Payment]:
        return [_payment(row) for row in self._read(f"SELECT * FROM payment WHERE {OPEN} ORDER BY id")]

    def keep_refund(self, refund: PaymentRefund) -> None:
        r = refund
        self._write("INSERT OR REPLACE INTO payment_refund VALUES (?, ?, ?, ?, ?)",
                    (r.id, r.payment, r.amount, r.of, r.state))  # fmt: skip

    def find_refund(self, refund_id: str) -> PaymentRefund | None:
        row = self._read("SELECT * FROM payment_refund WHERE id = ?", (refund_id,)).fetchone()
        return _refund(row) if row else None

    def refunds_of(self, of: str) -> Sequence[PaymentRefund]:
        return [_refund(row) for row in self._read("SELECT * FROM payment_refund WHERE of = ? ORDER BY id", (of,))]

    def promised(self, payment_id: str) -> Fen:
        (amount,) = self._read(
            "SELECT coalesce(sum(amount), 0) FROM payment_refund WHERE state = 'sent' AND payment = ?", (payment_id,)
        ).fetchone()
        return Fen(amount)

    def unfinished_refunds(self) -> Sequence[PaymentRefund]:
        return [_refund(row) for row in self._read("SELECT * FROM payment_refund WHERE state = 'sent' ORDER BY id")]


def _refund(row: tuple[Any, ...]) -> PaymentRefund:
    id, payment, amount, of, state = row
    return PaymentRefund(id, payment, Fen(amount), of, RefundState(state))


def _payment(row: tuple[Any, ...]) -> Payment:
    id, sale, channel, amount, boot, up_ms, state, refunded, unwanted, reference, given_up = row
    return Payment(
        id=id, sale=sale, channel=channel, amount=Fen(amount), boot=boot, up_ms=up_ms, state=PaymentState(state),
        refunded=Fen(refunded), unwanted=bool(unwanted), reference=reference, given_up=bool(given_up),
    )  # fmt: skip
