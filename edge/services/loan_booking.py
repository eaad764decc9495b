"""One move of a loan, booked: its state and its record in one step, in the transaction that it is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from edge.model.loan import Loan, LoanEvent
from edge.model.loan_records import LoanMoved
from edge.ports import Transaction


def book_loan(
    loan: Loan, event: LoanEvent, why: str, tx: Transaction, *, shift: str = "", day: date | None = None,
    **changed: Any,
) -> Loan:  # fmt: skip
    """The loan as it is from now on, with what else `changed`. Raises IllegalMove."""
    after = replace(loan.moved(event, tx.stamp.at), **changed)
    tx.append(LoanMoved(after, why, shift, day))
    return after
