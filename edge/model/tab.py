"""The customer tab (赊账本): what a customer of the shop owes, up to a limit that the owner set (product row 43).

A repayment is a line of a sale like others, so that it can be paid by whatever pays; only that it is no goods.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from edge.model.item import DEPOSIT_SKU
from edge.model.money import Fen
from edge.model.sale import Line, LineKind, Sale, add_open_price

MAX_LIMIT_FEN = Fen(10_000_000)
"""RMB 100,000: what nobody owes a corner shop; it is a slip of the keypad."""
STATEMENT_LINES = 20
"""The newest movements that a statement tells of."""


class TabMove(StrEnum):
    CHARGED = "charged"
    REPAID = "repaid"
    RETURNED = "returned"
    """Goods that stood on the tab came back."""


@dataclass(frozen=True, slots=True)
class Tab:
    """`balance` is what the customer owes; below zero the shop does."""

    customer: str
    limit: Fen
    balance: Fen = Fen(0)

    @property
    def left(self) -> Fen:
        """What can still be put on it."""
        return Fen(max(0, self.limit - self.balance))


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the book. `at` is UTC, `amount` above zero, `balance` what was owed after it."""

    at: str
    kind: TabMove
    sale: str
    amount: Fen
    balance: Fen


def add_deposit(sale: Sale, customer: str, amount: Fen) -> Sale:
    """`sale` with money that `customer` pays back; no promotion knows of it."""
    added = add_open_price(sale, name="赊账还款", price=amount)
    deposit = replace(
        added.lines[-1], kind=LineKind.DEPOSIT, sku=DEPOSIT_SKU + customer, name_en="Tab repayment", overridden=True
    )
    return replace(added, lines=(*added.lines[:-1], deposit))


def customer_of(sku: str) -> str | None:
    """Whose repayment a line is; None for goods."""
    return sku.removeprefix(DEPOSIT_SKU) if sku.startswith(DEPOSIT_SKU) else None


def deposited(lines: Iterable[Line]) -> Fen:
    """What of standing lines is no price of goods but money paid back."""
    return Fen(sum(line.amount for line in lines if line.kind is LineKind.DEPOSIT))
