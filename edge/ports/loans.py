"""Loans, as services see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from edge.model.loan import Loan
from edge.model.money import Fen


class Loans(Protocol):
    """They change with the records that are about them."""

    def find(self, loan_id: str) -> Loan | None: ...

    def by_mark(self, mark: str) -> Loan | None:
        """The newest that this token asked for."""
        ...

    def open(self) -> Sequence[Loan]:
        """Those without an end, in the order of their ids."""
        ...

    def in_doubt(self) -> Sequence[Loan]:
        """Those whose cash is on the counter, or was when the power went."""
        ...

    def paid_on(self, offer: str, day: date) -> Fen:
        """Cash that was paid out for a service on a business day."""
        ...

    def forget(self, before_at: str, *, limit: int) -> int:
        """At most `limit` that came to their end before; how many it was."""
        ...
