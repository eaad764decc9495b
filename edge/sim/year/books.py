"""What the present ledger has told so far, in one place: turned back when the box is restored from a backup."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from edge.sim.year.app_books import AppBooks
from edge.sim.year.cash_books import LoanBooks, NoteBooks
from edge.sim.year.day_books import DayBooks
from edge.sim.year.money_books import MoneyBooks
from edge.sim.year.post import Custody
from edge.sim.year.send_books import SendBooks
from edge.sim.year.service_books import ServiceBooks
from edge.sim.year.stock_books import StockBooks
from edge.store.journal import GENESIS


@dataclass(slots=True)
class Books:
    """Each part has sums of its own, made of the rows alone."""

    last_n: int = 0
    last_hash: bytes = GENESIS
    heads: dict[tuple[str, str], int] = field(default_factory=dict)
    """Of each (stream, epoch) the newest seq."""
    acked: dict[tuple[str, str], int] = field(default_factory=dict)
    sold: Counter[str] = field(default_factory=Counter)
    """Milli-units by sku."""
    sold_on: Counter[tuple[str, str]] = field(default_factory=Counter)
    """The same by sku and business day; what comes back is taken off the day of its sale."""
    sale_days: dict[str, str] = field(default_factory=dict)
    day: DayBooks = field(default_factory=DayBooks)
    money: MoneyBooks = field(default_factory=MoneyBooks)
    services: ServiceBooks = field(default_factory=ServiceBooks)
    loans: LoanBooks = field(default_factory=LoanBooks)
    notes: NoteBooks = field(default_factory=NoteBooks)
    apps: AppBooks = field(default_factory=AppBooks)
    sending: SendBooks = field(default_factory=SendBooks)
    stock: StockBooks = field(default_factory=StockBooks)
    custody: Custody = field(default_factory=Custody)

    def copy(self) -> Books:
        return Books(
            self.last_n, self.last_hash, dict(self.heads), dict(self.acked), Counter(self.sold), Counter(self.sold_on),
            dict(self.sale_days), self.day.copy(), self.money.copy(), self.services.copy(), self.loans.copy(),
            self.notes.copy(), self.apps.copy(), self.sending.copy(), self.stock.copy(), self.custody.copy(),
        )  # fmt: skip
