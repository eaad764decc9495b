"""What a bank's note may be: its number, never a card's; its amount, within the limits of the day and the drawer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_agent_notes import BANK, CARD

from edge.codec.agent_bodies import AgentNotedBody
from edge.model.agent_note import Room, Way, may_be_card, slip_number
from edge.model.money import Fen


def test_the_wire_refuses_a_card_number_too() -> None:
    with pytest.raises(ValueError, match="bank card"):
        AgentNotedBody.model_validate(AgentNotedBody.EXAMPLE | {"slip": CARD})


@pytest.mark.parametrize(("number", "is_card"), [
    (CARD, True), ("4111111111111111", True), ("4111111111111112", False), ("79927398713", False), ("004512", False),
    ("411111111111111A", False), ("", False),
])  # fmt: skip
def test_twelve_to_nineteen_digits_whose_last_one_fits_may_be_a_card(number: str, is_card: bool) -> None:
    assert may_be_card(number) is is_card


@given(st.text(max_size=60))
def test_any_text_is_a_number_of_a_slip_or_none(text: str) -> None:
    number = slip_number(text)
    assert number == "" or (4 <= len(number) <= 32 and slip_number(number) == number)
    may_be_card(text)


@given(*(st.integers(-10_000, 300_000) for _ in range(3)), st.sampled_from(Way))
def test_the_most_that_is_named_can_be_noted_and_one_step_more_cannot(
    so_far: int, drawer: int, _: int, way: Way
) -> None:
    room = Room(Fen(max(0, so_far)), Fen(drawer))
    most = room.most(BANK, way)
    assert most % BANK.step == 0
    if most >= BANK.least:
        assert room.why_not(BANK, way, most) is None
    assert room.why_not(BANK, way, Fen(most + BANK.step)) is not None or most + BANK.step < BANK.least
