"""The table of service orders: every pair is in it or raises; no way leads out of an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service_samples import AT, ORDER

from edge.errors import IllegalMove
from edge.model.sale import Sale
from edge.model.service_order import (
    OPEN,
    OWING,
    SERVICE_MOVES,
    SLIP_DIGITS,
    UNPAID,
    ServiceEvent,
    ServiceState,
    add_order,
    in_groups,
    masked_number,
    ordered,
    ordered_by,
    slip_number,
)

S, E = ServiceState, ServiceEvent
ENDS = {S.REFUNDED, S.CANCELLED_REFUNDED, S.REVERSED, S.EXPIRED, S.CANCELLED}


@pytest.mark.parametrize(("state", "event"), list(product(ServiceState, ServiceEvent)))
def test_every_pair_moves_or_raises_and_changes_nothing(state: ServiceState, event: ServiceEvent) -> None:
    order = replace(ORDER, state=state)
    if (state, event) in SERVICE_MOVES:
        later = AT + timedelta(seconds=1)
        moved = order.moved(event, later)
        assert (moved.state, moved.at) == (SERVICE_MOVES[state, event], later)
    else:
        with pytest.raises(IllegalMove):
            order.moved(event, AT)


def test_ends_have_no_way_out_and_every_other_state_has() -> None:
    ways = {state for state, _ in SERVICE_MOVES}
    assert set(ServiceState) - ways == ENDS
    assert ENDS.isdisjoint(OWING)
    assert set(ServiceState) == OWING | ENDS | {S.QUOTED, S.COMPLETED}


def test_only_a_failure_or_a_word_of_the_provider_leads_to_money_going_back() -> None:
    back = {pair: target for pair, target in SERVICE_MOVES.items() if target in (S.REFUNDED, S.CANCELLED_REFUNDED)}
    assert back == {(S.FAILED, E.REFUND): S.REFUNDED, (S.CANCELLING, E.TAKE_BACK): S.CANCELLED_REFUNDED}


def test_nothing_unpaid_is_submitted() -> None:
    assert [state for state, event in SERVICE_MOVES if event is E.SUBMIT] == [S.PAID]
    assert UNPAID.isdisjoint(OPEN)


def test_a_line_names_its_order() -> None:
    sale = add_order(Sale("019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f"), ORDER)
    (line,) = ordered(sale.standing)
    assert (ordered_by(line.sku), line.amount, line.fixed) == (ORDER.id, 1_000, True)
    assert ordered_by("6901234567892") is None


@given(st.uuids())
def test_a_slip_number_has_its_digits(order_id: object) -> None:
    number = slip_number(str(order_id))
    assert len(number) == SLIP_DIGITS
    assert number.isdecimal()


@pytest.mark.parametrize(
    ("number", "masked", "groups"),
    [("13800138000", "138****8000", "138 0013 8000"), ("1234", "****", "1234"), ("12345", "****2345", "1234 5"),
     ("330812345678", "330****5678", "3308 1234 5678")],
)  # fmt: skip
def test_numbers_are_shown_in_groups_and_kept_by_their_ends(number: str, masked: str, groups: str) -> None:
    assert (masked_number(number), in_groups(number)) == (masked, groups)
