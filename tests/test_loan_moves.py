"""The table of loans: every pair is in it or raises; no way leads out of an end, and cash moves in one state."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import IllegalMove
from edge.model.loan import (
    ANEW,
    ASKED_ABOUT,
    CASH_MOVES,
    ENDED,
    LOAN_MOVES,
    MAX_PARTS,
    Loan,
    LoanEvent,
    LoanState,
    Terms,
)
from edge.model.money import Fen

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LOAN = Loan("019aadf2-18f3-7c3e-9d51-6a1b2c3d4e5f", "9f86d081884c7d65", "JD_LOAN", AT)
S, E = LoanState, LoanEvent


@pytest.mark.parametrize(("state", "event"), list(product(LoanState, LoanEvent)))
def test_every_pair_moves_or_raises_and_changes_nothing(state: LoanState, event: LoanEvent) -> None:
    loan = replace(LOAN, state=state)
    if (state, event) in LOAN_MOVES:
        after = loan.moved(event, AT + timedelta(seconds=1))
        assert (after.state, after.at > AT) == (LOAN_MOVES[state, event], True)
    else:
        with pytest.raises(IllegalMove):
            loan.moved(event, AT)
    assert loan.state is state


def test_no_way_leads_out_of_an_end() -> None:
    assert {state for state in LoanState if not any(start is state for start, _ in LOAN_MOVES)} == ENDED


def test_every_state_is_asked_about_or_at_the_counter_or_over() -> None:
    assert ASKED_ABOUT | CASH_MOVES | ENDED | {S.TOKEN_SCANNED} == set(LoanState)
    assert not ASKED_ABOUT & CASH_MOVES and ANEW - {S.TOKEN_SCANNED} <= ENDED


def test_cash_was_paid_only_after_the_authorisation_was_this_tills() -> None:
    before = {start for (start, _), end in LOAN_MOVES.items() if end is S.PAID_OUT}
    assert before == CASH_MOVES
    assert {start for (start, _), end in LOAN_MOVES.items() if end is S.PAYING_OUT} == {S.APPROVED}


def test_nobody_but_a_person_leaves_a_doubt() -> None:
    assert {event for (start, event) in LOAN_MOVES if start is S.UNKNOWN} == {E.PAID, E.NOT_PAID}


@pytest.mark.parametrize(
    ("rate", "text"), [(720, "7.2"), (1500, "15"), (1234, "12.34"), (0, "0"), (5, "0.05"), (100, "1")]
)
def test_a_rate_is_read_as_it_is(rate: int, text: str) -> None:
    assert Terms(Fen(100), Fen(0), rate, 1, Fen(100), Fen(100)).rate_text == text


@given(st.integers(1, 10**7), st.integers(0, 10**6), st.integers(1, MAX_PARTS))
def test_parts_that_come_to_amount_and_cost_add_up_and_others_do_not(amount: int, cost: int, parts: int) -> None:
    each = (amount + cost) // parts
    last = amount + cost - each * (parts - 1)
    good = Terms(Fen(amount), Fen(cost), 720, parts, Fen(each), Fen(last))
    assert good.adds_up is (each > 0)
    assert not replace(good, last=Fen(last + 1)).adds_up
    assert not replace(good, cost=Fen(cost + 1)).adds_up


def test_an_authorisation_of_a_clock_that_was_set_right_since_is_over() -> None:
    """Else it would stand for the months that the clock was ahead."""
    approved = replace(LOAN, state=LoanState.APPROVED, until=AT + timedelta(hours=1))
    assert not approved.is_over(AT) and not approved.is_over(AT - timedelta(hours=23))
    assert approved.is_over(AT - timedelta(days=180))
    late = AT + timedelta(hours=1)
    assert approved.is_over(late) and not approved.is_over(late, grace=timedelta(minutes=1))
