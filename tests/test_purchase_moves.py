"""The table of a purchase order's states: every pair is in it or refused, and an end is an end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from edge.codec.purchase_text import read_order, write_order
from edge.errors import CodecError, IllegalMove, ModelError
from edge.model.money import Fen, Milli
from edge.model.purchase import (
    FINAL,
    MAX_LINES,
    PURCHASE_MOVES,
    Compared,
    PurchaseEvent,
    PurchaseLine,
    PurchaseOrder,
    PurchaseState,
    number_of,
    read_slip_number,
    slip_number,
)

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
LINES = (
    PurchaseLine(1, "6901", "可乐", 24, 2, Fen(4_800), on_hand=Milli(7_000)),
    PurchaseLine(2, "6902", "方便面", 12, 3, Fen(3_600), carton="16901234567890", why="cheaper",
                 compared=(Compared("NEAR", Fen(232), 24, 2), Compared("FAR", Fen(240), 12, 5))),
)  # fmt: skip
ORDER = PurchaseOrder(
    "019aadf2-18f1-7c3e-9d51-6a1b2c3d4e5f", "041772935", "NEAR", PurchaseState.PROPOSED, LINES, Fen(0), AT, AT,
    Fen(28_800), Fen(1_500),
)  # fmt: skip


@pytest.mark.parametrize("state", list(PurchaseState))
@pytest.mark.parametrize("event", list(PurchaseEvent))
def test_every_pair_of_state_and_event_is_in_the_table_or_refused(state: PurchaseState, event: PurchaseEvent) -> None:
    order = replace(ORDER, state=state)
    assert order.may(event) is ((state, event) in PURCHASE_MOVES)
    if order.may(event):
        assert order.moved(event, AT).state is PURCHASE_MOVES[state, event]
    else:
        with pytest.raises(IllegalMove):
            order.moved(event, AT)


def test_an_end_is_an_end() -> None:
    assert not [state for state, _ in PURCHASE_MOVES if state in FINAL]


def test_delivery_is_free_from_the_threshold_on() -> None:
    assert ORDER.with_packs(1, 6, AT).fee == 0
    almost = replace(ORDER, lines=(replace(LINES[0], cost=Fen(28_799)),)).with_packs(1, 1, AT)
    assert (almost.fee, almost.gap) == (1_500, 1)
    assert ORDER.with_packs(1, 0, AT).fee == 0, "nothing is delivered for nothing"
    never = replace(ORDER, free_from=None).with_packs(1, 999, AT)
    assert (never.fee, never.gap) == (1_500, 0)


def test_nobody_orders_what_is_not_on_the_slip_or_more_than_a_shop_can_take() -> None:
    for n, packs in ((3, 1), (1, 1_000), (1, -1)):
        with pytest.raises(ModelError):
            ORDER.with_packs(n, packs, AT)
    with pytest.raises(ModelError):
        ORDER.with_lines((LINES[0],) * MAX_LINES, AT)


def test_what_was_confirmed_changes_no_more() -> None:
    confirmed = ORDER.with_all(AT).moved(PurchaseEvent.CONFIRM, AT)
    with pytest.raises(IllegalMove):
        confirmed.with_packs(1, 9, AT)


def test_the_owner_agrees_to_what_was_offered_and_to_nothing_else() -> None:
    placed = ORDER.with_all(AT).moved(PurchaseEvent.CONFIRM, AT).moved(PurchaseEvent.PLACE, AT)
    offered = (replace(placed.lines[0], packs=1), replace(placed.lines[1], packs=0))
    changed = replace(placed, offered=offered, offered_fee=Fen(1_500)).moved(PurchaseEvent.CHANGE, AT)
    agreed = changed.agreed(AT)
    assert (agreed.state, agreed.lines, agreed.fee) == (PurchaseState.CONFIRMED, offered, 1_500)
    assert agreed.offered == ()


def test_a_proposal_lasts_a_day() -> None:
    assert not ORDER.is_over(AT + timedelta(hours=23, minutes=59))
    assert ORDER.is_over(AT + timedelta(hours=24))
    assert not ORDER.with_all(AT).moved(PurchaseEvent.CONFIRM, AT).is_over(AT + timedelta(days=9))


def test_numbers_of_slips_are_read_back() -> None:
    number = number_of(ORDER.id)
    assert len(number) == 9
    assert read_slip_number(slip_number(number, 7)) == (number, 7)
    assert number_of("019aadf2-18f1-7c3e-9d51-6a1b2c3d4e60") != number


def test_an_order_is_read_back_as_it_was_written() -> None:
    order = replace(
        ORDER.with_all(AT), offered=LINES[:1], offered_fee=Fen(3), waybills=("YT1234567890123",), why="short", rev=4,
        sent=True, by="3f9a0c61d2be", free_from=None,
    )  # fmt: skip
    assert read_order(write_order(order)) == order


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"id":1}', write_order(ORDER).replace("proposed", "x")])
def test_a_text_that_is_no_order_is_refused(text: str) -> None:
    with pytest.raises(CodecError):
        read_order(text)
