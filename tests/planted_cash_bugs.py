"""Bugs to plant where cash is paid for others, each with the sentence by which the simulated year must find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from edge.messages import DrawerWanted
from edge.model import tally
from edge.model.agent_note import AgentNote, Room
from edge.model.loan import Loan, LoanEvent, LoanState
from edge.model.loan_records import LoanMoved
from edge.model.money import Fen
from edge.ports import Transaction
from edge.services import loan_course, loan_payout
from edge.services.agent_desk import AgentDesk
from edge.services.loan_booking import book_loan
from edge.services.loan_course import LoanCourse
from edge.services.loan_payout import OUT, LoanPayout, PayoutDue
from edge.store.tables.agent_notes import AgentNoteTable

Plant = Callable[[pytest.MonkeyPatch], None]


def book_a_payout_twice(patch: pytest.MonkeyPatch) -> None:
    paid = LoanPayout._paid

    def twice(payout: Any, loan: Loan, why: str, tx: Transaction) -> None:
        paid(payout, loan, why, tx)
        paid(payout, loan, why, tx)

    patch.setattr(LoanPayout, "_paid", twice)


def pay_a_token_twice(patch: pytest.MonkeyPatch) -> None:
    """Under another id, as if its customer had applied again."""
    paid = LoanPayout._paid

    def again(payout: Any, loan: Loan, why: str, tx: Transaction) -> None:
        paid(payout, loan, why, tx)
        other = replace(loan, id=tx.new_id(), state=LoanState.TOKEN_SCANNED)
        tx.append(LoanMoved(other, "token"))
        for event in (LoanEvent.OFFER, LoanEvent.ACCEPT, LoanEvent.APPROVE, LoanEvent.PAY_OUT):
            other = book_loan(other, event, "code", tx)
        paid(payout, other, why, tx)

    patch.setattr(LoanPayout, "_paid", again)


def leave_loans_out_of_the_drawer(patch: pytest.MonkeyPatch) -> None:
    """Cash for lenders is in no report, and the till goes on expecting it."""
    patch.setattr(tally, "TALLIES", {kind: add for kind, add in tally.TALLIES.items() if kind is not LoanMoved})


def take_silence_over_cash_for_paid(patch: pytest.MonkeyPatch) -> None:
    due = LoanPayout._due

    def trusting(payout: Any, timer: PayoutDue, tx: Transaction) -> None:
        for loan in tx.loans.in_doubt():
            if timer.serial == payout._serial and loan.state is LoanState.PAYING_OUT:
                payout._paid(loan, "cash", tx)
        due(payout, timer, tx)

    patch.setattr(LoanPayout, "_due", trusting)


def take_no_for_paid(patch: pytest.MonkeyPatch) -> None:
    """Whoever says that nothing was given is not heard."""
    patch.setattr(LoanPayout, "_not_paid", lambda payout, loan, tx: payout._paid(loan, "told", tx))


def pay_without_the_lender(patch: pytest.MonkeyPatch) -> None:
    """Any authorisation is good."""

    def trusting(payout: Any, text: str, tx: Transaction, *, keyed: bool) -> None:
        loan = tx.loans.find(tx.counter.barcode or "")
        if (
            keyed
            and loan is not None
            and loan.state is LoanState.APPROVED
            and loan_payout.is_for_payout(tx.counter, text)
        ):
            payout._pay(book_loan(loan, LoanEvent.PAY_OUT, "code", tx), tx)

    patch.setattr(LoanPayout, "_told", trusting)


def open_the_drawer_before_the_lender_says_so(patch: pytest.MonkeyPatch) -> None:
    ask = LoanPayout._ask_code

    def early(payout: Any, asked: Any, tx: Transaction) -> None:
        ask(payout, asked, tx)
        tx.after_commit(DrawerWanted(OUT))

    patch.setattr(LoanPayout, "_ask_code", early)


def promise_more_than_the_lender(patch: pytest.MonkeyPatch) -> None:
    authorised = LoanCourse._authorised

    def generous(course: Any, answer: Any, tx: Transaction) -> dict[str, Any]:
        found = authorised(course, answer, tx)
        return found | ({"amount": Fen(found["amount"] + 100)} if "amount" in found else {})

    patch.setattr(LoanCourse, "_authorised", generous)


def forget_that_a_wallet_was_paid(patch: pytest.MonkeyPatch) -> None:
    steps = {state: events for state, events in loan_course._STEPS.items() if state != "disbursed"}
    patch.setattr(loan_course, "_STEPS", steps)


def note_a_slip_again(patch: pytest.MonkeyPatch) -> None:
    """One slip, and the same cash once more by a number that nobody showed."""
    book = AgentDesk._book

    def twice(desk: Any, offer: Any, note: AgentNote, tx: Transaction) -> None:
        book(desk, offer, note, tx)
        book(desk, offer, replace(note, slip=f"{note.slip}0"), tx)

    patch.setattr(AgentDesk, "_book", twice)


def note_what_was_noted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(AgentNoteTable, "is_noted", lambda *_: False)


def pay_notes_out_of_an_empty_drawer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Room, "most", lambda room, offer, way: offer.most)
    patch.setattr(Room, "why_not", lambda room, offer, way, amount: None)


CASH_QUIET: tuple[tuple[Plant, str], ...] = (
    (book_a_payout_twice, "knows no paid|was paid_out and is paid_out"),
    (pay_a_token_twice, "of the same token was"),
    (leave_loans_out_of_the_drawer, "loan_out of .* in the table|expects|Z report .* says"),
    (take_silence_over_cash_for_paid, "nobody said whether"),
    (take_no_for_paid, "customer has no cash|was kept"),
    (pay_without_the_lender, "is paid_out, its lender"),
    (open_the_drawer_before_the_lender_says_so, "times for loans, authorised were"),
    (promise_more_than_the_lender, "fen, its lender has"),
    (forget_that_a_wallet_was_paid, "is approved|come to rest"),
    (note_a_slip_again, "shown was None"),
    (note_what_was_noted, "may be noted again|is noted for|a fault of ours"),
    (pay_notes_out_of_an_empty_drawer, "that is short of|allows"),
)
