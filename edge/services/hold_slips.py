"""Slips of sales that stood aside and were paid there: whoever scans one later is told so (rows 15 and 26)."""

from __future__ import annotations

from edge.model.ledger_rows import CompletedSale
from edge.ports import Transaction

REMEMBERED = 20
"""As many as can stand aside; the paper of an older one has left the counter."""

_PAID = "held.paid"
"""In `meta`: number:sale of the newest, the oldest first."""


def note_paid(number: int, sale: str, tx: Transaction) -> None:
    """The sale of this slip was completed where it stood."""
    known = (tx.get(_PAID) or "").split()
    tx.put(_PAID, " ".join([*known, f"{number}:{sale}"][-REMEMBERED:]))


def paid_under(number: int, tx: Transaction) -> CompletedSale | None:
    """The sale of this slip, if it was paid while it stood aside."""
    noted = dict(pair.split(":", 1) for pair in (tx.get(_PAID) or "").split() if ":" in pair)
    sale = noted.get(str(number))
    return tx.sales.by_id(sale) if sale is not None else None
